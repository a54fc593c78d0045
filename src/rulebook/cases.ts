import { type Day, type Distance, addDays, describeCount, lastDayWithin } from '../time/index.ts';
import {
  type Facts,
  type Rule,
  type Rulebook,
  type Scale,
  type Scope,
  type Value,
  type Vocabulary,
  compareText,
} from './rulebook.ts';
import { asksSchedule } from './schedule.ts';

/** One class of a duty, or one rating of a rater, with every fact known that rules or scales for it ask. */
export interface Case {
  readonly class: string;
  readonly facts: Facts;
  readonly scheduled: Day | null;
  /** How far away the day scheduled is, as far as rules tell it apart: "within 12 months". */
  readonly distance?: string;
}

export interface Cases {
  readonly cases: readonly Case[];
  /** All values of everything by which the cases differ, for `describeCases`. */
  readonly values: Vocabulary['attributes'];
}

/** More than this many are not tried. */
const MOST_CASES = 20_000;

/** Not an attribute: what `describeCases` calls the distance. */
const DISTANCE = 'the day scheduled';

/** All cases of a trigger that rules for a duty can tell apart; undefined where they are too many to try. */
export function casesOf(
  duty: string,
  books: readonly Rulebook[],
  trigger: Day,
  vocabulary: Vocabulary,
): Cases | undefined {
  const rules = books.flatMap((book) => book.rules.filter((rule) => rule.duty === duty));
  const samples = samplesOf(rules, trigger);
  const classes = vocabulary.duties[duty]?.classes ?? [];
  const known = knownCases(
    scopesOf(books, ({ rules: all }) => all.filter((rule) => rules.includes(rule))),
    vocabulary,
  );
  if (!known || known.length * samples.length > MOST_CASES) return undefined;
  const distances = samples.flatMap(({ distance }) => distance ?? []);
  return {
    cases: classes.flatMap((each) =>
      known.flatMap((facts) => samples.map((sample) => ({ class: each, facts, ...sample }))),
    ),
    values: { ...vocabulary.attributes, [DISTANCE]: [...new Set(distances)] },
  };
}

/** All cases of ratings that these scales can tell apart; undefined where they are too many to try. */
export function casesOfRatings(
  ratings: readonly string[],
  scales: readonly Scale[],
  books: readonly Rulebook[],
  vocabulary: Vocabulary,
): Cases | undefined {
  const known = knownCases(
    scopesOf(books, ({ scales: all }) => all.filter((each) => scales.includes(each))),
    vocabulary,
  );
  return (
    known && {
      cases: ratings.flatMap((each) => known.map((facts) => ({ class: each, facts, scheduled: null }))),
      values: vocabulary.attributes,
    }
  );
}

/** The scopes of those rules or scales of each book that are concerned, with the book's own. */
function scopesOf(
  books: readonly Rulebook[],
  concerned: (book: Rulebook) => readonly (Rule | Scale)[],
): Scope[] {
  return books.flatMap((book) => {
    const own = concerned(book).map(({ binds }) => binds);
    return own.length > 0 ? [book.binds, ...own] : [];
  });
}

/** Every combination of what the attributes asked can be. */
function knownCases(scopes: readonly Scope[], vocabulary: Vocabulary): Facts[] | undefined {
  let facts: Facts[] = [{}];
  for (const attribute of [...new Set(scopes.flatMap(Object.keys))].sort(compareText)) {
    const values = vocabulary.attributes[attribute] ?? [];
    if (facts.length * values.length > MOST_CASES) return undefined;
    facts = facts.flatMap((known) => values.map((value) => ({ ...known, [attribute]: value })));
  }
  return facts;
}

type Sample = Pick<Case, 'scheduled' | 'distance'>;

/**
 * Days scheduled at the end of each distance that rules ask and one day later; none where no rule
 * asks. From this trigger only: of distances in days beside distances in months another trigger may
 * tell more.
 */
function samplesOf(rules: readonly Rule[], trigger: Day): Sample[] {
  const asking = rules.filter(asksSchedule);
  if (asking.length === 0) return [{ scheduled: null }];
  const byLastDay = new Map<Day, Distance>();
  for (const { whenScheduled } of asking) {
    if (whenScheduled) byLastDay.set(lastDayWithin(trigger, whenScheduled), whenScheduled);
  }
  const ends = [...byLastDay].sort(([a], [b]) => compareText(a, b));
  if (ends.length === 0) return [{ scheduled: trigger }];
  return ends.flatMap(([end, distance], i) => {
    const away = (from: Distance, to: Distance | undefined) =>
      `more than ${describeCount(from)} away${to ? ` and within ${describeCount(to)}` : ''}`;
    const before = ends[i - 1]?.[1];
    return [
      { scheduled: end, distance: before ? away(before, distance) : `within ${describeCount(distance)}` },
      { scheduled: addDays(end, 1), distance: away(distance, ends[i + 1]?.[1]) },
    ];
  });
}

type Values = ReadonlySet<Value>;
type Block = ReadonlyMap<string, Values>;

/**
 * Cases in words, those that differ in one thing only said together, and nothing of what makes no difference:
 * "class privileged or user, where agency.kind is irs and component.environment is on-premises".
 */
export function describeCases(
  cases: readonly Case[],
  values: Cases['values'],
  noun: 'class' | 'rating' = 'class',
): string[] {
  let blocks = cases.map(({ class: klass, facts, distance }): Block => {
    const known = Object.entries({ ...facts, [DISTANCE]: distance }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    return new Map([[noun, klass] as const, ...known].map(([name, value]) => [name, new Set([value])]));
  });
  for (const name of [...(blocks[0]?.keys() ?? [])].toReversed()) blocks = mergeBy(name, blocks);
  return blocks.map((block) => describeBlock(block, values, noun));
}

function mergeBy(name: string, blocks: readonly Block[]): Block[] {
  const merged = new Map<string, Block>();
  for (const block of blocks) {
    const rest = JSON.stringify(
      [...block].filter(([other]) => other !== name).map(([other, values]) => [other, ...values]),
    );
    const values = new Set([...(merged.get(rest)?.get(name) ?? []), ...(block.get(name) ?? [])]);
    merged.set(rest, new Map([...block, [name, values]]));
  }
  return [...merged.values()];
}

function describeBlock(block: Block, values: Cases['values'], noun: string): string {
  const where = [...block]
    .filter(([name, some]) => name !== noun && some.size !== values[name]?.length)
    .map(([name, some]) => `${name} is ${[...some].join(' or ')}`);
  const of = [...(block.get(noun) ?? [])].join(' or ');
  return `${noun} ${of}${where.length === 0 ? '' : `, where ${where.join(' and ')}`}`;
}
