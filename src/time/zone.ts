import { type Day, day } from './day.ts';

/**
 * The day that an instant (ISO 8601 with an offset or `Z`) falls on in a time zone; a day ends at
 * midnight there. Throws a RangeError where either is not what it should be.
 */
export function dayIn(instantIso: string, timeZone: string): Day {
  if (!isTimeZone(timeZone)) throw new RangeError(`not a time zone: ${timeZone.slice(0, 60)}`);
  return day(Temporal.Instant.from(instantIso).toZonedDateTimeISO(timeZone).toPlainDate().toString());
}

const known = new Map<string, boolean>();

/** Whether `text` names a time zone of the IANA database, such as `America/New_York`; a bare offset is none. */
export function isTimeZone(text: string): boolean {
  let answer = known.get(text);
  if (answer === undefined) {
    answer = asksForZone(text);
    if (known.size < 1000) known.set(text, answer);
  }
  return answer;
}

function asksForZone(text: string): boolean {
  // An offset knows no summer time, so an agency's days would end at the wrong midnight.
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(text)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
