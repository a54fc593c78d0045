import { checkEvidence, rebuild, type CheckedEvidence, type Rebuilt } from '../acts/index.ts';
import { MusterError } from '../errors/index.ts';
import { liveRecord, readLogTables } from '../log/index.ts';
import type { AgencyFacts } from '../programs/inventory/index.ts';
import { verifyRecord, type Fault, type Verified } from '../record/index.ts';
import type { Reading } from '../store/index.ts';
import type { House } from './house.ts';

/** What the live store was found to be. */
export interface VerifiedStore extends Verified {
  /** Entries that no signed head covers yet. */
  readonly unsigned: number;
  /** Of so many witness folders, as many could be read: the record begins with what they hold. */
  readonly witnesses: { readonly compared: number; readonly of: number };
  readonly evidence: Omit<CheckedEvidence, 'faults'>;
  /** Null where they were not derived again: from a record that is not as it was signed nothing follows. */
  readonly tables: Rebuilt | null;
}

export interface VerifyStoreOptions {
  /** Verifier keys that are trusted; this installation's own unless given. */
  readonly keys?: readonly string[];
  readonly against: readonly string[];
  /** Told of each stage by its name, and how far it is, of how much (0 where that is not known). */
  readonly progress: (stage: string, done: number, of: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Verifies the record in the database: entries against the tree and its checkpoints, files of
 * evidence against the entries, and all tables against both. Changes nothing. Rejects with NOT_FOUND
 * where nothing is signed yet.
 */
export async function verifyStore(
  house: House,
  { agency }: AgencyFacts,
  { keys, against, progress, signal }: VerifyStoreOptions,
): Promise<VerifiedStore> {
  const { origin } = await house.store.read(agency, readLogTables);
  const own = keys ?? (await house.sealer.ownKeys(origin).catch(unlessUnusable));
  const { held, read, fault } = await askWitnesses(house, agency);
  const kept = [...against, ...held];
  const { verified, evidence, unsigned } = await house.store.read(agency, async (tx) => {
    const live = await liveRecord(tx, 'head');
    const verified = await verifyRecord(live, {
      ...(own && { keys: own }),
      against: kept,
      progress: (entries, size) => progress('verifying entries', entries, size),
      signal,
    });
    const evidence = await checkEvidence(tx, live.size, (files) => progress('reading evidence', files, 0));
    const tail = await tailFaults(tx, live.size);
    return {
      verified,
      unsigned: live.unsigned,
      evidence: { ...evidence, faults: [...evidence.faults, ...tail] },
    };
  });
  signal.throwIfAborted();
  const { faults: more, ...counts } = evidence;
  const faults = [...fault, ...verified.faults, ...more];
  const tables =
    faults.length > 0
      ? null
      : await rebuild(house.store, house.declarations, agency, {
          check: true,
          progress: (entries) => progress('deriving tables', entries, verified.size + unsigned),
        });
  const witnesses = { compared: read, of: house.sealer.witnesses };
  return { ...verified, faults, unsigned, witnesses, evidence: counts, tables };
}

/** Nothing is hashed yet of what is not signed; that it is all there can be seen by its indexes. */
async function tailFaults(tx: Reading, size: number): Promise<Fault[]> {
  const { there, counted, last } = await tx.row<{ there: number; counted: number; last: number }>(
    `select (select count(*) from entry where agency_id = $1 and index > $2) as there,
       (select coalesce(max(index), 0) from entry where agency_id = $1) as last, next_entry - 1 as counted
     from agency where agency_id = $1`,
    [tx.agency, size],
  );
  const reach = Math.max(counted, last);
  if (last === counted && there === Math.max(reach - size, 0)) return [];
  return [
    {
      entry: size + 1,
      says: `of the entries ${size + 1} to ${reach}, not signed yet, some are missing or too many`,
    },
  ];
}

interface Asked {
  /** Checkpoints that witnesses hold. */
  readonly held: readonly string[];
  readonly read: number;
  readonly fault: readonly Fault[];
}

/** A witness that holds what no key of the log signed, or keys and heads that were changed, are faults. */
async function askWitnesses(house: House, agency: number): Promise<Asked> {
  try {
    const { held, read } = await house.sealer.witnessed(agency);
    return { held: held.map(({ note }) => note), read, fault: [] };
  } catch (error) {
    if (!(error instanceof MusterError) || error.code !== 'RECORD_INCONSISTENT') throw error;
    return { held: [], read: 0, fault: [{ entry: null, says: error.message }] };
  }
}

/** Whoever may not read this installation's key verifies with the one that the record brings. */
function unlessUnusable(error: unknown): undefined {
  if (error instanceof MusterError && error.code === 'KEY_UNUSABLE') return undefined;
  throw error;
}
