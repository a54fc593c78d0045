import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, day } from '../time/index.ts';
import { countingAcceptance, daysLate, statusOf, type Given } from './status.ts';

const due = day('2022-04-08');

test('the due day itself is still open, the day after is overdue by one', () => {
  for (const [offset, status, late] of [
    [-1, 'open', null],
    [0, 'open', null],
    [1, 'overdue', 1],
  ] as const) {
    const asOf = addDays(due, offset);
    assert.equal(statusOf(due, null, asOf), status);
    assert.equal(daysLate(status, due, null, asOf), late);
  }
});

test('done on the due day is met, a day later is met late, and not before its day comes', () => {
  for (const [offset, status, late] of [
    [-1, 'met', null],
    [0, 'met', null],
    [1, 'met-late', 1],
  ] as const) {
    const done = addDays(due, offset);
    assert.equal(statusOf(due, done, addDays(due, 30)), status);
    assert.equal(daysLate(status, due, done, addDays(due, 30)), late);
  }
  assert.equal(statusOf(due, addDays(due, 10), addDays(due, 9)), 'overdue');
});

test('without a due day nothing is said', () => {
  assert.equal(statusOf(null, due, due), 'undetermined');
  assert.equal(daysLate('undetermined', null, null, due), null);
});

function accepted(from: number, until: number, entry: number): Given {
  const days = { from: addDays(due, from), until: addDays(due, until) };
  return {
    duty: 'account.disable',
    subject: 1,
    trigger: day('2022-01-08'),
    reason: 'a reason',
    entry,
    dueThen: due,
    ...days,
  };
}

test('an acceptance suspends from its day to its last, if it was given by the due day', () => {
  const inTime = [accepted(0, 20, 7)];
  assert.equal(countingAcceptance(inTime, 'open', addDays(due, -1)), undefined);
  assert.equal(countingAcceptance(inTime, 'open', due)?.suspended, true);
  assert.equal(countingAcceptance(inTime, 'overdue', addDays(due, 20))?.suspended, true);
  assert.equal(countingAcceptance(inTime, 'overdue', addDays(due, 21))?.suspended, false);
  assert.equal(countingAcceptance([accepted(1, 20, 7)], 'overdue', addDays(due, 5))?.suspended, false);
  assert.equal(countingAcceptance(inTime, 'met-late', addDays(due, 5))?.suspended, false);
});

test('a late acceptance does not end the one that suspends, and of others the last counts', () => {
  const given = [accepted(-5, 20, 7), accepted(3, 90, 9)];
  assert.equal(countingAcceptance(given, 'overdue', addDays(due, 10))?.acceptance.entry, 7);
  assert.equal(countingAcceptance(given, 'overdue', addDays(due, 21))?.acceptance.entry, 9);
});
