import assert from 'node:assert/strict';
import type { DemoFile } from './demo-file.ts';

// What the demonstration's tests count with: simple means, and no code of the product.

export type Cells = Readonly<Record<string, string>>;

export function written(file: DemoFile): string {
  return Buffer.from(file.bytes).toString('utf8');
}

/** The rows of a CSV file, cells by commas. */
export function rowsOf(file: DemoFile): readonly Cells[] {
  const [header = '', ...lines] = written(file).trimEnd().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    assert.equal(cells.length, names.length);
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
}

/** How many days `to` is after `from`. */
export function days(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

export function count<Thing>(things: readonly Thing[], holds: (thing: Thing) => boolean): number {
  return things.filter(holds).length;
}
