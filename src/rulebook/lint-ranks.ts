import { findScales } from './candidate.ts';
import { type Case, type Cases, casesOfRatings, describeCases } from './cases.ts';
import { lastEdition } from './lint-cases.ts';
import { type Problem, type Rulebook, type Scale, type Vocabulary, compareText } from './rulebook.ts';
import { couldBindAgency } from './scope.ts';
import { contendersOf, settle } from './settle.ts';
import { problem } from './yaml.ts';

/** What is wrong with the scales of rulebooks: two that rank a rating differently, ratings that none ranks, ranks that no duty knows. */
export function lintRanks(books: readonly Rulebook[], vocabulary: Vocabulary): Problem[] {
  const scales = books.flatMap((book) => book.scales);
  const raters = new Map(scales.map(({ scale, rater }) => [`${scale} ${rater}`, { scale, rater }]));
  return [
    ...scales.flatMap((each) => lintClasses(each, vocabulary)),
    ...[...raters]
      .sort(([a], [b]) => compareText(a, b))
      .flatMap(([, { scale, rater }]) => lintRater(scale, rater, books, vocabulary)),
  ];
}

/** Every duty of the scale must have a class for each rank. */
function lintClasses({ name, scale, ranks, at }: Scale, { duties }: Vocabulary): Problem[] {
  return Object.entries(duties).flatMap(([duty, words]) => {
    const missing = [...new Set(Object.values(ranks))].filter((rank) => !words.classes.includes(rank));
    if (words.scale !== scale || missing.length === 0) return [];
    return [
      problem(at, `\`${name}\` ranks ratings as ${missing.join(', ')}, which is no class of \`${duty}\``),
    ];
  });
}

function lintRater(
  scale: string,
  rater: string,
  books: readonly Rulebook[],
  vocabulary: Vocabulary,
): Problem[] {
  const isMeant = (each: Scale) => each.scale === scale && each.rater === rater;
  const concerned = books.filter(({ scales }) => scales.some(isMeant));
  const meant = concerned.flatMap(({ scales }) => scales.filter(isMeant));
  const at = meant[0]?.at ?? '';
  const ratings = vocabulary.scales[scale]?.raters[rater] ?? [];
  const cases = casesOfRatings(ratings, meant, concerned, vocabulary);
  if (!cases) {
    const what = `the scales of ${scale} by ${rater} ask too many attributes to try every case`;
    return [problem(at, what, 'warning')];
  }
  const { unranked, conflicts } = tryRatings({ scale, rater }, cases, concerned);
  return [
    ...[...conflicts].map(([pair, some]) => conflictProblem(pair, some, meant, cases)),
    ...describeCases(unranked, cases.values, 'rating').map((where) =>
      problem(at, `no scale of ${scale} by ${rater} ranks ${where}`, 'warning'),
    ),
  ];
}

function tryRatings(
  of: { readonly scale: string; readonly rater: string },
  { cases }: Cases,
  books: readonly Rulebook[],
) {
  const adopted = books.map((rulebook, i) => ({ rulebook, entry: i + 1 }));
  const last = lastEdition(books);
  const unranked: Case[] = [];
  const conflicts = new Map<string, Case[]>();
  for (const each of last ? cases : []) {
    if (!last || !books.some((book) => couldBindAgency(book, each.facts))) continue;
    const asked = { ...of, rating: each.class, facts: each.facts, asOf: last, trigger: last };
    const candidates = findScales(adopted, asked);
    const settled = settle(contendersOf(candidates));
    const [first, ...rest] = candidates.filter(({ norm }) => settled.remaining.has(norm.name));
    if (!first && settled.open.size === 0) unranked.push(each);
    const other = rest.find(({ norm }) => norm.ranks[each.class] !== first?.norm.ranks[each.class]);
    if (!first || !other) continue;
    const pair = `${first.norm.name} ${other.norm.name}`;
    conflicts.set(pair, [...(conflicts.get(pair) ?? []), each]);
  }
  return { unranked, conflicts };
}

function conflictProblem(
  pair: string,
  cases: readonly Case[],
  scales: readonly Scale[],
  { values }: Cases,
): Problem {
  const [first = '', second = ''] = pair.split(' ');
  const at = scales.find(({ name }) => name === second)?.at ?? '';
  const where = describeCases(cases, values, 'rating');
  const more = where.length > 1 ? ` and ${where.length - 1} more` : '';
  const why = 'rank differently, and neither sets the other aside';
  return problem(at, `conflict: \`${first}\` and \`${second}\` ${why}: ${where[0]}${more}`);
}
