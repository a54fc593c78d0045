import type { Acceptance, Declarations, DutyType } from '../acts/index.ts';
import type { Reading } from '../store/index.ts';
import type { Day } from '../time/index.ts';
import { countingAcceptance, statusOf, type Status } from './status.ts';
import type { Law, Verdict } from './verdict.ts';

/*
 * The waist. A census counts the spells of every duty type by what their verdict depends on:
 * component, class, trigger, done. SQL groups, and knows no due day; the verdict on each group is
 * computed once, here. Lists, figures and explanations are all read off groups.
 */

/** Which spells are asked for. */
export interface Selection {
  readonly system?: string | undefined;
  readonly duty?: string | undefined;
  readonly class?: string | undefined;
  readonly component?: string | undefined;
  /** Only each subject's last spell as of the day: what figures count. */
  readonly lastOnly?: boolean;
}

/** Spells alike in everything a verdict depends on. */
export interface Group {
  readonly type: DutyType;
  readonly component: number | null;
  readonly class: string;
  readonly trigger: Day;
  readonly done: Day | null;
  readonly means: string | null;
  readonly count: number;
  readonly status: Status;
  readonly verdict: Verdict;
}

/** A spell of its own, told from its group where an acceptance concerns it. */
export interface Accepted {
  readonly subject: number;
  readonly group: Omit<Group, 'count'>;
  readonly acceptance: Acceptance;
  readonly suspended: boolean;
}

export interface Census {
  readonly groups: readonly Group[];
  readonly accepted: readonly Accepted[];
}

interface GroupRow {
  component: number | null;
  class: string;
  trigger: Day;
  done: Day | null;
  means: string | null;
  count: number;
}

/** Counts the selected spells as of the law's day, as known then. */
export async function takeCensus(
  tx: Reading,
  declarations: Declarations,
  law: Law,
  selection: Selection,
): Promise<Census> {
  const groups: Group[] = [];
  for (const type of selectedTypes(declarations, selection)) {
    const rows: GroupRow[] = [];
    for (const part of selectedParts(type, selection)) {
      // INVARIANT: grouped by bare columns, for which the planner has statistics.
      const counted = `select r.component_key as component, r.class::text, r.trigger, r.done, r.means::text, count(*) as count
        from ${part} group by r.component_key, r.class, r.trigger, r.done, r.means`;
      const counts = await tx.rows<GroupRow>(counted, spellsParameters(tx, law, selection));
      for (const row of counts) rows.push(row);
    }
    for (const row of asOfTheDay(rows, law.times.asOf)) groups.push(judge(law, type, row));
  }
  return { groups, accepted: await readAccepted(tx, declarations, law, selection) };
}

/** What is done after the day is not done as of the day: groups that differ only in that are one. */
function asOfTheDay(rows: readonly GroupRow[], asOf: Day): GroupRow[] {
  const merged = new Map<string, GroupRow>();
  for (const row of rows) {
    const isDone = row.done !== null && row.done <= asOf;
    const seen = { ...row, done: isDone ? row.done : null, means: isDone ? row.means : null };
    const key = [seen.component, seen.class, seen.trigger, seen.done, seen.means].join(' ');
    const same = merged.get(key);
    merged.set(key, same ? { ...same, count: same.count + seen.count } : seen);
  }
  return [...merged.values()];
}

function selectedTypes(declarations: Declarations, selection: Selection): readonly DutyType[] {
  const types = [...declarations.dutyTypes.values()];
  return selection.duty === undefined ? types : types.filter((type) => type.duty === selection.duty);
}

/** The parts of a type's relation as `(…) r where …`; $2 is the as-of day, $3 the last entry known, $4 components, $5 the class. */
function selectedParts(type: DutyType, selection: Selection): string[] {
  const last = selection.lastOnly ? 'and (r.next_trigger is null or r.next_trigger > $2::date)' : '';
  return type.relation({ agency: '$1::integer', asOf: '$2::date', knownAt: '$3::bigint' }).map(
    (part) => `(${part}) r where r.trigger <= $2::date and r.holds_from <= $2::date
      and (r.holds_until is null or r.holds_until > $2::date) and ($4::bigint[] is null or r.component_key = any($4))
      and ($5::text is null or r.class::text = $5) ${last}`,
  );
}

/** SQL of the selected spells as of the day; see `spellsParameters` for its placeholders $1 to $5. */
export function spellsSql(type: DutyType, selection: Selection): string {
  const parts = selectedParts(type, selection).map(
    (part) => `select r.subject_key, r.component_key, r.class::text as class, r.trigger,
        case when r.done <= $2::date then r.done end as done, case when r.done <= $2::date then r.means::text end as means
      from ${part}`,
  );
  return parts.join(' union all ');
}

export function spellsParameters(tx: Reading, law: Law, selection: Selection): unknown[] {
  return [
    tx.agency,
    law.times.asOf,
    law.times.knownAt,
    selectedComponents(law, selection),
    selection.class ?? null,
  ];
}

/** The keys of the selected components, or null where that is all of them: then none is asked for. */
function selectedComponents(law: Law, { system, component }: Selection): number[] | null {
  const selected = [...law.known.components.values()].filter(
    (known) =>
      (system === undefined || known.system === system) &&
      (component === undefined || known.component === component),
  );
  return selected.length === law.known.components.size ? null : selected.map((known) => known.key);
}

function judge(law: Law, type: DutyType, row: GroupRow): Group {
  const verdict = law.verdict(type, row.component, row.class, row.trigger);
  return { ...row, type, verdict, status: statusOf(verdict.due, row.done, law.times.asOf) };
}

interface AcceptedRow extends GroupRow {
  subject: number;
}

async function readAccepted(
  tx: Reading,
  declarations: Declarations,
  law: Law,
  selection: Selection,
): Promise<Accepted[]> {
  const acceptances = await declarations.acceptances(tx, law.times);
  const found: Accepted[] = [];
  for (const type of selectedTypes(declarations, selection)) {
    const own = acceptances.filter((acceptance) => acceptance.duty === type.duty);
    if (own.length === 0) continue;
    const rows = await tx.rows<AcceptedRow>(
      `select subject_key as subject, component_key as component, class, trigger, done, means, 1 as count
       from (${spellsSql(type, selection)}) s where subject_key = any($6)`,
      [...spellsParameters(tx, law, selection), own.map((acceptance) => acceptance.subject)],
    );
    for (const row of rows) {
      const group = judge(law, type, row);
      const given = own.filter(({ subject, trigger }) => subject === row.subject && trigger === row.trigger);
      const acceptance = countingAcceptance(given, group.verdict.due, group.status, law.times.asOf);
      if (acceptance) found.push({ subject: row.subject, group, ...acceptance });
    }
  }
  return found;
}
