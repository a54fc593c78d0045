import * as z from 'zod';
import { MusterError } from '../errors/index.ts';
import { KNOWN_NOW, type Times } from '../acts/index.ts';
import { lastEntryBy, type Reading } from '../store/index.ts';
import { parseDay, type Day } from '../time/index.ts';

/** A day as people write it, `YYYY-MM-DD`. */
export const daySchema = z.string().transform((text, context): Day => {
  const day = parseDay(text);
  if (day !== undefined) return day;
  context.addIssue({ code: 'custom', message: 'is not a day: write YYYY-MM-DD, like 2022-07-08' });
  return z.NEVER;
});

/** The two times that every question may name, as they are written. */
export const timesSchema = z.object({ asOf: daySchema.optional(), knownAt: z.string().optional() });

/**
 * The times of a question: `asOf` is today unless said; `knownAt` is an entry's index or an
 * instant (ISO 8601 with its offset), and the last entry unless said. Throws BAD_REQUEST.
 */
export async function readTimes(
  tx: Reading,
  today: Day,
  said: { asOf?: Day | undefined; knownAt?: string | undefined },
): Promise<Times> {
  return {
    asOf: said.asOf ?? today,
    knownAt: said.knownAt === undefined ? KNOWN_NOW : await readKnownAt(tx, said.knownAt),
  };
}

async function readKnownAt(tx: Reading, text: string): Promise<number> {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  if (/^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})$/.test(text) && !Number.isNaN(Date.parse(text))) {
    return lastEntryBy(tx, new Date(text).toISOString());
  }
  const reason = 'is neither an entry nor an instant: write 17 or 2022-07-08T12:00:00Z';
  throw new MusterError('BAD_REQUEST', `knownAt: ${reason}`, [{ at: 'knownAt', reason }]);
}
