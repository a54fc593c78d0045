import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Day, addDays, day, dayOfEpoch, epochDay } from './day.ts';
import { businessCalendar } from './holidays.ts';
import {
  type Deadline,
  type DeadlineUnit,
  type Period,
  describeArithmetic,
  describeDeadline,
  dueDay,
  isAlwaysEarlier,
  isNeverLater,
  lastDayWithin,
} from './period.ts';

const calendar = businessCalendar([]);
const within = (count: number, unit: DeadlineUnit, dayOne: 'trigger' | 'next'): Period => ({
  kind: 'within',
  count,
  unit,
  dayOne,
});
const every = (count: number, unit: DeadlineUnit): Period => ({
  kind: 'every',
  count,
  unit,
  from: 'last-done',
});

function dues(trigger: string, ...deadlines: Period[]): Day[] {
  return deadlines.map((deadline) => dueDay(day(trigger), deadline, calendar));
}

function around(count: number, unit: DeadlineUnit, dayOne: 'trigger' | 'next'): Period[] {
  return [count - 1, count, count + 1].map((each) => within(each, unit, dayOne));
}

test('calendar days, one less, exact, one more', () => {
  assert.deepEqual(dues('2022-01-01', ...around(90, 'calendar-day', 'next')), [
    '2022-03-31',
    '2022-04-01',
    '2022-04-02',
  ]);
  assert.deepEqual(dues('2021-02-10', ...around(60, 'calendar-day', 'trigger')), [
    '2021-04-09',
    '2021-04-10',
    '2021-04-11',
  ]);
  assert.deepEqual(dues('2022-01-01', within(1, 'calendar-day', 'trigger')), ['2022-01-01']);
});

test('business days, one less, exact, one more', () => {
  assert.deepEqual(dues('2022-06-27', ...around(5, 'business-day', 'next')), [
    '2022-07-01',
    '2022-07-05',
    '2022-07-06',
  ]);
  assert.deepEqual(dues('2022-06-27', ...around(5, 'business-day', 'trigger')), [
    '2022-06-30',
    '2022-07-01',
    '2022-07-05',
  ]);
  assert.deepEqual(dues('2022-07-02', within(1, 'business-day', 'trigger')), ['2022-07-05']);
  assert.deepEqual(dues('2021-12-30', within(1, 'business-day', 'next')), ['2022-01-03']);
});

test('months, clamped and counted from the anchor', () => {
  assert.deepEqual(dues('2022-08-31', ...around(2, 'month', 'next')), [
    '2022-09-30',
    '2022-10-31',
    '2022-11-30',
  ]);
  assert.deepEqual(dues('2022-03-01', ...around(2, 'month', 'trigger')), [
    '2022-03-31',
    '2022-04-30',
    '2022-05-31',
  ]);
  assert.deepEqual(dues('2022-01-31', within(1, 'month', 'trigger')), ['2022-02-28']);
  assert.deepEqual(dues('2022-01-31', every(1, 'month')), ['2022-02-28']);
});

const scheduled: Deadline = { kind: 'by', day: 'scheduled' };
const regularly: Deadline = { kind: 'unstated', words: 'regularly' };

function words(trigger: string, deadline: Deadline, on: Day | null = null): string {
  return describeArithmetic({ trigger: day(trigger), scheduled: on }, deadline, calendar);
}

test('the arithmetic in words', () => {
  assert.equal(
    words('2022-01-01', within(90, 'calendar-day', 'next')),
    '2022-01-01 + 90 calendar days, the first being the day after, is 2022-04-01',
  );
  assert.equal(
    words('2021-02-10', within(60, 'calendar-day', 'trigger')),
    '2021-02-10 + 60 calendar days, the first being that day itself, is 2021-04-10',
  );
  assert.equal(
    words('2022-06-30', within(5, 'business-day', 'next')),
    '2022-06-30 + 5 business days, the first being the next business day, is 2022-07-08' +
      ' (holidays not counted: Independence Day on 2022-07-04)',
  );
  assert.equal(
    words('2022-08-31', every(1, 'month')),
    '2022-08-31 + 1 month, counted from the day it was last done, is 2022-09-30 (2022-09 has no day 31)',
  );
  assert.equal(words('2021-04-01', scheduled, day('2022-05-01')), 'by the day scheduled, 2022-05-01');
  assert.equal(words('2021-04-01', scheduled), 'by the day scheduled, which nobody has said');
  assert.equal(words('2021-04-01', regularly), 'no period is stated ("regularly")');
  assert.equal(describeDeadline(scheduled), 'the day it is scheduled for');
});

const anyDay = fc
  .integer({ min: epochDay(day('1995-01-01')), max: epochDay(day('2110-12-31')) })
  .map(dayOfEpoch);
const anyUnit = fc.constantFrom('calendar-day' as const, 'business-day' as const, 'month' as const);
const anyPeriod: fc.Arbitrary<Period> = fc.oneof(
  fc.record({
    kind: fc.constant('within' as const),
    count: fc.integer({ min: 1, max: 70 }),
    unit: anyUnit,
    dayOne: fc.constantFrom('trigger' as const, 'next' as const),
  }),
  fc.record({
    kind: fc.constant('every' as const),
    count: fc.integer({ min: 1, max: 70 }),
    unit: anyUnit,
    from: fc.constant('last-done' as const),
  }),
);

test('a later trigger is never due earlier', () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: 1, max: 40 }), anyPeriod, (trigger, later, deadline) => {
      assert.ok(dueDay(trigger, deadline, calendar) <= dueDay(addDays(trigger, later), deadline, calendar));
    }),
  );
});

test('one more is later, and the trigger as day one is no later than the next day', () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: 1, max: 70 }), anyUnit, (trigger, count, unit) => {
      const due = (n: number, dayOne: 'trigger' | 'next') =>
        dueDay(trigger, within(n, unit, dayOne), calendar);
      assert.ok(due(count, 'next') < due(count + 1, 'next'));
      assert.ok(
        due(count, 'trigger') <= due(count, 'next') && due(count, 'next') <= due(count + 1, 'trigger'),
      );
      assert.ok(due(count, 'trigger') >= trigger);
    }),
  );
});

test('what is said of two deadlines holds for every trigger', () => {
  fc.assert(
    fc.property(anyDay, anyPeriod, anyPeriod, (trigger, a, b) => {
      const [dueA, dueB] = [dueDay(trigger, a, calendar), dueDay(trigger, b, calendar)];
      if (isAlwaysEarlier(a, b)) assert.ok(dueA < dueB && isNeverLater(a, b));
      if (isNeverLater(a, b)) assert.ok(dueA <= dueB);
    }),
    { numRuns: 60 },
  );
});

test('a day that the subject sets compares with no period, and what names none with nothing', () => {
  const without: Deadline[] = [scheduled, regularly];
  for (const one of without) {
    for (const other of [...without, within(1, 'calendar-day', 'trigger')]) {
      assert.ok(!isAlwaysEarlier(one, other) && !isAlwaysEarlier(other, one));
      const areEqual = one.kind === 'by' && other.kind === 'by';
      assert.deepEqual([isNeverLater(one, other), isNeverLater(other, one)], [areEqual, areEqual]);
    }
  }
});

test('the last day within a distance', () => {
  assert.equal(lastDayWithin(day('2021-04-10'), { count: 12, unit: 'month' }), '2022-04-10');
  assert.equal(lastDayWithin(day('2020-02-29'), { count: 12, unit: 'month' }), '2021-02-28');
  assert.equal(lastDayWithin(day('2021-04-10'), { count: 60, unit: 'calendar-day' }), '2021-06-09');
});

test('deadlines in different units', () => {
  const month = within(1, 'month', 'next');
  const days = (count: number) => within(count, 'calendar-day', 'next');
  assert.deepEqual(
    [27, 28, 29].map((count) => [isAlwaysEarlier(days(count), month), isNeverLater(days(count), month)]),
    [
      [true, true],
      [false, true],
      [false, false],
    ],
  );
  assert.deepEqual(
    [30, 31].map((count) => isNeverLater(month, days(count))),
    [false, true],
  );
  // A closed week may always come between, so business days are never surely earlier.
  assert.equal(isNeverLater(within(1, 'business-day', 'next'), days(365)), false);
  assert.equal(isNeverLater(days(5), within(5, 'business-day', 'next')), true);
  assert.equal(isNeverLater(days(6), within(5, 'business-day', 'next')), false);
});
