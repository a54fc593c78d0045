import { subtreeRoot } from './subtree.ts';
import { HASH_BYTES, rootOf, type Frontier, type NodeAt } from './tree.ts';

/** Hashes in a full tile (C2SP tlog-tiles). */
export const TILE_WIDTH = 256;
const TILE_HEIGHT = 8;

/** One tile: its level, its number within the level from 0, and how many hashes it holds (1 to 256). */
export interface TileId {
  readonly level: number;
  readonly number: number;
  readonly width: number;
}

/** Where a tile is kept, as tlog-tiles spells it: `tile/0/x001/067.p/8`. */
export function tilePath(tile: TileId): string {
  const digits = String(tile.number);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const path = groups.map((group, i) => (i < groups.length - 1 ? `x${group}` : group)).join('/');
  const partial = tile.width < TILE_WIDTH ? `.p/${tile.width}` : '';
  return `tile/${tile.level}/${path}${partial}`;
}

/** All tiles of a tree of that size, level by level from the leaves, each level from the left. */
export function* tilesFor(size: number): Generator<TileId> {
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
    for (let number = 0; number * TILE_WIDTH < count; number++) {
      yield { level, number, width: Math.min(TILE_WIDTH, count - number * TILE_WIDTH) };
    }
  }
}

/** The rightmost tile, full or partial, of each level of a tree of that size, from the leaves up. */
export function edgeTiles(size: number): TileId[] {
  const tiles: TileId[] = [];
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
    const number = Math.ceil(count / TILE_WIDTH) - 1;
    tiles.push({ level, number, width: count - number * TILE_WIDTH });
  }
  return tiles;
}

const KEPT_TILES = 64;

/**
 * Nodes read from tiles, which it keeps the latest few of. `tile` gives a tile's hashes, at least as
 * many as the tree asked about has (a tile of a later, larger tree serves as well).
 */
export function nodesFromTiles(tile: (level: number, number: number) => Promise<Buffer>): NodeAt {
  const kept = new Map<string, Promise<Buffer>>();
  const read = (level: number, number: number): Promise<Buffer> => {
    const key = `${level}/${number}`;
    const hashes = kept.get(key) ?? tile(level, number);
    kept.delete(key);
    kept.set(key, hashes);
    if (kept.size > KEPT_TILES) kept.delete(kept.keys().next().value ?? '');
    return hashes;
  };
  return async (level, index) => {
    const width = 2 ** (level % TILE_HEIGHT);
    const first = index * width;
    const [number, place] = [Math.floor(first / TILE_WIDTH), first % TILE_WIDTH];
    const hashes = await read(Math.floor(level / TILE_HEIGHT), number);
    const part = hashes.subarray(place * HASH_BYTES, (place + width) * HASH_BYTES);
    if (part.length < width * HASH_BYTES)
      throw new RangeError(`a tile of level ${Math.floor(level / TILE_HEIGHT)} is too short`);
    return subtreeRoot(part);
  };
}

/**
 * The right edge of a tree: its size and, of each level from the leaves up, the hashes of the tile
 * that is still partial (none where the last one is full). Enough to go on and to know the root.
 */
export interface Edge {
  readonly size: number;
  readonly levels: readonly Buffer[];
}

/** The edge of the tree without leaves. */
export const NO_EDGE: Edge = { size: 0, levels: [] };

/** A tile with its hashes, `width` of them side by side. */
export interface Tile extends TileId {
  readonly hashes: Buffer;
}

/** The tree after leaves were added, and each tile that is not as it was. */
export interface Grown {
  readonly edge: Edge;
  /** Level by level from the leaves, each from the left: full ones, and a last partial one. */
  readonly tiles: readonly Tile[];
}

/**
 * Reads the edge of a tree of that size from its tiles. A tile that is not there, or does not have
 * exactly its width, is a fault: RangeError.
 */
export async function readEdge(
  size: number,
  tile: (tile: TileId) => Promise<Buffer | undefined>,
): Promise<Edge> {
  const levels = edgeTiles(size).map(async (id) => {
    if (id.width === TILE_WIDTH) return Buffer.alloc(0);
    const hashes = await tile(id);
    if (hashes?.length !== id.width * HASH_BYTES)
      throw new RangeError(`${tilePath(id)} is missing or has a wrong length`);
    return hashes;
  });
  return { size, levels: await Promise.all(levels) };
}

/**
 * The tree with more leaves: `leaves` holds their hashes side by side. One at a time or tens of
 * thousands at once give the same tiles.
 */
export function grow(edge: Edge, leaves: Buffer): Grown {
  if (leaves.length % HASH_BYTES !== 0) throw new RangeError('a leaf hash has 32 bytes');
  const size = edge.size + leaves.length / HASH_BYTES;
  const tiles: Tile[] = [];
  const levels: Buffer[] = [];
  let added = leaves;
  for (let level = 0, before = edge.size; added.length > 0 || level < edge.levels.length; level++) {
    const kept = edge.levels[level] ?? Buffer.alloc(0);
    if (kept.length / HASH_BYTES !== before % TILE_WIDTH)
      throw new RangeError('an edge that does not fit its size');
    const first = Math.floor(before / TILE_WIDTH);
    const changed = added.length === 0 ? [] : tilesOf(level, first, Buffer.concat([kept, added]));
    tiles.push(...changed);
    const full = changed.filter((tile) => tile.width === TILE_WIDTH);
    levels.push(
      changed.length === 0
        ? kept
        : (changed.find((tile) => tile.width < TILE_WIDTH)?.hashes ?? Buffer.alloc(0)),
    );
    added = Buffer.concat(full.map((tile) => subtreeRoot(tile.hashes)));
    before = first;
  }
  return { edge: { size, levels }, tiles };
}

function tilesOf(level: number, first: number, hashes: Buffer): Tile[] {
  const tiles: Tile[] = [];
  for (let at = 0; at < hashes.length; at += TILE_WIDTH * HASH_BYTES) {
    const part = hashes.subarray(at, at + TILE_WIDTH * HASH_BYTES);
    tiles.push({ level, number: first + tiles.length, width: part.length / HASH_BYTES, hashes: part });
  }
  return tiles;
}

/** The root of the tree, from its edge alone. */
export function rootOfEdge(edge: Edge): Buffer {
  return rootOf(frontierOf(edge));
}

/** Each level's partial tile is what a width in binary says: a subtree for each bit, the largest first. */
function frontierOf(edge: Edge): Frontier {
  const roots = edge.levels.toReversed().flatMap((hashes) => {
    const parts: Buffer[] = [];
    for (let at = 0; at < hashes.length; at += parts.at(-1)?.length ?? 0) {
      const width = 2 ** Math.floor(Math.log2((hashes.length - at) / HASH_BYTES));
      parts.push(hashes.subarray(at, at + width * HASH_BYTES));
    }
    return parts.map(subtreeRoot);
  });
  return { size: edge.size, roots };
}
