import assert from 'node:assert/strict';
import { test } from 'node:test';
import { days, load, setsAside, sketch, vocabulary } from './fixture.ts';
import { runRulebookTests } from './run-tests.ts';

const other = sketch('other', { rules: [days('disable', 120, 'duty: account.disable, class: user')] });

function run(given: string, expect: string) {
  const book = load(`rulebook: book
title: The book
issuer: IRS
editions: [{ from: 2020-01-01, cite: { via: x } }]
binds: { component.environment: cloud }
rules:
  - { force: required, cite: { via: x }, ${days('disable', 90, setsAside('other/disable'))} }
tests:
  - given: { ${given} }
    on: 2022-07-08
    expect: { ${expect} }
`);
  const [result] = runRulebookTests(book, [other, { ...book, rules: [] }], vocabulary);
  assert.deepEqual([result?.test, result?.line, result?.passed], [1, 9, result?.message === undefined]);
  return result?.message ?? 'passed';
}

const cloud = 'component.environment: cloud';

test('a test passes when all that it expects comes out', () => {
  const given = `${cloud}, account.disable: { class: user, trigger: 2022-01-01 }`;
  const expected = 'status: overdue, due: 2022-04-01, rule: disable, setAside: [other/disable], needs: []';
  assert.equal(run(given, expected), 'passed');
  assert.equal(run(given, 'status: overdue, rule: book/disable'), 'passed');
  assert.equal(
    run(
      'account.disable: { class: privileged, trigger: 2022-01-01 }',
      'status: undetermined, needs: [component.environment]',
    ),
    'passed',
  );
});

test('a test that fails says what came out instead', () => {
  const given = `${cloud}, account.disable: { class: user, trigger: 2022-01-01, done: 2022-04-02 }`;
  assert.equal(
    run(given, 'status: met, due: 2022-04-02, rule: other/disable, setAside: [], needs: [x]'),
    'class user: status is met-late, expected met; due is 2022-04-01, expected 2022-04-02;' +
      ' rule is book/disable, expected other/disable; setAside is other/disable, expected none; needs is none, expected x',
  );
});

test('a test without a class is one for every class', () => {
  assert.equal(
    run(`${cloud}, account.disable: { trigger: 2022-01-01 }`, 'status: overdue, setAside: [other/disable]'),
    'class privileged: setAside is none, expected other/disable',
  );
});

function done(on: string): string {
  return `${cloud}, account.disable: { class: user, trigger: 2022-01-01, done: ${on} }`;
}

test('what was done after the day is not yet done', () => {
  assert.equal(run(done('2022-07-08'), 'status: met-late'), 'passed');
  assert.equal(run(done('2022-07-09'), 'status: overdue'), 'passed');
});

const plans = load(`rulebook: plans
title: Plans
issuer: IRS
editions: [{ from: 2020-01-01, cite: { via: x } }]
binds: {}
rules:
  - { id: near, duty: poam.update, force: required, cite: { via: x }, whenScheduled: { is: within, count: 12, unit: month }, every: { count: 3, unit: month, from: last-done } }
  - { id: done, duty: poam.complete, force: required, cite: { via: x }, by: scheduled }
  - { id: create, duty: poam.create, class: high, force: required, cite: { via: x }, within: { count: 30, unit: calendar-day, dayOne: next } }
scales:
  - { id: nessus, scale: severity, rater: nessus, cite: { via: x }, ranks: { critical: high, high: high, low: low } }
tests:
  - { given: { poam.update: { trigger: 2022-01-31, scheduled: 2023-01-31 } }, on: 2022-05-01, expect: { status: overdue, due: 2022-04-30, rule: near } }
  - { given: { poam.update: { trigger: 2022-01-31, scheduled: 2023-02-01 } }, on: 2022-05-01, expect: { status: undetermined } }
  - { given: { poam.update: { trigger: 2022-01-31 } }, on: 2022-05-01, expect: { status: undetermined, needs: [scheduled] } }
  - { given: { poam.complete: { class: vulnerability, trigger: 2022-01-31, scheduled: 2022-04-30 } }, on: 2022-05-01, expect: { status: overdue, due: 2022-04-30 } }
  - { given: { poam.create: { rating: "nessus:critical", trigger: 2022-01-31 } }, on: 2022-05-01, expect: { status: overdue, due: 2022-03-02 } }
  - { given: { poam.create: { rating: "nessus:medium", trigger: 2022-01-31 } }, on: 2022-05-01, expect: { status: undetermined, needs: ["what nessus:medium ranks as on the scale severity"] } }
  - { given: { poam.create: { rating: "nessus:low", trigger: 2022-01-31 } }, on: 2022-05-01, expect: { status: overdue } }
`);

test('a test may give the day scheduled, and a rating instead of a class', () => {
  assert.deepEqual(
    runRulebookTests(plans, [], vocabulary).map(({ message }) => message),
    [
      ...Array.from({ length: 6 }, () => undefined),
      'rating nessus:low: status is undetermined, expected overdue',
    ],
  );
});
