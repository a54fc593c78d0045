import { hash } from 'node:crypto';

/** The bytes of one hash: SHA-256. */
export const HASH_BYTES = 32;

/** The root of the tree without leaves: SHA-256 of nothing (RFC 6962, 2.1). */
export const EMPTY_ROOT: Buffer = hash('sha256', Buffer.alloc(0), 'buffer');

/** SHA-256(0x00 || leaf), RFC 6962, 2.1. */
export function leafHash(leaf: Uint8Array): Buffer {
  const message = new Uint8Array(1 + leaf.length);
  message.set(leaf, 1);
  return hash('sha256', message, 'buffer');
}

const message = new Uint8Array(1 + 2 * HASH_BYTES).fill(1, 0, 1);

/** SHA-256(0x01 || left || right), RFC 6962, 2.1. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  message.set(left, 1);
  message.set(right, 1 + HASH_BYTES);
  return hash('sha256', message, 'buffer');
}

/** A tree reduced to the roots of its perfect subtrees, the largest (leftmost) first. */
export interface Frontier {
  readonly size: number;
  readonly roots: readonly Buffer[];
}

/** The frontier of the tree without leaves. */
export const EMPTY: Frontier = { size: 0, roots: [] };

/** The frontier with one more leaf, given by its hash. */
export function append(frontier: Frontier, hash: Buffer): Frontier {
  const roots = [...frontier.roots];
  let last = hash;
  for (let n = frontier.size; n % 2 === 1; n = (n - 1) / 2) last = nodeHash(taken(roots.pop()), last);
  return { size: frontier.size + 1, roots: [...roots, last] };
}

/** The root of the tree: its subtrees joined from the right. */
export function rootOf(frontier: Frontier): Buffer {
  return frontier.roots.reduceRight<Buffer | undefined>(joined, undefined) ?? EMPTY_ROOT;
}

function joined(right: Buffer | undefined, left: Buffer): Buffer {
  return right === undefined ? left : nodeHash(left, right);
}

/** The root of the perfect subtree of 2^level leaves that is the `index`-th of its level, from 0. */
export type NodeAt = (level: number, index: number) => Promise<Buffer>;

/** The root of the tree over the first `size` leaves: MTH(D[size]), RFC 6962, 2.1. */
export function rootAt(size: number, nodeAt: NodeAt): Promise<Buffer> {
  return rootOfRange(0, size, nodeAt);
}

/**
 * PATH(index, D[size]) of RFC 6962, 2.1.1: the hashes that lead from leaf `index` (from 0) to the
 * root, the leaf's sibling first. Throws a RangeError for an index outside the tree.
 */
export async function inclusionProof(index: number, size: number, nodeAt: NodeAt): Promise<Buffer[]> {
  if (!isCount(index) || !isCount(size) || index >= size) throw new RangeError('no such leaf in the tree');
  const proof: Buffer[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + largestPowerBelow(to - from);
    const [below, sibling] =
      index < middle
        ? [[from, middle] as const, [middle, to] as const]
        : [[middle, to] as const, [from, middle] as const];
    proof.push(await rootOfRange(...sibling, nodeAt));
    [from, to] = below;
  }
  return proof.toReversed();
}

/**
 * PROOF(from, D[to]) of RFC 6962, 2.1.2: what shows that the tree of size `from` is the beginning
 * of that of size `to`. Empty for `from` 0 and for equal sizes. Throws a RangeError if `from` > `to`.
 */
export async function consistencyProof(from: number, to: number, nodeAt: NodeAt): Promise<Buffer[]> {
  if (!isCount(from) || !isCount(to) || from > to) throw new RangeError('no tree shrinks');
  if (from === 0) return [];
  const proof: Buffer[] = [];
  let [first, end, whole] = [0, to, true];
  while (end !== from) {
    const middle = first + largestPowerBelow(end - first);
    if (from <= middle) {
      proof.push(await rootOfRange(middle, end, nodeAt));
      end = middle;
    } else {
      proof.push(await rootOfRange(first, middle, nodeAt));
      [first, whole] = [middle, false];
    }
  }
  if (!whole) proof.push(await rootOfRange(first, end, nodeAt));
  return proof.toReversed();
}

/** MTH(D[from:to]) where `from` is where a subtree of that width may begin. */
async function rootOfRange(from: number, to: number, nodeAt: NodeAt): Promise<Buffer> {
  const roots: Promise<Buffer>[] = [];
  for (let at = from; at < to;) {
    const level = Math.floor(Math.log2(to - at));
    roots.push(nodeAt(level, at / 2 ** level));
    at += 2 ** level;
  }
  return rootOf({ size: to - from, roots: await Promise.all(roots) });
}

/**
 * The root that an inclusion proof leads to from a leaf's hash, or undefined where the proof cannot
 * be one for that index and size (RFC 9162, 2.1.3.2). The caller compares it with the signed root.
 */
export function rootFromInclusion(
  index: number,
  size: number,
  leaf: Buffer,
  proof: readonly Buffer[],
): Buffer | undefined {
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leaf, ...proof])) return undefined;
  let [at, last, root] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      root = nodeHash(sibling, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      root = nodeHash(root, sibling);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : undefined;
}

/**
 * Whether a consistency proof shows that the tree of size `from` with root `fromRoot` is the
 * beginning of that of size `to` with root `toRoot` (RFC 9162, 2.1.4.2).
 */
export function isConsistent(
  from: number,
  fromRoot: Buffer,
  to: number,
  toRoot: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (!isCount(from) || !isCount(to) || from > to || !areHashes([fromRoot, toRoot, ...proof])) return false;
  if (from === 0)
    return proof.length === 0 && fromRoot.equals(EMPTY_ROOT) && (to > 0 || toRoot.equals(EMPTY_ROOT));
  if (from === to) return proof.length === 0 && fromRoot.equals(toRoot);
  const roots = rootsFromConsistency(from, to, isPowerOfTwo(from) ? [fromRoot, ...proof] : proof);
  return roots !== undefined && roots.earlier.equals(fromRoot) && roots.later.equals(toRoot);
}

function rootsFromConsistency(
  from: number,
  to: number,
  path: readonly Buffer[],
): { earlier: Buffer; later: Buffer } | undefined {
  const [start, ...rest] = path;
  if (start === undefined) return undefined;
  let [at, last] = [from - 1, to - 1];
  while (at % 2 === 1) [at, last] = [(at - 1) / 2, Math.floor(last / 2)];
  let [earlier, later] = [start, start];
  for (const hash of rest) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      earlier = nodeHash(hash, earlier);
      later = nodeHash(hash, later);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      later = nodeHash(later, hash);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? { earlier, later } : undefined;
}

/** The largest power of two smaller than `n` (n > 1): where RFC 6962 divides n leaves. */
function largestPowerBelow(n: number): number {
  return 2 ** Math.floor(Math.log2(n - 1));
}

function isPowerOfTwo(n: number): boolean {
  return 2 ** Math.floor(Math.log2(n)) === n;
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0 && n <= MOST;
}

/** Far more leaves than a record ever has, and few enough that `Math.log2` never rounds up. */
const MOST = 2 ** 48;

function areHashes(values: readonly Buffer[]): boolean {
  return values.every((value) => value.length === HASH_BYTES);
}

function taken(root: Buffer | undefined): Buffer {
  if (root === undefined) throw new RangeError('a frontier has fewer roots than its size needs');
  return root;
}
