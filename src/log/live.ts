import { MusterError } from '../errors/index.ts';
import { leafText, readCheckpoint, type RecordSource } from '../record/index.ts';
import type { Reading } from '../store/index.ts';
import { readLogTables } from './heads.ts';
import { leavesAfter, readTile } from './tree.ts';

const BATCH = 500;

/** The record in the database as something to verify or to export. */
export interface LiveRecord extends RecordSource {
  readonly origin: string;
  /** How far it reaches: what comes after is not signed yet. */
  readonly size: number;
  readonly unsigned: number;
}

/**
 * The record as it stands in the database: up to the last checkpoint, as it is exported, or up to
 * the last head signed, which may be newer. Throws NOT_FOUND where nothing is signed yet.
 */
export async function liveRecord(tx: Reading, upTo: 'checkpoint' | 'head'): Promise<LiveRecord> {
  const { origin, keys, checkpoint, head, entries } = await readLogTables(tx);
  const kept = sizeOf(checkpoint);
  const latest = upTo === 'head' && sizeOf(head) > kept ? head : checkpoint;
  if (latest === null) throw new MusterError('NOT_FOUND', 'nothing of the record is signed yet');
  const size = sizeOf(latest);
  return {
    origin,
    size,
    unsigned: Math.max(entries - size, 0),
    keys,
    latest,
    leaves: () => leafLines(tx, size),
    tile: (tile) => readTile(tx, tile),
    checkpoints: () => keptCheckpoints(tx),
  };
}

/** Of what cannot be read the verifier will say so. */
function sizeOf(note: string | null): number {
  return note === null ? 0 : (readCheckpoint(note)?.head.size ?? 0);
}

async function* leafLines(tx: Reading, size: number): AsyncGenerator<Buffer> {
  for await (const batch of leavesAfter(tx, 0, size))
    yield Buffer.from(batch.map((leaf) => `${leafText(leaf)}\n`).join(''));
}

async function* keptCheckpoints(tx: Reading): AsyncGenerator<string> {
  for (let last = 0; ;) {
    const rows = await tx.rows<{ size: number; note: string }>(
      'select size, note from checkpoint where agency_id = $1 and size > $2 order by size limit $3',
      [tx.agency, last, BATCH],
    );
    for (const { note } of rows) yield note;
    const newest = rows.at(-1);
    if (newest === undefined) return;
    last = newest.size;
  }
}
