import type { RulebookTest, Value } from './rulebook.ts';
import { type WrittenTest, givenDutySchema } from './schema.ts';
import { explainIssues } from './issues.ts';
import { hint, shorten } from './suggest.ts';
import { type Reading, checkClass, checkRating, checkValue } from './vocabulary.ts';
import type { Path } from './yaml.ts';

type Given = RulebookTest['given'];

/** The worked example that is written there; none after complaining of what it gives. */
export function buildTest(written: WrittenTest, path: Path, reading: Reading): RulebookTest[] {
  const given = buildGiven(written.given, [...path, 'given'], reading);
  if (given === undefined) return [];
  const { status, due, rule, setAside, needs } = written.expect;
  return [
    {
      given,
      on: written.on,
      expect: {
        status,
        ...(due === undefined ? {} : { due }),
        ...(rule === undefined ? {} : { rule }),
        ...(setAside === undefined ? {} : { setAside }),
        ...(needs === undefined ? {} : { needs }),
      },
      ...(written.note === undefined ? {} : { note: written.note }),
      line: reading.source.lineOf(path),
    },
  ];
}

function buildGiven(given: WrittenTest['given'], path: Path, reading: Reading): Given | undefined {
  const duties = Object.keys(given).filter((key) => Object.hasOwn(reading.vocabulary.duties, key));
  const facts = buildFacts(given, path, reading);
  const [duty] = duties;
  if (duty === undefined || duties.length > 1) {
    const example = Object.keys(reading.vocabulary.duties)[0] ?? 'account.disable';
    reading.complain(
      path,
      `\`given\` must have exactly one duty, such as \`${example}: { trigger: 2022-01-01 }\``,
    );
    return undefined;
  }
  const subject = buildSubject(duty, given[duty], [...path, duty], reading);
  return subject && { facts, duty, ...subject };
}

/** In `given`, duties stand beside attributes, so either may have been meant by an unknown key. */
function buildFacts(given: WrittenTest['given'], path: Path, reading: Reading): Record<string, Value> {
  const { attributes, duties } = reading.vocabulary;
  const facts: Record<string, Value> = {};
  for (const [key, value] of Object.entries(given)) {
    if (Object.hasOwn(duties, key)) continue;
    const known = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
    if (known) {
      for (const fact of checkValue(key, value, known, [...path, key], reading)) facts[key] = fact;
    } else {
      const all = [...Object.keys(attributes), ...Object.keys(duties)];
      reading.complain(
        [...path, key],
        `unknown attribute or duty \`${shorten(key)}\`: ${hint(key, all)}`,
        'key',
      );
    }
  }
  return facts;
}

function buildSubject(
  duty: string,
  written: unknown,
  path: Path,
  reading: Reading,
): Omit<Given, 'duty' | 'facts'> | undefined {
  const read = givenDutySchema.safeParse(written);
  if (!read.success) {
    for (const issue of explainIssues(read.error.issues, path))
      reading.complain(issue.path, issue.message, issue.of);
    return undefined;
  }
  const { class: named, rating: rated, trigger, scheduled = null, done } = read.data;
  if (named !== undefined) checkClass(named, duty, [...path, 'class'], reading);
  const rating = rated === undefined ? undefined : checkRating(rated, duty, [...path, 'rating'], reading);
  if (named !== undefined && rated !== undefined) {
    reading.complain([...path, 'rating'], '`rating` stands instead of `class`: leave one of them out');
  }
  if (done !== undefined && done < trigger) {
    reading.complain([...path, 'done'], `\`done\` must not be before \`trigger\`, ${trigger}`);
  }
  return { class: named, rating, trigger, scheduled, done };
}
