import { type BusinessCalendar, businessCalendar } from '../time/index.ts';
import { dutyStatus, governingDue } from './due.ts';
import type { AdoptedRulebook } from './edition.ts';
import { govern } from './govern.ts';
import type { Rulebook, RulebookTest, Vocabulary } from './rulebook.ts';

export interface TestResult {
  /** Counted from 1. */
  readonly test: number;
  readonly line: number;
  readonly passed: boolean;
  /** What came out instead, if it did not pass. */
  readonly message?: string;
}

/**
 * Runs a rulebook's own tests, as of the day each names, with the book and the `library` adopted
 * (a book of the same id in the library gives way) and with no holidays but the federal ones.
 * A test that names no class must come out for every class of its duty.
 */
export function runRulebookTests(
  book: Rulebook,
  library: readonly Rulebook[],
  vocabulary: Vocabulary,
): readonly TestResult[] {
  const adopted = [book, ...library.filter(({ id }) => id !== book.id)].map((rulebook, i) => ({
    rulebook,
    entry: i + 1,
  }));
  const calendar = businessCalendar([]);
  return book.tests.map((each, i) => {
    const classes =
      each.given.class === undefined ? vocabulary.duties[each.given.duty]?.classes : [each.given.class];
    const messages = (classes ?? []).flatMap((klass) => runTest(each, klass, book.id, adopted, calendar));
    const [message] = messages;
    return {
      test: i + 1,
      line: each.line,
      passed: message === undefined,
      ...(message === undefined ? {} : { message }),
    };
  });
}

interface Outcome {
  readonly status: string;
  readonly due: string;
  readonly rule: string;
  readonly setAside: readonly string[];
  readonly needs: readonly string[];
}

const NONE = 'none';

function runTest(
  { given, on, expect }: RulebookTest,
  klass: string,
  bookId: string,
  adopted: readonly AdoptedRulebook[],
  calendar: BusinessCalendar,
): string[] {
  const outcome = outcomeOf({ given, on }, klass, adopted, calendar);
  const rule = expect.rule?.includes('/') === false ? `${bookId}/${expect.rule}` : expect.rule;
  const wrong = [
    difference('status', expect.status, outcome.status),
    difference('due', expect.due, outcome.due),
    difference('rule', rule, outcome.rule),
    difference('setAside', expect.setAside && joined(expect.setAside), joined(outcome.setAside)),
    difference('needs', expect.needs && joined(expect.needs), joined(outcome.needs)),
  ].filter((each) => each !== undefined);
  return wrong.length === 0 ? [] : [`class ${klass}: ${wrong.join('; ')}`];
}

function outcomeOf(
  { given, on }: Pick<RulebookTest, 'given' | 'on'>,
  klass: string,
  adopted: readonly AdoptedRulebook[],
  calendar: BusinessCalendar,
): Outcome {
  const { duty, facts, trigger, done } = given;
  const governance = govern(adopted, { duty, class: klass, facts, asOf: on, trigger });
  const setAside = governance.setAside.map((each) => each.rule);
  if (governance.kind === 'undetermined') {
    return { status: 'undetermined', due: NONE, rule: NONE, setAside, needs: governance.needs };
  }
  const { due, rule } = governingDue(governance, trigger, calendar);
  return { status: dutyStatus(due, done, on), due, rule: rule.rule, setAside, needs: [] };
}

function joined(names: readonly string[]): string {
  return names.length === 0 ? NONE : names.toSorted().join(', ');
}

function difference(what: string, expected: string | undefined, actual: string): string | undefined {
  return expected === undefined || expected === actual
    ? undefined
    : `${what} is ${actual}, expected ${expected}`;
}
