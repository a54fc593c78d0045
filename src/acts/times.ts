import * as z from 'zod';
import { MusterError } from '../errors/index.ts';
import { lastEntryBy, lastEntryUpTo, type Reading } from '../store/index.ts';
import { parseDay, type Day } from '../time/index.ts';

/** A time that a question may name twice: the world on a day, and what had been written down. */
export interface Times {
  readonly asOf: Day;
  /** The last entry that counts as known; `KNOWN_NOW` for all. */
  readonly knownAt: number;
}

/** Later than any entry: everything written down so far. */
export const KNOWN_NOW = Number.MAX_SAFE_INTEGER;

/**
 * The times that an answer is of. INVARIANT: asked with these, the question has this answer again,
 * whatever is written down since.
 */
export interface AnsweredTimes extends Times {
  /** When the entry `knownAt` was written down (ISO 8601); null before the first. */
  readonly recorded: string | null;
}

/** A day as people write it, `YYYY-MM-DD`. */
export const daySchema = z.string().transform((text, context): Day => {
  const day = parseDay(text);
  if (day !== undefined) return day;
  context.addIssue({ code: 'custom', message: 'is not a day: write YYYY-MM-DD, like 2022-07-08' });
  return z.NEVER;
});

/** The two times that every question may name, as they are written: whatever is declared as a view takes them. */
export const timesSchema = z.object({
  asOf: daySchema.optional().describe('the world on that day; today unless said'),
  knownAt: z.string().optional().describe('as known at that entry or instant; now unless said'),
});

export type SaidTimes = z.output<typeof timesSchema>;

/**
 * The times of a question: `asOf` is today unless said; `knownAt` is an entry's index or an
 * instant (ISO 8601 with its offset), and the last entry unless said. Throws BAD_REQUEST.
 */
export async function readTimes(
  tx: Reading,
  today: Day,
  { asOf, knownAt }: SaidTimes,
): Promise<AnsweredTimes> {
  const { index, recorded } = await lastEntryUpTo(tx, await upTo(tx, knownAt));
  return { asOf: asOf ?? today, knownAt: index, recorded };
}

async function upTo(tx: Reading, knownAt: string | undefined): Promise<number> {
  if (knownAt === undefined) return KNOWN_NOW;
  if (/^\d{1,15}$/.test(knownAt)) return Number(knownAt);
  const instant = readInstant(knownAt);
  if (instant !== undefined) return lastEntryBy(tx, instant);
  const reason = 'is neither an entry nor an instant: write 17 or 2022-07-08T12:00:00Z';
  throw new MusterError('BAD_REQUEST', `knownAt: ${reason}`, [{ at: 'knownAt', reason }]);
}

/** An instant with its offset, to the millisecond in which it lies: entries are recorded in whole ones. */
function readInstant(text: string): string | undefined {
  if (!/^(?!0000)\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}(:?\d{2})?)$/.test(text))
    return undefined;
  try {
    return Temporal.Instant.from(text).toString({ smallestUnit: 'millisecond', roundingMode: 'floor' });
  } catch {
    return undefined;
  }
}
