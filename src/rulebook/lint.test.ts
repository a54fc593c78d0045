import assert from 'node:assert/strict';
import { test } from 'node:test';
import { days, load, setsAside, sketch, vocabulary, written } from './fixture.ts';
import { lintRulebooks } from './lint.ts';
import type { Rulebook } from './rulebook.ts';

function lint(...books: Rulebook[]): string[] {
  return lintRulebooks(books, vocabulary).map(
    (problem) => `${problem.level} ${written(problem).replace(/, column \d+/, '')}`,
  );
}

const one = 'agency.kind: irs';
const standard = sketch('standard', { binds: `{ ${one} }`, rules: [days('disable', 120)] });
const cloudy = sketch('cloudy', {
  binds: `{ ${one}, component.environment: cloud }`,
  rules: [days('disable', 90, setsAside('standard/disable'))],
});

test('rulebooks that fit together', () => {
  assert.deepEqual(lint(standard, cloudy), []);
  assert.deepEqual(lint(), []);
});

test('a rule set aside that does not exist', () => {
  const typo = sketch('cloudy', { rules: [days('disable', 90, setsAside('standard/disabel'))] });
  assert.deepEqual(lint(standard, typo), [
    'error line 7: `cloudy/disable` sets aside `standard/disabel`, which does not exist: did you mean `standard/disable`?',
  ]);
  assert.match(lint(cloudy)[0] ?? '', /which does not exist: there is no rulebook `standard` here$/);
});

test('setting aside a rule about something else', () => {
  const plans = sketch('plans', { rules: [days('update', 30, 'duty: poam.update')] });
  const over = sketch('over', { rules: [days('disable', 30, setsAside('plans/update'))] });
  assert.match(
    lint(plans, over).join('\n'),
    /^error .*setting aside `plans\/update` never has an effect: it is about `poam.update`, and `over\/disable` about `account.disable`$/,
  );
});

test('a circle of setting aside, named once', () => {
  const circle = ['a', 'b', 'c'].map((id, i, all) =>
    sketch(id, { rules: [days('x', 10 + i, setsAside(`${all[(i + 1) % 3]}/x`))] }),
  );
  const outside = sketch('d', { rules: [days('x', 5, setsAside('a/x'))] });
  const circles = lint(...circle, outside).filter((each) => each.includes('circle'));
  assert.deepEqual(circles, ['error line 7: a circle of setting aside: a/x → b/x → c/x → a/x']);
  const self = sketch('a', { rules: [days('x', 10, setsAside('a/x'))] });
  assert.deepEqual(lint(self), ['error line 7: a circle of setting aside: a/x → a/x']);
});

test('two rules of one rulebook for the same case', () => {
  const two = sketch('two', {
    rules: [days('a', 90), days('b', 60, 'duty: account.disable, binds: { component.environment: cloud }')],
  });
  assert.deepEqual(lint(two), [
    'error line 8: conflict: `two/a` and `two/b` are of one rulebook and neither sets the other aside; both bind class user or privileged, where component.environment is cloud',
  ]);
  const apart = sketch('two', {
    rules: [
      days('a', 90, 'duty: account.disable, class: user'),
      days('b', 60, 'duty: account.disable, class: privileged'),
    ],
  });
  assert.deepEqual(lint(apart), []);
  const aside = sketch('two', { rules: [days('a', 90), days('b', 60, setsAside('two/a'))] });
  assert.deepEqual(lint(aside), []);
});

function inMonths(count: number): Rulebook {
  const within = `within: { count: ${count}, unit: month, dayOne: next }`;
  return sketch('months', { rules: [`id: disable, duty: account.disable, ${within}`] });
}

test('two rulebooks whose periods cannot be compared', () => {
  assert.match(
    lint(sketch('short', { rules: [days('disable', 30)] }), inMonths(1)).join('\n'),
    /^error .*`months\/disable` and `short\/disable` give periods of which neither always ends first/,
  );
  assert.deepEqual(lint(sketch('short', { rules: [days('disable', 28)] }), inMonths(1)), []);
  assert.deepEqual(lint(sketch('short', { rules: [days('disable', 60)] }), inMonths(1)), []);
});

test('a case that no rule covers is a warning', () => {
  assert.deepEqual(
    lint(
      sketch('cloudy', { binds: `{ ${one}, component.environment: cloud }`, rules: [days('disable', 90)] }),
    ),
    [
      'warning line 7: no rule covers account.disable of class user or privileged, where agency.kind is irs and component.environment is on-premises',
    ],
  );
  const some = sketch('some', {
    binds: `{ ${one} }`,
    rules: [
      days(
        'disable',
        90,
        'duty: account.disable, class: user, binds: { system.impact: [moderate, high], component.fti: true }',
      ),
    ],
  });
  assert.deepEqual(
    lint(some).map((each) => each.replace(/.*disable of /, '')),
    [
      'class user, where agency.kind is irs and component.fti is true and system.impact is low',
      'class user, where agency.kind is irs and component.fti is false',
      'class privileged, where agency.kind is irs',
    ],
  );
});

function book(...from: string[]): Rulebook {
  const editions = from.map((each) => `{ from: ${each}, cite: { via: x } }`).join(', ');
  return sketch('book', { editions, rules: [days('disable', 90)] });
}

test('editions that overlap', () => {
  assert.deepEqual(lint(book('2021-01-01', '2022-01-01')), []);
  assert.deepEqual(lint(book('2021-01-01', '2021-01-01')), [
    'error line 4: two editions of book overlap: those of 2021-01-01 and 2021-01-01 start on the same day',
  ]);
  assert.match(
    lint(book('2022-01-01', '2021-01-01')).join(),
    /those of 2022-01-01 and 2021-01-01 are out of order$/,
  );
  assert.match(
    lint(book('2021-01-01'), book('2021-01-01')).join(),
    /another file has one from 2021-01-01 too$/,
  );
  assert.deepEqual(lint(book('2021-01-01'), book('2022-01-01')), []);
});

const update = (id: string, count: number, when: string, more = '') =>
  `id: ${id}, duty: poam.update, every: { count: ${count}, unit: month, from: last-done }, whenScheduled: { ${when} }${more}`;
const near = 'is: within, count: 12, unit: month';
const far = 'is: beyond, count: 12, unit: month';

test('rules for different distances of the day scheduled', () => {
  assert.deepEqual(lint(sketch('plans', { rules: [update('near', 3, near), update('far', 6, far)] })), []);
  assert.deepEqual(lint(sketch('plans', { rules: [update('near', 3, near)] })), [
    'warning line 7: no rule covers poam.update of class assessment or vulnerability, where the day scheduled is more than 12 months away',
  ]);
  const overlap = update('far', 6, 'is: beyond, count: 6, unit: month');
  assert.deepEqual(lint(sketch('plans', { rules: [update('near', 3, near), overlap] })), [
    'error line 7: conflict: `plans/far` and `plans/near` are of one rulebook and neither sets the other aside; both bind class assessment or vulnerability, where the day scheduled is more than 6 months away and within 12 months',
  ]);
  const gap = update('far', 6, 'is: beyond, count: 18, unit: month');
  assert.deepEqual(lint(sketch('plans', { rules: [update('near', 3, near), gap] })), [
    'warning line 7: no rule covers poam.update of class assessment or vulnerability, where the day scheduled is more than 12 months away and within 18 months',
  ]);
});

test('a day scheduled compares with no period', () => {
  const planned = sketch('planned', { rules: ['id: done, duty: poam.complete, by: scheduled'] });
  const other = sketch('other', { rules: ['id: done, duty: poam.complete, by: scheduled'] });
  assert.deepEqual(lint(planned, other), []);
  const period = sketch('period', { rules: [days('done', 90, 'duty: poam.complete')] });
  assert.match(
    lint(planned, period).join('\n'),
    /^error .*`period\/done` and `planned\/done` give periods of which neither always ends first/,
  );
});

const often = sketch('often', {
  binds: `{ ${one} }`,
  rules: ['id: scan, duty: vulnerability.scan, unstated: regularly'],
});

test('a period that nobody states is a warning, until another rule does', () => {
  assert.deepEqual(lint(often), [
    'warning line 7: `often/scan` leaves the period of vulnerability.scan open for class asset, where agency.kind is irs',
  ]);
  const own = sketch('own', { binds: `{ ${one} }`, rules: [days('scan', 30, 'duty: vulnerability.scan')] });
  assert.deepEqual(lint(often, own), []);
  const both = sketch('both', {
    rules: [
      days('a', 30, 'duty: vulnerability.scan'),
      'id: b, duty: vulnerability.scan, unstated: regularly',
    ],
  });
  assert.deepEqual(lint(both), [], 'it is not in conflict with one that does');
});

function scales(id: string, ...items: readonly string[]): Rulebook {
  const written = items.map((item) => `  - { scale: severity, rater: nessus, cite: { via: x }, ${item} }`);
  return load(
    [
      `rulebook: ${id}`,
      `title: The ${id}`,
      'issuer: IRS',
      'editions: [{ from: 2020-01-01, cite: { via: x } }]',
      'binds: {}',
      'scales:',
      ...written,
      '',
    ].join('\n'),
    `${id}.yaml`,
  );
}

const ALL = 'ranks: { critical: critical, high: high, medium: medium, low: low }';
const aside = (...names: readonly string[]) =>
  `setsAside: [${names.map((name) => `{ scale: ${name}, cite: { via: x } }`).join(', ')}]`;

test('scales that rank differently, and ratings that none ranks', () => {
  const named = scales('named', `id: s, ${ALL}`);
  assert.deepEqual(lint(named), []);
  assert.deepEqual(lint(scales('half', 'id: s, ranks: { high: high }')), [
    'warning line 7: no scale of severity by nessus ranks rating critical or medium or low',
  ]);
  const other = scales(
    'other',
    'id: s, binds: { component.fti: true }, ranks: { critical: high, high: high }',
  );
  assert.deepEqual(lint(named, other), [
    'error line 7: conflict: `named/s` and `other/s` rank differently, and neither sets the other aside: rating critical, where component.fti is true',
  ]);
  const over = scales('other', `id: s, ranks: { critical: high }, ${aside('named/s')}`);
  assert.deepEqual(lint(named, over), []);
});

test('scales set aside that do not exist, or in a circle', () => {
  const named = scales('named', `id: s, ${ALL}`);
  assert.deepEqual(lint(named, scales('other', `id: s, ${ALL}, ${aside('named/t')}`)), [
    'error line 7: `other/s` sets aside `named/t`, which does not exist: did you mean `named/s`?',
  ]);
  assert.deepEqual(lint(standard, scales('other', `id: s, ${ALL}, ${aside('standard/disable')}`)), [
    'error line 7: `other/s` sets aside `standard/disable`, which does not exist: `standard` has no scale',
  ]);
  const circle = [
    scales('a', `id: s, ${ALL}, ${aside('b/s')}`),
    scales('b', `id: s, ${ALL}, ${aside('a/s')}`),
  ];
  assert.deepEqual(lint(...circle), ['error line 7: a circle of setting aside: a/s → b/s → a/s']);
});

test('a rank that is no class of a duty of its scale', () => {
  const { duties } = vocabulary;
  const words = {
    ...vocabulary,
    duties: { ...duties, 'poam.create': { classes: ['assessment', 'high'], scale: 'severity' } },
  };
  assert.deepEqual(
    lintRulebooks(
      [scales('named', 'id: s, ranks: { high: high, low: low, medium: high, critical: high }')],
      words,
    ).map(({ level, message }) => `${level} ${message}`),
    ['error `named/s` ranks ratings as low, which is no class of `poam.create`'],
  );
});
