import { knownSql, type Placeholders } from '../../acts/index.ts';
import type { Entry } from '../../record/index.ts';
import type { Writing } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';

/*
 * Findings that a plan (POA&M) covers, and findings whose owner declared that they cannot be
 * fixed in time. INVARIANT: as of any day a spell is either unplanned or planned.
 */

/** What a plan covers: findings of these plugins, from a day until a day. */
export interface PlanCover {
  readonly key: number;
  readonly system: number;
  /** Null: all components that the system has, whenever it comes to have them. */
  readonly component: number | null;
  readonly plugins: readonly number[];
  /** The plan was created. */
  readonly from: Day;
  /** The plan ended; null while it goes on. */
  readonly until: Day | null;
}

/** Says what a plan covers from now on, in place of what an earlier entry, or this one, said of it. */
export async function coverFindings(
  tx: Writing,
  entry: Pick<Entry, 'index'>,
  plan: PlanCover,
): Promise<void> {
  const columns = ['system_key', 'component_key', 'plugin', 'from_day', 'until_day'];
  const of = (row: string) => `(${columns.map((column) => `${row}.${column}`).join(', ')})`;
  const wanted = `(select distinct $3::bigint as system_key, $4::bigint as component_key, plugin, $6::date as from_day, $7::date as until_day
    from unnest($5::integer[]) plugin)`;
  const same = `${of('o')} is not distinct from ${of('w')}`;
  const { key, system, component, plugins, from, until } = plan;
  const said = [tx.agency, key, system, component, plugins, from, until, entry.index];
  const outdated = `o.agency_id = $1 and o.plan_key = $2 and o.known_until is null
    and not exists (select 1 from ${wanted} w where ${same})`;
  // What the same entry said before counts for nothing.
  await tx.run(`delete from finding_plan o where ${outdated} and o.known_from = $8`, said);
  await tx.run(`update finding_plan o set known_until = $8 where ${outdated}`, said);
  await tx.run(
    `insert into finding_plan (agency_id, plan_key, ${columns.join(', ')}, known_from)
     select $1, $2, ${columns.map((column) => `w.${column}`).join(', ')}, $8 from ${wanted} w
     where not exists (select 1 from finding_plan o
       where o.agency_id = $1 and o.plan_key = $2 and o.known_until is null and ${same})`,
    said,
  );
}

/** SQL of the plans known at an entry, a row for each component and plugin. Both are SQL. */
export function plansSql(agency: string, knownAt: string): string {
  return `
    select n.plan_key, c.component_key, n.plugin, n.from_day, n.until_day
    from finding_plan n
    join component c on c.agency_id = n.agency_id and c.system_key = n.system_key and c.known_from <= ${knownAt}
      and c.component_key = coalesce(n.component_key, c.component_key)
    where n.agency_id = ${agency} and ${knownSql('n', knownAt)}`;
}

const SPELL = `s.finding_key as subject_key, s.component_key as place_key, s.class, s.trigger, s.next_trigger`;
const HOLDS = 's.holds_from, s.holds_until';

/** SQL of the spells of findings, by whether a plan covers them or their owner declared them by the day. */
export interface FindingRelations {
  /** Neither covered by a plan nor declared. */
  readonly unplanned: string;
  /** The others, to be remediated: done when a scan that covered the finding no longer saw it. */
  readonly plannedForRemediation: string;
  /** The same, to have a plan: done, as `planned`, when a plan covered it, or before that by remediation. */
  readonly plannedForCreation: string;
}

/** The spells of findings in the columns of a relation; `class` is a rating, `nessus:high`. */
export function findingRelations({ agency, asOf, knownAt }: Placeholders): FindingRelations {
  const isKnown = `s.agency_id = ${agency} and ${knownSql('s', knownAt)}`;
  const spells = `finding_spell s where ${isKnown}`;
  const plans = `(${plansSql(agency, knownAt)})`;
  // Of what was fixed before the plan came none was owed; and one that has ended by the day on which it opens is none.
  const covering = `p.component_key = s.component_key and p.plugin = s.plugin and p.from_day <= ${asOf}
    and (s.done is null or s.done > p.from_day) and (p.until_day is null or p.until_day > s.trigger)`;
  const isCovered = `exists (select 1 from ${plans} p where ${covering})`;
  // Said of the spell in which its day lies, should a scan taken in late split the spell.
  const isDeclared = `exists (select 1 from finding_declaration d
    where d.agency_id = ${agency} and d.known_from <= ${knownAt} and d.finding_key = s.finding_key and d.day <= ${asOf}
      and d.day >= s.trigger and (s.done is null or s.done > d.day))`;
  // By the keys of the few declared ones, not by reading a million others.
  const onlyDeclared = `${isDeclared} and not ${isCovered} and s.finding_key = any(array(
    select finding_key from finding_declaration d where d.agency_id = ${agency} and d.known_from <= ${knownAt} and d.day <= ${asOf}))`;
  const asClosed = `${SPELL}, s.done, s.means::text as means, ${HOLDS}`;
  return {
    unplanned: `select ${SPELL}, s.done, s.means, ${HOLDS} from ${spells} and not ${isCovered} and not ${isDeclared}`,
    plannedForRemediation: `select ${asClosed} from ${spells} and ${isCovered}
      union all select ${asClosed} from ${spells} and ${onlyDeclared}`,
    plannedForCreation: `
      select subject_key, place_key, class, trigger, next_trigger, least(done, planned) as done,
        case when done < planned then means else 'planned' end as means, holds_from, holds_until
      from (select ${asClosed}, greatest(s.trigger, min(p.from_day)) as planned
        from finding_spell s join ${plans} p on ${covering} where ${isKnown}
        group by s.finding_key, s.component_key, s.class, s.trigger, s.next_trigger, s.done, s.means, ${HOLDS}) c
      union all select ${asClosed} from ${spells} and ${onlyDeclared}`,
  };
}
