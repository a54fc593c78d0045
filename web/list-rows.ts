import type { DeclaredList, InputField, ListColumn, ListRow, Value } from './declared.ts';
import { isDay, isInstant } from './day.ts';
import { capital, wordRole } from './words.ts';

/** What a list answered, read by what it declares. */
export interface ListPageRead {
  readonly rows: readonly ListRow[];
  /** How many there are on all pages; undefined where the answer does not say. */
  readonly total: number | undefined;
  readonly next: string | undefined;
  /** What it says besides its rows. */
  readonly facts: readonly { readonly name: string; readonly value: Value }[];
}

/** Reads a list's answer; what is no plain value besides the rows is left out. */
export function readList(list: DeclaredList, answer: object): ListPageRead {
  const said = new Map<string, unknown>(Object.entries(answer));
  const rows = said.get(list.rows);
  const total = said.get('total');
  const next = said.get('next');
  const besides = [...said].filter(
    ([name]) => ![list.rows, 'total', 'next', 'asOf', 'knownAt', 'recorded'].includes(name),
  );
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rows are what the list declares
    rows: Array.isArray(rows) ? (rows as readonly ListRow[]) : [],
    total: typeof total === 'number' ? total : undefined,
    next: typeof next === 'string' ? next : undefined,
    facts: besides.flatMap(([name, value]) => (isValue(value) ? [{ name, value }] : [])),
  };
}

function isValue(value: unknown): value is Value {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

/** The fields by which a person narrows a list down: not where it is, nor its times and its paging. */
export function filtersOf({ fields, parameters }: DeclaredList): InputField[] {
  const apart = new Set([...parameters, 'asOf', 'knownAt', 'limit', 'after']);
  return fields.filter(({ name }) => !apart.has(name));
}

/** The lists that a person comes to without choosing something first. */
export function topLists(lists: readonly DeclaredList[]): DeclaredList[] {
  return lists.filter(({ parameters }) => parameters.length === 0);
}

/** How a column is set: numbers to the right, days and instants on one line, long texts with room, long words broken. */
export type ColumnSort = 'number' | 'day' | 'long' | 'token' | 'short';

const LONG = 40;
const LONG_WORD = 16;

export function sortOf({ field }: ListColumn, rows: readonly ListRow[]): ColumnSort {
  const values = rows.flatMap((row) => row[field] ?? []);
  if (values.length === 0) return 'short';
  if (values.every((value) => typeof value === 'number')) return 'number';
  if (values.every((value) => typeof value === 'string' && (isDay(value) || isInstant(value)))) return 'day';
  const texts = values.map(String);
  if (texts.some((text) => text.length > LONG)) return 'long';
  return texts.some((text) => text.split(/[\s-]/).some((word) => word.length > LONG_WORD))
    ? 'token'
    : 'short';
}

/** A value as the page says it: roles have words of their own. */
export function inWords(field: string, value: Value): Value {
  if (typeof value !== 'string' || !['role', 'roles'].includes(field)) return value;
  return capital(value.split(', ').map(wordRole).join(', '));
}

/** Whether a value reads as a duty's id: `account.disable:3.17:2022-04-08`. */
export function isDutyId(value: Value): value is string {
  return typeof value === 'string' && /^[a-z.-]+:\d+\.\d+:\d{4}-\d{2}-\d{2}$/.test(value);
}

/** Where a cell leads: what to say in the other list, or undefined where the row lacks a part of it. */
export function leadOf(
  { leadsTo }: ListColumn,
  row: ListRow,
): { readonly view: string; readonly search: Record<string, string> } | undefined {
  if (leadsTo === null) return undefined;
  const said = Object.entries(leadsTo.with).map(([name, field]) => [name, row[field] ?? null] as const);
  if (said.some(([, value]) => value === null)) return undefined;
  return {
    view: leadsTo.view,
    search: Object.fromEntries(said.map(([name, value]) => [name, String(value)])),
  };
}
