import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  type Day,
  addDays,
  addMonths,
  day,
  dayOfEpoch,
  daysBetween,
  epochDay,
  parseDay,
  weekdayOfEpoch,
} from './day.ts';
import { dayIn, isTimeZone } from './zone.ts';

const anyDay = fc
  .integer({ min: epochDay(day('1900-01-01')), max: epochDay(day('2199-12-31')) })
  .map(dayOfEpoch);

test('a day is strictly YYYY-MM-DD, real, and of 1900 to 2199', () => {
  for (const good of ['1900-01-01', '2000-02-29', '2024-02-29', '2199-12-31'])
    assert.equal(parseDay(good), good);
  const bad = [
    '',
    '1899-12-31',
    '2200-01-01',
    '1900-02-29',
    '2023-02-29',
    '2023-04-31',
    '2023-00-10',
    '2023-13-01',
  ];
  const misshapen = [
    '2023-1-1',
    '01/02/2023',
    '2023-01-01T00:00:00Z',
    ' 2023-01-01',
    '2023-01-01\n',
    '２０２３-01-01',
  ];
  for (const text of [...bad, '2023-01-00', ...misshapen]) assert.equal(parseDay(text), undefined, text);
  assert.throws(() => day('2023-02-30'), /not a day/);
});

test('day arithmetic agrees with Temporal', () => {
  fc.assert(
    fc.property(anyDay, fc.integer({ min: -40_000, max: 40_000 }), (from, n) => {
      const plain = Temporal.PlainDate.from(from);
      assert.equal(addDays(from, n), plain.add({ days: n }).toString());
      assert.equal(daysBetween(from, addDays(from, n)), n);
      assert.equal(addMonths(from, n % 1200), plain.add({ months: n % 1200 }).toString());
      assert.equal(weekdayOfEpoch(epochDay(from)), plain.dayOfWeek % 7);
    }),
  );
});

test('every day of 400 years comes back from its number, in text order', () => {
  let before: Day = day('1900-01-01');
  for (let days = epochDay(before) + 1; days <= epochDay(day('2199-12-31')); days++) {
    const on = dayOfEpoch(days);
    assert.ok(before < on && epochDay(on) === days && parseDay(on) === on, on);
    before = on;
  }
});

test('months are clamped', () => {
  assert.equal(addMonths(day('2022-08-31'), 1), '2022-09-30');
  assert.equal(addMonths(day('2022-08-31'), 2), '2022-10-31');
  assert.equal(addMonths(day('2024-01-31'), 1), '2024-02-29');
  assert.equal(addMonths(day('2023-01-31'), -11), '2022-02-28');
});

test('an instant falls on the day of its time zone', () => {
  assert.equal(dayIn('2022-07-09T03:59:59.999Z', 'America/New_York'), '2022-07-08');
  assert.equal(dayIn('2022-07-09T04:00:00Z', 'America/New_York'), '2022-07-09');
  assert.equal(dayIn('2022-01-09T04:59:59Z', 'America/New_York'), '2022-01-08');
  assert.equal(dayIn('2022-01-09T12:00:00+14:00', 'UTC'), '2022-01-08');
  assert.throws(() => dayIn('2022-01-09T12:00:00Z', 'America/Nowhere'), /not a time zone/);
  assert.throws(() => dayIn('2022-01-09', 'UTC'), RangeError);
});

test('a time zone has a name', () => {
  for (const name of ['America/New_York', 'UTC', 'Etc/GMT+5', 'Pacific/Guam'])
    assert.ok(isTimeZone(name), name);
  for (const name of ['', '+05:00', 'Mars/Base', '2020-01-01T00:00[UTC]', 'x'.repeat(100)]) {
    assert.ok(!isTimeZone(name), name);
  }
});
