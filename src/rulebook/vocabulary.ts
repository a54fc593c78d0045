import type { Rating, ScaleWords, Scope, Value, Vocabulary } from './rulebook.ts';
import { didYouMean, hint, shorten } from './suggest.ts';
import type { Path, Source } from './yaml.ts';

/** One file being read. */
export interface Reading {
  readonly vocabulary: Vocabulary;
  readonly source: Source;
  /** Notes what is wrong at a path; with `'key'` it is the key there, not its value. */
  readonly complain: (path: Path, message: string, of?: 'key') => void;
}

/** The scope that `binds` writes, each attribute and value held to the vocabulary. */
export function checkScope(written: Readonly<Record<string, unknown>>, path: Path, reading: Reading): Scope {
  const scope: Record<string, readonly Value[]> = {};
  for (const [attribute, given] of Object.entries(written)) {
    const at = [...path, attribute];
    const known = checkAttribute(attribute, at, reading);
    if (known) scope[attribute] = checkValues(attribute, given, known, at, reading);
  }
  return scope;
}

/** All values of an attribute, or undefined after complaining that there is none of that name. */
function checkAttribute(attribute: string, at: Path, { vocabulary, complain }: Reading) {
  const { attributes } = vocabulary;
  if (Object.hasOwn(attributes, attribute)) return attributes[attribute];
  complain(
    at,
    `unknown attribute \`${shorten(attribute)}\`: ${hint(attribute, Object.keys(attributes))}`,
    'key',
  );
  return undefined;
}

/** One value, or a list of those that fit. */
function checkValues(
  attribute: string,
  given: unknown,
  known: readonly Value[],
  at: Path,
  reading: Reading,
): Value[] {
  if (!Array.isArray(given)) return checkValue(attribute, given, known, at, reading);
  if (given.length === 0)
    reading.complain(at, `\`${attribute}\` must not be empty: leave it out to bind all`);
  return given.flatMap((value, i) => checkValue(attribute, value, known, [...at, i], reading));
}

/** The value in a list, or none after complaining. */
export function checkValue(
  attribute: string,
  value: unknown,
  known: readonly Value[],
  at: Path,
  reading: Reading,
): Value[] {
  const found = known.find((each) => each === value);
  if (found !== undefined) return [found];
  const meant = typeof value === 'string' ? didYouMean(value, known.map(String)) : '';
  reading.complain(at, `\`${attribute}\` must be one of ${known.join(', ')}${meant}`);
  return [];
}

export function checkDuty(duty: string, at: Path, { vocabulary, complain }: Reading): void {
  if (Object.hasOwn(vocabulary.duties, duty)) return;
  complain(at, `unknown duty \`${shorten(duty)}\`: ${hint(duty, Object.keys(vocabulary.duties))}`);
}

export function checkClass(written: string, duty: string, at: Path, { vocabulary, complain }: Reading): void {
  const classes = Object.hasOwn(vocabulary.duties, duty) ? vocabulary.duties[duty]?.classes : undefined;
  if (!classes || classes.includes(written)) return;
  complain(at, `\`${duty}\` has no class \`${shorten(written)}\`: ${hint(written, classes)}`);
}

/** What a scale of a rulebook writes, each word held to the vocabulary: rating to rank. */
export function checkRanks(
  written: {
    readonly scale: string;
    readonly rater: string;
    readonly ranks: Readonly<Record<string, unknown>>;
  },
  path: Path,
  reading: Reading,
): Record<string, string> {
  const words = checkScale(written.scale, [...path, 'scale'], reading);
  const ratings = words && checkRater(written.rater, words, [...path, 'rater'], reading);
  const at = [...path, 'ranks'];
  if (Object.keys(written.ranks).length === 0) reading.complain(at, '`ranks` must not be empty');
  const ranks: Record<string, string> = {};
  for (const [rating, rank] of Object.entries(written.ranks)) {
    if (!words || !ratings) continue;
    if (ratings.includes(rating)) {
      const [found] = checkValue(rating, rank, words.ranks, [...at, rating], reading);
      if (typeof found === 'string') ranks[rating] = found;
    } else {
      const unknown = `\`${written.rater}\` has no rating \`${shorten(rating)}\`: ${hint(rating, ratings)}`;
      reading.complain([...at, rating], unknown, 'key');
    }
  }
  return ranks;
}

function checkScale(scale: string, at: Path, { vocabulary, complain }: Reading): ScaleWords | undefined {
  if (Object.hasOwn(vocabulary.scales, scale)) return vocabulary.scales[scale];
  complain(at, `unknown scale \`${shorten(scale)}\`: ${hint(scale, Object.keys(vocabulary.scales))}`);
  return undefined;
}

function checkRater(
  rater: string,
  { raters }: ScaleWords,
  at: Path,
  { complain }: Reading,
): readonly string[] | undefined {
  if (Object.hasOwn(raters, rater)) return raters[rater];
  complain(at, `unknown rater \`${shorten(rater)}\`: ${hint(rater, Object.keys(raters))}`);
  return undefined;
}

/** A rating of a subject of this duty, such as `nessus:high`; none after complaining. */
export function checkRating(written: string, duty: string, at: Path, reading: Reading): Rating | undefined {
  const scale = reading.vocabulary.duties[duty]?.scale;
  const words = scale === undefined ? undefined : reading.vocabulary.scales[scale];
  if (!words) {
    reading.complain(at, `\`${duty}\` has no scale that could rank a \`rating\`: say \`class\` instead`);
    return undefined;
  }
  const known = Object.entries(words.raters).flatMap(([rater, ratings]) =>
    ratings.map((rating) => ({ name: `${rater}:${rating}`, rater, rating })),
  );
  const found = known.find(({ name }) => name === written);
  if (found) return { rater: found.rater, rating: found.rating };
  const names = known.map(({ name }) => name);
  reading.complain(at, `\`rating\` must be one of ${names.join(', ')}${didYouMean(written, names)}`);
  return undefined;
}
