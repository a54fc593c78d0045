import { z } from 'zod';
import { parseDay } from '../time/index.ts';
import { didYouMean } from './suggest.ts';

/*
 * The shape of a rulebook file. Each message continues "`key` …"; what the vocabulary decides
 * (attributes, their values, duties, classes) is checked after it, in vocabulary.ts.
 */

const MOST_TEXT = 2000;
/** In days, ten years: a period longer than that is a slip of the pen. */
const MOST_COUNT = 3660;

type Raw = { readonly input?: unknown };

function missingOr(message: string): (issue: Raw) => string {
  return ({ input }) => (isMissing(input) ? `is missing: it ${message}` : message);
}

function isMissing(input: unknown): boolean {
  return input === undefined || input === null;
}

const text = z
  .string({
    error: ({ input }) =>
      isMissing(input) ? 'is missing' : 'must be text (in quotes, if it looks like something else)',
  })
  .min(1, 'must not be empty')
  .max(MOST_TEXT, `must not be longer than ${MOST_TEXT} characters`)
  // Control characters could rewrite what a terminal shows of the rulebook.
  .regex(/^(?:[^\p{Cc}]|\n)*$/u, 'must not contain control characters');

const id = text.regex(
  /^[a-z0-9]+(?:[.-][a-z0-9]+)*$/,
  'must be lower-case letters and digits joined by - or ., such as irm-10.8.24',
);

const ruleName = text.regex(
  /^[a-z0-9]+(?:[.-][a-z0-9]+)*\/[a-z0-9]+(?:[.-][a-z0-9]+)*$/,
  'must name a rulebook and its rule, such as irm-10.8.1/disable-inactive',
);

const calendarDay = z
  .string({ error: missingOr('must be a day written YYYY-MM-DD') })
  .transform((written, context) => {
    const parsed = parseDay(written);
    if (parsed !== undefined) return parsed;
    context.addIssue({
      code: 'custom',
      message: 'must be a day written YYYY-MM-DD, of the years 1900 to 2199',
    });
    return z.NEVER;
  });

function oneOf<const Names extends readonly string[]>(...names: Names) {
  return z.enum(names, {
    error: ({ input }) => {
      const choice = names.length === 1 ? `must be ${names[0]}` : `must be one of ${names.join(', ')}`;
      if (isMissing(input)) return `is missing: it ${choice}`;
      return typeof input === 'string' ? `${choice}${didYouMean(input, names)}` : choice;
    },
  });
}

/** Of a map with other keys the message is the keys it may have, for `explainIssue` to make one of each. */
function map<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? Object.keys(shape).join(' ')
        : missingOr(`must be a map with ${Object.keys(shape).join(', ')}`)(issue),
  });
}

function list<Item extends z.ZodType>(item: Item) {
  return z
    .array(item, { error: missingOr('must be a list') })
    .max(1000, 'must not have more than 1,000 items');
}

function someOf<Item extends z.ZodType>(item: Item) {
  return list(item).min(1, 'must not be empty');
}

/** One item may stand without the brackets of a list. */
function oneOrSome<Item extends z.ZodType>(item: Item) {
  return z.preprocess(
    (written) => (isMissing(written) || Array.isArray(written) ? written : [written]),
    someOf(item),
  );
}

const cite = oneOrSome(
  map({ section: text.optional(), via: text.optional() }).refine(
    (citation) => citation.section !== undefined || citation.via !== undefined,
    'must say where the words stand: `section`, `via` or both',
  ),
);

/** Attributes and values, left to the vocabulary. */
const attributes = z.record(z.string(), z.unknown(), {
  error: missingOr('must be a map of attributes and values'),
});

const count = z
  .int({ error: missingOr(`must be a whole number from 1 to ${MOST_COUNT}`) })
  .min(1, 'must be at least 1')
  .max(MOST_COUNT, `must be at most ${MOST_COUNT}`);
const unit = oneOf('calendar-day', 'business-day', 'month');

const rule = map({
  id,
  duty: text,
  class: oneOrSome(text).optional(),
  force: oneOf('required', 'recommended', 'agency'),
  cite,
  binds: attributes.optional(),
  whenScheduled: map({
    is: oneOf('within', 'beyond'),
    count,
    unit: oneOf('calendar-day', 'month'),
  }).optional(),
  within: map({ count, unit, dayOne: oneOf('trigger', 'next') }).optional(),
  every: map({ count, unit, from: oneOf('last-done') }).optional(),
  by: oneOf('scheduled').optional(),
  unstated: text.optional(),
  setsAside: someOf(map({ rule: ruleName, cite, note: text.optional() })).optional(),
  note: text.optional(),
});

const scale = map({
  id,
  scale: text,
  rater: text,
  cite,
  binds: attributes.optional(),
  ranks: z.record(z.string(), z.unknown(), { error: missingOr('must be a map of ratings and their ranks') }),
  setsAside: someOf(map({ scale: ruleName, cite, note: text.optional() })).optional(),
  note: text.optional(),
});

const edition = map({ from: calendarDay, triggersFrom: calendarDay.optional(), cite, note: text.optional() });

const workedExample = map({
  given: attributes,
  on: calendarDay,
  expect: map({
    status: oneOf('open', 'overdue', 'met', 'met-late', 'undetermined'),
    due: calendarDay.optional(),
    rule: text.optional(),
    setAside: list(ruleName).optional(),
    needs: list(text).optional(),
  }),
  note: text.optional(),
});

export const rulebookSchema = map({
  rulebook: id,
  title: text,
  issuer: text,
  editions: someOf(edition),
  binds: attributes,
  rules: list(rule).optional(),
  scales: list(scale).optional(),
  tests: list(workedExample).optional(),
  note: text.optional(),
});

/** What a test gives of the duty itself: `account.disable: { trigger: 2022-01-01 }`. */
export const givenDutySchema = map({
  class: text.optional(),
  rating: text.optional(),
  trigger: calendarDay,
  scheduled: calendarDay.optional(),
  done: calendarDay.optional(),
});

export type WrittenRulebook = z.infer<typeof rulebookSchema>;
export type WrittenRule = z.infer<typeof rule>;
export type WrittenScale = z.infer<typeof scale>;
export type WrittenTest = z.infer<typeof workedExample>;
