import {
  knownSql,
  type DutyType,
  type Ground,
  type Grounds,
  type Placeholders,
  type Relation,
  type Times,
} from '../../acts/index.ts';
import type { Reading } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';
import { findingRelations, remediateDuty } from '../vulnerabilities/index.ts';
import { findingGrounds } from './findings.ts';
import { FIRST_SAID, LAST_SAID, OPEN } from './history.ts';
import { readHistory, type HistoryRow } from './standing.ts';

type PoamDuty = 'poam.create' | 'poam.update' | 'poam.complete';

const CLASSES = ['assessment', 'vulnerability'] as const;
const SAID = 'the lists of POA&Ms, their updates and the acts recorded';

/**
 * Have a POA&M: for a weakness that an assessment found, from the day on which the clock starts;
 * for a vulnerability that its owner declares cannot be fixed in time, or that has passed its
 * day unplanned, from discovery.
 */
export const createDuty: DutyType = {
  duty: 'poam.create',
  title: 'create a POA&M for a weakness',
  subjectKind: 'weakness',
  classes: ['assessment', 'critical', 'high', 'medium', 'low'],
  scale: 'severity',
  words: { must: 'have a POA&M', source: `${SAID}, and the scans taken in` },
  relations: (placeholders) => {
    const { unplanned, plannedForCreation } = findingRelations(placeholders);
    const finding = { subjectKind: 'finding', scale: 'severity', place: 'component' } as const;
    return [
      ...poamRelations('poam.create', placeholders),
      { ...finding, sql: plannedForCreation },
      { ...finding, sql: unplanned, awaits: 'vulnerability.remediate' },
    ];
  },
  names: async (tx, keys, times) =>
    new Map([...(await poamNames(tx, keys)), ...(await remediateDuty.names(tx, keys, times))]),
  everBegan: async (tx, subject, trigger, times) =>
    (await poamBegan('poam.create', tx, subject, trigger, times)) ||
    remediateDuty.everBegan(tx, subject, trigger, times),
  grounds: async (tx, subject, times) =>
    (await poamGrounds('poam.create', tx, subject, times)) ?? findingGrounds(tx, subject, times),
};

/** Update a POA&M while it is open: from its creation, and from each day somebody attended to it, to the next. */
export const updateDuty: DutyType = {
  ...ofPoams('poam.update'),
  title: 'update an open POA&M',
  words: { must: 'be updated', source: SAID },
};

/**
 * Complete a POA&M by its scheduled day, as it stands on the day asked about: completed, validated
 * or, by that day, accepted. Cancelled or accepted late, the weakness is still there.
 */
export const completeDuty: DutyType = {
  ...ofPoams('poam.complete'),
  title: 'complete a POA&M by its scheduled day',
  words: { must: 'be completed', source: SAID },
};

function ofPoams(duty: PoamDuty): Omit<DutyType, 'title' | 'words'> {
  return {
    duty,
    subjectKind: 'POA&M',
    classes: CLASSES,
    relations: (placeholders) =>
      poamRelations(duty, placeholders).map((relation) => ({ ...relation, isScheduled: true })),
    names: poamNames,
    everBegan: (tx, subject, trigger, times) => poamBegan(duty, tx, subject, trigger, times),
    grounds: async (tx, subject, times) =>
      (await poamGrounds(duty, tx, subject, times)) ?? { evidence: [], entries: [] },
  };
}

/** Of a component, and of the whole system where a POA&M names no component. */
function poamRelations(duty: PoamDuty, { agency, knownAt }: Placeholders): Relation[] {
  const spells = (place: string, which: string) =>
    `select s.poam_key as subject_key, ${place} as place_key, s.class, s.trigger, s.next_trigger, s.done, s.means,
       s.scheduled, s.holds_from, s.holds_until
     from poam_spell s where s.agency_id = ${agency} and ${knownSql('s', knownAt)} and s.duty = '${duty}'
       and s.component_key is ${which}`;
  return [
    { place: 'component', sql: spells('s.component_key', 'not null') },
    { place: 'system', sql: spells('s.system_key', 'null') },
  ];
}

async function poamNames(tx: Reading, keys: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const rows = await tx.rows<{ key: number; name: string }>(
    'select poam_key as key, number as name from poam where agency_id = $1 and poam_key = any($2)',
    [tx.agency, keys],
  );
  return new Map(rows.map(({ key, name }) => [key, name]));
}

async function poamBegan(
  duty: PoamDuty,
  tx: Reading,
  subject: number,
  trigger: Day,
  { knownAt }: Times,
): Promise<boolean> {
  const rows = await tx.rows(
    'select 1 from poam_spell where agency_id = $1 and poam_key = $2 and duty = $3 and trigger = $4 and known_from <= $5 limit 1',
    [tx.agency, subject, duty, trigger, knownAt],
  );
  return rows.length > 0;
}

/** What bears on the day; undefined where the key is no POA&M's. */
async function poamGrounds(
  duty: PoamDuty,
  tx: Reading,
  subject: number,
  times: Times,
): Promise<Grounds | undefined> {
  const history = await readHistory(tx, subject, times.knownAt);
  const [clock] = await tx.rows<Clock>(
    `select s.identified, s.trigger from poam_statement s where s.agency_id = $1 and s.poam_key = $2 and s.known_from <= $3
     order by ${FIRST_SAID} limit 1`,
    [tx.agency, subject, times.knownAt],
  );
  if (!clock) return undefined;
  // The clock may start before the POA&M is there: its creation bears on that too.
  const bears = history.filter(
    ({ day, kind }) =>
      kind === 'created' || ((duty !== 'poam.create' || kind === 'statement') && day <= times.asOf),
  );
  return {
    evidence: bears.filter(({ line }) => line > 0).map((event) => asGround(event, clock)),
    entries: bears.filter(({ line }) => line === 0).map(({ evidence }) => evidence),
  };
}

interface Clock {
  readonly identified: Day;
  readonly trigger: Day;
}

function asGround(event: HistoryRow, clock: Clock): Ground {
  const { evidence, file, line, day, flag } = event;
  if (event.kind === 'statement') return { evidence, file, line, observedOn: day, says: flag ?? '' };
  const flagged = flag === null ? '' : ` (${flag})`;
  return { evidence, file, line, observedOn: day, says: `${wordsOf(event, clock)}${flagged}` };
}

function wordsOf(event: HistoryRow, clock: Clock): string {
  switch (event.kind) {
    case 'created':
      return `created, scheduled for ${event.scheduled ?? ''}; identified on ${clock.identified}, the clock for its creation started on ${clock.trigger}`;
    case 'date-change':
      return `rescheduled for ${event.scheduled ?? ''}`;
    case 'status':
      return `${event.status ?? ''}${consequence(event)}`;
    default:
      return 'updated';
  }
}

function consequence({ status, day, eveScheduled: scheduled, wasEnded }: HistoryRow): string {
  if (status === 'cancelled') return ', which does not complete it: the weakness is still there';
  if (status !== 'accepted' || wasEnded || scheduled === null || day <= scheduled) return '';
  return `, after the scheduled day ${scheduled}, which does not complete it`;
}

/** How many open POA&Ms each component has as of the day; those of a whole system are in none. */
export async function countPoams(tx: Reading, times: Times): Promise<ReadonlyMap<number, number>> {
  const rows = await tx.rows<{ component: number; count: number }>(
    `select f.component_key as component, count(*) as count
     from (
       select distinct on (o.poam_key) o.poam_key, o.then_status from poam_event o
       where o.agency_id = $1 and o.day <= $2 and o.then_status is not null and ${knownSql('o', '$3')}
       order by o.poam_key, o.day desc, o.ordinal desc) o
     cross join lateral (
       select s.component_key from poam_statement s
       where s.agency_id = $1 and s.poam_key = o.poam_key and s.known_from <= $3
       order by ${LAST_SAID} limit 1) f
     where o.then_status in ${OPEN} and f.component_key is not null group by 1`,
    [tx.agency, times.asOf, times.knownAt],
  );
  return new Map(rows.map(({ component, count }) => [component, count]));
}
