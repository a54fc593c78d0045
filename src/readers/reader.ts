import type { Refusal } from '../errors/index.ts';
import type { Day } from '../time/index.ts';

/** What is known of a file besides its bytes, as far as its reading depends on it. */
export interface ReadContext {
  /** The day whose state the file shows. */
  readonly observedOn?: Day;
  /** The only component that the file is about. */
  readonly component?: string;
  /** The agency's time zone (IANA), for times in a file; UTC if it is not said. */
  readonly timeZone?: string;
}

/** What became of the whole file. Who reads it discards every batch if `refused` is not empty. */
export interface ReadOutcome {
  /** Rows below the header, blank ones not counted; of a scan, its items. */
  readonly rows: number;
  readonly notices: readonly string[];
  /** The first refusals, then one that says how many more there are. */
  readonly refused: readonly Refusal[];
}

/** One thing that a file says, and the line on which its record or element starts, from 1. */
export interface Observation {
  readonly line: number;
}

/**
 * One format: bytes in, observations out, in the order of the file. Pure: no file system, no
 * clock. Whatever the bytes are, it ends in an outcome; it throws only what the source throws.
 */
export interface Reader<O extends Observation = Observation> {
  readonly name: string;
  readonly title: string;
  /** The columns that must be there; none where the format has no columns. */
  readonly columns: readonly string[];
  /** Whether a file that starts with `head`, its first 64 KiB, is meant to be of this format. */
  recognise(head: Uint8Array): boolean;
  /** Yields batches of about 2,000 observations. */
  read(
    source: AsyncIterable<Uint8Array>,
    context: ReadContext,
  ): AsyncGenerator<readonly O[], ReadOutcome, undefined>;
}
