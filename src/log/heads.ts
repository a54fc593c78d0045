import {
  readCheckpoint,
  readVerifierKey,
  rootAt,
  signedBy,
  type TreeHead,
  type VerifierKey,
} from '../record/index.ts';
import type { Reading } from '../store/index.ts';
import { inconsistent, nodesOf } from './tree.ts';

/** What is kept of an agency's log. */
export interface LogState {
  readonly origin: string;
  /** Entries that are there, in the tree or not yet. */
  readonly entries: number;
  /** The verifier keys in the order in which they came into force; the last one is. */
  readonly keys: readonly VerifierKey[];
  /** The last head signed, with its note; undefined before the first. */
  readonly head: SignedHead | undefined;
  /** The size of the last checkpoint kept, 0 before the first; it never is larger than the head's. */
  readonly kept: number;
  /** That checkpoint. */
  readonly checkpoint: SignedHead | undefined;
}

export interface SignedHead extends TreeHead {
  readonly note: string;
}

/** What the tables say of an agency's log, unchecked. */
export interface LogTables {
  readonly origin: string;
  readonly entries: number;
  /** Verifier keys, as texts. */
  readonly keys: readonly string[];
  /** The last head signed and the last checkpoint kept, as notes. */
  readonly head: string | null;
  readonly checkpoint: string | null;
}

/** Reads what the tables say of the agency's log, for those who show it or check it themselves. */
export async function readLogTables(tx: Reading): Promise<LogTables> {
  const { code, id, ...said } = await tx.row<LogTables & { code: string; id: string }>(
    `select a.code, a.log_id as id, h.note as head,
       (select coalesce(max(index), 0) from entry e where e.agency_id = $1) as entries,
       (select c.note from checkpoint c where c.agency_id = $1 order by size desc limit 1) as checkpoint,
       array(select k.key from checkpoint_key k where k.agency_id = $1 order by number) as keys
     from agency a left join log_head h on h.agency_id = a.agency_id where a.agency_id = $1`,
    [tx.agency],
  );
  return { ...said, origin: `muster/${code}-${id}` };
}

/** Reads what is kept of the agency's log. Throws RECORD_INCONSISTENT where it is not what Muster wrote. */
export async function readLog(tx: Reading): Promise<LogState> {
  const said = await readLogTables(tx);
  const { origin, entries } = said;
  const keys = said.keys.map((text) => readKey(text, origin));
  const head = said.head === null ? undefined : readHead(said.head, origin, keys);
  const checkpoint = said.checkpoint === null ? undefined : readHead(said.checkpoint, origin, keys);
  const kept = checkpoint?.size ?? 0;
  if (kept > (head?.size ?? 0))
    throw inconsistent(`the last head of ${origin} was set back behind its checkpoint`);
  return { origin, entries, keys, head, kept, checkpoint };
}

function readKey(text: string, origin: string): VerifierKey {
  const key = readVerifierKey(text);
  if (key?.name !== origin) throw inconsistent(`a verifier key of ${origin} was changed`);
  return key;
}

function readHead(note: string, origin: string, keys: readonly VerifierKey[]): SignedHead {
  const read = readCheckpoint(note);
  if (read?.head.origin !== origin || !keys.some((key) => signedBy(read.note, key)))
    throw inconsistent(`the last head of ${origin} is not one that its keys signed`);
  return { ...read.head, note };
}

/** Throws RECORD_INCONSISTENT unless the tree begins with each of these heads. */
export async function requireConsistent(
  tx: Reading,
  size: number,
  heads: readonly (TreeHead & { readonly from: string })[],
): Promise<void> {
  const nodeAt = nodesOf(tx);
  for (const head of heads) {
    if (head.size > size) {
      const lost =
        head.size === size + 1 ? `entry ${head.size} is` : `entries ${size + 1} to ${head.size} are`;
      throw inconsistent(`${lost} missing: ${head.from} covers ${head.size}, and the record ends at ${size}`);
    }
    if (!(await rootAt(head.size, nodeAt)).equals(head.root))
      throw inconsistent(`the tree does not begin with the ${head.size} entries of ${head.from}`);
  }
}
