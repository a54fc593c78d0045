import { parseDay } from '../time/index.ts';
import { canonicalText, type Json } from './canonical.ts';
import type { Entry } from './entry.ts';

/** An entry whose body is its canonical text, as the store keeps it. */
export interface Leaf extends Omit<Entry, 'body'> {
  readonly body: string;
}

/**
 * The canonical JSON of an entry, one line without a newline: its UTF-8 bytes are the leaf that the
 * tree hashes. The body is taken as it is: it must be what `canonicalText` wrote.
 */
export function leafText(entry: Leaf): string {
  return (
    `{"actor":${canonicalText(entry.actor)},"body":${entry.body},"effective":"${entry.effective}"` +
    `,"index":${entry.index},"kind":${canonicalText(entry.kind)},"recorded":"${entry.recorded}"` +
    `,"subject":${canonicalText(entry.subject)}}`
  );
}

const MEMBERS = ['actor', 'body', 'effective', 'index', 'kind', 'recorded', 'subject'];

/**
 * The entry that a leaf's text (without newline) holds: exactly an entry's members, each of its
 * type, in canonical form. Throws a RangeError that says what is wrong with it.
 */
export function leafOf(line: string): Entry {
  const value = parsed(line);
  if (!isRecord(value)) throw new RangeError('it is not a JSON object');
  for (const name of MEMBERS) {
    if (!Object.hasOwn(value, name)) throw new RangeError(`it has no member "${name}"`);
  }
  const strange = Object.keys(value).find((name) => !MEMBERS.includes(name));
  if (strange !== undefined)
    throw new RangeError(`it has a member "${strange.slice(0, 40)}" that no entry has`);
  const entry = typed(value);
  if (canonicalText(value) !== line) throw new RangeError('it is not in canonical form');
  return entry;
}

function typed(value: Readonly<Record<string, Json>>): Entry {
  const index = value['index'];
  if (typeof index !== 'number' || !Number.isSafeInteger(index) || index < 1) {
    throw new RangeError('its "index" is not a number counted from 1');
  }
  const effective = parseDay(text(value, 'effective'));
  if (effective === undefined) throw new RangeError('its "effective" is not a day');
  const recorded = text(value, 'recorded');
  if (!isInstant(recorded)) throw new RangeError('its "recorded" is not an instant in UTC with milliseconds');
  return {
    index,
    kind: text(value, 'kind'),
    subject: text(value, 'subject'),
    actor: text(value, 'actor'),
    effective,
    recorded,
    body: value['body'] ?? null,
  };
}

function text(value: Readonly<Record<string, Json>>, name: string): string {
  const member = value[name];
  if (typeof member !== 'string') throw new RangeError(`its "${name}" is not a text`);
  return member;
}

/** Whether a text is an instant as the record writes it: `YYYY-MM-DDTHH:MM:SS.mmmZ`, one that exists. */
export function isInstant(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return false;
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString() === text;
}

function parsed(line: string): Json {
  try {
    return JSON.parse(line) as Json;
  } catch {
    throw new RangeError('it is not JSON');
  }
}

function isRecord(value: Json): value is Readonly<Record<string, Json>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
