import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { subtreeRoot, writeHash } from '../subtree.ts';
import { TILE_WIDTH } from '../tiles.ts';
import { HASH_BYTES, leafHash } from '../tree.ts';
import { ROTATION } from './key-chain.ts';
import { isDayAt, isLaterInstant, type Lines, linesIn, readTail, type Tail } from './tail.ts';

/** What one look at a chunk of lines found. */
export interface Scan {
  /** The leaf hashes, side by side. */
  readonly hashes: Buffer;
  /** The roots of the full tiles that lie in the chunk, by the places the entries claim. */
  readonly roots: Buffer;
  /**
   * What the lines say of themselves where each is an ordinary entry that follows the one before in
   * index and instant. Undefined where one is not, or may not be: then each has to be read.
   */
  readonly run: Run | undefined;
}

/** Entries that follow one another. */
export interface Run {
  /** The index of the first one. */
  readonly first: number;
  /** `recorded` of the first and of the last one. */
  readonly from: string;
  readonly to: string;
}

const NEWLINE = 0x0a;
const TILE_BYTES = TILE_WIDTH * HASH_BYTES;
const ROTATION_BYTES = Buffer.from(ROTATION);

/** Hashes each line of a chunk (whole lines, each with its newline) and reads what is cheap to read. */
export function scan(chunk: Buffer): Scan {
  const reader = new RunReader(linesIn(chunk), isUtf8(chunk));
  let hashes = Buffer.allocUnsafe(Math.ceil(chunk.length / 256) * HASH_BYTES);
  let count = 0;
  for (let at = 0; at < chunk.length; count++) {
    const end = lineEnd(chunk, at);
    if (hashes.length < (count + 1) * HASH_BYTES) hashes = Buffer.concat([hashes, hashes]);
    writeHash(hashes, lineHash(chunk, at, end), count * HASH_BYTES);
    reader.read(at, end);
    at = end + 1;
  }
  hashes = hashes.subarray(0, count * HASH_BYTES);
  const run = reader.end();
  return { hashes, roots: run ? fullTileRoots(hashes, run.first) : Buffer.alloc(0), run };
}

/** The lines of a chunk, without their newlines. */
export function linesOf(chunk: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < chunk.length;) {
    const end = lineEnd(chunk, at);
    lines.push(chunk.subarray(at, end));
    at = end + 1;
  }
  return lines;
}

function lineEnd(chunk: Buffer, at: number): number {
  const end = chunk.indexOf(NEWLINE, at);
  return end < 0 ? chunk.length : end;
}

/** Lines up to here are hashed from one place; a longer one costs a copy of its own. */
const MOST_BYTES = 4096;
const message = Buffer.alloc(1 + MOST_BYTES);
const messages: Buffer[] = [];

/** No view on the chunk is made for a line: it is copied behind the byte that says "leaf". */
function lineHash(chunk: Buffer, at: number, end: number): string {
  const length = end - at;
  if (length > MOST_BYTES) return leafHash(chunk.subarray(at, end)).toString('latin1');
  chunk.copy(message, 1, at, end);
  return hash('sha256', (messages[length] ??= message.subarray(0, 1 + length)), 'latin1');
}

/** Reads what the lines say of themselves, and no further than to the first one that needs a closer look. */
class RunReader {
  readonly #lines: Lines;
  readonly #tail: Tail = { index: 0, effectiveAt: -1, kindAt: -1, kindEnd: -1, recordedAt: -1 };
  #isRun: boolean;
  #first = 0;
  #from = -1;
  #index = 0;
  #recordedAt = -1;
  #dayAt = -1;

  constructor(lines: Lines, isText: boolean) {
    this.#lines = lines;
    this.#isRun = isText;
  }

  read(start: number, end: number): void {
    if (this.#isRun) this.#isRun = this.#follows(start, end);
  }

  end(): Run | undefined {
    if (!this.#isRun || this.#first === 0) return undefined;
    return { first: this.#first, from: this.#instant(this.#from), to: this.#instant(this.#recordedAt) };
  }

  #follows(start: number, end: number): boolean {
    const [lines, tail] = [this.#lines, this.#tail];
    if (!readTail(lines, start, end, tail) || isRotation(lines.bytes, tail)) return false;
    if (this.#first === 0) [this.#first, this.#from] = [tail.index, tail.recordedAt];
    else if (tail.index !== this.#index + 1) return false;
    const { recordedAt, effectiveAt } = tail;
    if (!isLaterInstant(lines, this.#recordedAt, recordedAt) || !isDayAt(lines, this.#dayAt, effectiveAt))
      return false;
    this.#index = tail.index;
    this.#recordedAt = recordedAt;
    this.#dayAt = effectiveAt;
    return true;
  }

  #instant(at: number): string {
    return Buffer.from(this.#lines.bytes.subarray(at, at + 24)).toString('latin1');
  }
}

function isRotation(bytes: Uint8Array, { kindAt, kindEnd }: Tail): boolean {
  if (kindEnd - kindAt !== ROTATION_BYTES.length) return false;
  return ROTATION_BYTES.every((byte, i) => bytes[kindAt + i] === byte);
}

/** The roots of the tiles all of whose entries are here, when the first entry is number `first`. */
function fullTileRoots(hashes: Buffer, first: number): Buffer {
  const roots: Buffer[] = [];
  const skipped = (TILE_WIDTH - ((first - 1) % TILE_WIDTH)) % TILE_WIDTH;
  for (let at = skipped * HASH_BYTES; at + TILE_BYTES <= hashes.length; at += TILE_BYTES) {
    roots.push(subtreeRoot(hashes.subarray(at, at + TILE_BYTES)));
  }
  return Buffer.concat(roots);
}
