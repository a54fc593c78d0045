import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  append,
  consistencyProof,
  EMPTY,
  EMPTY_ROOT,
  inclusionProof,
  isConsistent,
  leafHash,
  type NodeAt,
  nodeHash,
  rootAt,
  rootFromInclusion,
  rootOf,
} from './tree.ts';

// RFC 6962, 2.1 word for word, with D[from:to] as a pair of numbers; only remembered, as it is slow.

const sha256 = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();
const hex = (hash: Buffer): string => hash.toString('hex');
const joined = (hashes: Buffer[]): string => hashes.map((hash) => hash.toString('latin1')).join('');
const data = (i: number): Buffer => Buffer.from(`leaf ${i}`);
const remembered = new Map<number, Buffer>();

/** The largest power of two smaller than n. */
function k(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

function MTH(from: number, to: number): Buffer {
  const n = to - from;
  if (n === 0) return sha256();
  const known = remembered.get(from * 2 ** 21 + to);
  if (known) return known;
  const hash =
    n === 1
      ? sha256(Buffer.of(0), data(from))
      : sha256(Buffer.of(1), MTH(from, from + k(n)), MTH(from + k(n), to));
  remembered.set(from * 2 ** 21 + to, hash);
  return hash;
}

function PATH(m: number, from: number, to: number): Buffer[] {
  const n = to - from;
  if (n === 1) return [];
  return m < k(n)
    ? [...PATH(m, from, from + k(n)), MTH(from + k(n), to)]
    : [...PATH(m - k(n), from + k(n), to), MTH(from, from + k(n))];
}

function SUBPROOF(m: number, from: number, to: number, b: boolean): Buffer[] {
  const n = to - from;
  if (m === n) return b ? [] : [MTH(from, to)];
  return m <= k(n)
    ? [...SUBPROOF(m, from, from + k(n), b), MTH(from + k(n), to)]
    : [...SUBPROOF(m - k(n), from + k(n), to, false), MTH(from, from + k(n))];
}

const PROOF = (m: number, n: number): Buffer[] => SUBPROOF(m, 0, n, true);
const nodeAt: NodeAt = (level, index) => Promise.resolve(MTH(index * 2 ** level, (index + 1) * 2 ** level));

const SIZES = Array.from({ length: 301 }, (_, size) => size);

test('the root is that of the RFC, appended to and read, at every size up to 300', async () => {
  let frontier = EMPTY;
  for (const size of SIZES) {
    assert.equal(frontier.size, size);
    assert.deepEqual(rootOf(frontier), MTH(0, size));
    assert.deepEqual(await rootAt(size, nodeAt), MTH(0, size));
    frontier = append(frontier, leafHash(data(size)));
  }
});

test('the inclusion proof of every index of every size up to 300 is PATH and leads to the root', async () => {
  for (const size of SIZES) {
    for (let index = 0; index < size; index++) {
      const proof = await inclusionProof(index, size, nodeAt);
      assert.ok(joined(proof) === joined(PATH(index, 0, size)), `${index} of ${size}`);
      assert.ok(rootFromInclusion(index, size, MTH(index, index + 1), proof)?.equals(MTH(0, size)));
    }
  }
});

test('the consistency proof of every pair of sizes up to 300 is PROOF and holds', async () => {
  for (const to of SIZES) {
    for (let from = 1; from <= to; from++) {
      const proof = await consistencyProof(from, to, nodeAt);
      assert.ok(joined(proof) === joined(PROOF(from, to)), `${from} to ${to}`);
      assert.ok(isConsistent(from, MTH(0, from), to, MTH(0, to), proof), `${from} ${to}`);
    }
  }
});

test('both hold for random sizes up to a million', async () => {
  // In so large a tree every leaf is the same, so that a perfect subtree is known by its level.
  const levels = [leafHash(Buffer.from('x'))];
  for (let i = 1; i <= 20; i++)
    levels.push(nodeHash(levels[i - 1] ?? EMPTY_ROOT, levels[i - 1] ?? EMPTY_ROOT));
  const same: NodeAt = (level) => Promise.resolve(levels[level] ?? EMPTY_ROOT);
  const leaf = levels[0] ?? EMPTY_ROOT;
  const size = fc.integer({ min: 1, max: 1_000_000 });
  await fc.assert(
    fc.asyncProperty(size, size, fc.nat(), async (a, b, n) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const index = n % to;
      const [fromRoot, toRoot] = [await rootAt(from, same), await rootAt(to, same)];
      const inclusion = await inclusionProof(index, to, same);
      assert.ok(rootFromInclusion(index, to, leaf, inclusion)?.equals(toRoot));
      const consistency = await consistencyProof(from, to, same);
      assert.ok(isConsistent(from, fromRoot, to, toRoot, consistency));
      if (from < to) assert.ok(!isConsistent(from, toRoot, to, toRoot, consistency));
    }),
  );
});

const small = fc.integer({ min: 1, max: 300 });

test('an inclusion proof that was changed is refused', async () => {
  await fc.assert(
    fc.asyncProperty(small, fc.nat(), fc.nat(), async (size, n, bit) => {
      const index = n % size;
      const proof = await inclusionProof(index, size, nodeAt);
      const root = MTH(0, size);
      const isProof = (index: number, size: number, leaf: Buffer, hashes: Buffer[]): boolean =>
        rootFromInclusion(index, size, leaf, hashes)?.equals(root) ?? false;
      const leaf = MTH(index, index + 1);
      assert.ok(isProof(index, size, leaf, proof));
      assert.ok(!isProof(index, size, flipped(leaf, bit), proof));
      assert.ok(!isProof(index, size, leaf, [...proof, leaf]));
      assert.ok(!isProof(index, size, leaf, [leaf, ...proof]));
      if (proof.length > 0) {
        const at = bit % proof.length;
        assert.ok(!isProof(index, size, leaf, proof.with(at, flipped(proof[at] ?? leaf, bit))));
        assert.ok(!isProof(index, size, leaf, proof.toSpliced(at, 1)));
        assert.ok(!isProof(index, size, leaf, proof.with(at, Buffer.alloc(31))));
      }
      for (let other = 0; other < size; other++) {
        if (other !== index) assert.ok(!isProof(other, size, leaf, proof));
      }
    }),
  );
});

test('an index or a size that cannot be is refused', async () => {
  const proof = await inclusionProof(4, 7, nodeAt);
  const leaf = MTH(4, 5);
  for (const [index, size] of [
    [7, 7],
    [-1, 7],
    [4.5, 7],
    [4, 3],
    [4, Infinity],
    [4, 2 ** 60],
    [NaN, 7],
  ] as const) {
    assert.equal(rootFromInclusion(index, size, leaf, proof), undefined);
  }
  // Another size may need a proof of the same length: then it leads to another root.
  for (let size = 5; size < 40; size++) {
    const root = rootFromInclusion(4, size, leaf, proof);
    assert.equal(root?.equals(MTH(0, size)) ?? false, size === 7);
  }
  await assert.rejects(inclusionProof(7, 7, nodeAt), RangeError);
  await assert.rejects(consistencyProof(8, 7, nodeAt), RangeError);
});

test('a consistency proof that was changed is refused', async () => {
  await fc.assert(
    fc.asyncProperty(small, small, fc.nat(), async (a, b, bit) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      const proof = await consistencyProof(from, to, nodeAt);
      const [fromRoot, toRoot] = [MTH(0, from), MTH(0, to)];
      assert.ok(!isConsistent(from, flipped(fromRoot, bit), to, toRoot, proof));
      assert.ok(!isConsistent(from, fromRoot, to, flipped(toRoot, bit), proof));
      assert.ok(!isConsistent(from, fromRoot, to, toRoot, [...proof, toRoot]));
      assert.ok(!isConsistent(to + 1, fromRoot, to, toRoot, proof));
      if (proof.length > 0) {
        const at = bit % proof.length;
        assert.ok(
          !isConsistent(from, fromRoot, to, toRoot, proof.with(at, flipped(proof[at] ?? toRoot, bit))),
        );
        assert.ok(!isConsistent(from, fromRoot, to, toRoot, proof.toSpliced(at, 1)));
      }
      if (from < to) assert.ok(!isConsistent(from, fromRoot, to, fromRoot, proof));
    }),
  );
});

test('from the empty tree nothing is to be proved, and equal sizes have equal roots', () => {
  assert.ok(isConsistent(0, EMPTY_ROOT, 5, MTH(0, 5), []));
  assert.ok(isConsistent(0, EMPTY_ROOT, 0, EMPTY_ROOT, []));
  assert.ok(!isConsistent(0, EMPTY_ROOT, 0, MTH(0, 1), []));
  assert.ok(!isConsistent(0, MTH(0, 1), 5, MTH(0, 5), []));
  assert.ok(!isConsistent(0, EMPTY_ROOT, 5, MTH(0, 5), [MTH(0, 5)]));
  assert.ok(isConsistent(5, MTH(0, 5), 5, MTH(0, 5), []));
  assert.ok(!isConsistent(5, MTH(0, 4), 5, MTH(0, 5), []));
});

test('the known roots of the eight leaves that Certificate Transparency tests with', () => {
  const leaves = [
    '',
    '00',
    '10',
    '2021',
    '3031',
    '40414243',
    '5051525354555657',
    '606162636465666768696a6b6c6d6e6f',
  ];
  const roots = [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ];
  let frontier = EMPTY;
  for (const [size, root] of roots.entries()) {
    assert.equal(hex(rootOf(frontier)), root);
    frontier = append(frontier, leafHash(Buffer.from(leaves[size] ?? '', 'hex')));
  }
});

function flipped(hash: Buffer, bit: number): Buffer {
  const copy = Buffer.from(hash);
  const at = Math.floor(bit / 8) % copy.length;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
}
