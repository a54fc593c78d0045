import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import govHolidays from '@18f/us-federal-holidays';
import { type Day, day } from './day.ts';
import { businessCalendar, federalHolidays } from './holidays.ts';

// Its types declare a default export that Node does not see in it.
const require = createRequire(import.meta.url);
const DateHolidays: new (country: string) => {
  getHolidays: (year: number) => { date: string; type: string }[];
} = require('date-holidays');

const FIRST = 1990;
const LAST = 2050;
const years = Array.from({ length: LAST - FIRST + 1 }, (_, i) => FIRST + i);
const ours = years.flatMap(federalHolidays).map((holiday) => holiday.day);

test('the year of the first agency to be audited', () => {
  assert.deepEqual(
    federalHolidays(2022).map((holiday) => `${holiday.day} ${holiday.name}`),
    [
      '2022-01-17 Birthday of Martin Luther King, Jr.',
      "2022-02-21 Washington's Birthday",
      '2022-05-30 Memorial Day',
      '2022-06-20 Juneteenth National Independence Day',
      '2022-07-04 Independence Day',
      '2022-09-05 Labor Day',
      '2022-10-10 Columbus Day',
      '2022-11-11 Veterans Day',
      '2022-11-24 Thanksgiving Day',
      '2022-12-26 Christmas Day',
    ],
  );
});

function names(year: number): string[] {
  return federalHolidays(year).map((holiday) => holiday.name);
}

test('holidays began when the law says', () => {
  assert.ok(
    !names(1985).some((name) => name.includes('King')) && names(1986).some((name) => name.includes('King')),
  );
  assert.ok(!names(2020).includes('Juneteenth National Independence Day'));
  assert.ok(federalHolidays(2021).some((holiday) => holiday.day === '2021-06-18'));
});

/** New Year's Days on a Saturday: their Friday closes offices in the year before, and belongs to it. */
const fridaysBeforeNewYear = [1993, 1999, 2004, 2010, 2021, 2027, 2032, 2038, 2049].map(
  (year) => `${year}-12-31`,
);

function listOf18f(year: number): string[] {
  return govHolidays.allForYear(year).map((holiday) => holiday.dateString);
}

test("@18f/us-federal-holidays agrees, but has a Friday 31 December in the next year's list", () => {
  const missing = years.flatMap((year) => {
    const list = new Set(listOf18f(year));
    return federalHolidays(year)
      .map((holiday) => String(holiday.day))
      .filter((on) => !list.has(on));
  });
  assert.deepEqual(missing, fridaysBeforeNewYear);
  assert.deepEqual(within([...years, LAST + 1].flatMap(listOf18f)), ours);
});

/** Veterans Days moved from a weekend: 6103(b) and the order on Sundays know no exception for them. */
const movedVeteransDays = [
  '1990-11-12 1995-11-10 2000-11-10 2001-11-12 2006-11-10 2007-11-12 2012-11-12 2017-11-10 2018-11-12',
  '2023-11-10 2028-11-10 2029-11-12 2034-11-10 2035-11-12 2040-11-12 2045-11-10 2046-11-12',
].flatMap((line) => line.split(' '));

test('date-holidays agrees, but calls a moved Veterans Day a day for banks', () => {
  const library = new DateHolidays('US');
  const closed = (types: string[]) =>
    within(
      years.flatMap((year) =>
        library
          .getHolidays(year)
          .filter((holiday) => types.includes(holiday.type))
          .map((holiday) => holiday.date.slice(0, 10)),
      ),
    ).filter(isWeekday);
  assert.deepEqual(closed(['public', 'bank']), ours);
  const publicOnly = new Set(closed(['public']));
  assert.deepEqual(
    ours.filter((on) => !publicOnly.has(on)),
    movedVeteransDays,
  );
});

function within(days: string[]): string[] {
  return [...new Set(days)].filter((on) => on >= `${FIRST}-01-01` && on <= `${LAST}-12-31`).sort();
}

function isWeekday(on: string): boolean {
  return Temporal.PlainDate.from(on).dayOfWeek < 6;
}

test('business days skip weekends, federal holidays and the agency’s own', () => {
  const calendar = businessCalendar([day('2022-07-05')]);
  const worked = (from: string, n: number) => calendar.businessDayAfter(day(from), n);
  assert.equal(worked('2022-07-01', 1), '2022-07-06');
  assert.equal(businessCalendar([]).businessDayAfter(day('2022-07-01'), 1), '2022-07-05');
  assert.equal(calendar.isBusinessDay(day('2021-12-31')), false);
  assert.equal(calendar.holidayOn(day('2021-12-31')), "New Year's Day");
  assert.equal(calendar.holidayOn(day('2022-07-05')), 'agency holiday');
  assert.equal(calendar.holidayOn(day('2022-07-06')), undefined);
});

test('a calendar without business days is refused instead of searched for ever', () => {
  const closed: Day[] = years.flatMap((year) =>
    Array.from({ length: 365 }, (_, i) =>
      day(Temporal.PlainDate.from(`${year}-01-01`).add({ days: i }).toString()),
    ),
  );
  assert.throws(
    () => businessCalendar(closed).businessDayAfter(day('1990-01-05'), 1),
    /no business day within a year/,
  );
});
