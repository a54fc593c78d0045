import { type Day, isNeverLater } from '../time/index.ts';
import { type Case, type Cases, casesOf, describeCases } from './cases.ts';
import type { Considered } from './consider.ts';
import { govern } from './govern.ts';
import type { Problem, Rulebook, Vocabulary } from './rulebook.ts';
import { couldBindAgency } from './scope.ts';
import { problem } from './yaml.ts';

/** Asks `govern` about every case that the rules tell apart, when the last edition is in force. */
export function lintCases(duty: string, books: readonly Rulebook[], vocabulary: Vocabulary): Problem[] {
  const concerned = books.filter(({ rules }) => rules.some((rule) => rule.duty === duty));
  const last = lastEdition(concerned);
  const at = concerned[0]?.rules.find((rule) => rule.duty === duty)?.at ?? '';
  if (last === undefined) return [];
  const cases = casesOf(duty, concerned, last, vocabulary);
  if (!cases)
    return [problem(at, `the rules for ${duty} ask too many attributes to try every case`, 'warning')];
  const { uncovered, leftOpen, conflicts } = tryCases(duty, cases.cases, concerned, last);
  return [
    ...[...conflicts].map(([pair, some]) => conflictProblem(pair, some, concerned, cases)),
    ...[...leftOpen].flatMap(([rule, some]) =>
      describeCases(some, cases.values).map((where) =>
        problem(
          placeOf(rule, concerned),
          `\`${rule}\` leaves the period of ${duty} open for ${where}`,
          'warning',
        ),
      ),
    ),
    ...describeCases(uncovered, cases.values).map((where) =>
      problem(at, `no rule covers ${duty} of ${where}`, 'warning'),
    ),
  ];
}

/** The first day of the last edition of all. */
export function lastEdition(books: readonly Rulebook[]): Day | undefined {
  const days = books.flatMap(({ editions }) => editions.map((edition) => edition.from));
  return days.reduce<Day | undefined>((latest, each) => (latest && latest > each ? latest : each), undefined);
}

interface Tried {
  readonly uncovered: readonly Case[];
  /** Names of rules, and the cases for which no other names the period that they leave open. */
  readonly leftOpen: ReadonlyMap<string, readonly Case[]>;
  /** Names of two rules, joined by a space, and the cases in which they are in conflict. */
  readonly conflicts: ReadonlyMap<string, readonly Case[]>;
}

function tryCases(duty: string, cases: readonly Case[], books: readonly Rulebook[], last: Day): Tried {
  const adopted = books.map((rulebook, i) => ({ rulebook, entry: i + 1 }));
  const uncovered: Case[] = [];
  const leftOpen = new Map<string, Case[]>();
  const conflicts = new Map<string, Case[]>();
  for (const each of cases) {
    if (!books.some((book) => couldBindAgency(book, each.facts))) continue;
    const governance = govern(adopted, { duty, ...each, asOf: last, trigger: last });
    if (governance.kind === 'governed') {
      for (const pair of conflictsAmong(governance.rules)) note(conflicts, pair, each);
    } else if (governance.considered.every(({ verdict }) => verdict !== 'needs-a-fact')) {
      const open = governance.considered.filter(({ verdict }) => verdict === 'leaves-open');
      for (const { rule } of open) note(leftOpen, rule, each);
      if (open.length === 0) uncovered.push(each);
    }
  }
  return { uncovered, leftOpen, conflicts };
}

function note(cases: Map<string, Case[]>, name: string, each: Case): void {
  cases.set(name, [...(cases.get(name) ?? []), each]);
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

function placeOf(rule: string, books: readonly Rulebook[]): string {
  return books.flatMap(({ rules }) => rules).find(({ name }) => name === rule)?.at ?? '';
}

function conflictProblem(
  pair: string,
  cases: readonly Case[],
  books: readonly Rulebook[],
  { values }: Cases,
): Problem {
  const [first = '', second = ''] = pair.split(' ');
  const why =
    bookOf(first) === bookOf(second)
      ? 'are of one rulebook and neither sets the other aside'
      : 'give periods of which neither always ends first, and neither sets the other aside';
  const where = describeCases(cases, values);
  const more = where.length > 1 ? ` and ${where.length - 1} more` : '';
  return problem(
    placeOf(second, books),
    `conflict: \`${first}\` and \`${second}\` ${why}; both bind ${where[0]}${more}`,
  );
}
