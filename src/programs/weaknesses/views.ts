import * as z from 'zod';
import { daySchema, declareView, oversight, placeOfSystem, type Viewing } from '../../acts/index.ts';
import { cursorOf, lastDuties, pageSchema, requireNamed } from '../../duties/index.ts';
import { MusterError } from '../../errors/index.ts';
import { keyText, parseKey } from '../../record/index.ts';
import type { Day } from '../../time/index.ts';
import { isOpen, readHistory, readStandings, type HistoryRow, type Standing } from './standing.ts';

export interface PoamRow {
  readonly poam: string;
  readonly weakness: string;
  readonly system: string;
  readonly component: string | null;
  readonly severity: string;
  readonly source: string;
  readonly created: Day;
  readonly scheduled: Day;
  /** As of the day; `late` where the duty to complete it is overdue, and its risk not accepted in time. */
  readonly status: string;
  readonly lastUpdate: Day;
  /** The duty to complete it, by its id. */
  readonly duty: string;
  readonly key: string;
}

export interface PoamsAnswer {
  readonly asOf: Day;
  readonly total: number;
  readonly next: string | null;
  readonly poams: readonly PoamRow[];
}

/** POA&Ms by scheduled day, as they stand on a day. */
export const poamsView = declareView({
  view: 'poams',
  title: 'POA&Ms as of a day, by scheduled day',
  path: '/poams',
  input: z.object({
    system: z.string().optional().describe('of this system alone'),
    component: z.string().optional().describe('of this component alone'),
    source: z.enum(['assessment', 'vulnerability']).optional().describe('what found the weakness'),
    state: z.enum(['open', 'late', 'ended', 'all']).default('all').describe('how they stand'),
    ...pageSchema.shape,
  }),
  may: oversight,
  where: { system: 'system' },
  listing: {
    command: 'poams',
    rows: 'poams',
    none: 'no POA&M fits',
    columns: [
      { field: 'poam', title: 'POA&M', leadsTo: { view: 'poam', with: { poam: 'poam', system: 'system' } } },
      { field: 'weakness', title: 'Weakness' },
      { field: 'system', title: 'System' },
      { field: 'component', title: 'Component' },
      { field: 'severity', title: 'Severity' },
      { field: 'source', title: 'Source' },
      { field: 'created', title: 'Created' },
      { field: 'scheduled', title: 'Scheduled' },
      { field: 'status', title: 'Status' },
      { field: 'lastUpdate', title: 'Last update' },
      { field: 'duty', title: 'Duty', isDuty: true },
    ],
  },
  read: async (at, input): Promise<PoamsAnswer> => {
    const { times } = at;
    await requireNamed(at, input);
    const standings = await readStandings(at.tx, times, { system: input.system, component: input.component });
    const wanted = standings.filter(({ source }) => input.source === undefined || source === input.source);
    const late = await latePoams(at, wanted);
    const rows = wanted
      .map((standing) => rowOf(standing, late))
      .filter((row) => input.state === 'all' || stateOf(row) === input.state);
    const after = input.after === undefined ? undefined : cursor.read(input.after);
    const from = after === undefined ? 0 : rows.findIndex((row) => comesAfter(placeOf(row), after));
    const rest = from === -1 ? [] : rows.slice(from);
    const poams = rest.slice(0, input.limit);
    const last = poams.at(-1);
    const next = rest.length > poams.length && last ? cursor.write(placeOf(last)) : null;
    return { asOf: times.asOf, total: rows.length, next, poams };
  },
});

/**
 * The POA&Ms that are late, by key: what the evaluator calls overdue, for it alone knows what a
 * rulebook makes of a scheduled day, and whose risk nobody has accepted in time.
 */
async function latePoams(
  { tx, declarations, times }: Viewing,
  standings: readonly Standing[],
): Promise<ReadonlySet<number>> {
  const open = standings.filter(isOpen).map(({ key }) => key);
  const duties = await lastDuties(tx, declarations, 'poam.complete', open, times);
  return new Set(
    open.filter((key) => {
      const duty = duties.get(key);
      return duty?.status === 'overdue' && !duty.suspended;
    }),
  );
}

function rowOf(standing: Standing, late: ReadonlySet<number>): PoamRow {
  const { number, weakness, system, component, severity, source, created, scheduled, lastUpdate } = standing;
  const key = keyText(standing.key);
  const duty = `poam.complete:${key}:${standing.completeFrom}`;
  const status = isOpen(standing) ? (late.has(standing.key) ? 'late' : 'open') : standing.status;
  return {
    poam: number,
    weakness,
    system,
    component,
    severity,
    source,
    created,
    scheduled,
    status,
    lastUpdate,
    duty,
    key,
  };
}

function stateOf(row: PoamRow): 'open' | 'late' | 'ended' {
  return row.status === 'open' || row.status === 'late' ? row.status : 'ended';
}

/** Where a POA&M is in the order. */
interface Place {
  readonly scheduled: Day;
  readonly key: number;
}

const cursor = cursorOf<Place>(z.strictObject({ scheduled: daySchema, key: z.int().min(1) }), 'POA&Ms');

function placeOf(row: PoamRow): Place {
  return { scheduled: row.scheduled, key: parseKey(row.key) ?? 0 };
}

function comesAfter(place: Place, { scheduled, key }: Place): boolean {
  return place.scheduled > scheduled || (place.scheduled === scheduled && place.key > key);
}

export interface PoamEvent {
  readonly day: Day;
  readonly kind: string;
  readonly comment: string | null;
  readonly scheduled: Day | null;
  readonly status: string | null;
  /** What an act would have refused. */
  readonly flag: string | null;
  /** The entry that says so. */
  readonly entry: number;
  /** Of an imported event its file and line. */
  readonly file: string | null;
  readonly line: number | null;
  readonly recorded: string;
  readonly by: string;
}

export interface PoamAnswer extends PoamRow {
  readonly asOf: Day;
  readonly identified: Day;
  readonly clockStarted: Day;
  readonly owner: string | null;
  /** Dollars. */
  readonly cost: number | null;
  /** The plugins of the findings it covers, or the name of a weakness. */
  readonly finding: string | null;
  readonly history: readonly PoamEvent[];
}

/** One POA&M as it stands on a day, and what happened to it until then. */
export const poamView = declareView({
  view: 'poam',
  title: 'a POA&M and its history',
  path: '/poams/:poam',
  input: z.object({
    poam: z.string().describe('its number, or its key where no POA&M has that number'),
    system: z.string().optional().describe('its system, where others have the same number'),
  }),
  may: oversight,
  where: async (at, input) => {
    const [first] = await poamsNamed(at, input);
    return placeOfSystem(first.system);
  },
  listing: {
    command: 'poam',
    rows: 'history',
    none: 'nothing happened to it by then',
    columns: [
      { field: 'day', title: 'Day' },
      { field: 'kind', title: 'Event' },
      { field: 'scheduled', title: 'Scheduled' },
      { field: 'status', title: 'Status' },
      { field: 'comment', title: 'Comment' },
      { field: 'flag', title: 'Would have been refused' },
      { field: 'file', title: 'File' },
      { field: 'line', title: 'Line' },
      { field: 'entry', title: 'Entry' },
      { field: 'recorded', title: 'Recorded' },
      { field: 'by', title: 'By' },
    ],
  },
  read: async (at, input): Promise<PoamAnswer> => {
    const { times } = at;
    const found = await findPoam(at, input);
    const history = await readHistory(at.tx, found.key, times.knownAt);
    const { identified, trigger, owner, cost, finding } = found;
    return {
      asOf: times.asOf,
      ...rowOf(found, await latePoams(at, [found])),
      identified,
      clockStarted: trigger,
      owner: owner === '' ? null : owner,
      cost,
      finding: finding === '' ? null : finding,
      history: history.filter(({ day }) => day <= times.asOf).map(showEvent),
    };
  },
});

function showEvent(event: HistoryRow): PoamEvent {
  const { day, kind, comment, scheduled, status, flag, evidence, line, file, recorded, by } = event;
  const from = line > 0 ? { file, line } : { file: null, line: null };
  const said = { comment: comment === '' ? null : comment, scheduled, status, flag };
  return { day, kind, ...said, entry: evidence, ...from, recorded, by };
}

interface NamedPoam {
  readonly poam: string;
  readonly system?: string | undefined;
}

/**
 * The POA&Ms of a number, or where none has it, the one of that key; of those in several systems the
 * ones within reach, if there are any. Throws NOT_FOUND where there is none by the day.
 */
async function poamsNamed(
  { tx, times, reached }: Viewing,
  { poam: text, system }: NamedPoam,
): Promise<readonly [Standing, ...Standing[]]> {
  const numbered = await readStandings(tx, times, { number: text, system });
  const key = numbered.length === 0 ? parseKey(text) : undefined;
  const found = key === undefined ? numbered : await readStandings(tx, times, { key, system });
  const within = found.filter((each) => reached === null || reached.includes(each.system));
  const [first, ...others] = within.length > 0 ? within : found;
  if (!first)
    throw new MusterError('NOT_FOUND', `there is no POA&M ${text.slice(0, 40)} as of ${times.asOf}`);
  return [first, ...others];
}

/** Throws NOT_FOUND where there is none by the day, BAD_REQUEST where several have the number. */
async function findPoam(at: Viewing, named: NamedPoam): Promise<Standing> {
  const found = await poamsNamed(at, named);
  const [first] = found;
  if (found.length === 1) return first;
  const reason = `the systems ${found.map((each) => each.system).join(', ')} have a POA&M of that number: say which`;
  throw new MusterError('BAD_REQUEST', `system: ${reason}`, [{ at: 'system', reason }]);
}
