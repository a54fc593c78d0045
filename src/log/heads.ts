import {
  nodesFromTiles,
  readCheckpoint,
  readVerifierKey,
  rootAt,
  signedBy,
  type TreeHead,
  type VerifierKey,
} from '../record/index.ts';
import type { Reading } from '../store/index.ts';
import { inconsistent, wholeTile } from './tree.ts';

/** What is kept of an agency's log. */
export interface LogState {
  readonly origin: string;
  /** Entries that are there, in the tree or not yet. */
  readonly entries: number;
  /** The verifier keys in the order in which they came into force; the last one is. */
  readonly keys: readonly VerifierKey[];
  /** The last head signed, with its note; undefined before the first. */
  readonly head: SignedHead | undefined;
  /** The size of the last checkpoint kept, 0 before the first. */
  readonly kept: number;
}

export interface SignedHead extends TreeHead {
  readonly note: string;
}

interface StateRow {
  code: string;
  log_id: string;
  entries: number;
  note: string | null;
  kept: number;
}

/** Reads what is kept of the agency's log. Throws RECORD_INCONSISTENT where it is not what Muster wrote. */
export async function readLog(tx: Reading): Promise<LogState> {
  const state = await tx.row<StateRow>(
    `select a.code, a.log_id, h.note,
       (select coalesce(max(index), 0) from entry e where e.agency_id = $1) as entries,
       (select coalesce(max(size), 0) from checkpoint c where c.agency_id = $1) as kept
     from agency a left join log_head h on h.agency_id = a.agency_id where a.agency_id = $1`,
    [tx.agency],
  );
  const origin = `muster/${state.code}-${state.log_id}`;
  const keys = await readKeys(tx, origin);
  const head = state.note === null ? undefined : readHead(state.note, origin, keys);
  return { origin, entries: state.entries, keys, head, kept: state.kept };
}

async function readKeys(tx: Reading, origin: string): Promise<VerifierKey[]> {
  const rows = await tx.rows<{ key: string }>(
    'select key from checkpoint_key where agency_id = $1 order by number',
    [tx.agency],
  );
  return rows.map(({ key }) => {
    const read = readVerifierKey(key);
    if (read?.name !== origin) throw inconsistent(`a verifier key of ${origin} was changed`);
    return read;
  });
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
  const nodeAt = nodesFromTiles(async (level, number) => {
    const hashes = await wholeTile(tx, level, number);
    if (hashes === undefined) throw inconsistent(`the tree lacks tile ${number} of level ${level}`);
    return hashes;
  });
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
