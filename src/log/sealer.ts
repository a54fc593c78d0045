import { MusterError } from '../errors/index.ts';
import type { Store } from '../store/index.ts';
import { readLog } from './heads.ts';
import { openKeyring, type KeyPlace, type Keyring } from './keys.ts';
import { seal, type Sealed, type SeenHead } from './seal.ts';
import { copyToWitness, readWitness, type Witnessed } from './witness.ts';

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
  /** The newest checkpoints that the witnesses hold of an agency's log. */
  witnessed(agency: number): Promise<readonly string[]>;
  /** Of which agencies something is not signed, or not copied, and why. */
  problems(): readonly string[];
  keyring(): Promise<Keyring>;
}

interface Behind {
  readonly agency: number;
  readonly code: string;
}

/** A sealer with a memory: a database that was set back behind its back is not signed either. */
export function createSealer({ store, keys, witnesses, log }: SealerSettings): Sealer {
  const last = new Map<number, Sealed>();
  const copied = new Map<number, number>();
  const problems = new Map<string, string>();
  let ring: Promise<Keyring> | undefined;
  const keyring = () => (ring ??= openKeyring(keys));

  /** Does something, and remembers and tells what goes wrong with it, or that it goes well again. */
  async function attempt(what: string, work: () => Promise<void>): Promise<void> {
    const problem = await work().then(
      () => undefined,
      (error: unknown) => `${what}: ${wordsOf(error)}`,
    );
    if (problems.get(what) === problem) return;
    if (problem === undefined) problems.delete(what);
    else problems.set(what, problem);
    log?.(problem ?? `${what}: it works again`);
  }

  async function sealOne(agency: number, seen: readonly SeenHead[], keep: boolean): Promise<Sealed> {
    const own = last.get(agency)?.head;
    const heads = own ? [...seen, { ...own, from: 'the last head signed here' }] : seen;
    const once = async () => {
      const held = await keyring();
      return store.write(agency, (tx) => seal(tx, held, heads, keep));
    };
    const sealed = await once().catch((error: unknown) => {
      // The key may have been rotated, or put where it belongs, since it was read.
      ring = undefined;
      if (error instanceof MusterError && error.code === 'KEY_NOT_IN_FORCE') return once();
      throw error;
    });
    last.set(agency, sealed);
    return sealed;
  }

  async function witnessed(agency: number): Promise<(SeenHead & Witnessed)[]> {
    const { origin } = last.get(agency) ?? (await store.read(agency, readLog));
    const seen: (SeenHead & Witnessed)[] = [];
    for (const witness of witnesses) {
      await attempt(`reading the witness ${witness}`, async () => {
        const held = await readWitness(witness, origin);
        if (held) seen.push({ ...held, from: `the checkpoint in the witness ${witness}` });
      });
    }
    return seen;
  }

  async function checkpointOf(agency: number): Promise<Sealed> {
    const sealed = await sealOne(agency, await witnessed(agency), true);
    await copy(agency, sealed);
    return sealed;
  }

  async function copy(agency: number, { origin, kept }: Sealed): Promise<void> {
    if (witnesses.length === 0 || copied.get(agency) === kept) return;
    let reached = 0;
    for (const witness of witnesses) {
      await attempt(`copying checkpoints of ${origin} to ${witness}`, async () => {
        await store.read(agency, (tx) => copyToWitness(tx, witness, origin));
        reached += 1;
      });
    }
    if (reached === witnesses.length) copied.set(agency, kept);
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
    sign: () => each(signed, (agency) => sealOne(agency, [], false)),
    checkpoint: (only) => each(kept, checkpointOf, only),
    checkpointOf,
    witnessed: async (agency) => (await witnessed(agency)).map(({ note }) => note),
    problems: () => [...problems.values()],
    keyring,
  };
}

/** What a person may read of an error: of the file system and of PostgreSQL only its code. */
function wordsOf(error: unknown): string {
  if (error instanceof MusterError) return error.message;
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'a fault';
}
