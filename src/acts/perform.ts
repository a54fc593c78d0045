import type * as z from 'zod';
import { MusterError, type Refusal } from '../errors/index.ts';
import type { Entry, NewEntry } from '../record/index.ts';
import { appendEntry, holdHead, type Store, type Writing } from '../store/index.ts';
import type { Day } from '../time/index.ts';
import type { Declarations } from './declarations.ts';
import { AGENCY, holds, mayThere, type Actor, type Place } from './grants.ts';
import { wordRoles, type Role } from './roles.ts';
import { isOfEach, placeOf, type Where } from './where.ts';

/**
 * Performs an act: who may, what was said, the workflow's guards, the entry and what follows
 * from it, in one transaction. Throws NOT_FOUND, NOT_ALLOWED, BAD_REQUEST or ACT_REFUSED.
 */
export async function performAct(
  store: Store,
  declarations: Declarations,
  agency: number,
  actor: Actor,
  today: Day,
  name: string,
  said: unknown,
): Promise<Entry> {
  const act = declarations.acts.get(name);
  if (!act)
    throw new MusterError(
      'NOT_FOUND',
      `there is no act ${name}; there are ${[...declarations.acts.keys()].join(', ')}`,
    );
  requireRole(act.act, act.may, actor);
  const input = parseInput(act.input.strict(), said);
  return store.as(actor.name).write(agency, async (tx) => {
    // INVARIANT: guards are decided with the head held, so no two acts pass the same guard at once.
    await holdHead(tx);
    const at = { tx, declarations, today, actor };
    await requireThere(act.act, act, actor, at, input);
    const decided = await act.decide(at, input);
    if ('refused' in decided) throw new MusterError('ACT_REFUSED', decided.refused);
    return recordEntry(tx, declarations, decided);
  });
}

/** Appends an entry and derives what follows from it. */
export async function recordEntry(tx: Writing, declarations: Declarations, entry: NewEntry): Promise<Entry> {
  const kind = declarations.entryKinds.get(entry.kind);
  if (!kind) throw new Error(`no program derives entries of ${entry.kind}`);
  const appended = await appendEntry(tx, entry);
  await kind.derive(tx, appended);
  return appended;
}

/** Throws NOT_ALLOWED where the actor holds none of the roles, wherever. */
export function requireRole(what: string, may: readonly Role[], actor: Actor): void {
  if (holds(actor, may)) return;
  throw new MusterError('NOT_ALLOWED', `${what} is for ${wordRoles(may)}`);
}

/** Throws NOT_ALLOWED where no grant of these roles reaches the place. */
export function requireReach(what: string, may: readonly Role[], actor: Actor, place: Place): void {
  requireRole(what, may, actor);
  if (mayThere(actor, may, place)) return;
  throw new MusterError('NOT_ALLOWED', `${what}: your roles do not reach ${wordPlace(place)}`);
}

/**
 * Throws NOT_ALLOWED where no grant of these roles reaches what a declaration is about, or what its
 * look-up throws. Nothing is looked up for whoever reaches the whole agency: that is every place in it.
 */
export async function requireThere<At, Input extends object>(
  what: string,
  { may, where }: { readonly may: readonly Role[]; readonly where?: Where<At, Input> },
  actor: Actor,
  at: At,
  input: Input,
): Promise<void> {
  if (mayThere(actor, may, AGENCY) || isOfEach(where, may, actor, input)) return;
  requireReach(what, may, actor, await placeOf(where, at, input));
}

/** Without its name: it may have been looked up, and whoever is refused need not have known it. */
function wordPlace({ at }: Place): string {
  return at === 'agency' ? 'the agency as a whole' : `that ${at}`;
}

/** Reads what came in by a schema. Throws BAD_REQUEST that names each field. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, said: unknown): z.output<Schema> {
  const parsed = schema.safeParse(said, { reportInput: true });
  const refused = parsed.success ? unstorable(said) : parsed.error.issues.map(refusalOf);
  if (parsed.success && refused.length === 0) return parsed.data;
  const first = refused[0];
  throw new MusterError(
    'BAD_REQUEST',
    `${first?.at ?? 'input'}: ${first?.reason ?? 'is not what was asked'}`,
    refused,
  );
}

function refusalOf(issue: z.core.$ZodIssue): Refusal {
  return { at: issue.path.join('.') || 'input', reason: wordsOf(issue) };
}

/** Texts that no database text can hold: they are refused, not mended. */
function unstorable(said: unknown): Refusal[] {
  if (typeof said !== 'object' || said === null) return [];
  return Object.entries(said).flatMap(([at, value]) => {
    const isBad = typeof value === 'string' && (value.includes('\0') || !value.isWellFormed());
    return isBad ? [{ at, reason: 'has a character that is not text' }] : [];
  });
}

/** What a schema found wrong, in words for a person. */
function wordsOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : `is not one of ${issue.values.join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? issue.message
        : `is less than ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'string'
        ? `is longer than ${issue.maximum} characters`
        : `is more than ${issue.maximum}`;
    case 'invalid_type':
      return issue.input === undefined
        ? 'is missing'
        : `is not ${issue.expected === 'int' ? 'a whole number' : `a ${issue.expected}`}`;
    case 'unrecognized_keys':
      return `has no field ${issue.keys.join(', ')}`;
    default:
      return issue.message;
  }
}
