import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { subtreeRoot } from './subtree.ts';
import {
  type Edge,
  edgeTiles,
  grow,
  NO_EDGE,
  nodesFromTiles,
  readEdge,
  rootOfEdge,
  TILE_WIDTH,
  type TileId,
  tilePath,
  tilesFor,
} from './tiles.ts';
import {
  append,
  consistencyProof,
  EMPTY,
  type Frontier,
  HASH_BYTES,
  inclusionProof,
  isConsistent,
  leafHash,
  nodeHash,
  rootAt,
  rootFromInclusion,
  rootOf,
} from './tree.ts';

const leaves = (size: number): Buffer =>
  Buffer.concat(Array.from({ length: size }, (_, i) => leafHash(Buffer.from(String(i)))));
const ALL = leaves(3000);
const first = (size: number): Buffer => ALL.subarray(0, size * HASH_BYTES);
const leaf = (i: number): Buffer => ALL.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);

/** The tiles kept so far, each path as it was last written. */
function store(): { keep: (edge: Edge, leaves: Buffer) => Edge; tiles: Map<string, Buffer> } {
  const tiles = new Map<string, Buffer>();
  const keep = (edge: Edge, leaves: Buffer): Edge => {
    const grown = grow(edge, leaves);
    for (const tile of grown.tiles) tiles.set(tilePath(tile), tile.hashes);
    return grown.edge;
  };
  return { keep, tiles };
}

test('a tile is kept where tlog-tiles says', () => {
  assert.equal(tilePath({ level: 0, number: 1_234_067, width: 256 }), 'tile/0/x001/x234/067');
  assert.equal(tilePath({ level: 0, number: 1067, width: 8 }), 'tile/0/x001/067.p/8');
  assert.equal(tilePath({ level: 1, number: 0, width: 1 }), 'tile/1/000.p/1');
  assert.equal(tilePath({ level: 0, number: 999, width: 256 }), 'tile/0/999');
  assert.equal(tilePath({ level: 63, number: 1000, width: 255 }), 'tile/63/x001/000.p/255');
});

test('a tree of 70,000 has the tiles that tlog-tiles counts', () => {
  const tiles = [...tilesFor(70_000)];
  const widths = (level: number): number[] =>
    tiles.filter((tile) => tile.level === level).map(({ width }) => width);
  assert.deepEqual(widths(0), [...Array<number>(273).fill(256), 112]);
  assert.deepEqual(widths(1), [256, 17]);
  assert.deepEqual(widths(2), [1]);
  assert.deepEqual([...tilesFor(256)].map(tilePath), ['tile/0/000', 'tile/1/000.p/1']);
  assert.deepEqual([...tilesFor(0)], []);
});

test('the edge is the last tile of each level', () => {
  for (const size of [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000]) {
    const last = new Map([...tilesFor(size)].map((tile) => [tile.level, tile]));
    assert.deepEqual(edgeTiles(size), [...last.values()]);
  }
  assert.deepEqual(edgeTiles(0), []);
});

test('grown one by one, the tiles and the root are those of growing at once, at every size up to 1,100', async () => {
  const { keep, tiles } = store();
  let edge = NO_EDGE;
  let frontier: Frontier = EMPTY;
  for (let size = 0; size <= 1100; size++) {
    assert.deepEqual(rootOfEdge(edge), rootOf(frontier));
    if (size % 50 === 0 || size % 256 < 2) await assertSame(edge, tiles, size);
    edge = keep(edge, leaf(size));
    frontier = append(frontier, leaf(size));
  }
});

async function assertSame(edge: Edge, tiles: ReadonlyMap<string, Buffer>, size: number): Promise<void> {
  const atOnce = grow(NO_EDGE, first(size));
  assert.deepEqual(atOnce.edge, edge);
  assert.deepEqual(
    atOnce.tiles.map(({ level, number, width }) => ({ level, number, width })),
    [...tilesFor(size)],
  );
  for (const tile of atOnce.tiles) assert.deepEqual(tiles.get(tilePath(tile)), tile.hashes);
  assert.deepEqual(await readEdge(size, (tile) => Promise.resolve(tiles.get(tilePath(tile)))), edge);
}

test('grown in random steps it comes to the same', async () => {
  const steps = fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(steps, async (steps) => {
      const { keep, tiles } = store();
      let edge = NO_EDGE;
      for (const step of steps)
        edge = keep(edge, ALL.subarray(edge.size * HASH_BYTES, (edge.size + step) * HASH_BYTES));
      await assertSame(edge, tiles, edge.size);
    }),
    { numRuns: 40 },
  );
});

test('only tiles that changed are given back', () => {
  const { edge } = grow(NO_EDGE, first(600));
  const paths = (n: number): string[] =>
    grow(edge, ALL.subarray(600 * HASH_BYTES, (600 + n) * HASH_BYTES)).tiles.map(tilePath);
  assert.deepEqual(paths(0), []);
  assert.deepEqual(paths(1), ['tile/0/002.p/89']);
  assert.deepEqual(paths(168), ['tile/0/002', 'tile/1/000.p/3']);
  assert.deepEqual(paths(169), ['tile/0/002', 'tile/0/003.p/1', 'tile/1/000.p/3']);
});

test('roots, inclusion and consistency come out of the tiles for every earlier size', async () => {
  const size = 1100;
  const tiles = new Map(
    grow(NO_EDGE, first(size)).tiles.map((tile) => [`${tile.level}/${tile.number}`, tile.hashes]),
  );
  const nodeAt = nodesFromTiles((level, number) =>
    Promise.resolve(tiles.get(`${level}/${number}`) ?? Buffer.alloc(0)),
  );
  const root = await rootAt(size, nodeAt);
  let frontier: Frontier = EMPTY;
  for (let from = 0; from <= size; from++) {
    const earlier = rootOf(frontier);
    assert.deepEqual(await rootAt(from, nodeAt), earlier);
    if (from % 7 === 0)
      assert.ok(isConsistent(from, earlier, size, root, await consistencyProof(from, size, nodeAt)));
    const index = from % size;
    if (from % 5 === 0) {
      assert.deepEqual(
        rootFromInclusion(index, size, leaf(index), await inclusionProof(index, size, nodeAt)),
        root,
      );
    }
    frontier = append(frontier, leaf(from));
  }
  await assert.rejects(nodeAt(0, size), RangeError);
});

test('a tree of three levels of tiles has the root that its subtrees give', async () => {
  // 70,000 leaves that are all the same: the perfect subtrees are known by their levels.
  const same = leafHash(Buffer.from('x'));
  const size = 70_000;
  const { edge, tiles } = grow(NO_EDGE, Buffer.concat(Array<Buffer>(size).fill(same)));
  const levels = [same];
  for (let i = 1; i <= 16; i++) levels.push(nodeHash(levels[i - 1] ?? same, levels[i - 1] ?? same));
  const expected = await rootAt(size, (level) => Promise.resolve(levels[level] ?? same));
  assert.deepEqual(rootOfEdge(edge), expected);
  const byId = new Map(tiles.map((tile) => [`${tile.level}/${tile.number}`, tile.hashes]));
  const nodeAt = nodesFromTiles((level, number) =>
    Promise.resolve(byId.get(`${level}/${number}`) ?? Buffer.alloc(0)),
  );
  assert.deepEqual(await rootAt(size, nodeAt), expected);
  assert.deepEqual(await nodeAt(16, 0), levels[16]);
});

test('an edge that does not fit and tiles that are missing or too short are faults', async () => {
  const { edge } = grow(NO_EDGE, first(300));
  assert.throws(() => grow({ ...edge, size: 299 }, leaf(1)), RangeError);
  assert.throws(() => grow(edge, Buffer.alloc(33)), RangeError);
  await assert.rejects(
    readEdge(300, () => Promise.resolve(undefined)),
    /tile\/0\/001\.p\/44 is missing/,
  );
  await assert.rejects(
    readEdge(300, ({ width }: TileId) => Promise.resolve(Buffer.alloc(width * HASH_BYTES - 1))),
    RangeError,
  );
  assert.throws(() => subtreeRoot(first(3)), RangeError);
  assert.throws(() => subtreeRoot(first(2 * TILE_WIDTH)), RangeError);
});

test('the root of a subtree is that of a tree so large', () => {
  for (let size = 1; size <= TILE_WIDTH; size *= 2) {
    const naive = (from: number, to: number): Buffer => {
      if (to - from === 1) return leaf(from);
      const middle = (from + to) / 2;
      const pair = Buffer.concat([Buffer.of(1), naive(from, middle), naive(middle, to)]);
      return createHash('sha256').update(pair).digest();
    };
    assert.deepEqual(subtreeRoot(first(size)), naive(0, size));
  }
});
