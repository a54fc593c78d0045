import type { Observation, ReadContext, ReadOutcome, Reader } from './reader.ts';

/** What the tests of every reader try it with. The file `golden.json` beside it holds what it must say. */
export interface ReaderSample {
  readonly context: ReadContext;
  /** A valid file with the format's oddities: a byte order mark, cells of several lines, blank lines. */
  readonly file: string;
  /** A plain valid file: a header in the documented order, no quotes, line feeds. */
  readonly plain: string;
  /** The shape of a sound observation; throws on any other. */
  readonly check: (observation: Observation) => void;
  /** Cells that are wrong: put in place of the column's cell on line 2 of `plain`. */
  readonly wrongCells: readonly WrongCell[];
}

export interface WrongCell {
  readonly column: string;
  readonly cell: string;
  readonly reason: RegExp;
}

export interface Reading {
  readonly observations: readonly Observation[];
  readonly outcome: ReadOutcome;
  readonly batches: readonly number[];
}

/** Reads a whole file, given to the reader in chunks of that many bytes. */
export async function readWhole(
  reader: Reader,
  file: string | Uint8Array,
  context: ReadContext,
  chunkBytes = 1 << 16,
): Promise<Reading> {
  const reading = reader.read(chunks(Buffer.from(file), chunkBytes), context);
  const batches: (readonly Observation[])[] = [];
  for (;;) {
    const next = await reading.next();
    if (next.done) {
      return {
        observations: batches.flat(),
        outcome: next.value,
        batches: batches.map((batch) => batch.length),
      };
    }
    batches.push(next.value);
  }
}

async function* chunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
