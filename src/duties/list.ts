import * as z from 'zod';
import { daySchema, type Declarations, type DutyType, type Times } from '../acts/index.ts';
import type { Reading } from '../store/index.ts';
import type { Day } from '../time/index.ts';
import { readAccepted, type Accepted } from './accepted.ts';
import { spellsParameters, spellsSql, takeCensus, type Group, type Selection } from './census.ts';
import { dutyOf, type Duty } from './duty.ts';
import { givenBySpell } from './given.ts';
import { statuses, type Status } from './status.ts';
import { cursorOf } from './paging.ts';
import { readLaw, type Law } from './verdict.ts';

export interface DutiesQuestion extends Selection {
  readonly times: Times;
  readonly status?: Status | undefined;
  readonly limit: number;
  readonly after?: string | undefined;
}

export interface DutiesAnswer {
  readonly asOf: Day;
  readonly total: number;
  /** Over the other filters; `suspended` counts the suspended ones again, whatever their status. */
  readonly counts: Readonly<Record<Status | 'suspended', number>>;
  readonly next: string | null;
  readonly duties: readonly Duty[];
}

/** Duties by due day, the undetermined last; a page at a time, `next` being where the next begins. */
export async function listDuties(
  tx: Reading,
  declarations: Declarations,
  question: DutiesQuestion,
): Promise<DutiesAnswer> {
  const law = await readLaw(tx, declarations, question.times);
  const census = await takeCensus(tx, declarations, law, question);
  const wanted = census.filter((group) => question.status === undefined || group.status === question.status);
  const after = question.after === undefined ? undefined : cursor.read(question.after);
  const shelf = shelve(wanted, after, question.limit + 1);
  const found = await fetchSpells(tx, law, question, shelf, after);
  const page = found.slice(0, question.limit);
  const last = page.at(-1);
  return {
    asOf: question.times.asOf,
    total: sum(wanted),
    counts: countStatuses(census, await readAccepted(tx, declarations, law, question)),
    next: found.length > page.length && last ? cursor.write({ ...last.place, subject: last.subject }) : null,
    duties: await name(tx, declarations, law, page),
  };
}

/** Where a duty stands in the order: due day, then type and trigger, then subject. */
interface Place {
  readonly due: Day | null;
  readonly duty: string;
  readonly trigger: Day;
}

interface After extends Place {
  readonly subject: number;
}

const cursor = cursorOf<After>(
  z.strictObject({ due: daySchema.nullable(), duty: z.string(), trigger: daySchema, subject: z.int() }),
  'duties',
);

function comparePlaces(a: Place, b: Place): number {
  const [left, right] = [a, b].map(
    ({ due, duty, trigger }) => `${due ?? '9999-99-99'} ${duty} ${trigger}`,
  ) as [string, string];
  return left < right ? -1 : left > right ? 1 : 0;
}

function placeOf(group: Group): Place {
  return { due: group.verdict.due, duty: group.type.duty, trigger: group.trigger };
}

interface Shelf {
  readonly place: Place;
  readonly groups: readonly Group[];
}

/** The groups by place from the cursor on, as many as can fill a page. */
function shelve(groups: readonly Group[], after: After | undefined, enough: number): Shelf[] {
  const byPlace = Map.groupBy(
    groups.filter((group) => after === undefined || comparePlaces(placeOf(group), after) >= 0),
    (group) => JSON.stringify(placeOf(group)),
  );
  const shelves = [...byPlace.values()]
    .flatMap((same) => (same[0] ? [{ place: placeOf(same[0]), groups: same }] : []))
    .sort((a, b) => comparePlaces(a.place, b.place));
  let held = 0;
  return shelves.filter(({ place, groups: same }) => {
    const isNeeded = held < enough;
    // The cursor's own place may have been read to its end already, so it fills nothing surely.
    if (after === undefined || comparePlaces(place, after) > 0) held += sum(same);
    return isNeeded;
  });
}

interface Found {
  readonly subject: number;
  readonly place: Place;
  readonly group: Group;
}

async function fetchSpells(
  tx: Reading,
  law: Law,
  question: DutiesQuestion,
  shelves: readonly Shelf[],
  after: After | undefined,
): Promise<Found[]> {
  const spells: Found[] = [];
  for (const [type, ofType] of Map.groupBy(shelves, (shelf) => shelf.groups[0]?.type)) {
    if (type) spells.push(...(await fetchOfType(tx, law, question, type, ofType, after)));
  }
  return spells
    .sort((a, b) => comparePlaces(a.place, b.place) || a.subject - b.subject)
    .slice(0, question.limit + 1);
}

async function fetchOfType(
  tx: Reading,
  law: Law,
  question: DutiesQuestion,
  type: DutyType,
  shelves: readonly Shelf[],
  after: After | undefined,
): Promise<Found[]> {
  const slots = shelves.flatMap((shelf, ordinal) => shelf.groups.map((group) => ({ shelf, ordinal, group })));
  const at = shelves.findIndex(({ place }) => after !== undefined && comparePlaces(place, after) === 0);
  const relations = new Set(slots.map(({ group }) => group.relationAt));
  const narrowing = { relations, condition: 'r.trigger = any($9::date[])' };
  const rows = await tx.rows<{ subject: number; slot: number }>(
    `select s.subject, g.slot
     from (${spellsSql(law, type, question, narrowing)}) s
     join unnest($4::integer[], $5::integer[], $6::integer[], $7::bigint[], $8::text[], $9::date[], $10::date[], $11::date[], $12::text[])
       as g(slot, ordinal, relation, place, said, trigger, scheduled, done, means)
       on s."relationAt" = g.relation and coalesce(s.place, 0) = g.place and s.said = g.said and s.trigger = g.trigger
         and coalesce(s.scheduled, 'infinity') = g.scheduled and coalesce(s.done, 'infinity') = g.done
         and coalesce(s.means, '') = g.means
     where g.ordinal <> $13 or s.subject > $14
     order by g.ordinal, s.subject limit $15`,
    [
      ...spellsParameters(tx, law),
      slots.map((_, slot) => slot),
      slots.map(({ ordinal }) => ordinal),
      slots.map(({ group }) => group.relationAt),
      slots.map(({ group }) => group.place ?? 0),
      slots.map(({ group }) => group.said),
      slots.map(({ group }) => group.trigger),
      slots.map(({ group }) => group.scheduled ?? 'infinity'),
      slots.map(({ group }) => group.done ?? 'infinity'),
      slots.map(({ group }) => group.means ?? ''),
      at,
      after?.subject ?? 0,
      question.limit + 1,
    ],
  );
  return rows.flatMap(({ subject, slot }) => {
    const found = slots[slot];
    return found ? [{ subject, place: found.shelf.place, group: found.group }] : [];
  });
}

async function name(
  tx: Reading,
  declarations: Declarations,
  law: Law,
  page: readonly Found[],
): Promise<Duty[]> {
  const acceptances = await declarations.acceptances(tx, law.times);
  const duties = new Map<Found, Duty>();
  for (const [type, spells] of Map.groupBy(page, (spell) => spell.group.type)) {
    const subjects = new Set(spells.map((spell) => spell.subject));
    const names = await type.names(tx, [...subjects], law.times);
    const given = await givenBySpell(tx, law, type, acceptances, subjects);
    for (const spell of spells) {
      const subject = { key: spell.subject, name: names.get(spell.subject) ?? '' };
      duties.set(spell, dutyOf(spell.group, subject, law, given(spell.subject, spell.group.trigger)));
    }
  }
  return page.flatMap((spell) => duties.get(spell) ?? []);
}

function countStatuses(
  census: readonly Group[],
  accepted: readonly Accepted[],
): Record<Status | 'suspended', number> {
  const counts = { open: 0, overdue: 0, met: 0, 'met-late': 0, undetermined: 0, suspended: 0 };
  for (const status of statuses) counts[status] = sum(census.filter((group) => group.status === status));
  counts.suspended = accepted.filter(({ suspended }) => suspended).length;
  return counts;
}

function sum(groups: readonly Group[]): number {
  return groups.reduce((total, group) => total + group.count, 0);
}
