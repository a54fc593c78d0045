import { type BusinessCalendar, businessCalendar } from '../time/index.ts';
import { dutyStatus, governingDue } from './due.ts';
import type { AdoptedRulebook } from './edition.ts';
import { govern } from './govern.ts';
import { rank } from './rank.ts';
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
 * A test that names neither class nor rating must come out for every class of its duty.
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
    const [message] = outcomesOf(each, adopted, vocabulary, calendar).flatMap(([label, outcome]) =>
      compare(each, label, outcome, book.id),
    );
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

function compare({ expect }: RulebookTest, label: string, outcome: Outcome, bookId: string): string[] {
  const rule = expect.rule?.includes('/') === false ? `${bookId}/${expect.rule}` : expect.rule;
  const wrong = [
    difference('status', expect.status, outcome.status),
    difference('due', expect.due, outcome.due),
    difference('rule', rule, outcome.rule),
    difference('setAside', expect.setAside && joined(expect.setAside), joined(outcome.setAside)),
    difference('needs', expect.needs && joined(expect.needs), joined(outcome.needs)),
  ].filter((each) => each !== undefined);
  return wrong.length === 0 ? [] : [`${label}: ${wrong.join('; ')}`];
}

type Asked = Pick<RulebookTest, 'given' | 'on'>;

/** What comes out for each class that the test is about, under a label for messages. */
function outcomesOf(
  { given, on }: Asked,
  adopted: readonly AdoptedRulebook[],
  vocabulary: Vocabulary,
  calendar: BusinessCalendar,
): [label: string, outcome: Outcome][] {
  const { class: named, rating, duty } = given;
  const words = vocabulary.duties[duty];
  if (!rating || words?.scale === undefined) {
    const classes = named === undefined ? (words?.classes ?? []) : [named];
    return classes.map((each) => [`class ${each}`, outcomeOf({ given, on }, each, adopted, calendar)]);
  }
  const { facts, trigger } = given;
  const ranking = rank(adopted, { scale: words.scale, ...rating, facts, asOf: on, trigger });
  const outcome =
    ranking.kind === 'unranked'
      ? undetermined(ranking.needs, [])
      : outcomeOf({ given, on }, ranking.class, adopted, calendar);
  return [[`rating ${rating.rater}:${rating.rating}`, outcome]];
}

function outcomeOf(
  { given, on }: Asked,
  klass: string,
  adopted: readonly AdoptedRulebook[],
  calendar: BusinessCalendar,
): Outcome {
  const { duty, facts, trigger, scheduled, done } = given;
  const governance = govern(adopted, { duty, class: klass, facts, asOf: on, trigger, scheduled });
  const setAside = governance.setAside.map((each) => each.rule);
  if (governance.kind === 'undetermined') return undetermined(governance.needs, setAside);
  const { due, rule } = governingDue(governance, { trigger, scheduled }, calendar);
  return { status: dutyStatus(due, done, on), due, rule: rule.rule, setAside, needs: [] };
}

function undetermined(needs: readonly string[], setAside: readonly string[]): Outcome {
  return { status: 'undetermined', due: NONE, rule: NONE, setAside, needs };
}

function joined(names: readonly string[]): string {
  return names.length === 0 ? NONE : names.toSorted().join(', ');
}

function difference(what: string, expected: string | undefined, actual: string): string | undefined {
  return expected === undefined || expected === actual
    ? undefined
    : `${what} is ${actual}, expected ${expected}`;
}
