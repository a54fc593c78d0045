import assert from 'node:assert/strict';
import test from 'node:test';
import { daysBetween, isDay, wordDay, wordInstant } from './day.ts';

test('a day is one of the calendar, written year first', () => {
  assert.ok(isDay('2024-02-29'));
  for (const text of ['2022-02-29', '07/08/2022', '2022-7-8', '2022-13-01', '', 'today']) {
    assert.ok(!isDay(text), text);
  }
});

test('a day in words is the same day in every time zone', () => {
  assert.equal(wordDay('2022-07-08'), 'July 8, 2022');
  assert.equal(wordDay('nope'), 'nope');
});

test('days between, over a leap day and a change of clocks', () => {
  assert.equal(daysBetween('2022-04-09', '2022-07-08'), 90);
  assert.equal(daysBetween('2022-04-08', '2022-07-08'), 91);
  assert.equal(daysBetween('2024-02-28', '2024-03-01'), 2);
  assert.equal(daysBetween('2022-07-08', '2022-07-07'), -1);
  assert.equal(daysBetween('2022-07-08', '?'), undefined);
});

test('an instant is shown in the time zone of the agency', () => {
  assert.equal(wordInstant('2022-07-09T03:30:00.000Z', 'America/New_York'), '2022-07-08 23:30:00 EDT');
  assert.equal(wordInstant('2022-01-01T05:00:00.000Z', 'America/New_York'), '2022-01-01 00:00:00 EST');
});
