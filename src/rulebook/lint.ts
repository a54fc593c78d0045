import { lintCases } from './lint-cases.ts';
import { lintRanks } from './lint-ranks.ts';
import {
  type Problem,
  type Rule,
  type Rulebook,
  type Scale,
  type Vocabulary,
  compareText,
} from './rulebook.ts';
import { hint } from './suggest.ts';
import { problem } from './yaml.ts';

/**
 * What is wrong with rulebooks taken together: editions that overlap, rules and scales set aside
 * that do not exist, circles of setting aside, rules or scales in conflict (errors), and cases that
 * none covers or for which no period is stated (warnings).
 */
export function lintRulebooks(books: readonly Rulebook[], vocabulary: Vocabulary): readonly Problem[] {
  const inOrder = books.toSorted((a, b) => compareText(a.id, b.id));
  const duties = [...new Set(inOrder.flatMap(({ rules }) => rules.map((rule) => rule.duty)))].sort(
    compareText,
  );
  return [
    ...lintEditions(inOrder),
    ...lintSettingAside(
      'rule',
      inOrder.flatMap(({ rules }) => rules),
      inOrder,
    ),
    ...lintSettingAside(
      'scale',
      inOrder.flatMap(({ scales }) => scales),
      inOrder,
    ),
    ...lintCircles(inOrder.flatMap(({ rules }) => rules)),
    ...lintCircles(inOrder.flatMap(({ scales }) => scales)),
    ...duties.flatMap((duty) => lintCases(duty, inOrder, vocabulary)),
    ...lintRanks(inOrder, vocabulary),
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

function lintSettingAside(
  noun: 'rule' | 'scale',
  norms: readonly (Rule | Scale)[],
  books: readonly Rulebook[],
): Problem[] {
  return norms.flatMap((norm) =>
    norm.setsAside.flatMap(({ rule: name, at }) => {
      const target = norms.find((each) => each.name === name);
      if (!target) {
        const known = knownNames(noun, name, norms, books);
        return [problem(at, `\`${norm.name}\` sets aside \`${name}\`, which does not exist: ${known}`)];
      }
      if (subjectOf(target) === subjectOf(norm)) return [];
      const subjects = `\`${subjectOf(target)}\`, and \`${norm.name}\` about \`${subjectOf(norm)}\``;
      return [problem(at, `setting aside \`${name}\` never has an effect: it is about ${subjects}`)];
    }),
  );
}

/** What a rule or a scale is about: only what is about the same can be set aside. */
function subjectOf(norm: Rule | Scale): string {
  return 'duty' in norm ? norm.duty : `${norm.scale} by ${norm.rater}`;
}

function knownNames(
  noun: string,
  name: string,
  norms: readonly (Rule | Scale)[],
  books: readonly Rulebook[],
): string {
  const [id] = name.split('/', 1);
  if (!books.some((each) => each.id === id)) return `there is no rulebook \`${id}\` here`;
  const own = norms.map((each) => each.name).filter((each) => each.startsWith(`${id}/`));
  return own.length > 0 ? hint(name, own) : `\`${id}\` has no ${noun}`;
}

function lintCircles(norms: readonly (Rule | Scale)[]): Problem[] {
  const byName = new Map(norms.map((norm) => [norm.name, norm] as const));
  const seen = new Set<string>();
  return [...byName.values()].flatMap((norm) => {
    const circle = seen.has(norm.name) ? undefined : findCircle(norm, byName);
    for (const name of circle ?? []) seen.add(name);
    return circle
      ? [problem(norm.at, `a circle of setting aside: ${[...circle, norm.name].join(' → ')}`)]
      : [];
  });
}

/** The shortest way from a rule or scale back to itself. */
function findCircle(start: Rule | Scale, norms: ReadonlyMap<string, Rule | Scale>): string[] | undefined {
  const ways: string[][] = [[start.name]];
  const reached = new Set<string>();
  for (const way of ways) {
    for (const { rule: next } of norms.get(way.at(-1) ?? '')?.setsAside ?? []) {
      if (next === start.name) return way;
      if (!reached.has(next)) ways.push([...way, next]);
      reached.add(next);
    }
  }
  return undefined;
}
