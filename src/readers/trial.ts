import assert from 'node:assert/strict';
import type { Observation, ReadContext, ReadOutcome, Reader } from './reader.ts';

interface AnySample {
  readonly context: ReadContext;
  /** A valid file with the format's oddities. */
  readonly file: string;
  /** A plain valid file, with line feeds. */
  readonly plain: string;
  /** The shape of a sound observation; throws on any other. */
  readonly check: (observation: Observation) => void;
}

/** For a CSV: `plain` has a header in the documented order, and no quotes. */
export interface CsvSample extends AnySample {
  readonly kind: 'csv';
  /** Cells that are wrong: put in place of the column's cell on line 2 of `plain`. */
  readonly wrongCells: readonly WrongCell[];
}

export interface XmlSample extends AnySample {
  readonly kind: 'xml';
  /** Another root element, which the reader must tell from its own. */
  readonly otherRoot: string;
  readonly wrongTexts: readonly WrongText[];
}

/** What the tests of every reader try it with. The file `golden.json` beside it holds what it must say. */
export type ReaderSample = CsvSample | XmlSample;

export interface WrongCell {
  readonly column: string;
  readonly cell: string;
  readonly reason: RegExp;
}

/** Text of `plain`, its first occurrence, what stands there instead, and the only refusal that it meets. */
export interface WrongText {
  readonly text: string;
  readonly instead: string;
  readonly refused: RegExp;
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

/** What it may be tried with: every reading of one reader with its sample's context. */
export interface Trial {
  readonly reader: Reader;
  readonly read: (file: string | Uint8Array, chunkBytes?: number) => Promise<Reading>;
  /** The refusals of a file that must be refused. */
  readonly refusedFor: (file: string | Uint8Array) => Promise<readonly string[]>;
  /** Asserts that the file meets this refusal and no other. */
  readonly onlyRefusal: (file: string | Uint8Array, expected: RegExp) => Promise<void>;
}

export function trialOf(reader: Reader, context: ReadContext): Trial {
  const read = (file: string | Uint8Array, chunkBytes?: number) =>
    readWhole(reader, file, context, chunkBytes);
  async function refusedFor(file: string | Uint8Array): Promise<readonly string[]> {
    const { outcome, observations } = await read(file);
    assert.notEqual(outcome.refused.length, 0);
    assert.deepEqual(observations, []);
    return outcome.refused.map(({ at, reason }) => `${at}: ${reason}`);
  }
  async function onlyRefusal(file: string | Uint8Array, expected: RegExp): Promise<void> {
    const refused = await refusedFor(file);
    assert.equal(refused.length, 1, refused.join('\n'));
    assert.match(refused[0] ?? '', expected);
  }
  return { reader, read, refusedFor, onlyRefusal };
}

/** The folder of a reader. */
export function folderOf(reader: Reader): URL {
  return new URL(`./${reader.name}/`, import.meta.url);
}

export async function sampleOf(reader: Reader): Promise<ReaderSample> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the name of the file is its contract
  const { sample } = (await import(new URL('sample.ts', folderOf(reader)).href)) as { sample: ReaderSample };
  return sample;
}
