import { knownSql, type Placeholders } from '../../acts/index.ts';
import type { Entry } from '../../record/index.ts';
import type { Writing } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';

/*
 * Findings that a plan (POA&M) covers, and findings whose owner declared that they cannot be
 * fixed in time. INVARIANT: as of any day a spell is either unplanned or planned.
 */

/** What a plan covers: findings of these plugins in these components, from a day until a day. */
export interface PlanCover {
  readonly key: number;
  readonly components: readonly number[];
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
  const wanted = `(select component_key, plugin, $5::date as from_day, $6::date as until_day
    from unnest($3::bigint[]) component_key cross join unnest($4::integer[]) plugin group by 1, 2)`;
  const same = `(o.component_key, o.plugin, o.from_day) = (w.component_key, w.plugin, w.from_day)
    and o.until_day is not distinct from w.until_day`;
  const about = [tx.agency, plan.key, plan.components, plan.plugins, plan.from, plan.until];
  const said = [...about, entry.index];
  const outdated = `o.agency_id = $1 and o.plan_key = $2 and o.known_until is null
    and not exists (select 1 from ${wanted} w where ${same})`;
  // What the same entry said before counts for nothing.
  await tx.run(`delete from finding_plan o where ${outdated} and o.known_from = $7`, said);
  await tx.run(`update finding_plan o set known_until = $7 where ${outdated}`, said);
  await tx.run(
    `insert into finding_plan (agency_id, plan_key, component_key, plugin, from_day, until_day, known_from)
     select $1, $2, w.component_key, w.plugin, w.from_day, w.until_day, $7 from ${wanted} w
     where not exists (select 1 from finding_plan o
       where o.agency_id = $1 and o.plan_key = $2 and o.known_until is null and ${same})`,
    said,
  );
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
  const covering = `p.agency_id = ${agency} and ${knownSql('p', knownAt)} and p.component_key = s.component_key
    and p.plugin = s.plugin and p.from_day <= ${asOf} and (p.until_day is null or p.until_day >= s.trigger)`;
  const isCovered = `exists (select 1 from finding_plan p where ${covering})`;
  // Said of the spell in which its day lies, should a scan taken in late move the spell's beginning.
  const isDeclared = `exists (select 1 from finding_declaration d
    where d.agency_id = ${agency} and d.known_from <= ${knownAt} and d.finding_key = s.finding_key and d.day <= ${asOf}
      and d.trigger >= s.trigger and (s.next_trigger is null or d.trigger < s.next_trigger))`;
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
        from finding_spell s join finding_plan p on ${covering} where ${isKnown}
        group by s.finding_key, s.component_key, s.class, s.trigger, s.next_trigger, s.done, s.means, ${HOLDS}) c
      union all select ${asClosed} from ${spells} and ${onlyDeclared}`,
  };
}
