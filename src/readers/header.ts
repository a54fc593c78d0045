import { type Refusals, quoted } from './refusals.ts';
import { textOfHead } from './text.ts';

const MOST_COLUMNS = 64;
const HEADER = 'line 1';

/** Where a file has the columns that a format asks for. */
export interface Header<Column extends string> {
  readonly at: Readonly<Record<Column, number>>;
  /** Every column by name as the file has it, for messages. */
  readonly names: readonly string[];
  readonly notices: readonly string[];
}

/** Finds the columns by name, in any order and case; undefined when they were refused. */
export function readHeader<Column extends string>(
  cells: readonly string[],
  columns: readonly Column[],
  refusals: Refusals,
): Header<Column> | undefined {
  const before = refusals.count;
  const found = cells.map(normal);
  checkHeader(found, columns, refusals);
  if (refusals.count > before) return undefined;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one entry for each column, all found
  const at = Object.fromEntries(columns.map((column) => [column, found.indexOf(column)])) as Record<
    Column,
    number
  >;
  return { at, names: found, notices: noticesOf(found, columns) };
}

/** Whether most of the columns are named on the first line, however they are separated or encoded. */
export function namesMostColumns(head: Uint8Array, columns: readonly string[]): boolean {
  const [line = ''] = textOfHead(head).split(/[\r\n]/, 1);
  const found = new Set(line.split(/[,;\t]/).map((cell) => normal(cell.replaceAll('"', ''))));
  return columns.filter((column) => found.has(column)).length > columns.length / 2;
}

function normal(name: string): string {
  return name.trim().toLowerCase();
}

function checkHeader(found: readonly string[], columns: readonly string[], refusals: Refusals): void {
  if (found.length > MOST_COLUMNS) {
    return refusals.add(HEADER, `has ${found.length} columns; more than ${MOST_COLUMNS} are not read`);
  }
  const separator = otherSeparator(found, columns);
  if (separator !== undefined) {
    return refusals.add(HEADER, `the columns are separated by ${separator}: save the file with commas`);
  }
  const missing = columns.filter((column) => !found.includes(column));
  // A file without a header starts with data: then no cell may be shown. One of it may be called like a column.
  if (missing.length > columns.length / 2) {
    return refusals.add(HEADER, `is not the header: it must name the columns ${columns.join(', ')}`);
  }
  if (missing.length > 0) {
    const what = missing.length === 1 ? 'the column' : 'the columns';
    const there = found
      .filter((name) => name !== '')
      .map(quoted)
      .join(', ');
    refusals.add(HEADER, `lacks ${what} ${missing.join(', ')}; there are ${there}`);
  }
  for (const name of new Set(
    found.filter((candidate, index) => candidate !== '' && found.indexOf(candidate) !== index),
  )) {
    const places = found.flatMap((candidate, index) => (candidate === name ? [index + 1] : []));
    refusals.add(HEADER, `has the column ${quoted(name)} more than once, as columns ${places.join(' and ')}`);
  }
}

function otherSeparator(found: readonly string[], columns: readonly string[]): string | undefined {
  if (found.length >= columns.length) return undefined;
  const split = (separator: string) => found.flatMap((cell) => cell.split(separator).map(normal));
  const helps = (separator: string) =>
    split(separator).filter((name) => columns.includes(name)).length > columns.length / 2;
  if (found.filter((name) => columns.includes(name)).length > 1) return undefined;
  return helps(';') ? 'semicolons' : helps('\t') ? 'tabs' : undefined;
}

function noticesOf(found: readonly string[], columns: readonly string[]): readonly string[] {
  const further = found.filter((name) => name !== '' && !columns.includes(name));
  const unnamed = found.filter((name) => name === '').length;
  const notices: string[] = [];
  if (further.length > 0)
    notices.push(`${plural(further.length)} not read: ${further.map(quoted).join(', ')}`);
  if (unnamed > 0) notices.push(`${plural(unnamed)} without a name not read: ${unnamed}`);
  return notices;
}

function plural(columns: number): string {
  return columns === 1 ? 'column' : 'columns';
}
