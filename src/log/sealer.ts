import { MusterError } from '../errors/index.ts';
import { verifierKeyOf, verifierKeyText } from '../record/index.ts';
import type { Store } from '../store/index.ts';
import { readLog } from './heads.ts';
import { findKeyring, openKeyring, type KeyPlace, type Keyring } from './keys.ts';
import { rotateKey, seal, type Rotated, type Rotation, type Sealed, type SeenHead } from './seal.ts';
import { openWitness, type KeptCheckpoint, type Witness, type Witnessed } from './witness.ts';

/** What is needed to sign an installation's logs. */
export interface SealerSettings {
  readonly store: Store;
  readonly keys: KeyPlace;
  /** Folders that checkpoints are copied to. */
  readonly witnesses: readonly string[];
  /** Told of each problem when it comes up, and when it is over. */
  readonly log?: ((line: string) => void) | undefined;
}

/** Keeps the logs of all agencies signed. It works on one agency after the other. */
export interface Sealer {
  /** Takes new entries into the trees and signs the heads. Problems are told, not thrown. */
  sign(): Promise<void>;
  /** The same, and keeps new heads as checkpoints and copies them to the witnesses; of all agencies or these. */
  checkpoint(only?: ReadonlySet<number>): Promise<void>;
  /** Does it for one agency. Throws RECORD_INCONSISTENT, KEY_NOT_IN_FORCE, KEY_UNUSABLE. */
  checkpointOf(agency: number): Promise<Sealed>;
  /** Puts another key in force for an agency's log. Throws as well as `checkpointOf`. */
  rotate(agency: number, keyring: Keyring, rotation: Rotation): Promise<Rotated>;
  /** The newest checkpoints that those witnesses hold of an agency's log that could be read. */
  witnessed(agency: number): Promise<{ readonly held: readonly Witnessed[]; readonly read: number }>;
  /** How many witnesses there are to be. */
  readonly witnesses: number;
  /** The verifier keys of the keys that are here, for a log; undefined where there are none to read. */
  ownKeys(origin: string): Promise<readonly string[] | undefined>;
  /** Of which agencies something is not signed, or not copied, and why. */
  problems(): readonly string[];
}

interface Behind {
  readonly agency: number;
  readonly code: string;
}

/** Checkpoints that are copied at a time. */
const BATCH = 500;

/** A sealer with a memory: a database that was set back behind its back is not signed either. */
export function createSealer(settings: SealerSettings): Sealer {
  const { store, keys, log } = settings;
  const witnesses = settings.witnesses.map(openWitness);
  const last = new Map<number, Sealed>();
  const seen = new Map<number, readonly SeenHead[]>();
  const copied = new Map<number, number>();
  const problems = new Map<string, string>();

  /** Does something, and remembers and tells what goes wrong with it, or that it goes well again. */
  async function attempt(what: string, work: () => Promise<void>): Promise<boolean> {
    const problem = await work().then(
      () => undefined,
      (error: unknown) => `${what}: ${wordsOf(error)}`,
    );
    if (problems.get(what) === problem) return problem === undefined;
    if (problem === undefined) problems.delete(what);
    else problems.set(what, problem);
    log?.(problem ?? `${what}: it works again`);
    return problem === undefined;
  }

  /** Asks every witness what it holds. Throws RECORD_INCONSISTENT where one holds what no key of the log signed. */
  async function askWitnesses(agency: number): Promise<{ held: Witnessed[]; read: number }> {
    const { origin, keys: logKeys } = await store.read(agency, readLog);
    const held: (Witnessed & SeenHead)[] = [];
    const refused: MusterError[] = [];
    let read = 0;
    for (const witness of witnesses) {
      await attempt(`reading the witness ${witness.folder} for ${origin}`, async () => {
        const newest = await witness.newest(origin, logKeys).catch((error: unknown) => {
          if (error instanceof MusterError) refused.push(error);
          throw error;
        });
        if (newest) held.push({ ...newest, from: `the checkpoint in the witness ${witness.folder}` });
        read += 1;
      });
    }
    if (refused[0]) throw refused[0];
    seen.set(agency, held);
    return { held, read };
  }

  /** What was signed elsewhere: asked for once by whoever signs, and anew for each checkpoint. */
  async function headsSeen(agency: number): Promise<readonly SeenHead[]> {
    if (witnesses.length > 0 && !seen.has(agency)) await askWitnesses(agency);
    const own = last.get(agency)?.head;
    return [...(seen.get(agency) ?? []), ...(own ? [{ ...own, from: 'the last head signed here' }] : [])];
  }

  async function sealOne(agency: number, keep: boolean): Promise<Sealed> {
    const heads = await headsSeen(agency);
    // Read each time: it may have been rotated by another process.
    const keyring = await openKeyring(keys);
    const sealed = await store.write(agency, (tx) => seal(tx, keyring, heads, keep));
    last.set(agency, sealed);
    return sealed;
  }

  async function checkpointOf(agency: number): Promise<Sealed> {
    if (witnesses.length > 0) await askWitnesses(agency);
    const sealed = await sealOne(agency, true);
    await copy(agency, sealed);
    return sealed;
  }

  async function copy(agency: number, { origin, kept }: Sealed): Promise<void> {
    if (copied.get(agency) === kept) return;
    let reached = 0;
    for (const witness of witnesses) {
      const isCopied = await attempt(`copying checkpoints of ${origin} to ${witness.folder}`, () =>
        copyTo(witness, agency),
      );
      if (isCopied) reached += 1;
    }
    if (reached === witnesses.length) copied.set(agency, kept);
  }

  async function copyTo(witness: Witness, agency: number): Promise<void> {
    const { origin, keys: logKeys } = await store.read(agency, readLog);
    let after = (await witness.newest(origin, logKeys))?.size ?? 0;
    for (;;) {
      const batch = await store.read(agency, (tx) =>
        tx.rows<KeptCheckpoint>(
          'select size, note from checkpoint where agency_id = $1 and size > $2 order by size limit $3',
          [agency, after, BATCH],
        ),
      );
      if (batch.length === 0) return;
      // Not within the transaction: a share may be slow.
      await witness.keep(origin, batch);
      after = batch.at(-1)?.size ?? after;
    }
  }

  /** The agencies, all or these, whose record is not as long as what was done with it. */
  async function behind(done: (agency: number) => number, only?: ReadonlySet<number>): Promise<Behind[]> {
    const agencies = await store.read(0, (tx) =>
      tx.rows<Behind & { entries: number }>(
        'select agency_id as agency, code, next_entry - 1 as entries from agency order by agency_id',
      ),
    );
    return agencies.filter(
      ({ agency, entries }) => entries !== done(agency) && (only === undefined || only.has(agency)),
    );
  }

  const signed = (agency: number) => last.get(agency)?.head?.size ?? 0;
  const kept = (agency: number) =>
    witnesses.length === 0 ? (last.get(agency)?.kept ?? 0) : (copied.get(agency) ?? 0);

  async function each(
    done: (agency: number) => number,
    work: (agency: number) => Promise<unknown>,
    only?: ReadonlySet<number>,
  ): Promise<void> {
    if (only?.size === 0) return;
    await attempt('signing the record', async () => {
      for (const { agency, code } of await behind(done, only)) {
        await attempt(`signing the record of ${code}`, async () => {
          await work(agency);
        });
      }
    });
  }

  return {
    sign: () => each(signed, (agency) => sealOne(agency, false)),
    checkpoint: (only) => each(kept, checkpointOf, only),
    checkpointOf,
    rotate: async (agency, keyring, rotation) => {
      if (witnesses.length > 0) await askWitnesses(agency);
      const heads = await headsSeen(agency);
      const rotated = await store
        .as(rotation.actor)
        .write(agency, (tx) => rotateKey(tx, keyring, heads, rotation));
      last.set(agency, rotated);
      await copy(agency, rotated);
      return rotated;
    },
    witnessed: askWitnesses,
    witnesses: witnesses.length,
    ownKeys: async (origin) => {
      const keyring = await findKeyring(keys);
      return keyring?.map((key) => verifierKeyText(verifierKeyOf(origin, key)));
    },
    problems: () => [...problems.values()],
  };
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'it is no folder',
  EACCES: 'it may not be entered, read or written',
  EROFS: 'it may only be read',
  ENOSPC: 'it is full',
  ETIMEDOUT: 'it does not answer',
  ENOTSUP: 'it holds what is no plain file',
};

/** What a person may read of an error: of the file system and of PostgreSQL no more than its code. */
function wordsOf(error: unknown): string {
  if (error instanceof MusterError) return error.message;
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? (WORDS[code] ?? code) : 'a fault';
}
