import { once } from 'node:events';
import { from } from 'pg-copy-streams';
import type { Writing } from './transaction.ts';

export type Cell = string | number | boolean | null;

/**
 * Puts rows, as `copyText` writes them, into a table of the session's own by COPY. Row-level
 * security refuses COPY, so rows always come into a temporary table first and one set-based
 * insert takes them on.
 */
export async function copyInto(
  tx: Writing,
  table: string,
  columns: readonly string[],
  text: string,
): Promise<void> {
  if (text === '') return;
  await tx.exclusively(async (connection) => {
    const stream = connection.query(from(`copy ${table} (${columns.join(', ')}) from stdin`));
    stream.end(text);
    await once(stream, 'finish');
  });
}

/** Rows in PostgreSQL's text format: a line each, cells between tabs, `\\N` for null. */
export function copyText(rows: readonly (readonly Cell[])[]): string {
  let text = '';
  for (const row of rows) text += `${row.map(copyCell).join('\t')}\n`;
  return text;
}

/** The cells of each line that `copyText` wrote, as text; null where there was none. */
export function readCopyText(text: string): (string | null)[][] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t').map(readCopyCell));
}

function copyCell(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell !== 'string') return String(cell);
  return SPECIAL.test(cell) ? cell.replaceAll(/[\\\t\n\r]/g, (found) => ESCAPED[found] ?? found) : cell;
}

function readCopyCell(cell: string): string | null {
  if (cell === '\\N') return null;
  return cell.replaceAll(/\\[\\tnr]/g, (found) => UNESCAPED[found] ?? found);
}

const SPECIAL = /[\\\t\n\r]/;
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const UNESCAPED = Object.fromEntries(Object.entries(ESCAPED).map(([plain, escaped]) => [escaped, plain]));
