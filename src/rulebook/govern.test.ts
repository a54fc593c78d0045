import assert from 'node:assert/strict';
import { test } from 'node:test';
import { businessCalendar, day } from '../time/index.ts';
import { dutyStatus, governingDue } from './due.ts';
import { type AdoptedRulebook, triggerBreaks } from './edition.ts';
import { days, setsAside, sketch } from './fixture.ts';
import { govern } from './govern.ts';
import type { Facts, Rulebook } from './rulebook.ts';
import { scheduleKey } from './schedule.ts';

const calendar = businessCalendar([]);

interface Asked {
  readonly facts?: Facts;
  readonly class?: string;
  readonly asOf?: string;
  readonly trigger?: string;
  readonly duty?: string;
  readonly scheduled?: string | null;
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
    duty = 'account.disable',
    scheduled = null,
    without,
  } = asked;
  const moment = { trigger: day(trigger), scheduled: scheduled === null ? null : day(scheduled) };
  return govern(adopted, { duty, class: klass, facts, asOf: day(asOf), ...moment }, without);
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
    const { due: on, rule } = governingDue(governance, { trigger: day(trigger), scheduled: null }, calendar);
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
  assert.equal(
    governingDue(governance, { trigger: day('2022-01-01'), scheduled: null }, calendar).rule.rule,
    'b/disable',
  );
});

const yearly = '{ is: within, count: 12, unit: month }';
const later = '{ is: beyond, count: 12, unit: month }';
const update = (id: string, count: number, more: string) =>
  `id: ${id}, duty: poam.update, every: { count: ${count}, unit: month, from: last-done }, ${more}`;
const plans = sketch('plans', {
  binds: '{ agency.kind: irs }',
  rules: [
    update('near', 3, `whenScheduled: ${yearly}`),
    update('far', 6, `whenScheduled: ${later}`),
    'id: done, duty: poam.complete, by: scheduled',
  ],
});
const planned = (scheduled: string | null, more: Asked = {}): Asked => ({
  duty: 'poam.update',
  class: 'assessment',
  trigger: '2022-06-30',
  scheduled,
  ...more,
});

test('a rule may ask how far away the day scheduled is, to its last day and the day after', () => {
  assert.equal(answer([plans], planned('2023-06-29')), 'plans/near');
  assert.equal(answer([plans], planned('2023-06-30')), 'plans/near');
  assert.equal(answer([plans], planned('2023-07-01')), 'plans/far');
  assert.equal(answer([plans], planned('2022-01-01')), 'plans/near', 'a day already past');
  assert.equal(answer([plans], planned('2021-02-28', { trigger: '2020-02-29' })), 'plans/near');
  assert.equal(answer([plans], planned('2021-03-01', { trigger: '2020-02-29' })), 'plans/far');
  assert.deepEqual(
    ask([plans], planned('2023-07-01')).considered.map(({ rule, verdict, because }) => [
      rule,
      verdict,
      because,
    ]),
    [
      [
        'plans/far',
        'governs',
        'it binds where agency.kind is irs and the day scheduled is more than 12 months away',
      ],
      [
        'plans/near',
        'does-not-bind',
        'it binds where the day scheduled is within 12 months; here it is further away',
      ],
    ],
  );
});

test('a day that nobody has scheduled leaves open what asks for it, unless it makes no difference', () => {
  assert.equal(answer([plans], planned(null)), 'undetermined: scheduled');
  const [far] = ask([plans], planned(null)).considered;
  assert.equal(
    far?.because,
    'it binds where agency.kind is irs and the day scheduled is more than 12 months away, and nobody has said scheduled',
  );
  assert.equal(answer([plans], planned(null, { facts: {} })), 'undetermined: agency.kind | scheduled');
  const done = { duty: 'poam.complete' };
  assert.equal(answer([plans], planned(null, done)), 'undetermined: scheduled');
  assert.equal(answer([plans], planned('2022-08-31', done)), 'plans/done');
  const monthly = sketch('monthly', {
    rules: [update('all', 1, setsAside('plans/near', 'plans/far').replace('duty: account.disable, ', ''))],
  });
  assert.equal(answer([plans, monthly], planned(null)), 'monthly/all');
  assert.equal(
    answer([sketch('far', { rules: [update('far', 6, `whenScheduled: ${later}`)] })], planned('2022-08-31')),
    'undetermined: a rule for poam.update that binds class assessment where the day scheduled is within 12 months',
  );
});

test('due by the day scheduled', () => {
  const governance = ask([plans], planned('2022-08-31', { duty: 'poam.complete' }));
  assert.ok(governance.kind === 'governed');
  const due = (scheduled: string | null) =>
    governingDue(
      governance,
      { trigger: day('2022-06-30'), scheduled: scheduled === null ? null : day(scheduled) },
      calendar,
    ).due;
  assert.equal(due('2022-08-31'), '2022-08-31');
  assert.equal(due('2022-09-30'), '2022-09-30', 'one answer serves every day scheduled');
  assert.throws(() => due(null), /there is none/);
});

test('what of the day scheduled makes a difference', () => {
  const adopted = [{ rulebook: plans, entry: 1 }];
  const key = (duty: string, scheduled: string | null, books = adopted) =>
    scheduleKey(books, duty, day('2022-06-30'), scheduled === null ? null : day(scheduled));
  assert.equal(key('account.disable', '2022-08-31'), '');
  assert.equal(key('account.disable', null), '');
  assert.equal(key('poam.update', '2022-08-31'), key('poam.update', '2023-06-30'));
  assert.notEqual(key('poam.update', '2023-06-30'), key('poam.update', '2023-07-01'));
  assert.equal(key('poam.complete', '2022-08-31'), key('poam.complete', '2029-01-01'));
  for (const duty of ['poam.update', 'poam.complete']) {
    assert.ok(!['', key(duty, '2022-08-31'), key(duty, '2029-01-01')].includes(key(duty, null)), duty);
  }
});

const often = sketch('often', {
  binds: '{ agency.kind: irs }',
  rules: ['id: scan, duty: vulnerability.scan, unstated: regularly'],
});
const ownPeriod = sketch('own', {
  rules: ['id: scan, duty: vulnerability.scan, every: { count: 1, unit: month, from: last-done }'],
});
const scan: Asked = { duty: 'vulnerability.scan', class: 'asset' };

test('a rule without a period leaves the case open until another names one', () => {
  assert.equal(answer([often], scan), 'undetermined: the period of often/scan, which says only "regularly"');
  assert.equal(answer([often, ownPeriod], scan), 'own/scan');
  const verdicts = (books: readonly Rulebook[]) =>
    ask(books, scan).considered.map(({ rule, verdict, because }) => [rule, verdict, because]);
  assert.deepEqual(verdicts([often]), [
    ['often/scan', 'leaves-open', 'it binds where agency.kind is irs, and says only "regularly"'],
  ]);
  assert.deepEqual(verdicts([often, ownPeriod]), [
    [
      'often/scan',
      'leaves-open',
      'it binds where agency.kind is irs, and says only "regularly"; a rule that remains names a day',
    ],
    ['own/scan', 'governs', 'it binds all'],
  ]);
  assert.equal(answer([often], { ...scan, facts: {} }), 'undetermined: agency.kind');
  assert.equal(answer([often, ownPeriod], { ...scan, facts: {} }), 'own/scan', 'it could not change the day');
});

test('a rule without a period sets aside, and is set aside, like any other', () => {
  const asides = (name: string) => `setsAside: [{ rule: ${name}, cite: { via: x } }]`;
  const over = sketch('over', {
    rules: [`id: scan, duty: vulnerability.scan, unstated: often, ${asides('own/scan')}`],
  });
  assert.equal(
    answer([ownPeriod, over], scan),
    'undetermined: the period of over/scan, which says only "often"',
  );
  const firm = sketch('firm', {
    rules: [
      `id: scan, duty: vulnerability.scan, every: { count: 7, unit: calendar-day, from: last-done }, ${asides('often/scan')}`,
    ],
  });
  assert.equal(answer([often, firm], scan), 'firm/scan');
  assert.deepEqual(ask([often, firm], scan).setAside, [{ rule: 'often/scan', by: 'firm/scan' }]);
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
