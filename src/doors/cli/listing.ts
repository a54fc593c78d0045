import type { Listing, ListingColumn } from '../../acts/index.ts';
import { renderTable } from './table.ts';

/** Texts longer than this are cut in a table; `--json` has them whole. */
const WIDEST = 60;

/** What a list answers, as text: what it says besides, its rows, and where the next page is. */
export function renderListing(listing: Listing, answer: object): string {
  const { rows, total, next } = pageOf(listing.rows, answer);
  const facts = factsIn(listing.rows, answer).map(
    ({ name, value }) => `${name}: ${wordsOf(value === '' ? null : value) ?? '-'}`,
  );
  const table =
    rows.length === 0
      ? listing.none
      : renderTable(
          listing.columns.map(({ title }) => title.toLowerCase()),
          rows.map((row) => listing.columns.map((column) => cellOf(column, row[column.field] ?? null))),
        );
  const more = next === null ? '' : ` The next page: --after ${next}`;
  const count = total === null ? `${rows.length} shown.` : `${rows.length} of ${total}.`;
  const shown = total === null && next === null ? '' : `${count}${more}`;
  return [facts.join('\n'), table, shown].filter((part) => part !== '').join('\n\n');
}

function cellOf(column: ListingColumn, value: Value): string | number | null {
  const words = wordsOf(value);
  // What can be copied into another command stays whole.
  const isName = column.isDuty === true || column.leadsTo !== undefined;
  if (typeof words !== 'string' || isName || words.length <= WIDEST) return words;
  return `${words.slice(0, WIDEST - 1).trimEnd()}…`;
}

function wordsOf(value: Value): string | number | null {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : value;
}

/** What a cell of a list holds. */
type Value = string | number | boolean | null;

interface ListPage {
  readonly rows: readonly Readonly<Record<string, Value>>[];
  /** How many there are on all pages; null where the answer does not say. */
  readonly total: number | null;
  readonly next: string | null;
}

/** The rows of a list's answer. Throws where it has none under that name: a fault of the view. */
function pageOf(rows: string, answer: object): ListPage {
  const said = answer as Readonly<Record<string, unknown>>;
  const found = said[rows];
  if (!Array.isArray(found)) throw new Error(`the answer of the list has no ${rows}`);
  return {
    rows: found as ListPage['rows'],
    total: typeof said['total'] === 'number' ? said['total'] : null,
    next: typeof said['next'] === 'string' ? said['next'] : null,
  };
}

/** What the answer says besides its rows, by name, as far as it is a plain value. */
function factsIn(rows: string, answer: object): { readonly name: string; readonly value: Value }[] {
  return Object.entries(answer as Readonly<Record<string, unknown>>).flatMap(([name, value]) => {
    if ([rows, 'total', 'next', 'knownAt', 'recorded'].includes(name) || !isValue(value)) return [];
    return [{ name: name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`), value }];
  });
}

function isValue(value: unknown): value is Value {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
