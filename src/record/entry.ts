import type { Day } from '../time/index.ts';
import type { Json } from './canonical.ts';

/**
 * One thing that happened, as the record keeps it. `index` counts from 1 within the agency,
 * `effective` is the agency's day on which it took effect, `recorded` the instant (ISO 8601,
 * UTC, milliseconds) at which it was written down, monotone with the index.
 */
export interface Entry<Body = Json> {
  readonly index: number;
  readonly kind: string;
  /** What it is about, without any name or number of a person: `account:3.17`, `rulebook:irm-10.8.24`. */
  readonly subject: string;
  /** Who did it: `operator:NAME` until there is sign-in. */
  readonly actor: string;
  readonly effective: Day;
  readonly recorded: string;
  readonly body: Body;
}

/** An entry before the record gave it its place. */
export type NewEntry<Body = Json> = Pick<Entry<Body>, 'kind' | 'subject' | 'actor' | 'effective' | 'body'>;

/** An entry's rows are numbered below this. */
export const ROWS_AN_ENTRY = 100_000_000;

/**
 * A key of a derived row: the entry that brought it and its number within that entry, so that
 * a rebuild gives the same key. Written `entry.number`, it is what duty ids carry.
 */
export function keyText(key: number): string {
  return `${Math.floor(key / ROWS_AN_ENTRY)}.${key % ROWS_AN_ENTRY}`;
}

/** The key that `keyText` wrote, or undefined. */
export function parseKey(text: string): number | undefined {
  const parts = /^(\d{1,8})\.(\d{1,8})$/.exec(text);
  if (!parts) return undefined;
  const key = Number(parts[1]) * ROWS_AN_ENTRY + Number(parts[2]);
  return Number.isSafeInteger(key) && keyText(key) === text ? key : undefined;
}

/** The key before an entry's first: SQL adds a row's number, its place in natural-key order or its line. */
export function keyBase(entry: number): number {
  return entry * ROWS_AN_ENTRY;
}
