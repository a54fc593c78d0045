import { addDays, type Day } from '../src/time/index.ts';
import type { AccountRow } from './house.ts';

/*
 * The evaluator written a second time, for one account at a time and with nothing clever: every
 * list is kept whole, every question walks them all.
 */

export interface List {
  readonly day: Day;
  readonly rows: readonly AccountRow[];
}

export interface Disablement {
  readonly account: string;
  readonly day: Day;
}

export interface NaiveDuty {
  readonly account: string;
  readonly class: string;
  readonly trigger: Day;
  readonly due: Day | null;
  readonly done: Day | null;
  readonly means: string | null;
  readonly status: string;
}

type Seen = { day: Day; previous: Day | undefined; row: AccountRow | undefined };

type Event = { day: Day; kind: 0 | 1 | 2 | 3; means: string; created: Day | null };

const MEANS = ['', 'signed-in', 'disabled', 'deactivated', 'quarantined', 'removed'];
const STATUSES = ['active', 'disabled', 'deactivated', 'quarantined'];

/** All duties of one component as of a day. `days` is what its policy gives an idle account. */
export function naiveDuties(
  lists: readonly List[],
  disablements: readonly Disablement[],
  days: number,
  earliestTrigger: Day,
  asOf: Day,
): NaiveDuty[] {
  const accounts = [...new Set(lists.flatMap((list) => list.rows.map((row) => row.account)))];
  const listDays = [...new Set(lists.map((list) => list.day))].sort();
  return accounts.flatMap((account) => {
    const acts = disablements.filter((act) => act.account === account).map((act) => act.day);
    return spellsOf(timelineOf(lists, account), listDays, acts, asOf).map((spell) => {
      const due = spell.trigger < earliestTrigger ? null : addDays(spell.trigger, days);
      return { account, ...spell, due, status: statusOf(due, spell.done, asOf) };
    });
  });
}

function statusOf(due: Day | null, done: Day | null, asOf: Day): string {
  if (due === null) return 'undetermined';
  if (done !== null) return done > due ? 'met-late' : 'met';
  return asOf > due ? 'overdue' : 'open';
}

/** What each list day says of the account, from the first that names it. */
function timelineOf(lists: readonly List[], account: string): Seen[] {
  const listDays = [...new Set(lists.map((list) => list.day))].sort();
  const seen = listDays.map((day, at) => ({
    day,
    previous: listDays[at - 1],
    row: believed(
      lists
        .filter((list) => list.day === day)
        .flatMap((list) => list.rows.filter((row) => row.account === account)),
    ),
  }));
  return seen.slice(seen.findIndex(({ row }) => row !== undefined));
}

/** Lists of one day are one list; where they disagree, the later sign-in or change is believed. */
function believed(rows: readonly AccountRow[]): AccountRow | undefined {
  return [...rows].sort((a, b) => (weight(a) < weight(b) ? 1 : -1))[0];
}

function weight(row: AccountRow): string {
  return [
    row.lastLogin ?? '0',
    row.statusChanged ?? '0',
    STATUSES.indexOf(row.status),
    row.privileged ? 1 : 0,
    row.created,
  ].join(' ');
}

function isUsable(row: AccountRow | undefined): boolean {
  return row?.status === 'active';
}

function spellsOf(timeline: readonly Seen[], listDays: readonly Day[], acts: readonly Day[], asOf: Day) {
  const events = [
    ...creation(timeline[0]?.row),
    ...signIns(timeline),
    ...changes(timeline),
    ...acts.flatMap((day) => actEvents(timeline, listDays, day)),
  ].sort(order);
  const kept = events.filter(
    (event, at) => (event.kind !== 3 || events[at - 1]?.kind === 2) && (event.kind !== 0 || at === 0),
  );
  const starts = kept.filter((event) => event.kind !== 2);
  const spells = [];
  for (const [at, start] of starts.entries()) {
    const next = starts[at + 1];
    if (next?.day === start.day) continue;
    const then = kept[kept.indexOf(start) + 1];
    const isDone = then !== undefined && then.day <= asOf;
    let trigger = start.day;
    // Before the first sign-in that anyone knows of, creation is all there is to count from.
    const isSurmised =
      start === events[0] && start.kind === 1 && start.created !== null && start.created < start.day;
    if (isSurmised && start.day > asOf && start.created !== null) trigger = start.created;
    if (trigger > asOf) continue;
    spells.push({
      class: classOn(timeline, next && next.day <= asOf ? addDays(next.day, -1) : asOf),
      trigger,
      done: isDone ? then.day : null,
      means: isDone ? then.means : null,
    });
  }
  return spells;
}

/** What the last list by the day says, or the first that names the account. */
function classOn(timeline: readonly Seen[], day: Day): string {
  const present = timeline.filter(({ row }) => row !== undefined);
  const said = present.findLast((seen) => seen.day <= day) ?? present[0];
  return said?.row?.privileged ? 'privileged' : 'user';
}

function creation(first: AccountRow | undefined): Event[] {
  if (!first || first.lastLogin !== null) return [];
  return [{ day: first.created, kind: 0, means: '', created: first.created }];
}

function order(a: Event, b: Event): number {
  const key = (event: Event) =>
    [event.day, event.kind, MEANS.indexOf(event.means), event.created ?? '9999'].join(' ');
  return key(a) < key(b) ? -1 : 1;
}

function signIns(timeline: readonly Seen[]): Event[] {
  const days = [...new Set(timeline.flatMap(({ row }) => row?.lastLogin ?? []))];
  return days.map((day) => {
    const said = timeline.findLast(({ row }) => row?.lastLogin === day)?.row;
    return {
      day,
      kind: 1,
      means: 'signed-in',
      created: said?.created ?? null,
    };
  });
}

function changes(timeline: readonly Seen[]): Event[] {
  const events: Event[] = [];
  for (const [at, { day, previous, row }] of timeline.entries()) {
    const before = timeline[at - 1];
    const stated = row?.statusChanged ?? null;
    const isDisproved =
      stated !== null && before !== undefined && previous !== undefined && stated < previous;
    const on = stated === null || isDisproved ? day : stated;
    const signedIn = timeline.slice(0, at + 1).flatMap((seen) => seen.row?.lastLogin ?? []);
    const facts = { created: row?.created ?? null };
    if (!isUsable(row) && (before === undefined || isUsable(before.row))) {
      const latest = [on, ...signedIn, ...(row ? [row.created] : [])].sort().at(-1) ?? on;
      events.push({ day: latest, kind: 2, means: row?.status ?? 'removed', ...facts });
    }
    if (isUsable(row) && before !== undefined && !isUsable(before.row))
      events.push({ day: on, kind: 3, means: '', ...facts });
  }
  return events;
}

function actEvents(timeline: readonly Seen[], listDays: readonly Day[], day: Day): Event[] {
  const disabled: Event = { day, kind: 2, means: 'disabled', created: null };
  const next = listDays.find((listDay) => listDay > day);
  const after = timeline.find((seen) => seen.day === next);
  if (!after || !isUsable(after.row)) return [disabled];
  return [disabled, { day: after.day, kind: 3, means: '', created: null }];
}
