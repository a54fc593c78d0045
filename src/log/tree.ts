import { MusterError } from '../errors/index.ts';
import {
  grow,
  HASH_BYTES,
  leafHash,
  leafText,
  nodesFromTiles,
  readEdge,
  tilePath,
  type Edge,
  type Leaf,
  type NodeAt,
  type Tile,
  type TileId,
} from '../record/index.ts';
import type { Reading, Writing } from '../store/index.ts';

/** Entries that are hashed at once. */
const BATCH = 10_000;

/** The entries after an index, as leaves, in batches and in their order, whatever is missing. */
export async function* leavesAfter(tx: Reading, after: number, until: number): AsyncGenerator<Leaf[]> {
  for (let last = after; last < until;) {
    const batch = await tx.rows<Leaf>(
      `select index, kind, subject, actor, effective, recorded, body from entry
       where agency_id = $1 and index > $2 and index <= $3 order by index limit $4`,
      [tx.agency, last, until, BATCH],
    );
    if (batch.length === 0) return;
    yield batch;
    last = batch.at(-1)?.index ?? until;
  }
}

/** The record, or what is kept of its log, is not as Muster wrote it. */
export function inconsistent(what: string): MusterError {
  return new MusterError('RECORD_INCONSISTENT', what);
}

/**
 * Takes entries into the tree: from the edge it has to the size given. The tiles that changed are
 * written. Throws RECORD_INCONSISTENT where an entry is missing.
 */
export async function extendTree(tx: Writing, size: number, until: number): Promise<Edge> {
  let edge = await readEdge(size, async (tile) => {
    const hashes = await readTile(tx, tile);
    if (hashes === undefined) throw inconsistent(`the tree lacks ${tilePath(tile)}`);
    return hashes;
  });
  for await (const batch of leavesAfter(tx, size, until)) {
    requireInTurn(batch, edge.size + 1);
    const hashes = Buffer.concat(batch.map((leaf) => leafHash(Buffer.from(leafText(leaf)))));
    const grown = grow(edge, hashes);
    await writeTiles(tx, grown.tiles);
    edge = grown.edge;
  }
  return edge;
}

function requireInTurn(batch: readonly Leaf[], first: number): void {
  const at = batch.findIndex(({ index }, place) => index !== first + place);
  if (at >= 0) throw inconsistent(`entry ${first + at} is missing from the record`);
}

/** The hashes of a tile, as many as it is wide; undefined where it is not there or narrower. */
export async function readTile(tx: Reading, tile: TileId): Promise<Buffer | undefined> {
  const hashes = await wholeTile(tx, tile.level, tile.number);
  const wanted = tile.width * HASH_BYTES;
  return hashes !== undefined && hashes.length >= wanted ? hashes.subarray(0, wanted) : undefined;
}

/** The nodes of the tree as its tiles have them. Throws RECORD_INCONSISTENT where a tile is missing. */
export function nodesOf(tx: Reading): NodeAt {
  return nodesFromTiles(async (level, number) => {
    const hashes = await wholeTile(tx, level, number);
    if (hashes === undefined) throw inconsistent(`the tree lacks tile ${number} of level ${level}`);
    return hashes;
  });
}

/** All hashes that a tile holds by now. */
async function wholeTile(tx: Reading, level: number, number: number): Promise<Buffer | undefined> {
  const [row] = await tx.rows<{ hashes: Buffer }>(
    'select hashes from log_tile where agency_id = $1 and level = $2 and number = $3',
    [tx.agency, level, number],
  );
  return row?.hashes;
}

async function writeTiles(tx: Writing, tiles: readonly Tile[]): Promise<void> {
  if (tiles.length === 0) return;
  await tx.run(
    `insert into log_tile (agency_id, level, number, hashes)
     select $1, level, number, hashes from unnest($2::integer[], $3::bigint[], $4::bytea[]) as t(level, number, hashes)
     on conflict (agency_id, level, number) do update set hashes = excluded.hashes`,
    [
      tx.agency,
      tiles.map(({ level }) => level),
      tiles.map(({ number }) => number),
      tiles.map(({ hashes }) => hashes),
    ],
  );
}
