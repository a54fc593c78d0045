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
 * Throws on a number that is not finite: JSON has no words for it.
 */
export function canonicalText(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw new RangeError('a number in an entry must be finite');
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
