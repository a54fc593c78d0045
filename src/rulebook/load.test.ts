import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { load, refuse, vocabulary } from './fixture.ts';
import { loadRulebook } from './load.ts';

const good = `rulebook: demo-1.2
title: Demonstration policy
issuer: Demo Office
note: >-
  Two lines,
  folded.
editions:
  - { from: 2021-09-28, triggersFrom: 2020-12-01, cite: { via: "Demo Report, p. 4" } }
  - { from: 2023-01-01, cite: [{ section: "1.2" }, { section: "1.3", via: "Demo Report, p. 5" }] }
binds: { agency.kind: irs, component.environment: [cloud, on-premises] }
rules:
  - id: disable
    duty: account.disable
    class: user
    force: required
    cite: { section: "4.1" }
    binds: { component.fti: true }
    within: { count: 90, unit: calendar-day, dayOne: next }
    setsAside: [{ rule: other/disable, cite: { section: "1.1" } }]
  - id: update
    duty: poam.update
    force: recommended
    cite: { section: "4.2" }
    every: { count: 1, unit: month, from: last-done }
tests:
  - given: { agency.kind: irs, component.fti: false, account.disable: { class: user, trigger: 2022-01-01, done: 2022-01-02 } }
    on: 2022-07-08
    expect: { due: 2022-04-01, status: met, rule: disable, setAside: [] }
`;

test('a rulebook is read as it is written', () => {
  const book = load(good);
  assert.deepEqual(
    [book.id, book.title, book.issuer, book.note],
    ['demo-1.2', 'Demonstration policy', 'Demo Office', 'Two lines, folded.'],
  );
  assert.deepEqual(
    book.editions.map(({ from, triggersFrom, at }) => [from, triggersFrom, at]),
    [
      ['2021-09-28', '2020-12-01', 'book.yaml line 8, column 5'],
      ['2023-01-01', '2023-01-01', 'book.yaml line 9, column 5'],
    ],
  );
  assert.deepEqual(book.binds, { 'agency.kind': ['irs'], 'component.environment': ['cloud', 'on-premises'] });
  const [disable, update] = book.rules;
  assert.deepEqual(disable?.deadline, { kind: 'within', count: 90, unit: 'calendar-day', dayOne: 'next' });
  assert.deepEqual(
    [disable?.name, disable?.classes, disable?.binds],
    ['demo-1.2/disable', ['user'], { 'component.fti': [true] }],
  );
  assert.deepEqual(
    disable?.setsAside.map(({ rule }) => rule),
    ['other/disable'],
  );
  assert.deepEqual(update?.deadline, { kind: 'every', count: 1, unit: 'month', from: 'last-done' });
  assert.deepEqual([update?.classes, update?.setsAside, update?.force], [undefined, [], 'recommended']);
  assert.deepEqual(book.tests[0]?.given, {
    facts: { 'agency.kind': 'irs', 'component.fti': false },
    duty: 'account.disable',
    class: 'user',
    rating: undefined,
    trigger: '2022-01-01',
    scheduled: null,
    done: '2022-01-02',
  });
  assert.equal(book.tests[0]?.line, 26);
});

/** The one thing that is wrong once `from` in the good rulebook is written as `to`. */
function refuseWith(from: string, to: string): string {
  assert.ok(good.includes(from), from);
  return refuse(good.replace(from, () => to)).join('\n');
}

test('each mistake is named with its place and what would be right', () => {
  const mistakes: [from: string, to: string, said: string][] = [
    [
      'title:',
      'titel:',
      'line 1, column 1: `title` is missing\nline 2, column 1: unknown key `titel`: did you mean `title`?',
    ],
    ['title: Demonstration policy', 'title:', 'line 2, column 1: `title` is missing'],
    [
      'title: Demonstration policy',
      'title: 12',
      'line 2, column 8: `title` must be text (in quotes, if it looks like something else)',
    ],
    [
      'title: Demonstration policy',
      'title: "a\\e[2Jb"',
      'line 2, column 8: `title` must not contain control characters',
    ],
    [
      'demo-1.2',
      'Demo 1',
      'line 1, column 11: `rulebook` must be lower-case letters and digits joined by - or ., such as irm-10.8.24',
    ],
    [
      'from: 2023-01-01',
      'from: 1/1/2023',
      'line 9, column 13: `from` must be a day written YYYY-MM-DD, of the years 1900 to 2199',
    ],
    [
      'from: 2023-01-01',
      'from: 2023-02-29',
      'line 9, column 13: `from` must be a day written YYYY-MM-DD, of the years 1900 to 2199',
    ],
    [
      'triggersFrom: 2020-12-01',
      'triggersFrom: 2021-09-29',
      'line 8, column 39: `triggersFrom` must not be after `from`: leave it out if the edition reaches no triggers before 2021-09-28',
    ],
    [', cite: { via: "Demo Report, p. 4" }', '', 'line 8, column 5: `cite` is missing: it must be a list'],
    [
      'cite: { section: "4.1" }',
      'cite: {}',
      'line 16, column 11: `cite` must say where the words stand: `section`, `via` or both',
    ],
    [
      '{ section: "4.1" }',
      '{ section: "4.1", quote: x }',
      'line 16, column 29: unknown key `quote`: known: section, via',
    ],
    [
      'agency.kind: irs,',
      'agency.knd: irs,',
      'line 10, column 10: unknown attribute `agency.knd`: did you mean `agency.kind`?',
    ],
    [
      '[cloud, on-',
      '[clowd, on-',
      'line 10, column 52: `component.environment` must be one of cloud, on-premises; did you mean `cloud`?',
    ],
    [
      'component.fti: true',
      'component.fti: 1',
      'line 17, column 29: `component.fti` must be one of true, false',
    ],
    [
      'component.fti: true',
      'component.fti: []',
      'line 17, column 29: `component.fti` must not be empty: leave it out to bind all',
    ],
    [
      'duty: poam.update',
      'duty: poam.updated',
      'line 21, column 11: unknown duty `poam.updated`: did you mean `poam.update`?',
    ],
    [
      'class: user\n',
      'class: [privileged, usr]\n',
      'line 14, column 25: `account.disable` has no class `usr`: did you mean `user`?',
    ],
    [
      'force: required',
      'force: must',
      'line 15, column 12: `force` must be one of required, recommended, agency',
    ],
    ['count: 90', 'count: 0', 'line 18, column 22: `count` must be at least 1'],
    ['count: 90', 'count: 9.5', 'line 18, column 22: `count` must be a whole number from 1 to 3660'],
    ['count: 90', 'count: 3661', 'line 18, column 22: `count` must be at most 3660'],
    [
      'unit: calendar-day',
      'unit: day',
      'line 18, column 32: `unit` must be one of calendar-day, business-day, month',
    ],
    [
      'dayOne: next',
      'dayOne: nxt',
      'line 18, column 54: `dayOne` must be one of trigger, next; did you mean `next`?',
    ],
    [
      '    every: { count: 1, unit: month, from: last-done }\n',
      '',
      'line 20, column 9: the rule `update` must have exactly one of `within`, `every`, `by` and `unstated`',
    ],
    ['id: update', 'id: disable', 'line 20, column 9: the rule `disable` stands here twice'],
    [
      'rule: other/disable',
      'rule: other',
      'line 19, column 25: `rule` must name a rulebook and its rule, such as irm-10.8.1/disable-inactive',
    ],
    [
      'account.disable: { class',
      'account.disabl: { class',
      'line 26, column 12: `given` must have exactly one duty, such as `account.disable: { trigger: 2022-01-01 }`\nline 26, column 54: unknown attribute or duty `account.disabl`: did you mean `account.disable`?',
    ],
    [
      'trigger: 2022-01-01',
      'trigger: never',
      'line 26, column 95: `trigger` must be a day written YYYY-MM-DD, of the years 1900 to 2199',
    ],
    [
      'done: 2022-01-02',
      'done: 2021-12-31',
      'line 26, column 113: `done` must not be before `trigger`, 2022-01-01',
    ],
    [
      'status: met',
      'status: late',
      'line 28, column 40: `status` must be one of open, overdue, met, met-late, undetermined',
    ],
    ['rules:', 'rulez:', 'line 11, column 1: unknown key `rulez`: did you mean `rules`?'],
  ];
  for (const [from, to, said] of mistakes) assert.equal(refuseWith(from, to), said);
});

const wide = `rulebook: wide
title: Everything else
issuer: Demo Office
editions: [{ from: 2021-09-28, cite: { via: x } }]
binds: {}
rules:
  - id: near
    duty: poam.update
    force: required
    cite: { via: x }
    whenScheduled: { is: within, count: 12, unit: month }
    every: { count: 3, unit: month, from: last-done }
  - { id: done, duty: poam.complete, force: required, cite: { via: x }, by: scheduled }
  - { id: scan, duty: vulnerability.scan, force: required, cite: { via: x }, unstated: regularly }
scales:
  - id: nessus
    scale: severity
    rater: nessus
    cite: { via: x }
    binds: { agency.kind: irs }
    ranks: { critical: critical, high: high }
    setsAside: [{ scale: other/nessus, cite: { via: y } }]
tests:
  - given: { poam.create: { rating: "nessus:high", trigger: 2022-01-01, scheduled: 2022-03-01 } }
    on: 2022-07-08
    expect: { status: open }
`;

test('distances, days scheduled, periods unstated and scales are read', () => {
  const book = load(wide);
  const [near, done, scan] = book.rules;
  assert.deepEqual(near?.whenScheduled, { is: 'within', count: 12, unit: 'month' });
  assert.deepEqual(done?.deadline, { kind: 'by', day: 'scheduled' });
  assert.deepEqual(
    [done?.whenScheduled, scan?.deadline],
    [undefined, { kind: 'unstated', words: 'regularly' }],
  );
  const [scale] = book.scales;
  assert.deepEqual(
    [scale?.name, scale?.scale, scale?.rater, scale?.binds, scale?.ranks, scale?.at],
    [
      'wide/nessus',
      'severity',
      'nessus',
      { 'agency.kind': ['irs'] },
      { critical: 'critical', high: 'high' },
      'book.yaml line 16, column 9',
    ],
  );
  assert.deepEqual(
    scale?.setsAside.map(({ rule, at }) => [rule, at]),
    [['other/nessus', 'book.yaml line 22, column 26']],
  );
  const given = book.tests[0]?.given;
  assert.deepEqual(
    [given?.class, given?.rating, given?.scheduled],
    [undefined, { rater: 'nessus', rating: 'high' }, '2022-03-01'],
  );
  assert.deepEqual(load(good).scales, []);
});

test('a rulebook may have scales alone, but not nothing', () => {
  const without = wide.replace(/rules:\n[^]*scales:/, 'scales:');
  assert.deepEqual([load(without).rules.length, load(without).scales.length], [0, 1]);
  assert.equal(load(wide.replace(/rules:\n[^]*scales:/, 'rules: []\nscales:')).scales.length, 1);
  const none = wide.replace(/rules:\n[^]*/, '');
  assert.deepEqual(refuse(none), [
    'line 1, column 1: `rules` is missing: a rulebook has rules, or at least `scales`',
  ]);
  assert.deepEqual(refuse(`${none}rules: []\n`), [
    'line 6, column 8: `rules` must not be empty: a rulebook has rules, or at least `scales`',
  ]);
});

test('mistakes in these are named too', () => {
  const mistakes: [from: string, to: string, said: string][] = [
    ['is: within,', 'is: near,', 'line 11, column 26: `is` must be one of within, beyond'],
    [
      'unit: month }\n    every',
      'unit: business-day }\n    every',
      'line 11, column 51: `unit` must be one of calendar-day, month',
    ],
    ['by: scheduled', 'by: planned', 'line 13, column 77: `by` must be scheduled'],
    [
      ', by: scheduled',
      ', by: scheduled, unstated: often',
      'line 13, column 11: the rule `done` must have exactly one of `within`, `every`, `by` and `unstated`',
    ],
    ['unstated: regularly', 'unstated: ""', 'line 14, column 88: `unstated` must not be empty'],
    [
      'scale: severity',
      'scale: sevrity',
      'line 17, column 12: unknown scale `sevrity`: did you mean `severity`?',
    ],
    ['rater: nessus', 'rater: nesus', 'line 18, column 12: unknown rater `nesus`: did you mean `nessus`?'],
    ['high: high', 'hihg: high', 'line 21, column 34: `nessus` has no rating `hihg`: did you mean `high`?'],
    [
      'high: high',
      'high: hihg',
      'line 21, column 40: `high` must be one of critical, high, medium, low; did you mean `high`?',
    ],
    ['{ critical: critical, high: high }', '{}', 'line 21, column 12: `ranks` must not be empty'],
    [
      'scale: other/nessus',
      'rule: other/nessus',
      'line 22, column 17: `scale` is missing\nline 22, column 19: unknown key `rule`: did you mean `scale`?',
    ],
    [
      '"nessus:high", t',
      '"nessus:hgh", t',
      'line 24, column 37: `rating` must be one of nessus:critical, nessus:high, nessus:medium, nessus:low; did you mean `nessus:high`?',
    ],
    [
      'poam.create: { rating',
      'poam.create: { class: high, rating',
      'line 24, column 50: `rating` stands instead of `class`: leave one of them out',
    ],
    [
      'poam.create: { rating',
      'poam.update: { rating',
      'line 24, column 37: `poam.update` has no scale that could rank a `rating`: say `class` instead',
    ],
    [
      'tests:\n',
      '  - { id: nessus, scale: severity, rater: nessus, cite: { via: x }, ranks: { low: low } }\ntests:\n',
      'line 23, column 11: the scale `nessus` stands here twice',
    ],
  ];
  const found = mistakes.map(([from, to]) => refuse(wide.replace(from, () => to)).join('\n'));
  assert.deepEqual(
    found,
    mistakes.map(([, , said]) => said),
  );
});

test('only one plain YAML document is read', () => {
  const refused: [text: string, said: string][] = [
    ['', 'line 1, column 1: the file is empty: a rulebook starts with `rulebook:` and its id'],
    ['# nothing\n', 'line 1, column 1: the file is empty: a rulebook starts with `rulebook:` and its id'],
    [
      '- a',
      'line 1, column 1: the file must be a map with rulebook, title, issuer, editions, binds, rules, scales, tests, note',
    ],
    ['a: &x 1', 'line 1, column 7: an anchor (`&name`): write the value out where it is used'],
    ['a: 1\nb: !!set {}', 'line 2, column 10: a tag (`tag:yaml.org,2002:set`): leave it out'],
    ['a: 1\n---\nb: 2', 'line 2, column 1: a second document: a rulebook is one YAML document'],
    ['a: 1\na: 2', 'line 2, column 1: the key `a` stands here twice'],
    ['__proto__: { x: 1 }', 'line 1, column 1: unknown key `__proto__`'],
    ['? [a]\n: 1', 'line 1, column 3: a key must be text'],
    ['1: 1', 'line 1, column 1: a key must be text'],
  ];
  for (const [text, said] of refused) assert.equal(refuse(text).join('\n'), said);
  assert.match(refuse('a: [1').join(), /line 1, column 6: not YAML: /);
  assert.match(refuse('a: &x [1]\nb: *x').join('\n'), /line 2, column 4: an alias/);
});

test('hostile files are refused in a short time', () => {
  const bomb = `a0: &a0 [x]\n${Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`).join('\n')}`;
  assert.match(refuse(bomb)[0] ?? '', /an anchor/);
  for (const deep of [
    '['.repeat(60_000),
    '- '.repeat(60_000),
    '{a: '.repeat(30_000),
    '['.repeat(13) + ']'.repeat(13),
  ]) {
    assert.match(refuse(deep)[0] ?? '', /nested too deeply/);
  }
  const wide = Array.from({ length: 20_000 }, (_, i) => `  k${i}: 1`).join('\n');
  assert.equal(refuse(wide).length, 50);
  assert.equal(refuse(good.replace(/binds: .*/, `binds:\n${wide}`)).length, 50);
  const large = loadRulebook(`${good}# ${'é'.repeat(131_072)}`, 'bad.yaml', vocabulary);
  assert.deepEqual(large, {
    problems: [
      { at: 'bad.yaml', message: 'the file is larger than 256 KiB: split the rulebook', level: 'error' },
    ],
  });
  assert.ok(!refuse('"\u001b[31m\\e[2J": 1').join('').includes('\u001b'));
});

test('damaged text is read or refused, never a fault', () => {
  const cut = fc.tuple(fc.nat(good.length), fc.nat(12), fc.string({ maxLength: 6, unit: 'binary' }));
  fc.assert(
    fc.property(cut, ([at, length, put]) => {
      const text = good.slice(0, at) + put + good.slice(at + length);
      const loaded = loadRulebook(text, 'f.yaml', vocabulary);
      if ('problems' in loaded)
        assert.ok(loaded.problems.every(({ at: place }) => /^f\.yaml line \d+, column \d+$/.test(place)));
    }),
    { numRuns: 120 },
  );
});
