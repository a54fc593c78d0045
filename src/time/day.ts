declare const dayBrand: unique symbol;

/**
 * A calendar day as ISO text, `YYYY-MM-DD`. Text order is day order, so days compare with `<`.
 * It has no time zone: which day an instant falls on is asked of `dayIn`.
 */
export type Day = string & { readonly [dayBrand]: 'Day' };

const FIRST_YEAR = 1900;
const LAST_YEAR = 2199;

/** The day that `text` writes as `YYYY-MM-DD`, or undefined: a real day of the years 1900 to 2199. */
export function parseDay(text: string): Day | undefined {
  return isDay(text) ? text : undefined;
}

function isDay(text: string): text is Day {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (!parts) return false;
  const [year, month, date] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12) return false;
  return date >= 1 && date <= daysInMonth(year, month);
}

/** As `parseDay`, for text that is known to be a day: anything else is a fault and throws. */
export function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === undefined)
    throw new RangeError(`not a day of 1900 to 2199, YYYY-MM-DD: ${text.slice(0, 40)}`);
  return parsed;
}

/** The day `n` days after `from` (before it, if negative). */
export function addDays(from: Day, n: number): Day {
  return dayOfEpoch(epochDay(from) + n);
}

/** How many days `to` is after `from`; negative if it is before. */
export function daysBetween(from: Day, to: Day): number {
  return epochDay(to) - epochDay(from);
}

/** The same date `n` months later, clamped to the month's last day: 31 August + 1 is 30 September. */
export function addMonths(from: Day, n: number): Day {
  const months = yearOf(from) * 12 + (monthOf(from) - 1) + n;
  const year = Math.floor(months / 12);
  const month = months - year * 12 + 1;
  return dayOf(year, month, Math.min(dateOf(from), daysInMonth(year, month)));
}

/** The last date of a month (1 to 12). */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

function isLeap(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function yearOf(of: Day): number {
  return digits(of, 0, 4);
}

/** 1 to 12. */
export function monthOf(of: Day): number {
  return digits(of, 5, 7);
}

/** The day of the month, 1 to 31. */
export function dateOf(of: Day): number {
  return digits(of, 8, 10);
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + text.charCodeAt(i) - 48;
  return value;
}

/** The day of that date; the date must be real. */
export function dayOf(year: number, month: number, date: number): Day {
  if (!(year >= 1 && year <= 9999)) throw new RangeError(`year ${year} is outside 1 to 9999`);
  const yyyy = String(year).padStart(4, '0');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written from numbers of a real date
  return `${yyyy}-${month < 10 ? '0' : ''}${month}-${date < 10 ? '0' : ''}${date}` as Day;
}

const DAYS_IN_ERA = 146_097; // 400 Gregorian years
const EPOCH_FROM_ERA = 719_468; // from 0000-03-01 to 1970-01-01

/**
 * Days since 1970-01-01. Whole numbers instead of `Temporal`, as due days are computed by the
 * hundred thousand: years are counted from March, so that the leap day is the last of its year.
 */
export function epochDay(of: Day): number {
  const month = monthOf(of);
  const year = month > 2 ? yearOf(of) : yearOf(of) - 1;
  const era = Math.floor(year / 400);
  const yearOfEra = year - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + dateOf(of) - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_IN_ERA + dayOfEra - EPOCH_FROM_ERA;
}

/** The inverse of `epochDay`. */
export function dayOfEpoch(days: number): Day {
  const shifted = days + EPOCH_FROM_ERA;
  const era = Math.floor(shifted / DAYS_IN_ERA);
  const dayOfEra = shifted - era * DAYS_IN_ERA;
  const leaps =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / (DAYS_IN_ERA - 1));
  const yearOfEra = Math.floor((dayOfEra - leaps) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const date = dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return dayOf(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, date);
}

/** The day of the week of an epoch day: 0 Sunday to 6 Saturday. */
export function weekdayOfEpoch(days: number): number {
  return (((days + 4) % 7) + 7) % 7;
}
