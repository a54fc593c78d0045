import assert from 'node:assert/strict';
import test from 'node:test';
import { count, wordBytes, wordLateness, wordName, wordPercent, wordStatus } from './words.ts';

test('what has no words of its own is shown as it is', () => {
  assert.equal(wordStatus('met-late'), 'met late');
  assert.equal(wordStatus('elsewhere'), 'elsewhere');
});

test('names of figures become words', () => {
  assert.equal(wordName('overdueOfFallenDue'), 'Overdue of fallen due');
  assert.equal(wordName('met-late'), 'Met late');
});

test('numbers are counted in words', () => {
  assert.equal(count(1, 'duty', 'duties'), '1 duty');
  assert.equal(count(1917, 'duty', 'duties'), '1,917 duties');
  assert.equal(wordPercent(78.5536), '78.6 %');
  assert.equal(wordPercent(null), '–');
  assert.equal(wordBytes(999), '999 bytes');
  assert.equal(wordBytes(81_234), '81.2 KB');
  assert.equal(wordBytes(59_000_000), '59 MB');
});

test('late, due later, due today, or neither', () => {
  const open = { status: 'open', daysLate: null, due: '2022-07-09' } as const;
  assert.equal(
    wordLateness({ status: 'overdue', daysLate: 1, due: '2022-07-07' }, '2022-07-08'),
    '1 day late',
  );
  assert.equal(
    wordLateness({ status: 'met-late', daysLate: 12, due: '2022-06-26' }, '2022-07-08'),
    '12 days late',
  );
  assert.equal(wordLateness(open, '2022-07-08'), 'due in 1 day');
  assert.equal(wordLateness(open, '2022-07-09'), 'due today');
  assert.equal(wordLateness({ status: 'met', daysLate: null, due: '2022-07-09' }, '2022-07-08'), undefined);
  assert.equal(wordLateness({ status: 'undetermined', daysLate: null, due: null }, '2022-07-08'), undefined);
});
