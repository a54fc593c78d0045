import { knownSql, type Times } from '../../acts/index.ts';
import type { Reading } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';
import { FIRST_SAID, LAST_SAID, OPEN } from './history.ts';
import { SOURCE } from './spells.ts';

/** A POA&M as it stands on a day. */
export interface Standing {
  readonly key: number;
  readonly number: string;
  readonly weakness: string;
  readonly system: string;
  readonly component: string | null;
  readonly source: 'assessment' | 'vulnerability';
  readonly severity: string;
  readonly identified: Day;
  readonly trigger: Day;
  readonly created: Day;
  readonly scheduled: Day;
  readonly status: string;
  /** The day of that status. */
  readonly since: Day;
  readonly lastUpdate: Day;
  readonly owner: string;
  /** Dollars. */
  readonly cost: number | null;
  readonly finding: string;
  /** The day on which its last spell to be completed began. */
  readonly completeFrom: Day;
}

/** Which POA&Ms are asked for; all where nothing is said. */
export interface Wanted {
  readonly key?: number | undefined;
  readonly number?: string | undefined;
  readonly system?: string | undefined;
  readonly component?: string | undefined;
}

/** The POA&Ms created by the day, as they stand on it and as known then: by scheduled day, then key. */
export async function readStandings(tx: Reading, times: Times, wanted: Wanted = {}): Promise<Standing[]> {
  return tx.rows<Standing>(STANDINGS, [
    tx.agency,
    times.asOf,
    times.knownAt,
    wanted.key ?? null,
    wanted.number ?? null,
    wanted.system ?? null,
    wanted.component ?? null,
  ]);
}

const STANDINGS = `
  select p.poam_key as key, p.number, l.weakness, k.name as system, c.name as component, l.source, l.severity,
    f.identified, f.trigger, f.created, h.then_scheduled as scheduled, h.then_status as status, h.since,
    h.last_update as "lastUpdate", l.owner, l.cost::float8 as cost, l.finding, b.trigger as "completeFrom"
  from poam p
  join system k on k.agency_id = $1 and k.system_key = p.system_key
  cross join lateral (
    select s.*, ${SOURCE} as source from poam_statement s
    where s.agency_id = $1 and s.poam_key = p.poam_key and s.known_from <= $3
    order by ${LAST_SAID} limit 1) l
  cross join lateral (
    select s.identified, s.trigger, s.created from poam_statement s
    where s.agency_id = $1 and s.poam_key = p.poam_key and s.known_from <= $3 order by ${FIRST_SAID} limit 1) f
  left join component c on c.agency_id = $1 and c.component_key = l.component_key
  cross join lateral (
    select o.then_scheduled, o.then_status,
      min(o.day) over (partition by o.stretch) as since,
      max(o.day) filter (where o.counts) over () as last_update
    from (
      select o.*, count(*) filter (where o.then_status is distinct from o.before) over (order by o.day, o.ordinal) as stretch
      from (
        select o.*, lag(o.then_status) over (order by o.day, o.ordinal) as before
        from poam_event o where o.agency_id = $1 and o.poam_key = p.poam_key and o.day <= $2 and ${knownSql('o', '$3')}
          and o.then_status is not null) o) o
    order by o.day desc, o.ordinal desc limit 1) h
  cross join lateral (
    select s.trigger from poam_spell s
    where s.agency_id = $1 and s.poam_key = p.poam_key and s.duty = 'poam.complete' and s.trigger <= $2 and ${knownSql('s', '$3')}
    order by s.trigger desc limit 1) b
  where p.agency_id = $1 and ($4::bigint is null or p.poam_key = $4) and ($5::text is null or p.number = $5)
    and ($6::text is null or k.name = $6) and ($7::text is null or c.name = $7)
  order by h.then_scheduled, p.poam_key`;

/** Whether a status is one of a POA&M that has not ended. */
export function isOpen({ status }: Pick<Standing, 'status'>): boolean {
  return status === 'open' || status === 'late';
}

/** An event of a POA&M's history. */
export interface HistoryRow {
  readonly day: Day;
  readonly kind: string;
  readonly comment: string;
  readonly scheduled: Day | null;
  readonly status: string | null;
  readonly flag: string | null;
  readonly evidence: number;
  readonly line: number;
  readonly file: string;
  readonly recorded: string;
  readonly by: string;
  /** The scheduled day in force as the day began, or from the creation on that day. */
  readonly eveScheduled: Day | null;
  readonly wasEnded: boolean;
}

/** The whole history of a POA&M as known, in its order; days after the as-of day included. */
export async function readHistory(tx: Reading, poam: number, knownAt: number): Promise<HistoryRow[]> {
  return tx.rows<HistoryRow>(
    `select o.day, o.kind, o.comment, o.scheduled, o.status, o.flag, o.evidence, o.line,
       coalesce(e.body::jsonb ->> 'file', '') as file, e.recorded, e.actor as by, coalesce((
         select b.then_scheduled from poam_event b where b.agency_id = $1 and b.poam_key = $2 and b.day < o.day
           and b.then_scheduled is not null and ${knownSql('b', '$3')} order by b.day desc, b.ordinal desc limit 1),
         o.then_scheduled) as "eveScheduled",
       coalesce(lag(o.then_status) over (order by o.day, o.ordinal) not in ${OPEN}, false) as "wasEnded"
     from poam_event o join entry e on e.agency_id = o.agency_id and e.index = o.evidence
     where o.agency_id = $1 and o.poam_key = $2 and ${knownSql('o', '$3')}
     order by o.day, o.ordinal`,
    [tx.agency, poam, knownAt],
  );
}
