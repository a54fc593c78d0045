import type { Day } from '../src/time/index.ts';

/*
 * What is to be done about one POA&M, told a second time, step by step and without a database:
 * the tests compare. All texts are days, statuses and comments as files have them.
 */

export interface NaiveList {
  readonly observed: string;
  readonly scheduled: string;
  readonly status: string;
  readonly statusDate: string | null;
}

export interface NaiveUpdate {
  readonly day: string;
  readonly kind: string;
  readonly comment: string;
  readonly scheduled: string;
  readonly status: string;
}

export interface NaivePoam {
  readonly created: string;
  readonly scheduled: string;
  readonly lists: readonly NaiveList[];
  readonly updates: readonly NaiveUpdate[];
}

interface Event {
  readonly day: string;
  readonly rank: number;
  readonly isList: boolean;
  readonly kind: string;
  readonly comment: string;
  readonly scheduled: string;
  readonly status: string;
}

const STATUSES = ['', 'open', 'late', 'completed', 'validated', 'accepted', 'cancelled'];

function isOpen(status: string): boolean {
  return status === 'open' || status === 'late';
}

/** Its duties as of a day, as `type trigger scheduled done means`, sorted. */
export function naivePoamDuties(poam: NaivePoam, asOf: Day): string[] {
  const events = eventsOf(poam).filter(({ day }) => day <= asOf);
  return [...updateDuties(events), ...completeDuties(events)].sort();
}

function eventsOf(poam: NaivePoam): Event[] {
  const born: Event = {
    day: poam.created,
    rank: 0,
    isList: true,
    kind: 'created',
    comment: '',
    scheduled: poam.scheduled,
    status: '',
  };
  const said = poam.updates.map((update): Event => ({ ...update, rank: rankOf(update), isList: false }));
  const shown = [...shownBy(poam, 'scheduled'), ...shownBy(poam, 'status')];
  return [born, ...said, ...shown].sort(compareEvents);
}

function rankOf({ kind, status }: Pick<Event, 'kind' | 'status'>): number {
  if (kind === 'update') return 2;
  if (kind === 'date-change') return 3;
  return isOpen(status) ? 1 : 4;
}

function compareEvents(one: Event, other: Event): number {
  if (one.day !== other.day) return one.day < other.day ? -1 : 1;
  if (one.rank !== other.rank) return one.rank - other.rank;
  if (one.isList !== other.isList) return one.isList ? -1 : 1;
  if (one.scheduled !== other.scheduled) return one.scheduled < other.scheduled ? -1 : 1;
  return STATUSES.indexOf(one.status) - STATUSES.indexOf(other.status);
}

/** What lists show of the scheduled day or the status that nobody had said before. */
function shownBy(poam: NaivePoam, value: 'scheduled' | 'status'): Event[] {
  const shown: Event[] = [];
  const lists = poam.lists.toSorted((one, other) => (one.observed < other.observed ? -1 : 1));
  for (const list of lists) {
    const before = [
      { day: poam.created, value: value === 'status' ? 'open' : poam.scheduled, at: 0 },
      ...lists.map((each) => ({ day: each.observed, value: each[value], at: 1 })),
      ...poam.updates
        .filter((each) => each[value] !== '')
        .map((each) => ({ day: each.day, value: each[value], at: 2 })),
    ]
      .filter(({ day }) => day < list.observed)
      .sort((one, other) => {
        if (one.day !== other.day) return one.day < other.day ? -1 : 1;
        return one.at - other.at || compareValues(value, one.value, other.value);
      })
      .at(-1);
    if (before?.value === list[value]) continue;
    if (poam.updates.some((each) => each.day === list.observed && each[value] === list[value])) continue;
    const since = list.statusDate;
    const isSameDayEnd = value === 'status' && !isOpen(list.status) && since === before?.day;
    const isKnown = since !== null && before !== undefined && (since > before.day || isSameDayEnd);
    const day = isKnown ? since : list.observed;
    const event = { day, isList: true, comment: '', scheduled: '', status: '', [value]: list[value] };
    const kind = value === 'status' ? 'status' : 'date-change';
    shown.push({ ...event, kind, rank: rankOf({ kind, status: event.status }) });
  }
  return shown;
}

function compareValues(value: 'scheduled' | 'status', one: string, other: string): number {
  if (value === 'status') return STATUSES.indexOf(one) - STATUSES.indexOf(other);
  return one < other ? -1 : one > other ? 1 : 0;
}

interface State {
  readonly scheduled: string;
  readonly status: string;
  readonly wasEnded: boolean;
  readonly counts: boolean;
}

/** How it stands after each event, from its creation on. */
function* follow(events: readonly Event[]): Generator<Event & { readonly now: State }> {
  let scheduled = '';
  let status = '';
  for (const event of events) {
    if (event.kind === 'created') [scheduled, status] = [event.scheduled, 'open'];
    if (status === '') continue;
    const before = status;
    const wasEnded = event.kind !== 'created' && !isOpen(before);
    if (event.kind !== 'created' && event.status !== '') status = event.status;
    if (event.kind === 'date-change' && !wasEnded) scheduled = event.scheduled;
    const reopens = wasEnded && event.status !== '' && isOpen(event.status);
    const confirms = before === 'completed' && event.status === 'validated';
    const relabels = !wasEnded && event.status !== '' && isOpen(event.status);
    const counts = wasEnded ? reopens || confirms : !relabels;
    yield { ...event, now: { scheduled, status, wasEnded, counts } };
  }
}

function updateDuties(events: readonly Event[]): string[] {
  const days = new Map<string, { scheduled: string; status: string; counts: boolean }>();
  for (const { day, now } of follow(events)) {
    days.set(day, { ...now, counts: now.counts || (days.get(day)?.counts ?? false) });
  }
  const attended = [...days].filter(([, { counts }]) => counts);
  return attended.flatMap(([day, { scheduled, status }], at) => {
    if (!isOpen(status)) return [];
    const next = attended[at + 1];
    const means = next && (isOpen(next[1].status) ? 'updated' : next[1].status);
    return [`poam.update ${day} ${scheduled} ${next?.[0] ?? null} ${means ?? null}`];
  });
}

function completeDuties(events: readonly Event[]): string[] {
  const spells: { trigger: string; scheduled: string; done: string | null; means: string | null }[] = [];
  const days = [...follow(events)];
  for (const { day, kind, status, now } of days) {
    const eve = days.findLast((event) => event.day < day);
    const last = spells.at(-1);
    const reopens = now.wasEnded && status !== '' && isOpen(status);
    if (kind === 'created' || (reopens && last?.done)) {
      spells.push({ trigger: day, scheduled: now.scheduled, done: null, means: null });
      continue;
    }
    if (!last) continue;
    last.scheduled = now.scheduled;
    const mends = status === 'completed' || status === 'validated';
    const accepts = status === 'accepted' && !now.wasEnded && day <= (eve?.now ?? now).scheduled;
    if (last.done !== null) {
      if (status === 'validated' && last.means === 'completed') last.means = status;
    } else if (mends || accepts) {
      last.done = day;
      last.means = status;
    }
  }
  return spells.map(
    ({ trigger, scheduled, done, means }) => `poam.complete ${trigger} ${scheduled} ${done} ${means}`,
  );
}
