import { knownSql, type Grounds, type Times } from '../../acts/index.ts';
import type { Entry } from '../../record/index.ts';
import type { Reading, Writing } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';
import { coverFindings, plansSql, remediateDuty } from '../vulnerabilities/index.ts';
import { FIRST_SAID, LAST_SAID, OPEN } from './history.ts';
import { NAMES_PLUGINS } from './spells.ts';

/*
 * Findings that POA&Ms cover: a POA&M that names plugins covers their findings in its component,
 * or in every component its system has, from its creation to its end.
 */

/** What is known of the finding, and the creation of the POA&Ms that cover it. */
export async function findingGrounds(tx: Reading, finding: number, times: Times): Promise<Grounds> {
  const found = await remediateDuty.grounds(tx, finding, times);
  const plans = await tx.rows<{ evidence: number; file: string; line: number; day: Day; number: string }>(
    `select o.evidence, coalesce(e.body::jsonb ->> 'file', '') as file, o.line, o.day, p.number
     from finding f
     join (${plansSql('$1', '$3')}) n on n.component_key = f.component_key and n.plugin = f.plugin
     join poam p on p.agency_id = $1 and p.poam_key = n.plan_key
     join poam_event o on o.agency_id = $1 and o.poam_key = p.poam_key and o.kind = 'created' and ${knownSql('o', '$3')}
     join entry e on e.agency_id = $1 and e.index = o.evidence
     where f.agency_id = $1 and f.finding_key = $2 and n.from_day <= $4 and exists (
       select 1 from finding_spell s where s.agency_id = $1 and s.finding_key = f.finding_key and ${knownSql('s', '$3')}
         and (s.done is null or s.done > n.from_day) and (n.until_day is null or n.until_day > s.trigger))
     order by o.day, p.number collate "C"`,
    [tx.agency, finding, times.knownAt, times.asOf],
  );
  return {
    evidence: [
      ...found.evidence,
      ...plans
        .filter(({ line }) => line > 0)
        .map(({ evidence, file, line, day, number }) => ({
          evidence,
          file,
          line,
          observedOn: day,
          says: `the POA&M ${number} was created, which covers it`,
        })),
    ],
    entries: [...found.entries, ...plans.filter(({ line }) => line === 0).map(({ evidence }) => evidence)],
  };
}

interface CoverRow {
  key: number;
  plugins: string;
  system: number;
  component: number | null;
  from: Day;
  until: Day | null;
}

/** Keeps in step what the POA&Ms in `poam_touched` cover, those included that named plugins before. */
export async function keepCoverage(tx: Writing, entry: Entry<unknown>): Promise<void> {
  const rows = await tx.rows<CoverRow>(
    `select p.poam_key as key, p.system_key as system, l.component_key as component,
       case when l.names_plugins then l.finding else '' end as plugins, f.created as "from",
       case when h.is_ended then h.since end as until
     from poam_touched t
     join poam p on p.agency_id = $1 and p.poam_key = t.poam_key
     cross join lateral (
       select s.finding, s.component_key, ${NAMES_PLUGINS} as names_plugins
       from poam_statement s where s.agency_id = $1 and s.poam_key = p.poam_key order by ${LAST_SAID} limit 1) l
     cross join lateral (
       select s.created from poam_statement s where s.agency_id = $1 and s.poam_key = p.poam_key order by ${FIRST_SAID} limit 1) f
     cross join lateral (
       select (array_agg(o.then_status order by o.day desc, o.ordinal desc))[1] not in ${OPEN} as is_ended,
         min(o.day) filter (where o.then_status not in ${OPEN} and not exists (
           select 1 from poam_event r where r.agency_id = $1 and r.poam_key = o.poam_key and r.known_until is null
             and r.then_status in ${OPEN} and (r.day, r.ordinal) > (o.day, o.ordinal))) as since
       from poam_event o
       where o.agency_id = $1 and o.poam_key = p.poam_key and o.known_until is null and o.then_status is not null) h
     where exists (select 1 from poam_statement s where s.agency_id = $1 and s.poam_key = p.poam_key and ${NAMES_PLUGINS})
     order by 1`,
    [tx.agency],
  );
  for (const { plugins, ...plan } of rows) {
    await coverFindings(tx, entry, {
      ...plan,
      plugins: plugins === '' ? [] : plugins.split(' ').map(Number),
    });
  }
}
