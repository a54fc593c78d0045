import * as z from 'zod';
import {
  daySchema,
  declareView,
  knownSql,
  oversight,
  placeOfSystem,
  type Times,
  type Viewing,
} from '../../acts/index.ts';
import { cursorOf, pageSchema, requireNamed } from '../../duties/index.ts';
import { MusterError } from '../../errors/index.ts';
import { keyText, parseKey } from '../../record/index.ts';
import type { Reading } from '../../store/index.ts';
import { daysBetween, type Day } from '../../time/index.ts';
import { RATINGS } from './duties.ts';
import { readSightings, sightingWords } from './history.ts';

const STATES = ['open', 'closed', 'all'] as const;

/** A finding by its last spell as of the day. */
export interface FindingRow {
  readonly finding: string;
  readonly asset: string;
  readonly component: string;
  readonly title: string;
  readonly plugin: number;
  /** `tcp/443` */
  readonly port: string;
  /** The scanner's own: `high`. */
  readonly rating: string;
  readonly opened: Day;
  readonly closed: Day | null;
  /** Until it closed, or the day asked about. */
  readonly daysOpen: number;
  readonly duty: string;
}

export interface FindingsAnswer {
  readonly asOf: Day;
  readonly total: number;
  readonly next: string | null;
  readonly findings: readonly FindingRow[];
}

const findingsInput = z.object({
  system: z.string().optional(),
  component: z.string().optional(),
  asset: z.string().optional(),
  rating: z.enum(RATINGS).optional().describe("the scanner's own rating"),
  state: z.enum(STATES).default('open'),
  ...pageSchema.shape,
});

type FindingsInput = z.output<typeof findingsInput>;

/** Findings as of a day, the longest open first. */
export const findingsView = declareView({
  view: 'findings',
  title: 'findings of vulnerability scans, the oldest first',
  path: '/findings',
  input: findingsInput,
  may: oversight,
  where: { system: 'system' },
  listing: {
    command: 'findings',
    rows: 'findings',
    none: 'no finding fits',
    columns: [
      { field: 'asset', title: 'Asset' },
      { field: 'component', title: 'Component' },
      { field: 'title', title: 'Finding' },
      { field: 'plugin', title: 'Plugin' },
      { field: 'port', title: 'Port' },
      { field: 'rating', title: 'Rating' },
      { field: 'opened', title: 'Opened' },
      { field: 'closed', title: 'Closed' },
      { field: 'daysOpen', title: 'Days open' },
      { field: 'duty', title: 'Duty', isDuty: true },
      { field: 'finding', title: 'History', leadsTo: { view: 'finding', with: { finding: 'finding' } } },
    ],
  },
  read: async (at, input): Promise<FindingsAnswer> => {
    const { times } = at;
    await requireNamed(at, input);
    const places = await selectedPlaces(at, input);
    const selection: Selection = {
      components: places.keys,
      assets: input.asset === undefined ? null : await assetsNamed(at, input.asset),
      rating: input.rating === undefined ? null : `nessus:${input.rating}`,
      state: input.state,
    };
    const after = input.after === undefined ? undefined : cursor.read(input.after);
    const rows = await readPage(at.tx, times, selection, after, input.limit + 1);
    const page = rows.slice(0, input.limit);
    const last = page.at(-1);
    return {
      asOf: times.asOf,
      total: await countSelected(at.tx, times, selection),
      next: rows.length > page.length && last ? cursor.write({ trigger: last.trigger, key: last.key }) : null,
      findings: page.map((row) => shown(row, places.names, times.asOf)),
    };
  },
});

interface Selection {
  /** Null: all of them. */
  readonly components: readonly number[] | null;
  readonly assets: readonly number[] | null;
  readonly rating: string | null;
  readonly state: (typeof STATES)[number];
}

interface PageRow {
  key: number;
  component_key: number;
  asset: string;
  title: string;
  plugin: number;
  port: string;
  class: string;
  trigger: Day;
  done: Day | null;
}

const SELECTED = `finding_spell s where s.agency_id = $1 and ${knownSql('s', '$3::bigint')}
  and s.trigger <= $2::date and (s.next_trigger is null or s.next_trigger > $2::date)
  and s.holds_from <= $2::date and (s.holds_until is null or s.holds_until > $2::date)
  and ($4::bigint[] is null or s.component_key = any($4)) and ($5::text is null or s.class = $5::finding_rating)
  and ($6::bigint[] is null
    or s.finding_key = any(array(select finding_key from finding where agency_id = $1 and asset_key = any($6))))
  and ($7::boolean is null or (s.done is null or s.done > $2::date) = $7)`;

function selectedParameters(
  tx: Reading,
  times: Times,
  { components, assets, rating, state }: Selection,
): unknown[] {
  const isOpen = state === 'all' ? null : state === 'open';
  return [tx.agency, times.asOf, times.knownAt, components, rating, assets, isOpen];
}

async function countSelected(tx: Reading, times: Times, selection: Selection): Promise<number> {
  const { count } = await tx.row<{ count: number }>(
    `select count(*) as count from ${SELECTED}`,
    selectedParameters(tx, times, selection),
  );
  return count;
}

async function readPage(
  tx: Reading,
  times: Times,
  selection: Selection,
  after: After | undefined,
  limit: number,
): Promise<PageRow[]> {
  return tx.rows<PageRow>(
    `select s.finding_key as key, s.component_key, a.name as asset, p.title, s.plugin, f.protocol || '/' || f.port as port,
       s.class, s.trigger, case when s.done <= $2::date then s.done end as done
     from (select * from ${SELECTED}
       and ($8::date is null or (s.trigger, s.finding_key) > ($8::date, $9::bigint))
       order by s.trigger, s.finding_key limit $10) s
     join finding f on f.agency_id = $1 and f.finding_key = s.finding_key
     join asset a on a.agency_id = $1 and a.asset_key = f.asset_key
     join plugin p on p.agency_id = $1 and p.plugin = s.plugin and ${knownSql('p', '$3::bigint')}
     order by s.trigger, s.finding_key`,
    [...selectedParameters(tx, times, selection), after?.trigger ?? null, after?.key ?? null, limit],
  );
}

function shown(row: PageRow, components: ReadonlyMap<number, string>, asOf: Day): FindingRow {
  const { asset, title, plugin, port, trigger: opened, done: closed } = row;
  const finding = keyText(row.key);
  return {
    finding,
    asset,
    component: components.get(row.component_key) ?? '',
    title,
    plugin,
    port,
    rating: row.class.replace(/^\w+:/, ''),
    opened,
    closed,
    daysOpen: daysBetween(opened, closed ?? asOf),
    duty: `vulnerability.remediate:${finding}:${opened}`,
  };
}

/** The components' names, and the keys of those asked for; null for all. */
async function selectedPlaces(
  { tx, declarations, times }: Viewing,
  { system, component }: FindingsInput,
): Promise<{ keys: readonly number[] | null; names: ReadonlyMap<number, string> }> {
  const known = [...(await declarations.knownFacts(tx, times)).components.values()];
  const names = new Map(known.map((place) => [place.key, place.component ?? '']));
  if (system === undefined && component === undefined) return { keys: null, names };
  const wanted = known.filter(
    (place) =>
      (system === undefined || place.system === system) &&
      (component === undefined || place.component === component),
  );
  return { keys: wanted.map((place) => place.key), names };
}

/** The assets of a name, in whichever components. Throws NOT_FOUND where there is none. */
async function assetsNamed({ tx, times }: Viewing, name: string): Promise<number[]> {
  const rows = await tx.rows<{ key: number }>(
    'select asset_key as key from asset where agency_id = $1 and lower(name) = lower($2) and known_from <= $3',
    [tx.agency, name, times.knownAt],
  );
  if (rows.length === 0) throw notFound('asset', name);
  return rows.map((row) => row.key);
}

function notFound(what: string, name: string): MusterError {
  return new MusterError('NOT_FOUND', `there is no ${what} ${name.slice(0, 40)}`);
}

/** Where a page ended: its last row's place in the order. */
interface After {
  readonly trigger: Day;
  readonly key: number;
}

const cursor = cursorOf<After>(z.strictObject({ trigger: daySchema, key: z.int() }), 'findings');

/** A finding's history, a row for each scan that concerns it. */
export interface FindingAnswer {
  readonly asOf: Day;
  readonly finding: string;
  readonly asset: string;
  readonly title: string;
  readonly plugin: number;
  readonly port: string;
  readonly family: string;
  readonly history: readonly {
    readonly day: Day;
    readonly what: string;
    readonly evidence: number;
    readonly file: string;
    readonly line: number;
  }[];
}

export const findingView = declareView({
  view: 'finding',
  title: 'what the scans said of one finding',
  path: '/findings/:finding',
  input: z.object({ finding: z.string().describe('the finding, like 5.17') }),
  may: oversight,
  where: async (at, { finding }) => placeOfSystem((await findFinding(at, finding)).system),
  listing: {
    command: 'finding',
    rows: 'history',
    none: 'no scan had seen it by then',
    columns: [
      { field: 'day', title: 'Day' },
      { field: 'what', title: 'What the scan says' },
      { field: 'file', title: 'Evidence' },
      {
        field: 'line',
        title: 'Line',
        leadsTo: { view: 'evidence-line', with: { evidence: 'evidence', line: 'line' } },
      },
    ],
  },
  read: async (at, input): Promise<FindingAnswer> => {
    const { tx, times } = at;
    const { key, asset, title, plugin, port, family } = await findFinding(at, input.finding);
    const history = (await readSightings(tx, key, times)).map((sighting) => ({
      day: sighting.day,
      what: sightingWords(sighting),
      evidence: sighting.evidence,
      file: sighting.file,
      line: sighting.line,
    }));
    return { asOf: times.asOf, finding: input.finding, asset, title, plugin, port, family, history };
  },
});

interface FoundFinding extends Omit<FindingAnswer, 'asOf' | 'finding' | 'history'> {
  readonly key: number;
  readonly system: string;
}

/** The finding of a key as known then, and the system it is in. Throws NOT_FOUND. */
async function findFinding({ tx, times }: Viewing, text: string): Promise<FoundFinding> {
  const [found] = await tx.rows<FoundFinding>(
    `select f.finding_key as key, k.name as system, a.name as asset, p.title, f.plugin,
       f.protocol || '/' || f.port as port, p.family
     from finding f join asset a on a.agency_id = $1 and a.asset_key = f.asset_key
     join component c on c.agency_id = $1 and c.component_key = f.component_key
     join system k on k.agency_id = $1 and k.system_key = c.system_key
     join plugin p on p.agency_id = $1 and p.plugin = f.plugin and ${knownSql('p', '$3::bigint')}
     where f.agency_id = $1 and f.finding_key = $2 and f.known_from <= $3::bigint`,
    [tx.agency, parseKey(text) ?? 0, times.knownAt],
  );
  if (!found) throw notFound('finding', text);
  return found;
}
