/*
 * What an answer says, word by word, and which of it names something.
 */

/** Fields whose text names a thing or a part of a thing. */
const NAMING = [
  'system',
  'component',
  'asset',
  'fqdn',
  'ip',
  'file',
  'poam',
  'weakness',
  'key',
  'name',
  'id',
  'duty',
  'finding',
  'title',
];
const LEAST_CHARACTERS = 3;
/** Fields in which people say what they like: what is written of one system may well name another. */
const WRITTEN = ['comment', 'note', 'reason'];

/** Each text of an answer, and each word of a text: file names, addresses and keys are one word. */
export function wordsOf(answer: unknown): ReadonlySet<string> {
  const words = new Set<string>();
  for (const [, text] of textsIn(answer)) {
    words.add(text);
    for (const [word] of text.matchAll(/[\w.:-]+/g)) words.add(word.replace(/[.:]+$/, ''));
  }
  return words;
}

/** The names in an answer, with the fields that say them. */
export function namesIn(answer: unknown): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const [field, text] of textsIn(answer))
    if (NAMING.includes(field) && text.length >= LEAST_CHARACTERS)
      names.set(text, (names.get(text) ?? new Set()).add(field));
  return names;
}

function* textsIn(answer: unknown, field = ''): Generator<readonly [field: string, text: string]> {
  if (typeof answer === 'string') yield [field, answer];
  if (typeof answer !== 'object' || answer === null) return;
  for (const [name, value] of Object.entries(answer))
    if (!WRITTEN.includes(name)) yield* textsIn(value, Array.isArray(answer) ? field : name);
}
