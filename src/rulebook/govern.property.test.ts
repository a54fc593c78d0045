import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  type Day,
  type Deadline,
  addDays,
  businessCalendar,
  day,
  dueDay,
  isAlwaysEarlier,
} from '../time/index.ts';
import { governingDue } from './due.ts';
import { type AdoptedRulebook, triggerBreaks } from './edition.ts';
import { vocabulary } from './fixture.ts';
import { govern } from './govern.ts';
import type { Edition, Facts, Rule, Rulebook, Value, WhenScheduled } from './rulebook.ts';
import { scheduleKey } from './schedule.ts';

/*
 * `govern` against a second implementation that works otherwise: it tries every value of every
 * unknown fact and days on both sides of every distance, and asks of each rule, recursively,
 * whether one that remains sets it aside.
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

const anyDeadline: fc.Arbitrary<Deadline> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .integer({ min: 1, max: 6 })
      .map((n): Deadline => ({ kind: 'within', count: n * 30, unit: 'calendar-day', dayOne: 'next' })),
  },
  { weight: 1, arbitrary: fc.constant<Deadline>({ kind: 'by', day: 'scheduled' }) },
  { weight: 1, arbitrary: fc.constant<Deadline>({ kind: 'unstated', words: 'regularly' }) },
);

const anyWhen: fc.Arbitrary<WhenScheduled | undefined> = fc.option(
  fc.record({
    is: fc.constantFrom('within' as const, 'beyond' as const),
    count: fc.constantFrom(1, 2, 31),
    unit: fc.constantFrom('month' as const, 'calendar-day' as const),
  }),
  { nil: undefined, freq: 3 },
);

/** Rules set aside only names after their own, so that there is no circle. */
function anyRule(name: string, targets: readonly string[]): fc.Arbitrary<Rule> {
  return fc
    .record({
      binds: anyScope,
      classes: fc.constantFrom(undefined, ['user'], ['privileged']),
      when: anyWhen,
      deadline: anyDeadline,
      aside: fc.subarray([...targets], { maxLength: Math.min(2, targets.length) }),
      duty: fc.constantFrom(DUTY, DUTY, DUTY, 'poam.update'),
    })
    .map(({ binds, classes, when, deadline, aside, duty }) => ({
      name,
      duty,
      classes,
      force: 'required',
      cites: [{ via: 'x' }],
      binds,
      ...(when && { whenScheduled: when }),
      deadline,
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
      scales: fc.constant([]),
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
/** Days around every distance that a rule may ask, months and their ends included. */
const AROUND = [-20, 0, 27, 28, 29, 30, 31, 32, 58, 59, 60, 61, 62, 63, 900, 946];
const anyQuestion = fc
  .record({
    duty: fc.constant(DUTY),
    class: fc.constantFrom('user', 'privileged'),
    facts: anyFacts,
    asOf: anyDay,
    trigger: anyDay,
    away: fc.constantFrom(null, ...AROUND),
  })
  .map(({ away, ...question }) => ({
    ...question,
    scheduled: away === null ? null : addDays(question.trigger, away),
  }));
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

/** The days that the one scheduled may turn out to be. */
function schedulesOf({ trigger, scheduled }: Question): Day[] {
  return scheduled === null ? AROUND.map((away) => addDays(trigger, away)) : [scheduled];
}

function isNear(trigger: Day, scheduled: Day, { is, count, unit }: WhenScheduled): boolean {
  const span = unit === 'month' ? { months: count } : { days: count };
  const end = Temporal.PlainDate.from(trigger).add(span);
  return Temporal.PlainDate.compare(scheduled, end) <= 0 === (is === 'within');
}

function remainingUnder(rules: readonly Bound[], trigger: Day, facts: Facts, scheduled: Day): Rule[] {
  const fits = ([attribute, values]: [string, readonly Value[]]) =>
    values.some((value) => value === facts[attribute]);
  return remainingOf(
    rules
      .filter(({ scopes }) => scopes.every(fits))
      .map(({ rule }) => rule)
      .filter(({ whenScheduled }) => !whenScheduled || isNear(trigger, scheduled, whenScheduled)),
  );
}

function withDay(rules: readonly Rule[]): Rule[] {
  return rules.filter(({ deadline }) => deadline.kind !== 'unstated');
}

function dueOf(trigger: Day, scheduled: Day, { deadline }: Rule): Day {
  if (deadline.kind === 'unstated') throw new Error('it has no day');
  return deadline.kind === 'by' ? scheduled : dueDay(trigger, deadline, calendar);
}

function names(rules: readonly { readonly name: string }[]): string[] {
  return rules.map(({ name }) => name).sort();
}

const RUNS = { numRuns: 1500 };

test('with every fact known, the same rules remain as by the second implementation', () => {
  fc.assert(
    fc.property(anyAdopted(laterNames), anyQuestion, (adopted, asked) => {
      const scheduled = asked.scheduled ?? asked.trigger;
      const question = {
        ...asked,
        facts: { 'component.fti': false, 'system.impact': 'high', ...asked.facts },
        scheduled,
      };
      const remaining = remainingUnder(
        rulesOf(adopted, question),
        question.trigger,
        question.facts,
        scheduled,
      );
      const expected = names(withDay(remaining));
      const governance = govern(adopted, question);
      assert.equal(governance.kind, expected.length > 0 ? 'governed' : 'undetermined');
      if (governance.kind === 'governed')
        assert.deepEqual(
          governance.rules.map(({ rule }) => rule),
          expected,
        );
      const leftOpen = governance.considered.filter(({ verdict }) => verdict === 'leaves-open');
      assert.deepEqual(
        leftOpen.map(({ rule }) => rule),
        names(remaining.filter((rule) => !withDay([rule]).length)),
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
      const { trigger } = question;
      const { due, rule } = governingDue(governance, question, calendar);
      const rules = rulesOf(adopted, question);
      for (const facts of completionsOf(question.facts)) {
        for (const scheduled of schedulesOf(question)) {
          const remaining = withDay(remainingUnder(rules, trigger, facts, scheduled));
          assert.equal(remaining.map((each) => dueOf(trigger, scheduled, each)).sort()[0], due);
          assert.ok(names(remaining).includes(rule.rule));
        }
      }
    }),
    RUNS,
  );
});

test('it is undetermined only where an unknown scope, binding or not, changes the answer', () => {
  fc.assert(
    fc.property(anyAdopted(namesBelow), anyQuestion, (adopted, question) => {
      const { trigger, scheduled, facts } = question;
      const alive = rulesOf(adopted, question).filter(
        ({ rule, scopes }) =>
          scopes.every(([attribute, values]) => {
            const fact = facts[attribute];
            return fact === undefined || values.includes(fact);
          }) &&
          (scheduled === null || !rule.whenScheduled || isNear(trigger, scheduled, rule.whenScheduled)),
      );
      const sure = alive.filter(
        ({ rule, scopes }) =>
          scopes.every(([attribute]) => facts[attribute] !== undefined) &&
          (scheduled !== null || (!rule.whenScheduled && rule.deadline.kind !== 'by')),
      );
      const unknown = alive.filter((each) => !sure.includes(each));
      const answers = new Set(
        subsets(unknown).map((some) =>
          firstOf(withDay(remainingOf([...sure, ...some].map(({ rule }) => rule)))),
        ),
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

test('between two breaks every trigger gets the same answer, if the day scheduled has the same key', () => {
  fc.assert(
    fc.property(
      anyAdopted(laterNames),
      anyQuestion,
      anyDay,
      fc.constantFrom(null, ...AROUND),
      (adopted, question, trigger, away) => {
        const other = { ...question, trigger, scheduled: away === null ? null : addDays(trigger, away) };
        const breaks = triggerBreaks(adopted, DUTY, question.asOf);
        const stretch = (each: Question) =>
          [
            breaks.filter((at) => at <= each.trigger).length,
            scheduleKey(adopted, DUTY, each.trigger, each.scheduled),
          ].join(' ');
        fc.pre(stretch(other) === stretch(question));
        assert.deepEqual(govern(adopted, other), govern(adopted, question));
      },
    ),
    RUNS,
  );
});

test('where no rule asks for the day scheduled, the key is empty', () => {
  fc.assert(
    fc.property(anyAdopted(laterNames), anyQuestion, (adopted, { trigger, scheduled }) => {
      const asks = adopted.some(({ rulebook }) =>
        rulebook.rules.some(
          ({ duty, whenScheduled, deadline }) => duty === DUTY && (whenScheduled || deadline.kind === 'by'),
        ),
      );
      assert.equal(scheduleKey(adopted, DUTY, trigger, scheduled) !== '', asks);
    }),
  );
});
