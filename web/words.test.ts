import assert from 'node:assert/strict';
import test from 'node:test';
import {
  count,
  dutyChoices,
  headOf,
  sentence,
  shortHeadOf,
  wordBytes,
  wordDuty,
  wordLateness,
  wordName,
  wordPercent,
  wordRating,
  wordRole,
  wordStatus,
  wordWay,
} from './words.ts';

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

test('of a title its head is left, for a heading and shorter for a way through', () => {
  assert.equal(headOf('reports as of a day, by scheduled day'), 'Reports');
  assert.equal(headOf('accounts of many systems, the oldest first'), 'Accounts of many systems');
  assert.equal(shortHeadOf('accounts of many systems, the oldest first'), 'Accounts');
  assert.equal(shortHeadOf('reports as of a day'), 'Reports');
  assert.equal(shortHeadOf('people who may do it, and why'), 'People');
});

test('words of the server become a sentence', () => {
  assert.equal(sentence('no report fits'), 'No report fits.');
  assert.equal(sentence('No report.'), 'No report.');
});

test('duty types are told, and narrowed down by program and type', () => {
  const type = { duty: 'a.do', title: 'do it', program: 'a', subjectKind: 'thing', classes: ['x', 'y'] };
  const types = [type, { ...type, duty: 'b.do', program: 'b', classes: ['y', 'z'] }];
  assert.equal(wordDuty(types, 'a.do'), 'Do it');
  assert.equal(wordDuty(types, 'c.do'), 'c.do');
  assert.deepEqual(dutyChoices(types, {}), {
    programs: ['a', 'b'],
    duties: ['a.do', 'b.do'],
    classes: ['x', 'y', 'z'],
  });
  assert.deepEqual(dutyChoices(types, { program: 'b' }).duties, ['b.do']);
  assert.deepEqual(dutyChoices(types, { duty: 'a.do' }).classes, ['x', 'y']);
});

test('a role, and a way to sign in, are told in words', () => {
  assert.equal(wordRole('cass-program-manager'), 'CASS program manager');
  assert.equal(wordRole('isso'), 'ISSO');
  assert.equal(wordRole('system-owner'), 'system owner');
  assert.equal(wordWay('passkey'), 'passkey');
  assert.equal(wordWay('provider:login-gov'), 'login gov');
});

test('a rating is told with whose it is', () => {
  assert.equal(wordRating('scanner:high'), 'rated high (scanner)');
  assert.equal(wordRating('high'), 'rated high');
});
