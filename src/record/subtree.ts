import { hash } from 'node:crypto';
import { HASH_BYTES } from './tree.ts';

const MOST_HASHES = 256;
const PAIR_BYTES = 1 + 2 * HASH_BYTES;

/** Pairs of hashes, each after the byte that says "node", with a lasting view on each pair. */
const pairs = Buffer.alloc((MOST_HASHES / 2) * PAIR_BYTES);
const views = Array.from({ length: MOST_HASHES / 2 }, (_, i) => {
  pairs[i * PAIR_BYTES] = 1;
  return pairs.subarray(i * PAIR_BYTES, (i + 1) * PAIR_BYTES);
});

/**
 * The root of a perfect subtree over hashes that lie side by side: 1, 2, 4 … or 256 of them.
 *
 * It is the loop in which verification spends half its time, hence its form: no view and no Buffer is
 * made for a node, hashes go as one-byte texts, which Node makes and writes twice as fast.
 */
export function subtreeRoot(hashes: Buffer): Buffer {
  const count = hashes.length / HASH_BYTES;
  if (!Number.isInteger(Math.log2(count)) || count > MOST_HASHES) {
    throw new RangeError('a perfect subtree has 1, 2, 4 … or 256 hashes');
  }
  if (count === 1) return Buffer.from(hashes);
  for (let i = 0; i < count / 2; i++) {
    hashes.copy(pairs, i * PAIR_BYTES + 1, i * 2 * HASH_BYTES, (i + 1) * 2 * HASH_BYTES);
  }
  for (let width = count / 2; width > 1; width /= 2) foldOnce(width);
  return hash('sha256', pairOf(0), 'buffer');
}

/** INVARIANT: pair i is hashed before anything is written over it, as i >> 1 never exceeds i. */
function foldOnce(width: number): void {
  for (let i = 0; i < width; i++) {
    writeHash(pairs, hash('sha256', pairOf(i), 'latin1'), (i >> 1) * PAIR_BYTES + 1 + (i & 1) * HASH_BYTES);
  }
}

/** Node's own method behind `write(text, at, length, 'latin1')`, which its types leave out: a tenth of the loop's time. */
interface Latin1Writer {
  latin1Write(text: string, at: number, length: number): void;
}

/** Writes a hash that is a text of one character a byte. */
export function writeHash(to: Buffer, hash: string, at: number): void {
  (to as Buffer & Latin1Writer).latin1Write(hash, at, HASH_BYTES);
}

function pairOf(i: number): Buffer {
  return views[i] ?? pairs;
}
