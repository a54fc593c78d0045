import { MusterError } from '../errors/index.ts';
import {
  inclusionProof,
  leafHash,
  leafText,
  proofText,
  readCheckpoint,
  rootFromInclusion,
  type Leaf,
} from '../record/index.ts';
import type { Reading } from '../store/index.ts';
import { readLog } from './heads.ts';
import { inconsistent, leavesAfter, nodesOf } from './tree.ts';

/**
 * A proof, as the text of a tlog-proof, that an entry is in the agency's log: the entry itself, the
 * hashes that lead to the root, and the last checkpoint, signed with the key in force. Throws NOT_FOUND where
 * there is no such entry, or none that is signed.
 */
export async function proveEntry(tx: Reading, index: number): Promise<string> {
  const { origin, entries } = await readLog(tx);
  if (index < 1 || index > entries)
    throw new MusterError('NOT_FOUND', `there is no entry ${index}: the record has entries 1 to ${entries}`);
  const leaf = await leafAt(tx, index);
  const checkpoint = await lastCovering(tx, index);
  const head = readCheckpoint(checkpoint)?.head;
  if (head?.origin !== origin) throw inconsistent(`the checkpoint that covers entry ${index} was changed`);
  const bytes = Buffer.from(leafText(leaf));
  const hashes = await inclusionProof(index - 1, head.size, nodesOf(tx));
  // What proves nothing is not handed out.
  if (!rootFromInclusion(index - 1, head.size, leafHash(bytes), hashes)?.equals(head.root))
    throw inconsistent(`entry ${index} is not the one that was signed`);
  return proofText({ leaf: bytes, index: index - 1, hashes, checkpoint });
}

async function leafAt(tx: Reading, index: number): Promise<Leaf> {
  for await (const [leaf] of leavesAfter(tx, index - 1, index)) if (leaf?.index === index) return leaf;
  throw inconsistent(`entry ${index} is missing from the record`);
}

/** A checkpoint is what witnesses hold; a head just signed serves where none covers the entry yet. */
async function lastCovering(tx: Reading, index: number): Promise<string> {
  const [covering] = await tx.rows<{ note: string }>(
    `select note from (
       (select note, 1 as choice from checkpoint where agency_id = $1 and size >= $2 order by size desc limit 1)
       union all select note, 2 from log_head where agency_id = $1 and size >= $2) as covering
     order by choice limit 1`,
    [tx.agency, index],
  );
  if (covering) return covering.note;
  throw new MusterError('NOT_FOUND', `entry ${index} is not signed yet: it will be within a minute`);
}
