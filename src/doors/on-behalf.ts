import {
  everyImporter,
  isBySystem,
  importEvidence,
  parseInput,
  performAct,
  readTimes,
  recordEntry,
  requireRole,
  requireThere,
  rolesOf,
  systemsOf,
  type Actor,
  type ImportRequest,
  type ImportResult,
  type View,
} from '../acts/index.ts';
import { MusterError } from '../errors/index.ts';
import type { AgencyFacts } from '../programs/inventory/index.ts';
import { eventEntry, type AccessEvent } from '../programs/people/index.ts';
import type { Entry, Json } from '../record/index.ts';
import type { House } from './house.ts';

/*
 * What every door does on behalf of somebody. Whatever is refused for want of a role is recorded, and so
 * is what an auditor reads.
 */

/** Denials of the same thing to the same person are recorded once in so long, an auditor's readings too. */
const DENIED_MS = 60_000;
const READ_MS = 15 * 60_000;

/**
 * Reads a view for somebody; what it answers says as of which day and as known at which entry.
 * Throws NOT_ALLOWED, BAD_REQUEST or what the view throws.
 */
export async function readView(
  house: House,
  actor: Actor,
  agency: AgencyFacts,
  view: View,
  said: unknown,
): Promise<object> {
  const answer = await recordingDenials(house, actor, agency, `reading ${view.view}`, async () => {
    requireRole(`reading ${view.view}`, view.may, actor);
    const input = parseInput(view.input.strict(), narrowed(view, actor, said));
    const { declarations } = house;
    return house.store.as(actor.name).read(agency.agency, async (tx) => {
      const times = await readTimes(tx, house.today(agency), input);
      const at = { tx, declarations, times, reached: systemsOf(actor, view.may), actor };
      await requireThere(`reading ${view.view}`, view, actor, at, input);
      return { ...times, ...(await view.read(at, input)) };
    });
  });
  // Whoever has another role that lets them read this does not read it as an auditor.
  if (rolesOf(actor).every((role) => role === 'auditor' || !view.may.includes(role))) {
    const asked = typeof said === 'object' ? (JSON.parse(JSON.stringify(said)) as Json) : null;
    await noteEvent(house, actor, agency, 'view.read', { what: view.view, asked }, READ_MS);
  }
  return answer;
}

/**
 * Whoever reaches one system alone asks about that one, where the view may be of all. Of several they
 * have to name one, unless the view answers of each. Throws BAD_REQUEST.
 */
function narrowed(view: View, actor: Actor, said: unknown): unknown {
  if (!isBySystem(view.where) || typeof said !== 'object' || said === null) return said;
  const { system: field, ofEach } = view.where;
  const systems = systemsOf(actor, view.may);
  if (systems === null || (field in said && said[field as keyof typeof said] !== undefined)) return said;
  const [first, ...others] = systems;
  if (first === undefined) return said;
  if (others.length === 0) return { ...said, [field]: first };
  if (ofEach) return said;
  throw new MusterError('BAD_REQUEST', `${field}: is missing: name one of ${systems.join(', ')}`);
}

/** Performs an act for somebody. Throws what `performAct` throws. */
export async function doAct(
  house: House,
  actor: Actor,
  agency: AgencyFacts,
  act: string,
  said: unknown,
): Promise<Entry> {
  return recordingDenials(house, actor, agency, house.declarations.acts.has(act) ? act : 'an act', () =>
    performAct(house.store, house.declarations, agency.agency, actor, house.today(agency), act, said),
  );
}

/** Whether somebody may take in any file at all, before one is waited for. Throws NOT_ALLOWED. */
export async function requireImporter(house: House, actor: Actor, agency: AgencyFacts): Promise<void> {
  await recordingDenials(house, actor, agency, 'importing evidence', async () =>
    requireRole('importing evidence', everyImporter(house.declarations), actor),
  );
}

/** Takes in a file for somebody. Throws what `importEvidence` throws. */
export async function takeIn(
  house: House,
  actor: Actor,
  agency: AgencyFacts,
  request: ImportRequest,
): Promise<ImportResult> {
  return recordingDenials(house, actor, agency, 'importing evidence', () =>
    importEvidence(house.store, house.declarations, agency.agency, actor, house.today(agency), request),
  );
}

/** Does the work; where it is refused for want of a role, that is recorded before the refusal is told. */
export async function recordingDenials<T>(
  house: House,
  actor: Actor,
  agency: AgencyFacts,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof MusterError && error.code === 'NOT_ALLOWED')
      await noteDenial(house, actor, agency, what);
    throw error;
  }
}

/** Records that somebody was denied something, unless that was recorded just now. */
export async function noteDenial(
  house: House,
  actor: Actor,
  agency: AgencyFacts,
  what: string,
): Promise<void> {
  await noteEvent(house, actor, agency, 'access.denied', { what }, DENIED_MS);
}

async function noteEvent(
  house: House,
  actor: Actor,
  agency: AgencyFacts,
  kind: AccessEvent,
  body: { readonly what: string; readonly asked?: Json },
  once: number,
): Promise<void> {
  // By whichever of their tokens: it is the person who was told no, or who read.
  const same = JSON.stringify([agency.agency, actor.name.split('/')[0], kind, body]);
  if (!house.repeats.isNew(same, once)) return;
  try {
    // INVARIANT: while an agency's head is held, what its people are denied takes no connection of others.
    await house.notesInTurn(agency.agency, () => recordEvent(house, actor, agency, kind, body));
  } catch (error) {
    house.repeats.forget(same);
    throw error;
  }
}

/** Records what happened around signing in, by the actor, today. */
export async function recordEvent(
  house: House,
  actor: Pick<Actor, 'name'>,
  agency: AgencyFacts,
  kind: AccessEvent,
  body: Readonly<Record<string, Json>>,
): Promise<void> {
  const entry = eventEntry(kind, actor, house.today(agency), { who: actor.name, ...body });
  await house.store.as(actor.name).write(agency.agency, (tx) => recordEntry(tx, house.declarations, entry));
}
