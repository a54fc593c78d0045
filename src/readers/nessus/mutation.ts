import * as fc from 'fast-check';
import { anyChange, changed, type Change } from '../mutation.ts';

/** A change of the file's structure: of the element or attribute of that number. */
interface Restructuring {
  readonly of: 'element' | 'attribute' | 'tag';
  readonly how: 'drop' | 'repeat' | 'swap' | 'move' | 'empty';
  readonly which: number;
  readonly other: number;
}

/** Another text for the value of that number: of an attribute or an element, or of a number that items are told apart by. */
interface Revaluing {
  readonly of: 'value' | 'number';
  readonly which: number;
  readonly instead: string;
}

/** A passage taken out, and another put in: markup, or what the file has elsewhere. */
interface Patching {
  readonly at: number;
  readonly length: number;
  readonly instead: string | { readonly from: number; readonly length: number };
}

/** A change of a Nessus file. Numbers are counted around: one beyond the last is an earlier one. */
export type Mutation =
  | { readonly bytes: Change }
  | { readonly structure: Restructuring }
  | { readonly value: Revaluing }
  | { readonly passage: Patching };

/** Longer than any file that is mutated. */
const FAR = 1 << 16;
const MANY = 200;

const anyRestructuring: fc.Arbitrary<Restructuring> = fc.record({
  of: fc.constantFrom('element', 'attribute', 'tag'),
  how: fc.constantFrom('drop', 'repeat', 'swap', 'move', 'empty'),
  which: fc.nat(MANY),
  other: fc.nat(MANY),
});

const OTHER_VALUES = ['', '-1', '5', '65536', '99999999999', '1e3', 'NaN', 'true', 'mixed'];
const otherValue = fc.constantFrom(...OTHER_VALUES, 'Thu Jan 99', '3 ', "';--", 'x'.repeat(300));

const anyRevaluing: fc.Arbitrary<Revaluing> = fc.oneof(
  fc.record({ of: fc.constant('value' as const), which: fc.nat(MANY), instead: otherValue }),
  fc.record({ of: fc.constant('number' as const), which: fc.nat(MANY), instead: fc.nat(5).map(String) }),
);

/** U+FFFE as UTF-8 has it. */
const NONCHARACTER = '\xEF\xBF\xBE';

const NOISES = [
  '<',
  '>',
  '&',
  '"',
  ']]>',
  '<!--',
  '<![CDATA[',
  '<!DOCTYPE a>',
  '&bomb;',
  '</Report>',
  '<?x?>',
];
const noise = fc.constantFrom(...NOISES, '', '\0', NONCHARACTER);

const anyPatching: fc.Arbitrary<Patching> = fc.record({
  at: fc.nat(FAR),
  length: fc.oneof(fc.constant(0), fc.nat(60)),
  instead: fc.oneof(noise, fc.record({ from: fc.nat(FAR), length: fc.nat(MANY) })),
});

/** Any change of any Nessus file. */
export const anyMutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ bytes: anyChange(FAR) }),
  { weight: 2, arbitrary: fc.record({ structure: anyRestructuring }) },
  { weight: 2, arbitrary: fc.record({ value: anyRevaluing }) },
  fc.record({ passage: anyPatching }),
);

/** The file with the change. Bytes that are no UTF-8, as an earlier change may have left, stay as they are. */
export function mutated(file: Buffer, mutation: Mutation): Buffer {
  if ('bytes' in mutation)
    return changed(file, { ...mutation.bytes, at: around(mutation.bytes.at, file.length) });
  const text = file.toString('latin1');
  return Buffer.from(rewritten(text, mutation), 'latin1');
}

function rewritten(text: string, mutation: Exclude<Mutation, { readonly bytes: Change }>): string {
  if ('structure' in mutation) return restructured(text, mutation.structure);
  if ('value' in mutation) return revalued(text, mutation.value);
  return patched(text, mutation.passage);
}

const PARTS = {
  element: /<([A-Za-z_]\w*)\b[^<>]*?(?:\/>|>[^]*?<\/\1\s*>)/g,
  attribute: /\s[A-Za-z]\w*\s*=\s*(?:"[^"]*"|'[^']*')/g,
  tag: /<[^<>]*>/g,
} as const;

function restructured(file: string, { of, how, which, other }: Restructuring): string {
  const places = [...file.matchAll(PARTS[of])].map((found) => ({ from: found.index, text: found[0] }));
  const [one, two] = [places[around(which, places.length)], places[around(other, places.length)]];
  if (!one || !two) return file;
  const cut = (place: typeof one, instead: string) => spliced(file, place.from, place.text.length, instead);
  if (how === 'drop') return cut(one, '');
  if (how === 'repeat') return cut(one, one.text + one.text);
  if (how === 'empty') return cut(one, one.text.replace(/>[^]*</, '><').replace(/"[^"]*"/, '""'));
  if (how === 'swap') return cut(one, two.text);
  return file.slice(0, two.from) + one.text + file.slice(two.from);
}

const VALUES = {
  value: /(?<==")[^"]*(?=")|(?<=>)[^<>\r\n]+(?=<)/g,
  number: /(?<=(?:port|severity|pluginID)=")\d+(?=")/g,
} as const;

function revalued(file: string, { of, which, instead }: Revaluing): string {
  const values = [...file.matchAll(VALUES[of])];
  const one = values[around(which, values.length)];
  return one ? spliced(file, one.index, one[0].length, instead) : file;
}

function patched(file: string, { at, length, instead }: Patching): string {
  const from = typeof instead === 'string' ? 0 : around(instead.from, file.length);
  const text = typeof instead === 'string' ? instead : file.slice(from, from + instead.length);
  return spliced(file, around(at, file.length), length, text);
}

function around(number: number, length: number): number {
  return number % (length || 1);
}

function spliced(text: string, at: number, length: number, instead: string): string {
  return text.slice(0, at) + instead + text.slice(at + length);
}
