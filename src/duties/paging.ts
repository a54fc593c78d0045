import * as z from 'zod';
import { MusterError } from '../errors/index.ts';

/** What is said of a list that comes a page at a time; `after` is where the page before ended. */
export const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  after: z.string().optional(),
});

/** Where a page of a list ended, written for `next` and read from `after`. */
export interface Cursor<Place> {
  write(place: Place): string;
  /** Throws BAD_REQUEST where the text is no cursor that such a list gave. */
  read(text: string): Place;
}

/** Cursors of one list: `place` is the schema of a place in its order, `list` what the list is of. */
export function cursorOf<Place>(place: z.ZodType<Place>, list: string): Cursor<Place> {
  return {
    write: (at) => Buffer.from(JSON.stringify(at)).toString('base64url'),
    read: (text) => {
      const read = place.safeParse(parseJson(Buffer.from(text, 'base64url').toString('utf8')));
      if (read.success) return read.data;
      const reason = `is not a cursor that a list of ${list} gave`;
      throw new MusterError('BAD_REQUEST', `after: ${reason}`, [{ at: 'after', reason }]);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
