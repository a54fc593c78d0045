import { parseDay } from '../../time/index.ts';
import { isInstant } from '../leaf.ts';

/** Where the parts that every leaf ends with stand in a chunk of lines: offsets, and the index read. */
export interface Tail {
  index: number;
  effectiveAt: number;
  kindAt: number;
  kindEnd: number;
  recordedAt: number;
}

/** The bytes of a chunk, and the same four at a time: comparing goes four times as fast. */
export interface Lines {
  readonly bytes: Uint8Array;
  readonly words: DataView;
}

/** A text to compare with, in words of four bytes; the last one overlaps where its length is no multiple. */
interface Literal {
  readonly length: number;
  readonly words: readonly { readonly at: number; readonly word: number }[];
}

function literal(text: string): Literal {
  const { words, bytes } = linesIn(Buffer.from(text));
  const { length } = bytes;
  const starts = Array.from({ length: Math.ceil(length / 4) }, (_, i) => Math.min(i * 4, length - 4));
  return { length, words: starts.map((at) => ({ at, word: words.getInt32(at) })) };
}

/** A chunk's bytes as `readTail` takes them. */
export function linesIn(chunk: Buffer): Lines {
  return { bytes: chunk, words: new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength) };
}

const ACTOR = literal('{"actor":"');
const BODY = literal('","body":');
const SUBJECT = literal('","subject":"');
const RECORDED = literal('","recorded":"');
const KIND = literal(',"kind":"');
const INDEX = literal('","index":');
const EFFECTIVE = literal(',"effective":"');

const INSTANT = '0000-00-00T00:00:00.000Z';
/** Of an instant, what its day and hour take up. */
const HOUR_BYTES = 14;
const DAY_BYTES = 10;
const SHORTEST = 120;
const [QUOTE, BACKSLASH, BRACE, ZERO, SIX] = [0x22, 0x5c, 0x7d, 0x30, 0x36];
/** 1 for a byte that stands for itself in a text: no control character, and nothing that ends it or begins an escape. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/**
 * Reads a leaf without parsing it: `{"actor":"…","body":` from its start, and backwards from `end`
 * `,"effective":"…","index":N,"kind":"…","recorded":"…","subject":"…"}`. What stands between, the
 * body, is not looked at. False where it is not so, also where it may be but has an escape: then
 * `leafOf` must say.
 *
 * INVARIANT: where a line is JSON, what is found is what a JSON parser finds: a quote before a name
 * and a colon begins no text within a text, and the members before the last brace are the leaf's own.
 */
export function readTail(lines: Lines, start: number, end: number, tail: Tail): boolean {
  const { bytes } = lines;
  if (end - start < SHORTEST || bytes[end - 1] !== BRACE || bytes[end - 2] !== QUOTE) return false;
  const subject = textStart(bytes, start, end - 3);
  tail.recordedAt = subject - SUBJECT.length - INSTANT.length;
  tail.kindEnd = tail.recordedAt - RECORDED.length;
  if (!stands(lines, start, subject, SUBJECT) || !stands(lines, start, tail.recordedAt, RECORDED))
    return false;
  tail.kindAt = textStart(bytes, start, tail.kindEnd - 1);
  const digits = tail.kindAt - KIND.length;
  const number = readIndex(bytes, start, digits, tail);
  tail.effectiveAt = number - INDEX.length - DAY_BYTES;
  return (
    tail.index > 0 &&
    stands(lines, start, tail.kindAt, KIND) &&
    stands(lines, start, number, INDEX) &&
    stands(lines, start, tail.effectiveAt, EFFECTIVE) &&
    isHead(lines, start, tail.effectiveAt - EFFECTIVE.length)
  );
}

/** Whether a leaf begins as each does, and has something for a body before `bodyEnd`. */
function isHead(lines: Lines, start: number, bodyEnd: number): boolean {
  const actor = start + ACTOR.length;
  let at = actor;
  while (at < bodyEnd && PLAIN[lines.bytes[at] ?? 0] === 1) at++;
  const body = at + BODY.length;
  return body < bodyEnd && stands(lines, start, actor, ACTOR) && stands(lines, start, body, BODY);
}

/** Where the text begins whose last byte is at `last`. */
function textStart(bytes: Uint8Array, start: number, last: number): number {
  let at = last;
  while (at > start && PLAIN[bytes[at] ?? 0] === 1) at--;
  return at + 1;
}

/** Reads the digits before `end`, from the right, and gives back where they begin; 0 is no index, nor is one with a leading zero. */
function readIndex(bytes: Uint8Array, start: number, end: number, tail: Tail): number {
  let [at, value, power, digit] = [end, 0, 1, 0];
  for (; at > start && power < 1e15; at--, power *= 10) {
    const next = (bytes[at - 1] ?? 0) - ZERO;
    if (next < 0 || next > 9) break;
    digit = next;
    value += digit * power;
  }
  tail.index = digit === 0 ? 0 : value;
  return at;
}

/** Whether a text stands right before `end`. */
function stands({ words }: Lines, start: number, end: number, { length, words: expected }: Literal): boolean {
  const from = end - length;
  if (from < start) return false;
  for (const { at, word } of expected) if (words.getInt32(from + at) !== word) return false;
  return true;
}

/** How many bytes, up to `most`, are the same at two places; all but the last few of them are compared in words. */
function sameBytes({ bytes, words }: Lines, one: number, other: number, most: number): number {
  let same = 0;
  while (same + 4 <= most && words.getInt32(one + same) === words.getInt32(other + same)) same += 4;
  while (same < most && bytes[one + same] === bytes[other + same]) same++;
  return same;
}

/**
 * Whether the instant at `at` is one, and not before that at `before` (-1: none). What both share from
 * the left is not looked at again.
 */
export function isLaterInstant(lines: Lines, before: number, at: number): boolean {
  const { bytes } = lines;
  const same = before < 0 ? 0 : sameBytes(lines, at, before, INSTANT.length);
  if (same === INSTANT.length) return true;
  if (before >= 0 && (bytes[at + same] ?? 0) < (bytes[before + same] ?? 0)) return false;
  // Within one hour only digits can differ rightly; else the calendar is asked.
  if (same < HOUR_BYTES) return isInstant(textAt(bytes, at, INSTANT.length));
  for (let i = same; i < INSTANT.length; i++) {
    const byte = bytes[at + i] ?? 0;
    if (INSTANT[i] === '0' ? byte < ZERO || byte > ZERO + 9 : byte !== INSTANT.charCodeAt(i)) return false;
  }
  return (bytes[at + 14] ?? 0) < SIX && (bytes[at + 17] ?? 0) < SIX;
}

/** Whether the day at `at` is one; the same as that at `before` (-1: none) needs no look. */
export function isDayAt(lines: Lines, before: number, at: number): boolean {
  if (before >= 0 && sameBytes(lines, at, before, DAY_BYTES) === DAY_BYTES) return true;
  return parseDay(textAt(lines.bytes, at, DAY_BYTES)) !== undefined;
}

function textAt(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.subarray(at, at + length)).toString('latin1');
}
