import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { addDays, day } from '../time/index.ts';
import { type AdoptedRulebook, scaleBreaks } from './edition.ts';
import { load, vocabulary } from './fixture.ts';
import { rank } from './rank.ts';
import type { Facts, Rulebook, Scale, Value } from './rulebook.ts';

/** A rulebook of one scale. */
function scale(id: string, ranks: string, more = '', editions = '{ from: 2020-01-01, cite: { via: x } }') {
  return load(`rulebook: ${id}
title: The ${id}
issuer: Demo Office
editions: [${editions}]
binds: {}
scales:
  - { id: s, scale: severity, rater: nessus, cite: { via: "p. 1" }, ranks: ${ranks}${more} }
`);
}

function over(name: string): string {
  return `, setsAside: [{ scale: ${name}, cite: { via: "p. 2" } }]`;
}

interface Asked {
  readonly facts?: Facts;
  readonly trigger?: string;
  readonly asOf?: string;
  readonly without?: readonly string[];
}

function ask(books: readonly Rulebook[], rating: string, asked: Asked = {}) {
  const { facts = {}, trigger = '2022-01-01', asOf = '2022-07-08', without } = asked;
  const adopted = books.map((rulebook, i) => ({ rulebook, entry: i + 1 }));
  const question = {
    scale: 'severity',
    rater: 'nessus',
    rating,
    facts,
    asOf: day(asOf),
    trigger: day(trigger),
  };
  return rank(adopted, question, without);
}

function answer(books: readonly Rulebook[], rating: string, asked?: Asked): string {
  const ranking = ask(books, rating, asked);
  return ranking.kind === 'ranked' ? `${ranking.class} by ${ranking.scale}` : ranking.needs.join(' | ');
}

const named = scale('named', '{ critical: critical, high: high, medium: medium }');
const own = scale('own', '{ critical: high, high: high }', over('named/s'));

test('a rating is ranked by the scale that remains', () => {
  assert.deepEqual(ask([named], 'high'), {
    kind: 'ranked',
    class: 'high',
    scale: 'named/s',
    cites: ['p. 1'],
    entry: 1,
  });
  assert.equal(answer([named, own], 'critical'), 'high by own/s');
  assert.equal(answer([named, own], 'medium'), 'medium by named/s', 'it sets aside only where it ranks');
  assert.equal(answer([named, own], 'critical', { without: ['own'] }), 'critical by named/s');
});

test('a rating that none ranks, or that two rank differently, has no class', () => {
  assert.equal(answer([named], 'low'), 'what nessus:low ranks as on the scale severity');
  assert.equal(answer([], 'high'), 'what nessus:high ranks as on the scale severity');
  const other = scale('other', '{ critical: high, high: high }');
  assert.equal(answer([named, other], 'high'), 'high by named/s', 'they agree');
  assert.equal(
    answer([other, named], 'critical'),
    'which of named/s (critical) and other/s (high) ranks nessus:critical: neither sets the other aside',
  );
});

test('a fact that nobody knows matters only where it could change the class', () => {
  const fti = scale('fti', '{ critical: high, high: high }', ', binds: { component.fti: true }');
  assert.equal(answer([named, fti], 'high'), 'high by named/s');
  assert.equal(answer([named, fti], 'critical'), 'component.fti');
  assert.equal(
    answer([named, fti], 'critical', { facts: { 'component.fti': false } }),
    'critical by named/s',
  );
  assert.equal(
    answer([fti], 'critical', { facts: { 'component.fti': false } }).includes('component.fti is false'),
    true,
  );
});

test('a scale has its editions', () => {
  const editions = '{ from: 2021-06-01, triggersFrom: 2021-01-01, cite: { via: x } }';
  const late = scale('late', '{ high: high }', '', editions);
  assert.equal(answer([late], 'high', { trigger: '2021-01-01' }), 'high by late/s');
  assert.equal(
    answer([late], 'high', { trigger: '2020-12-31' }),
    'an edition of late that reaches triggers before 2021-01-01',
  );
  assert.equal(answer([late], 'high', { asOf: '2021-05-31' }), 'an edition of late in force on 2021-05-31');
  const adopted = [{ rulebook: late, entry: 1 }];
  assert.deepEqual(scaleBreaks(adopted, 'severity', day('2022-07-08')), ['2021-01-01']);
  assert.deepEqual(scaleBreaks(adopted, 'other', day('2022-07-08')), []);
});

/*
 * Against a second implementation, which tries every value of every unknown fact and asks of each
 * scale, recursively, whether one that remains sets it aside.
 */

const ids = ['a', 'b', 'c', 'd'];
const START = day('2020-01-01');
const anyDay = fc.integer({ min: 0, max: 30 }).map((n) => addDays(START, n * 30));
const anyBook = fc.constantFrom(...ids).chain((id) =>
  fc.record({
    id: fc.constant(id),
    title: fc.constant(id),
    issuer: fc.constant('x'),
    editions: fc
      .tuple(anyDay, fc.nat(3))
      .map(([from, back]) => [{ from, triggersFrom: addDays(from, -back * 100), cites: [], at: '' }]),
    binds: fc.constantFrom<Record<string, Value[]>>({}, { 'component.fti': [true] }),
    rules: fc.constant([]),
    scales: fc
      .record({
        ranks: fc.dictionary(fc.constantFrom('high', 'low'), fc.constantFrom('high', 'medium')),
        binds: fc.constantFrom<Record<string, Value[]>>({}, {}, { 'system.impact': ['high', 'low'] }),
        aside: fc.subarray(ids.filter((other) => other > id).map((other) => `${other}/s`)),
      })
      .map(({ ranks, binds, aside }): Scale[] => {
        const setsAside = aside.map((rule) => ({ rule, cites: [], at: '' }));
        return [
          { name: `${id}/s`, scale: 'severity', rater: 'nessus', ranks, cites: [], binds, setsAside, at: '' },
        ];
      }),
    tests: fc.constant([]),
  }),
);
const anyAdopted: fc.Arbitrary<AdoptedRulebook[]> = fc
  .uniqueArray(anyBook, { maxLength: 4, selector: ({ id }) => id })
  .map((books) => books.map((rulebook, i) => ({ rulebook, entry: i + 1 })));
const anyQuestion = fc.record({
  scale: fc.constant('severity'),
  rater: fc.constant('nessus'),
  rating: fc.constantFrom('high', 'low'),
  facts: fc.record(
    {
      'component.fti': fc.constantFrom(true, false),
      'system.impact': fc.constantFrom('low', 'moderate', 'high'),
    },
    { requiredKeys: [] },
  ),
  asOf: anyDay,
  trigger: anyDay,
});
type Question = typeof anyQuestion extends fc.Arbitrary<infer Q> ? Q : never;

function ranksUnder(adopted: readonly AdoptedRulebook[], question: Question, facts: Facts): Set<string> {
  const binding = adopted.flatMap(({ rulebook: { editions, binds, scales } }) =>
    scales.filter(
      (each) =>
        question.rating in each.ranks &&
        editions.some(
          ({ from, triggersFrom }) => from <= question.asOf && triggersFrom <= question.trigger,
        ) &&
        [...Object.entries(binds), ...Object.entries(each.binds)].every(([attribute, values]) =>
          values.some((value) => value === facts[attribute]),
        ),
    ),
  );
  const remains = (one: Scale): boolean =>
    !binding.some((other) => other.setsAside.some(({ rule }) => rule === one.name) && remains(other));
  return new Set(binding.filter(remains).map(({ ranks }) => ranks[question.rating] ?? ''));
}

function completionsOf(facts: Facts): Facts[] {
  return ['component.fti', 'system.impact'].reduce<Facts[]>(
    (all, attribute) =>
      facts[attribute] !== undefined
        ? all
        : all.flatMap((known) =>
            (vocabulary.attributes[attribute] ?? []).map((value) => ({ ...known, [attribute]: value })),
          ),
    [facts],
  );
}

test('a class holds whatever the unknown facts turn out to be; with all known there is one exactly if all scales agree', () => {
  fc.assert(
    fc.property(anyAdopted, anyQuestion, (adopted, question) => {
      const ranking = rank(adopted, question);
      for (const facts of completionsOf(question.facts)) {
        const ranks = [...ranksUnder(adopted, question, facts)];
        if (ranking.kind === 'ranked') assert.deepEqual(ranks, [ranking.class]);
        assert.equal(rank(adopted, { ...question, facts }).kind, ranks.length === 1 ? 'ranked' : 'unranked');
      }
    }),
    { numRuns: 1500 },
  );
});

test('between two breaks every trigger gets the same rank, whatever the order of rulebooks', () => {
  fc.assert(
    fc.property(anyAdopted, anyQuestion, anyDay, (adopted, question, trigger) => {
      const breaks = scaleBreaks(adopted, 'severity', question.asOf);
      const stretch = (at: string) => breaks.filter((each) => each <= at).length;
      fc.pre(stretch(trigger) === stretch(question.trigger));
      assert.deepEqual(rank(adopted.toReversed(), { ...question, trigger }), rank(adopted, question));
    }),
    { numRuns: 500 },
  );
});
