type Cell = string | number | null;

/** Rows as an aligned plain-text table; numbers stand to the right, `null` is a dash. */
export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const texts = rows.map((row) =>
    row.map((cell) => (cell === null || cell === '' ? '-' : clean(String(cell)))),
  );
  const widths = head.map((title, at) => Math.max(title.length, ...texts.map((row) => row[at]?.length ?? 0)));
  const isNumeric = head.map(
    (_, at) =>
      rows.some((row) => typeof row[at] === 'number') &&
      rows.every((row) => typeof row[at] === 'number' || row[at] === null),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (isNumeric[at] ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...texts.map(line)].join('\n');
}

/** Control characters from evidence must not reach a terminal. */
function clean(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the very characters to keep out
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
}
