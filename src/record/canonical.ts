export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined };

/**
 * The canonical text of a JSON value: members sorted by UTF-16 code units, no blanks, numbers
 * and strings as ECMAScript writes them (RFC 8785). Members that are `undefined` are left out.
 * Throws on what cannot be written down faithfully: a number that is not finite, a text with a
 * lone surrogate (RFC 8785, 3.2.2.2) or with U+0000, which no database text holds.
 */
export function canonicalText(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError('a number in an entry must be finite');
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) {
    throw new RangeError('a text in an entry must be well-formed and free of U+0000');
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalText).join(',')}]`;
  const members = Object.keys(value)
    .filter((key) => value[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key] ?? null)}`);
  return `{${members.join(',')}}`;
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
