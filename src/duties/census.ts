import type { Declarations, DutyType, KnownPlace, Relation } from '../acts/index.ts';
import type { Reading } from '../store/index.ts';
import type { Day } from '../time/index.ts';
import { statusOf, type Status } from './status.ts';
import type { Law, Spell, Verdict } from './verdict.ts';

/*
 * The waist. A census counts the spells of every duty type by what their verdict depends on:
 * place, class, trigger, scheduled, done. SQL groups, and knows no due day; the verdict on each
 * group is computed once, here. Lists, figures and explanations are all read off groups.
 */

/** Which spells are asked for. */
export interface Selection {
  readonly system?: string | undefined;
  readonly component?: string | undefined;
  readonly program?: string | undefined;
  readonly duty?: string | undefined;
  readonly class?: string | undefined;
  /** Only each subject's last spell as of the day: what figures count. */
  readonly lastOnly?: boolean;
}

/** Spells alike in everything a verdict depends on. */
export interface Group extends Spell {
  /** The place of its relation among its type's. */
  readonly relationAt: number;
  readonly done: Day | null;
  readonly means: string | null;
  readonly count: number;
  readonly status: Status;
  readonly verdict: Verdict;
}

interface CountRow {
  place: number | null;
  said: string;
  trigger: Day;
  scheduled: Day | null;
  done: Day | null;
  means: string | null;
  count: number;
}

/** A spell as `spellsSql` gives it. */
export interface SpellRow extends Omit<CountRow, 'count'> {
  /** The place of its relation among its type's. */
  relationAt: number;
  subject: number;
}

/** Counts the selected spells as of the law's day, as known then. */
export async function takeCensus(
  tx: Reading,
  declarations: Declarations,
  law: Law,
  selection: Selection,
): Promise<readonly Group[]> {
  // Until the database has counted what was just imported, it would join millions of rows by loops.
  await tx.rows("select set_config('enable_nestloop', 'off', true)");
  const counted = new Map<string, readonly CountRow[]>();
  const groups: Group[] = [];
  for (const type of selectedTypes(declarations, selection)) {
    for (const [at, relation] of relationsOf(type).entries()) {
      const sql = countSql(law, relation, selection);
      const rows =
        counted.get(sql) ?? asOfTheDay(await tx.rows<CountRow>(sql, parameters(tx, law)), law.times.asOf);
      counted.set(sql, rows);
      for (const row of rows) {
        const group = judge(law, declarations, type, at, row);
        if (group && isSelected(group, selection)) groups.push(group);
      }
    }
  }
  return groups;
}

/** The types that a selection asks about. */
export function selectedTypes(
  declarations: Declarations,
  { program, duty }: Pick<Selection, 'program' | 'duty'>,
): readonly DutyType[] {
  return [...declarations.dutyTypes.values()].filter(
    (type) =>
      (duty === undefined || type.duty === duty) &&
      (program === undefined || declarations.programOf(type) === program),
  );
}

/** What is done after the day is not done as of the day: groups that differ only in that are one. */
function asOfTheDay(rows: readonly CountRow[], asOf: Day): CountRow[] {
  const merged = new Map<string, CountRow>();
  for (const row of rows) {
    const isDone = row.done !== null && row.done <= asOf;
    const seen = { ...row, done: isDone ? row.done : null, means: isDone ? row.means : null };
    const key = `${seen.place} ${seen.said} ${seen.trigger} ${seen.scheduled} ${seen.done} ${seen.means}`;
    const same = merged.get(key);
    if (same) same.count += seen.count;
    else merged.set(key, seen);
  }
  return [...merged.values()];
}

const relations = new WeakMap<DutyType, readonly Relation[]>();

function relationsOf(type: DutyType): readonly Relation[] {
  const found =
    relations.get(type) ?? type.relations({ agency: '$1::integer', asOf: '$2::date', knownAt: '$3::bigint' });
  relations.set(type, found);
  return found;
}

/** $1 is the agency, $2 the as-of day, $3 the last entry known. */
function parameters(tx: Reading, law: Law): unknown[] {
  return [tx.agency, law.times.asOf, law.times.knownAt];
}

/** A relation as `(…) r where …`, what is not there as of the day left out. */
function selected(law: Law, relation: Relation, selection: Selection): string {
  const last = selection.lastOnly ? 'and (r.next_trigger is null or r.next_trigger > $2::date)' : '';
  return `(${relation.sql}) r where r.trigger <= $2::date and r.holds_from <= $2::date
    and (r.holds_until is null or r.holds_until > $2::date) ${placed(law, relation, selection)} ${last}`;
}

/** SQL that keeps the selected places: their keys are the house's own numbers. */
function placed(law: Law, relation: Relation, { system, component }: Selection): string {
  const known = relation.place === 'component' ? law.known.components : law.known.systems;
  const places = [...known.values()].filter(
    (place: KnownPlace) =>
      (system === undefined || place.system === system) &&
      (component === undefined || place.component === component),
  );
  if (system === undefined && component === undefined) return '';
  if (places.length === known.size) return 'and r.place_key is not null';
  return places.length === 0
    ? 'and false'
    : `and r.place_key in (${places.map(({ key }) => key).join(', ')})`;
}

/** INVARIANT: grouped by bare columns, for which the planner has statistics. */
function countSql(law: Law, relation: Relation, selection: Selection): string {
  const scheduled = relation.isScheduled ? 'r.scheduled' : 'null::date as scheduled';
  return `select r.place_key as place, r.class::text as said, r.trigger, ${scheduled}, r.done, r.means::text, count(*) as count
    from ${selected(law, relation, selection)}
    group by r.place_key, r.class, r.trigger, r.done, r.means${relation.isScheduled ? ', r.scheduled' : ''}`;
}

/** Leaves out spells that cannot be wanted, before they are told apart. */
export interface Narrowing {
  /** The only relations wanted, by their places among the type's. */
  readonly relations: ReadonlySet<number>;
  /** SQL that holds of the row `r` of a wanted spell. */
  readonly condition: string;
}

/**
 * SQL of the selected spells as of the day, one row each: "relationAt", subject, place, said, trigger,
 * scheduled, done, means. Of those that await another duty, all. Its parameters are `spellsParameters`.
 */
export function spellsSql(law: Law, type: DutyType, selection: Selection, narrowing?: Narrowing): string {
  const parts = [...relationsOf(type).entries()]
    .filter(([at]) => narrowing?.relations.has(at) ?? true)
    .map(([at, relation]) => {
      const scheduled = relation.isScheduled ? 'r.scheduled' : 'null::date';
      const condition = narrowing ? `and ${narrowing.condition}` : '';
      return `select ${at} as "relationAt", r.subject_key as subject, r.place_key as place, r.class::text as said,
        r.trigger, ${scheduled} as scheduled, case when r.done <= $2::date then r.done end as done,
        case when r.done <= $2::date then r.means::text end as means
      from ${selected(law, relation, selection)} ${condition}`;
    });
  return parts.join(' union all ');
}

/** The values of `spellsSql`'s placeholders $1 to $3. */
export const spellsParameters: (tx: Reading, law: Law) => unknown[] = parameters;

/** The group of one, of a spell as `spellsSql` gives it; undefined where its duty has not arisen. */
export function judgeSpell(
  law: Law,
  declarations: Declarations,
  type: DutyType,
  row: SpellRow,
): Group | undefined {
  return judge(law, declarations, type, row.relationAt, { ...row, count: 1 });
}

function judge(
  law: Law,
  declarations: Declarations,
  type: DutyType,
  relationAt: number,
  row: CountRow,
): Group | undefined {
  const relation = relationsOf(type)[relationAt];
  if (!relation) throw new Error(`${type.duty} has no relation ${relationAt}`);
  const spell = { ...row, type, relation, relationAt };
  const awaited =
    relation.awaits === undefined ? undefined : awaitedVerdict(law, declarations, spell, relation.awaits);
  if (awaited?.due === null) return { ...spell, verdict: awaited, status: 'undetermined' };
  if (awaited && !hasPassedUndone(awaited.due, row.done, law.times.asOf)) return undefined;
  const verdict = law.verdict(spell);
  return { ...spell, verdict, status: statusOf(verdict.due, row.done, law.times.asOf) };
}

/** The verdict on the duty that a spell's own duty awaits. */
export function awaitedVerdict(law: Law, declarations: Declarations, spell: Spell, duty: string): Verdict {
  const type = declarations.dutyTypes.get(duty);
  if (!type) throw new Error(`${spell.type.duty} awaits ${duty}, which nobody declares`);
  return law.verdict({ ...spell, type });
}

function hasPassedUndone(due: Day, done: Day | null, asOf: Day): boolean {
  return due < asOf && (done === null || done > due);
}

/** Whether a group is of the class that was asked for: what its class is, only the verdict says. */
export function isSelected(group: Group, selection: Selection): boolean {
  return selection.class === undefined || group.verdict.class === selection.class;
}

/** A subject's spell, and the day as of which it is wanted. */
interface OnDay {
  readonly subject: number;
  readonly trigger: Day;
  readonly from: Day;
}

/** The spells as they were said as of days of their own, by their places in `wanted`; not judged whether they have arisen. */
export async function judgedOnDays(
  tx: Reading,
  law: Law,
  type: DutyType,
  wanted: readonly OnDay[],
): Promise<readonly { readonly at: number; readonly group: Spell }[]> {
  const parts = [...relationsOf(type).entries()].map(
    ([at, relation]) => `select ${at} as "relationAt", r.place_key as place, r.class::text as said, r.trigger,
        ${relation.isScheduled ? 'r.scheduled' : 'null::date'} as scheduled
      from (${relation.sql}) r where r.subject_key = wanted.subject and r.trigger = wanted.trigger and r.trigger <= $2::date
        and r.holds_from <= wanted.day and (r.holds_until is null or r.holds_until > wanted.day)`,
  );
  const rows = await tx.rows<Omit<SpellRow, 'subject' | 'done' | 'means'> & { at: number }>(
    `select wanted.at, s.* from unnest($4::integer[], $5::bigint[], $6::date[], $7::date[]) wanted(at, subject, trigger, day)
     cross join lateral (${parts.join(' union all ')}) s`,
    [
      ...parameters(tx, law),
      wanted.map((_, at) => at),
      wanted.map(({ subject }) => subject),
      wanted.map(({ trigger }) => trigger),
      wanted.map(({ from }) => from),
    ],
  );
  return rows.flatMap(({ at, ...row }) => {
    const relation = relationsOf(type)[row.relationAt];
    return relation ? [{ at, group: { ...row, type, relation } }] : [];
  });
}
