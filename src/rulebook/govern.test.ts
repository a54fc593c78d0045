import assert from 'node:assert/strict';
import { test } from 'node:test';
import { businessCalendar, day } from '../time/index.ts';
import { dutyStatus, governingDue } from './due.ts';
import { type AdoptedRulebook, triggerBreaks } from './edition.ts';
import { days, setsAside, sketch } from './fixture.ts';
import { govern } from './govern.ts';
import type { Facts, Rulebook } from './rulebook.ts';

const calendar = businessCalendar([]);

interface Asked {
  readonly facts?: Facts;
  readonly class?: string;
  readonly asOf?: string;
  readonly trigger?: string;
  readonly without?: readonly string[];
}

const cloud: Facts = { 'agency.kind': 'irs', 'component.environment': 'cloud' };
const premises: Facts = { 'agency.kind': 'irs', 'component.environment': 'on-premises' };

function ask(books: readonly (Rulebook | AdoptedRulebook)[], asked: Asked = {}) {
  const adopted = books.map((book, i) => ('rulebook' in book ? book : { rulebook: book, entry: i + 1 }));
  const {
    facts = cloud,
    class: klass = 'user',
    asOf = '2022-07-08',
    trigger = '2022-01-01',
    without,
  } = asked;
  const question = { duty: 'account.disable', class: klass, facts, asOf: day(asOf), trigger: day(trigger) };
  return govern(adopted, question, without);
}

/** The names of the rules that remain, or what is missing. */
function answer(books: readonly (Rulebook | AdoptedRulebook)[], asked?: Asked): string {
  const governance = ask(books, asked);
  if (governance.kind === 'governed') return governance.rules.map(({ rule }) => rule).join(' ');
  return `undetermined: ${governance.needs.join(' | ')}`;
}

const standard = sketch('standard', { binds: '{ agency.kind: irs }', rules: [days('disable', 120)] });
const cloudy = sketch('cloudy', {
  binds: '{ agency.kind: irs, component.environment: cloud }',
  rules: [days('disable', 90, setsAside('standard/disable'))],
});

test('a rule that binds sets the other aside, and says why', () => {
  const governance = ask([standard, cloudy]);
  assert.equal(governance.kind, 'governed');
  assert.deepEqual(governance.setAside, [{ rule: 'standard/disable', by: 'cloudy/disable' }]);
  assert.deepEqual(
    governance.considered.map(({ rule, verdict, by, because }) => ({ rule, verdict, by, because })),
    [
      {
        rule: 'cloudy/disable',
        verdict: 'governs',
        by: undefined,
        because: 'it binds where agency.kind is irs and component.environment is cloud',
      },
      {
        rule: 'standard/disable',
        verdict: 'set-aside',
        by: 'cloudy/disable',
        because: 'cloudy/disable sets it aside here (p. 2)',
      },
    ],
  );
  const [governs] = governance.considered;
  assert.deepEqual(
    [governs?.title, governs?.edition, governs?.force, governs?.cites, governs?.entry],
    ['The cloudy', { from: '2020-01-01', triggersFrom: '2020-01-01' }, 'required', ['p. 1'], 2],
  );
});

test('a rule that does not bind sets nothing aside, nor does one left out', () => {
  assert.equal(answer([standard, cloudy], { facts: premises }), 'standard/disable');
  assert.equal(answer([standard, cloudy], { without: ['cloudy'] }), 'standard/disable');
  const [left] = ask([standard, cloudy], { facts: premises }).considered;
  assert.equal(left?.because, 'it binds where component.environment is cloud; here it is on-premises');
});

test('setting aside works only for the classes and duties of the rule itself', () => {
  const forUsers = sketch('users', {
    rules: [days('disable', 30, `class: user, ${setsAside('standard/disable')}`)],
  });
  assert.equal(answer([standard, forUsers]), 'users/disable');
  assert.equal(answer([standard, forUsers], { class: 'privileged' }), 'standard/disable');
});

test('only a rule that remains sets another aside', () => {
  const top = sketch('top', { rules: [days('disable', 10, setsAside('cloudy/disable'))] });
  assert.equal(answer([standard, cloudy, top]), 'standard/disable top/disable');
});

test('a fact that nobody knows leaves the case undetermined', () => {
  const unknown: Facts = { 'agency.kind': 'irs' };
  assert.equal(answer([standard, cloudy], { facts: unknown }), 'undetermined: component.environment');
  assert.equal(answer([cloudy], { facts: {} }), 'undetermined: agency.kind | component.environment');
  const { considered } = ask([standard, cloudy], { facts: unknown });
  assert.deepEqual(
    considered.map(({ verdict, because }) => [verdict, because]),
    [
      [
        'needs-a-fact',
        'it binds where agency.kind is irs and component.environment is cloud, and nobody has said component.environment',
      ],
      ['needs-a-fact', 'it is open whether cloudy/disable sets it aside'],
    ],
  );
});

test('an unknown fact is not asked for where it cannot change the answer', () => {
  const recipient: Facts = { 'agency.kind': 'recipient' };
  const memo = sketch('memo', { binds: '{ agency.kind: recipient }', rules: [days('disable', 60)] });
  assert.equal(
    answer([standard, cloudy, memo], { facts: recipient }),
    'memo/disable',
    'another fact says no',
  );

  const fti = sketch('fti', { binds: '{ component.fti: true }', rules: [days('disable', 30)] });
  const overFti = sketch('over', { rules: [days('disable', 60, setsAside('fti/disable'))] });
  assert.equal(answer([fti, overFti]), 'over/disable', 'it is set aside either way');
  assert.equal(answer([fti, standard]), 'undetermined: component.fti', 'it would come first');

  const late = sketch('late', { binds: '{ component.fti: true }', rules: [days('disable', 200)] });
  assert.equal(answer([late, standard]), 'standard/disable', 'it would always come later');
  const lateOver = sketch('late', {
    binds: '{ component.fti: true }',
    rules: [days('disable', 200, setsAside('standard/disable'))],
  });
  assert.equal(
    answer([lateOver, standard]),
    'undetermined: component.fti',
    'it would set aside what comes first',
  );
});

test('rules that set each other aside in a circle decide nothing', () => {
  const a = sketch('a', { rules: [days('disable', 10, setsAside('b/disable'))] });
  const b = sketch('b', { rules: [days('disable', 20, setsAside('a/disable'))] });
  const said = 'which of a/disable, b/disable sets the other aside: they do so in a circle';
  assert.equal(answer([a, b]), `undetermined: ${said}`);
  assert.equal(answer([b, a]), `undetermined: ${said}`);
});

test('no rule at all is undetermined, and says what there would have to be', () => {
  assert.equal(answer([]), 'undetermined: a rule for account.disable that binds class user');
  assert.equal(
    answer([cloudy], { facts: premises }),
    'undetermined: a rule for account.disable that binds class user where agency.kind is irs and component.environment is on-premises',
  );
});

const twoEditions =
  '{ from: 2021-09-28, triggersFrom: 2020-12-01, cite: { via: x } }, { from: 2023-01-01, cite: { via: x } }';
const long = sketch('manual', { editions: twoEditions, rules: [days('disable', 120)] });
const short = sketch('manual', {
  editions: '{ from: 2024-01-01, cite: { via: x } }',
  rules: [days('disable', 60)],
});
const adopted: AdoptedRulebook[] = [
  { rulebook: long, entry: 3 },
  { rulebook: short, entry: 9 },
];

function editionOf(books: readonly AdoptedRulebook[], asked: Asked): string {
  const [rule] = ask(books, asked).considered;
  return rule?.edition ? `${rule.entry} ${rule.edition.from}` : `none: ${rule?.because}`;
}

test('of each rulebook the last edition in force that reaches the trigger', () => {
  const onTheDay = (asOf: string, trigger: string) => editionOf(adopted, { asOf, trigger });
  assert.equal(onTheDay('2021-09-27', '2021-09-01'), 'none: its first edition is in force from 2021-09-28');
  assert.equal(onTheDay('2021-09-28', '2021-09-01'), '3 2021-09-28');
  assert.equal(onTheDay('2022-12-31', '2022-12-31'), '3 2021-09-28');
  assert.equal(onTheDay('2023-01-01', '2022-12-31'), '3 2021-09-28', 'the new one does not reach back');
  assert.equal(onTheDay('2023-01-01', '2023-01-01'), '3 2023-01-01');
  assert.equal(onTheDay('2024-06-01', '2023-12-31'), '3 2023-01-01');
  assert.equal(onTheDay('2024-06-01', '2024-01-01'), '9 2024-01-01');
  assert.equal(onTheDay('2024-06-01', '2020-12-01'), '3 2021-09-28');
  assert.equal(onTheDay('2024-06-01', '2020-11-30'), 'none: its editions reach no trigger before 2020-12-01');
  assert.equal(
    answer(adopted, { asOf: '2024-06-01', trigger: '2019-05-01' }),
    'undetermined: an edition of manual that reaches triggers before 2020-12-01',
  );
  assert.equal(
    answer(adopted, { asOf: '2021-09-27' }),
    'undetermined: an edition of manual in force on 2021-09-27',
  );
});

test('the same edition adopted again replaces the earlier adoption', () => {
  const corrected = sketch('manual', { editions: twoEditions, rules: [days('disable', 100)] });
  const again = [...adopted, { rulebook: corrected, entry: 12 }];
  assert.equal(editionOf(again, { asOf: '2023-06-01', trigger: '2023-02-01' }), '12 2023-01-01');
  assert.equal(editionOf(again.toReversed(), { asOf: '2023-06-01', trigger: '2023-02-01' }), '12 2023-01-01');
});

test('a rulebook that is not in force leaves the case to the others', () => {
  const early = sketch('early', {
    editions: '{ from: 2015-01-01, cite: { via: x } }',
    rules: [days('disable', 365)],
  });
  assert.equal(answer([...adopted, early], { trigger: '2019-05-01' }), 'early/disable');
});

test('triggers at which the answer may change', () => {
  const breaks = (asOf: string) => triggerBreaks(adopted, 'account.disable', day(asOf));
  assert.deepEqual(breaks('2021-09-27'), []);
  assert.deepEqual(breaks('2022-07-08'), ['2020-12-01']);
  assert.deepEqual(breaks('2025-01-01'), ['2020-12-01', '2023-01-01', '2024-01-01']);
  assert.deepEqual(triggerBreaks(adopted, 'poam.update', day('2025-01-01')), []);
});

test('of several rules that remain the earliest due day governs', () => {
  const month = 'id: disable, duty: account.disable, within: { count: 1, unit: month, dayOne: next }';
  const governance = ask([
    sketch('month', { rules: [month] }),
    sketch('days', { rules: [days('disable', 30)] }),
  ]);
  assert.ok(governance.kind === 'governed');
  assert.match(
    governance.rules[0]?.because ?? '',
    /; of the rules that remain the earliest due day governs$/,
  );
  const due = (trigger: string) => {
    const { due: on, rule } = governingDue(governance, day(trigger), calendar);
    return `${on} ${rule.rule}`;
  };
  assert.equal(due('2022-02-10'), '2022-03-10 month/disable');
  assert.equal(due('2022-03-10'), '2022-04-09 days/disable');
  assert.equal(due('2022-04-10'), '2022-05-10 days/disable', 'on the same day the first by name');
});

test('on the same due day a requirement is named before a recommendation', () => {
  const softer = sketch('a', { rules: [days('disable', 30)] });
  const recommended = {
    ...softer,
    rules: softer.rules.map((rule) => ({ ...rule, force: 'recommended' as const })),
  };
  const governance = ask([recommended, sketch('b', { rules: [days('disable', 30)] })]);
  assert.ok(governance.kind === 'governed');
  assert.equal(governingDue(governance, day('2022-01-01'), calendar).rule.rule, 'b/disable');
});

test('the status of a duty, the day before, on and after', () => {
  const due = day('2022-04-01');
  const on = (text: string, done?: string) =>
    dutyStatus(due, done === undefined ? undefined : day(done), day(text));
  assert.deepEqual(
    ['2022-03-31', '2022-04-01', '2022-04-02'].map((text) => on(text)),
    ['open', 'open', 'overdue'],
  );
  assert.deepEqual(
    ['2022-03-31', '2022-04-01', '2022-04-02'].map((done) => on('2022-05-01', done)),
    ['met', 'met', 'met-late'],
  );
  assert.deepEqual(
    ['2022-04-09', '2022-04-10', '2022-04-11'].map((text) => on(text, '2022-04-10')),
    ['overdue', 'met-late', 'met-late'],
  );
});
