import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Entry } from '../entry.ts';
import { subtreeRoot, writeHash } from '../subtree.ts';
import { TILE_WIDTH } from '../tiles.ts';
import { HASH_BYTES, leafHash } from '../tree.ts';
import { ROTATION } from './key-chain.ts';
import { isDayAt, isLaterInstant, type Lines, linesIn, readTail, type Tail } from './tail.ts';

/** What one look at a chunk of lines found. */
export interface Scan {
  /** The leaf hashes, side by side. */
  readonly hashes: Buffer;
  /** The roots of the full tiles that lie in a run, of one run after the other, by the places its entries claim. */
  readonly roots: Buffer;
  /** The chunk's lines from the first to the last. */
  readonly stretches: readonly Stretch[];
}

/** Some lines on end: a run, or what has to be parsed, line by line. */
export interface Stretch {
  readonly lines: number;
  readonly run: Run | undefined;
}

/** Ordinary entries, each of which follows the one before in index and instant. */
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
  const reader = new RunReader(chunk);
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
  const stretches = reader.end();
  return { hashes, roots: rootsOf(stretches, hashes), stretches };
}

/**
 * The index and the instant that a line (without its newline) claims, or undefined where it has to be
 * parsed. INVARIANT: that depends on the line alone, never on the chunk it is in.
 */
export function glance(line: Buffer): Pick<Entry, 'index' | 'recorded'> | undefined {
  const reader = new RunReader(line);
  reader.read(0, line.length);
  const run = reader.end()[0]?.run;
  return run && { index: run.first, recorded: run.from };
}

/** The numbers of the tiles all of whose entries are among `lines` from entry `first` on: up to but without `to`. */
export function fullTiles(first: number, lines: number): [from: number, to: number] {
  const from = Math.ceil((first - 1) / TILE_WIDTH);
  return [from, Math.max(from, Math.floor((first - 1 + lines) / TILE_WIDTH))];
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

/**
 * Reads what the lines say of themselves, and divides them. An ordinary one is read here to its body:
 * one that is none, or may be none, or puts a key in force, has to be parsed.
 */
class RunReader {
  readonly #chunk: Buffer;
  readonly #lines: Lines;
  /** Whether all of it is UTF-8; else each line is asked. */
  readonly #isText: boolean;
  readonly #tail: Tail = { index: 0, effectiveAt: -1, kindAt: -1, kindEnd: -1, recordedAt: -1 };
  readonly #stretches: Stretch[] = [];
  #count = 0;
  /** 0: the lines last read are no run. */
  #first = 0;
  #from = -1;
  #index = 0;
  #recordedAt = -1;
  #dayAt = -1;

  constructor(chunk: Buffer) {
    this.#chunk = chunk;
    this.#lines = linesIn(chunk);
    this.#isText = isUtf8(chunk);
  }

  read(start: number, end: number): void {
    const isLeaf = this.#isLeaf(start, end);
    if (!isLeaf || !this.#follows()) {
      const isOrdinary = isLeaf && this.#isDated(-1, -1);
      // Lines that need to be parsed stand together.
      if (isOrdinary || this.#first > 0) this.#close();
      if (isOrdinary) [this.#first, this.#from] = [this.#tail.index, this.#tail.recordedAt];
    }
    this.#count++;
    this.#index = this.#tail.index;
    this.#recordedAt = this.#tail.recordedAt;
    this.#dayAt = this.#tail.effectiveAt;
  }

  end(): readonly Stretch[] {
    this.#close();
    return this.#stretches;
  }

  #isLeaf(start: number, end: number): boolean {
    const { bytes } = this.#lines;
    return (
      readTail(this.#lines, start, end, this.#tail) &&
      !isRotation(bytes, this.#tail) &&
      (this.#isText || isUtf8(this.#chunk.subarray(start, end)))
    );
  }

  #follows(): boolean {
    return (
      this.#first > 0 && this.#tail.index === this.#index + 1 && this.#isDated(this.#recordedAt, this.#dayAt)
    );
  }

  /** Whether instant and day are such, and the instant not before the one at `recordedAt` (-1: none). */
  #isDated(recordedAt: number, dayAt: number): boolean {
    const [lines, tail] = [this.#lines, this.#tail];
    return isLaterInstant(lines, recordedAt, tail.recordedAt) && isDayAt(lines, dayAt, tail.effectiveAt);
  }

  #close(): void {
    if (this.#count > 0) this.#stretches.push({ lines: this.#count, run: this.#run() });
    this.#count = 0;
    this.#first = 0;
  }

  #run(): Run | undefined {
    if (this.#first === 0) return undefined;
    return { first: this.#first, from: this.#instant(this.#from), to: this.#instant(this.#recordedAt) };
  }

  #instant(at: number): string {
    return Buffer.from(this.#lines.bytes.subarray(at, at + 24)).toString('latin1');
  }
}

function isRotation(bytes: Uint8Array, { kindAt, kindEnd }: Tail): boolean {
  if (kindEnd - kindAt !== ROTATION_BYTES.length) return false;
  return ROTATION_BYTES.every((byte, i) => bytes[kindAt + i] === byte);
}

/** The roots of the tiles all of whose entries are in one run. */
function rootsOf(stretches: readonly Stretch[], hashes: Buffer): Buffer {
  const roots: Buffer[] = [];
  let line = 0;
  for (const { lines, run } of stretches) {
    const [from, to] = run ? fullTiles(run.first, lines) : [0, 0];
    for (let tile = from; tile < to; tile++) {
      const at = (line + tile * TILE_WIDTH - ((run?.first ?? 1) - 1)) * HASH_BYTES;
      roots.push(subtreeRoot(hashes.subarray(at, at + TILE_BYTES)));
    }
    line += lines;
  }
  return Buffer.concat(roots);
}
