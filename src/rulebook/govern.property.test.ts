import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { type Day, addDays, businessCalendar, day, dueDay, isAlwaysEarlier } from '../time/index.ts';
import { governingDue } from './due.ts';
import { type AdoptedRulebook, triggerBreaks } from './edition.ts';
import { vocabulary } from './fixture.ts';
import { govern } from './govern.ts';
import type { Edition, Facts, Rule, Rulebook, Value } from './rulebook.ts';

/*
 * `govern` against a second implementation that works otherwise: it tries every value of every
 * unknown fact, and asks of each rule, recursively, whether one that remains sets it aside.
 */

const calendar = businessCalendar([]);
const DUTY = 'account.disable';
const START = day('2020-01-01');
const bookIds = ['a', 'b', 'c', 'd'];
const ruleIds = ['x', 'y'];
const allNames = bookIds.flatMap((book) => ruleIds.map((rule) => `${book}/${rule}`));

const anyDay = fc.integer({ min: 0, max: 60 }).map((n) => addDays(START, n * 30));
const anyScope = fc
  .dictionary(fc.constantFrom('component.fti', 'system.impact'), fc.nat(2), { maxKeys: 2 })
  .map((picks) =>
    Object.fromEntries(
      Object.entries(picks).map(([attribute, pick]): [string, Value[]] => {
        const values = vocabulary.attributes[attribute] ?? [];
        return [attribute, values.slice(0, 1 + (pick % (values.length - 1)))];
      }),
    ),
  );

const anyEdition = fc.tuple(anyDay, fc.nat(3)).map(([from, back]): Edition => {
  return { from, triggersFrom: addDays(from, -back * 100), cites: [{ via: 'x' }], at: '' };
});

/** Rules set aside only names after their own, so that there is no circle. */
function anyRule(name: string, targets: readonly string[]): fc.Arbitrary<Rule> {
  return fc
    .record({
      binds: anyScope,
      classes: fc.constantFrom(undefined, ['user'], ['privileged']),
      count: fc.integer({ min: 1, max: 6 }),
      aside: fc.subarray([...targets], { maxLength: Math.min(2, targets.length) }),
      duty: fc.constantFrom(DUTY, DUTY, DUTY, 'poam.update'),
    })
    .map(({ binds, classes, count, aside, duty }) => ({
      name,
      duty,
      classes,
      force: 'required',
      cites: [{ via: 'x' }],
      binds,
      deadline: { kind: 'within', count: count * 30, unit: 'calendar-day', dayOne: 'next' },
      setsAside: aside.map((rule) => ({ rule, cites: [{ via: 'y' }], at: '' })),
      at: '',
    }));
}

function anyBook(targetsOf: (name: string) => readonly string[]): fc.Arbitrary<Rulebook> {
  return fc.constantFrom(...bookIds).chain((id) => {
    const rules = ruleIds.map((rule) => anyRule(`${id}/${rule}`, targetsOf(`${id}/${rule}`)));
    return fc.record({
      id: fc.constant(id),
      title: fc.constant(id),
      issuer: fc.constant('x'),
      editions: fc.uniqueArray(anyEdition, { minLength: 1, maxLength: 2, selector: ({ from }) => from }),
      binds: anyScope,
      rules: fc.tuple(...rules).chain((all) => fc.subarray(all, { minLength: 1 })),
      tests: fc.constant([]),
    });
  });
}

function anyAdopted(targetsOf: (name: string) => readonly string[]): fc.Arbitrary<AdoptedRulebook[]> {
  return fc
    .array(anyBook(targetsOf), { maxLength: 6 })
    .map((books) => books.map((rulebook, i) => ({ rulebook, entry: i + 1 })));
}

const laterNames = (name: string) => allNames.slice(allNames.indexOf(name) + 1);
/** Rules of the first two books set aside those of the others, which set nothing aside. */
const namesBelow = (name: string) => (name < 'c' ? allNames.filter((other) => other >= 'c') : []);

const anyFacts: fc.Arbitrary<Facts> = fc.record(
  {
    'component.fti': fc.constantFrom(true, false),
    'system.impact': fc.constantFrom('low', 'moderate', 'high'),
  },
  { requiredKeys: [] },
);
const anyQuestion = fc.record({
  duty: fc.constant(DUTY),
  class: fc.constantFrom('user', 'privileged'),
  facts: anyFacts,
  asOf: anyDay,
  trigger: anyDay,
});
type Question = typeof anyQuestion extends fc.Arbitrary<infer Q> ? Q : never;

function inForce(adopted: readonly AdoptedRulebook[], { asOf, trigger }: Question): Rulebook[] {
  return bookIds.flatMap((id) => {
    const editions = adopted
      .filter(({ rulebook }) => rulebook.id === id)
      .flatMap(({ rulebook, entry }) =>
        rulebook.editions.map((edition) => ({ rulebook, entry, ...edition })),
      );
    const replaced = (one: (typeof editions)[number]) =>
      editions.some(
        (other) =>
          other.from === one.from &&
          (other.entry > one.entry || (other.entry === one.entry && other.triggersFrom > one.triggersFrom)),
      );
    const reaching = editions.filter(
      (one) => !replaced(one) && one.from <= asOf && one.triggersFrom <= trigger,
    );
    const last = reaching.toSorted((a, b) => (a.from < b.from ? -1 : 1)).at(-1);
    return last ? [last.rulebook] : [];
  });
}

interface Bound {
  readonly rule: Rule;
  readonly scopes: readonly [string, readonly Value[]][];
}

function rulesOf(adopted: readonly AdoptedRulebook[], question: Question): Bound[] {
  return inForce(adopted, question).flatMap((book) =>
    book.rules
      .filter(({ duty, classes }) => duty === DUTY && (classes?.includes(question.class) ?? true))
      .map((rule) => ({ rule, scopes: [...Object.entries(book.binds), ...Object.entries(rule.binds)] })),
  );
}

function remainingOf(binding: readonly Rule[]): Rule[] {
  const remains = (rule: Rule): boolean =>
    !binding.some((other) => other.setsAside.some((each) => each.rule === rule.name) && remains(other));
  return binding.filter(remains);
}

function completionsOf(facts: Facts): Facts[] {
  let all: Facts[] = [facts];
  for (const attribute of ['component.fti', 'system.impact']) {
    if (facts[attribute] !== undefined) continue;
    all = all.flatMap((known) =>
      (vocabulary.attributes[attribute] ?? []).map((value) => ({ ...known, [attribute]: value })),
    );
  }
  return all;
}

function remainingUnder(rules: readonly Bound[], facts: Facts): Rule[] {
  const fits = ([attribute, values]: [string, readonly Value[]]) =>
    values.some((value) => value === facts[attribute]);
  return remainingOf(rules.filter(({ scopes }) => scopes.every(fits)).map(({ rule }) => rule));
}

function names(rules: readonly { readonly name: string }[]): string[] {
  return rules.map(({ name }) => name).sort();
}

const RUNS = { numRuns: 1500 };

test('with every fact known, the same rules remain as by the second implementation', () => {
  fc.assert(
    fc.property(anyAdopted(laterNames), anyQuestion, (adopted, asked) => {
      const question = {
        ...asked,
        facts: { 'component.fti': false, 'system.impact': 'high', ...asked.facts },
      };
      const expected = names(remainingUnder(rulesOf(adopted, question), question.facts));
      const governance = govern(adopted, question);
      assert.equal(governance.kind, expected.length > 0 ? 'governed' : 'undetermined');
      if (governance.kind === 'governed')
        assert.deepEqual(
          governance.rules.map(({ rule }) => rule),
          expected,
        );
    }),
    RUNS,
  );
});

test('what governs, governs whatever the unknown facts turn out to be', () => {
  fc.assert(
    fc.property(anyAdopted(laterNames), anyQuestion, (adopted, question) => {
      const governance = govern(adopted, question);
      if (governance.kind === 'undetermined') return;
      const { due, rule } = governingDue(governance, question.trigger, calendar);
      for (const facts of completionsOf(question.facts)) {
        const remaining = remainingUnder(rulesOf(adopted, question), facts);
        const dues = remaining.map(({ deadline }) => dueDay(question.trigger, deadline, calendar)).sort();
        assert.equal(dues[0], due);
        assert.ok(names(remaining).includes(rule.rule));
      }
    }),
    RUNS,
  );
});

test('it is undetermined only where an unknown scope, binding or not, changes the answer', () => {
  fc.assert(
    fc.property(anyAdopted(namesBelow), anyQuestion, (adopted, question) => {
      const alive = rulesOf(adopted, question).filter(({ scopes }) =>
        scopes.every(([attribute, values]) => {
          const fact = question.facts[attribute];
          return fact === undefined || values.includes(fact);
        }),
      );
      const sure = alive.filter(({ scopes }) =>
        scopes.every(([attribute]) => question.facts[attribute] !== undefined),
      );
      const unknown = alive.filter((each) => !sure.includes(each));
      const answers = new Set(
        subsets(unknown).map((some) => firstOf(remainingOf([...sure, ...some].map(({ rule }) => rule)))),
      );
      const determined = answers.size === 1 && !answers.has('');
      assert.equal(govern(adopted, question).kind, determined ? 'governed' : 'undetermined');
    }),
    RUNS,
  );
});

function subsets<Item>(items: readonly Item[]): Item[][] {
  return items.reduce<Item[][]>((all, item) => [...all, ...all.map((some) => [...some, item])], [[]]);
}

/** Those of the rules that no other always comes before. */
function firstOf(rules: readonly Rule[]): string {
  return names(
    rules.filter((rule) => !rules.some((other) => isAlwaysEarlier(other.deadline, rule.deadline))),
  ).join(' ');
}

test('the order of rulebooks and rules has no say', () => {
  fc.assert(
    fc.property(
      anyAdopted((name) => allNames.filter((other) => other !== name)),
      anyQuestion,
      fc.infiniteStream(fc.nat()),
      (adopted, question, keys) => {
        const shuffle = <Item>(items: readonly Item[]): Item[] =>
          items
            .map((item) => ({ item, key: keys.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ item }) => item);
        const shuffled = shuffle(adopted).map(({ rulebook, entry }) => ({
          rulebook: { ...rulebook, rules: shuffle(rulebook.rules), editions: shuffle(rulebook.editions) },
          entry,
        }));
        assert.deepEqual(govern(shuffled, question), govern(adopted, question));
      },
    ),
    RUNS,
  );
});

test('between two breaks every trigger gets the same answer', () => {
  fc.assert(
    fc.property(anyAdopted(laterNames), anyQuestion, anyDay, (adopted, question, other) => {
      const breaks = triggerBreaks(adopted, DUTY, question.asOf);
      const stretch = (trigger: Day) => breaks.filter((each) => each <= trigger).length;
      if (stretch(other) !== stretch(question.trigger)) return;
      assert.deepEqual(govern(adopted, { ...question, trigger: other }), govern(adopted, question));
    }),
    RUNS,
  );
});
