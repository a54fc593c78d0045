import { once } from 'node:events';
import { from } from 'pg-copy-streams';
import type { Writing } from './transaction.ts';

export type Cell = string | number | boolean | null;

/**
 * Puts rows into a table of the session's own by COPY. Row-level security refuses COPY, so
 * rows always come into a temporary table first and one set-based insert takes them on.
 */
export async function copyRows(
  tx: Writing,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.exclusively(async (connection) => {
    const stream = connection.query(from(`copy ${table} (${columns.join(', ')}) from stdin`));
    stream.end(rows.map(copyLine).join(''));
    await once(stream, 'finish');
  });
}

function copyLine(row: readonly Cell[]): string {
  return `${row.map(copyCell).join('\t')}\n`;
}

function copyCell(cell: Cell): string {
  if (cell === null) return '\\N';
  if (typeof cell !== 'string') return String(cell);
  return SPECIAL.test(cell) ? cell.replaceAll(/[\\\t\n\r]/g, (found) => ESCAPED[found] ?? found) : cell;
}

const SPECIAL = /[\\\t\n\r]/;
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
