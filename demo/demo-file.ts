import type { Day } from '../src/time/index.ts';

/** A file of the demonstration, and what must be said of it when it is imported. */
export interface DemoFile {
  readonly name: string;
  readonly reader: string;
  readonly bytes: Uint8Array;
  readonly system?: string;
  readonly component?: string;
  readonly observedOn?: Day;
}

/** The text of a CSV file. INVARIANT: no cell of the demonstration needs quotes. */
export function csv(rows: readonly (readonly string[])[]): Uint8Array {
  return text(rows.map((row) => `${row.join(',')}\n`).join(''));
}

export function text(written: string): Uint8Array {
  return new TextEncoder().encode(written);
}
