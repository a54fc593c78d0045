import { parseDay, type Day } from '../../time/index.ts';

/** A moment of a scan: the instant in UTC and the agency's day. */
export interface Moment {
  readonly instant: string;
  readonly day: Day;
}

const EPOCH = /^\d{1,12}$/;
const CTIME = /^(?:[A-Z][a-z]{2},? +)?([A-Z][a-z]{2}) +(\d{1,2}) +(\d{1,2}):(\d{2}):(\d{2}) +(\d{4})$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The moment of seconds since 1970, or undefined if they are none of the years 1900 to 2199. */
export function momentOfEpoch(text: string, timeZone: string): Moment | undefined {
  if (!EPOCH.test(text)) return undefined;
  return momentIn(Temporal.Instant.fromEpochMilliseconds(Number(text) * 1000).toZonedDateTimeISO(timeZone));
}

/** The moment that a clock of the time zone showed as `Tue Mar 22 14:57:03 2022`, or undefined if it never did. */
export function momentOfClock(text: string, timeZone: string): Moment | undefined {
  const parts = CTIME.exec(text);
  const month = MONTHS.indexOf(parts?.[1] ?? '') + 1;
  if (!parts || month === 0) return undefined;
  const [day = 0, hour = 0, minute = 0, second = 0, year = 0] = parts.slice(2).map(Number);
  try {
    const shown = Temporal.PlainDateTime.from(
      { year, month, day, hour, minute, second },
      { overflow: 'reject' },
    );
    return momentIn(shown.toZonedDateTime(timeZone));
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function momentIn(moment: Temporal.ZonedDateTime): Moment | undefined {
  const day = parseDay(moment.toPlainDate().toString());
  if (day === undefined) return undefined;
  return { instant: moment.toInstant().toString({ smallestUnit: 'second' }), day };
}
