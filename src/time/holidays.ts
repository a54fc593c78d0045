import {
  type Day,
  addDays,
  dayOf,
  dayOfEpoch,
  daysInMonth,
  epochDay,
  weekdayOfEpoch,
  yearOf,
} from './day.ts';

/** A holiday on the day on which federal offices are closed for it. */
export interface Holiday {
  readonly day: Day;
  readonly name: string;
}

/**
 * The holidays of 5 U.S.C. 6103(a), by own rules, as the libraries' lists of a year disagree.
 * `@18f/us-federal-holidays` lists Friday 31 December 2021 under 2022, so a year or range that ends
 * there lacks it; `date-holidays` makes Veterans Day moved from a weekend a day for banks, not a
 * public one. Taken together over all years they agree with these rules, and the test holds them to it.
 *
 * Not among them: Inauguration Day, 6103(c), which only offices in and around the capital keep, and
 * days on which a President closes offices by order; an agency adopts those as its own holidays.
 * The list is today's law with the year in which each holiday began to be kept, right from 1978,
 * when Veterans Day returned to 11 November.
 */
const holidays: readonly { name: string; since: number; on: (year: number) => Day }[] = [
  { name: "New Year's Day", since: 1871, on: (year) => dayOf(year, 1, 1) },
  { name: 'Birthday of Martin Luther King, Jr.', since: 1986, on: (year) => nthWeekday(year, 1, MONDAY, 3) },
  { name: "Washington's Birthday", since: 1971, on: (year) => nthWeekday(year, 2, MONDAY, 3) },
  { name: 'Memorial Day', since: 1971, on: (year) => lastWeekday(year, 5, MONDAY) },
  { name: 'Juneteenth National Independence Day', since: 2021, on: (year) => dayOf(year, 6, 19) },
  { name: 'Independence Day', since: 1871, on: (year) => dayOf(year, 7, 4) },
  { name: 'Labor Day', since: 1894, on: (year) => nthWeekday(year, 9, MONDAY, 1) },
  { name: 'Columbus Day', since: 1971, on: (year) => nthWeekday(year, 10, MONDAY, 2) },
  { name: 'Veterans Day', since: 1938, on: (year) => dayOf(year, 11, 11) },
  { name: 'Thanksgiving Day', since: 1942, on: (year) => nthWeekday(year, 11, THURSDAY, 4) },
  { name: 'Christmas Day', since: 1871, on: (year) => dayOf(year, 12, 25) },
];

const [SUNDAY, MONDAY, THURSDAY, SATURDAY] = [0, 1, 4, 6] as const;

/**
 * The federal holidays observed in a year, in order of days. One that is observed on 31 December
 * for the next year's New Year's Day is in the year of that 31 December.
 */
export function federalHolidays(year: number): Holiday[] {
  return holidays
    .flatMap(({ name, since, on }) =>
      [year, year + 1].filter((of) => of >= since).map((of) => ({ day: observed(on(of)), name })),
    )
    .filter((holiday) => yearOf(holiday.day) === year)
    .sort((a, b) => (a.day < b.day ? -1 : 1));
}

/** Saturday's is kept on Friday, 5 U.S.C. 6103(b)(1); Sunday's on Monday, Executive Order 11582. */
function observed(on: Day): Day {
  const weekday = weekdayOfEpoch(epochDay(on));
  if (weekday === SATURDAY) return addDays(on, -1);
  return weekday === SUNDAY ? addDays(on, 1) : on;
}

function nthWeekday(year: number, month: number, weekday: number, nth: number): Day {
  const first = epochDay(dayOf(year, month, 1));
  return dayOfEpoch(first + ((weekday - weekdayOfEpoch(first) + 7) % 7) + 7 * (nth - 1));
}

function lastWeekday(year: number, month: number, weekday: number): Day {
  const last = epochDay(dayOf(year, month, daysInMonth(year, month)));
  return dayOfEpoch(last - ((weekdayOfEpoch(last) - weekday + 7) % 7));
}

/** Which days an agency works: not Saturday, Sunday, a federal holiday or one of its own. */
export interface BusinessCalendar {
  readonly isBusinessDay: (on: Day) => boolean;
  /** The holiday on that day, if it is one (also on a weekend that an agency names). */
  readonly holidayOn: (on: Day) => string | undefined;
  /** The `n`th business day after `from`, `n` ≥ 1. */
  readonly businessDayAfter: (from: Day, n: number) => Day;
}

/** The longest run of days without work that is believed; a longer one is a calendar in error. */
const LONGEST_CLOSURE = 366;

/** The calendar of an agency with these holidays of its own beside the federal ones. */
export function businessCalendar(agencyHolidays: readonly Day[]): BusinessCalendar {
  const own = new Set(agencyHolidays);
  const years = new Map<number, ReadonlyMap<number, string>>();

  function federal(year: number): ReadonlyMap<number, string> {
    let names = years.get(year);
    if (!names) {
      names = new Map(federalHolidays(year).map((holiday) => [epochDay(holiday.day), holiday.name]));
      years.set(year, names);
    }
    return names;
  }

  function worked(days: number): boolean {
    const weekday = weekdayOfEpoch(days);
    if (weekday === SUNDAY || weekday === SATURDAY) return false;
    const on = dayOfEpoch(days);
    return !federal(yearOf(on)).has(days) && !own.has(on);
  }

  function businessDayAfter(from: Day, n: number): Day {
    let days = epochDay(from);
    for (let left = n; left > 0; left--) days = nextWorked(days, worked);
    return dayOfEpoch(days);
  }

  return {
    isBusinessDay: (on) => worked(epochDay(on)),
    holidayOn: (on) => federal(yearOf(on)).get(epochDay(on)) ?? (own.has(on) ? 'agency holiday' : undefined),
    businessDayAfter,
  };
}

function nextWorked(after: number, worked: (days: number) => boolean): number {
  for (let days = after + 1; days <= after + LONGEST_CLOSURE; days++) if (worked(days)) return days;
  throw new RangeError(
    `no business day within a year after ${dayOfEpoch(after)}: check the agency's holidays`,
  );
}
