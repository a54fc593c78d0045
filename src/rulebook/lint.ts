import { type Day, isNeverLater } from '../time/index.ts';
import { type Case, casesOf, describeCases } from './cases.ts';
import type { Considered } from './consider.ts';
import { govern } from './govern.ts';
import { type Problem, type Rule, type Rulebook, type Vocabulary, compareText } from './rulebook.ts';
import { couldBindAgency } from './scope.ts';
import { hint } from './suggest.ts';
import { problem } from './yaml.ts';

/**
 * What is wrong with rulebooks taken together: editions that overlap, rules set aside that do not
 * exist, circles of setting aside, rules in conflict (errors), and cases that no rule covers (warnings).
 */
export function lintRulebooks(books: readonly Rulebook[], vocabulary: Vocabulary): readonly Problem[] {
  const inOrder = books.toSorted((a, b) => compareText(a.id, b.id));
  const duties = [...new Set(inOrder.flatMap(({ rules }) => rules.map((rule) => rule.duty)))].sort(
    compareText,
  );
  return [
    ...lintEditions(inOrder),
    ...inOrder.flatMap((book) => lintSettingAside(book, inOrder)),
    ...lintCircles(inOrder),
    ...duties.flatMap((duty) => lintCases(duty, inOrder, vocabulary)),
  ];
}

function lintEditions(books: readonly Rulebook[]): Problem[] {
  const problems: Problem[] = [];
  for (const [i, { id, editions }] of books.entries()) {
    const elsewhere = books.slice(0, i).filter((other) => other.id === id);
    for (const [j, { from, at }] of editions.entries()) {
      const before = editions[j - 1];
      if (before && before.from >= from) {
        const what = before.from === from ? 'start on the same day' : 'are out of order';
        problems.push(
          problem(at, `two editions of ${id} overlap: those of ${before.from} and ${from} ${what}`),
        );
      }
      if (elsewhere.some((other) => other.editions.some((edition) => edition.from === from))) {
        problems.push(problem(at, `two editions of ${id} overlap: another file has one from ${from} too`));
      }
    }
  }
  return problems;
}

function lintSettingAside(book: Rulebook, books: readonly Rulebook[]): Problem[] {
  const rules = books.flatMap((each) => each.rules);
  return book.rules.flatMap((rule) =>
    rule.setsAside.flatMap(({ rule: name, at }) => {
      const target = rules.find((each) => each.name === name);
      if (!target)
        return [
          problem(
            at,
            `\`${rule.name}\` sets aside \`${name}\`, which does not exist: ${knownRules(name, books)}`,
          ),
        ];
      if (target.duty === rule.duty) return [];
      const duties = `\`${target.duty}\`, and \`${rule.name}\` about \`${rule.duty}\``;
      return [problem(at, `setting aside \`${name}\` never has an effect: it is about ${duties}`)];
    }),
  );
}

function knownRules(name: string, books: readonly Rulebook[]): string {
  const [id] = name.split('/', 1);
  const book = books.find((each) => each.id === id);
  if (!book) return `there is no rulebook \`${id}\` here`;
  return hint(
    name,
    book.rules.map((rule) => rule.name),
  );
}

function lintCircles(books: readonly Rulebook[]): Problem[] {
  const rules = new Map(books.flatMap((book) => book.rules.map((rule) => [rule.name, rule] as const)));
  const seen = new Set<string>();
  return [...rules.values()].flatMap((rule) => {
    const circle = seen.has(rule.name) ? undefined : findCircle(rule, rules);
    for (const name of circle ?? []) seen.add(name);
    return circle
      ? [problem(rule.at, `a circle of setting aside: ${[...circle, rule.name].join(' → ')}`)]
      : [];
  });
}

/** The shortest way from a rule back to itself. */
function findCircle(start: Rule, rules: ReadonlyMap<string, Rule>): string[] | undefined {
  const ways: string[][] = [[start.name]];
  const reached = new Set<string>();
  for (const way of ways) {
    for (const { rule: next } of rules.get(way.at(-1) ?? '')?.setsAside ?? []) {
      if (next === start.name) return way;
      if (!reached.has(next)) ways.push([...way, next]);
      reached.add(next);
    }
  }
  return undefined;
}

/** Asks `govern` about every case that the rules tell apart, when the last edition is in force. */
function lintCases(duty: string, books: readonly Rulebook[], vocabulary: Vocabulary): Problem[] {
  const concerned = books.filter(({ rules }) => rules.some((rule) => rule.duty === duty));
  const { cases, complete } = casesOf(duty, concerned, vocabulary);
  const at = concerned[0]?.rules.find((rule) => rule.duty === duty)?.at ?? '';
  if (!complete)
    return [problem(at, `the rules for ${duty} ask too many attributes to try every case`, 'warning')];
  const { uncovered, conflicts } = tryCases(duty, cases, concerned);
  return [
    ...[...conflicts].map(([pair, where]) => conflictProblem(pair, where, concerned, vocabulary)),
    ...describeCases(uncovered, vocabulary).map((where) =>
      problem(at, `no rule covers ${duty} of ${where}`, 'warning'),
    ),
  ];
}

interface Tried {
  readonly uncovered: readonly Case[];
  /** Names of two rules, joined by a space, and the cases in which they are in conflict. */
  readonly conflicts: ReadonlyMap<string, readonly Case[]>;
}

function tryCases(duty: string, cases: readonly Case[], books: readonly Rulebook[]): Tried {
  const adopted = books.map((rulebook, i) => ({ rulebook, entry: i + 1 }));
  const days = books.flatMap(({ editions }) => editions.map((edition) => edition.from));
  const last = days.reduce<Day | undefined>(
    (latest, each) => (latest && latest > each ? latest : each),
    undefined,
  );
  const uncovered: Case[] = [];
  const conflicts = new Map<string, Case[]>();
  for (const each of last ? cases : []) {
    if (!last || !books.some((book) => couldBindAgency(book, each.facts))) continue;
    const governance = govern(adopted, { duty, ...each, asOf: last, trigger: last });
    if (governance.kind === 'governed') {
      for (const pair of conflictsAmong(governance.rules))
        conflicts.set(pair, [...(conflicts.get(pair) ?? []), each]);
    } else if (governance.considered.every(({ verdict }) => verdict !== 'needs-a-fact')) uncovered.push(each);
  }
  return { uncovered, conflicts };
}

/** Of one rulebook no two rules may remain; of two, the earlier due day must be the same one's for every trigger. */
function conflictsAmong(rules: readonly Considered[]): string[] {
  return rules.flatMap((a, i) =>
    rules
      .slice(i + 1)
      .filter((b) => bookOf(a.rule) === bookOf(b.rule) || !areComparable(a, b))
      .map((b) => `${a.rule} ${b.rule}`),
  );
}

function areComparable(a: Considered, b: Considered): boolean {
  return isNeverLater(a.deadline, b.deadline) || isNeverLater(b.deadline, a.deadline);
}

function bookOf(rule: string): string {
  return rule.slice(0, rule.indexOf('/'));
}

function conflictProblem(
  pair: string,
  cases: readonly Case[],
  books: readonly Rulebook[],
  vocabulary: Vocabulary,
): Problem {
  const [first = '', second = ''] = pair.split(' ');
  const at = books.flatMap(({ rules }) => rules).find(({ name }) => name === second)?.at ?? '';
  const why =
    bookOf(first) === bookOf(second)
      ? 'are of one rulebook and neither sets the other aside'
      : 'give periods of which neither always ends first, and neither sets the other aside';
  const where = describeCases(cases, vocabulary);
  const more = where.length > 1 ? ` and ${where.length - 1} more` : '';
  return problem(at, `conflict: \`${first}\` and \`${second}\` ${why}; both bind ${where[0]}${more}`);
}
