import type { Declarations, DutyType, Times } from '../acts/index.ts';
import type { Reading } from '../store/index.ts';
import { daysBetween, type Day } from '../time/index.ts';
import { readAccepted, type Accepted } from './accepted.ts';
import { selectedTypes, takeCensus, type Group } from './census.ts';
import { subjectKind } from './duty.ts';
import type { Status } from './status.ts';
import { readLaw, UNRANKED } from './verdict.ts';

export interface AuditQuestion {
  readonly times: Times;
  readonly system?: string | undefined;
  readonly program?: string | undefined;
  readonly duty?: string | undefined;
  /** Rulebooks left out: what if they had not been adopted. */
  readonly without: readonly string[];
}

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** A share with what it is a share of and where both come from. */
export interface Rate {
  readonly numerator: number;
  readonly denominator: number;
  /** Rounded to a tenth; null where there is nothing to take a share of. */
  readonly percent: number | null;
  readonly source: string;
}

/**
 * The figures of one duty type and class, counted by subject, by its last spell. Subjects are
 * open, overdue, met, met late, undetermined or suspended: each is counted once.
 */
export interface AuditRow {
  readonly program: string;
  readonly duty: string;
  readonly class: string;
  readonly subjects: number;
  /** Due on or before the day, done or not. */
  readonly fallenDue: number;
  readonly open: number;
  readonly overdue: number;
  readonly met: number;
  readonly metLate: number;
  readonly undetermined: number;
  readonly suspended: number;
  /** Not done, whatever becomes of them: open, overdue, undetermined and suspended ones together. */
  readonly outstanding: number;
  /** Of the overdue ones: days since the due day, and days since the trigger. */
  readonly daysLate: Range | null;
  readonly daysOpen: Range | null;
  readonly done: Readonly<Record<string, number>>;
  readonly rates: Readonly<Record<string, Rate>>;
  /** What the figures are counted from. */
  readonly source: string;
}

export interface AuditAnswer {
  readonly asOf: Day;
  readonly system: string | null;
  readonly without: readonly string[];
  /** The agency's data is invented. */
  readonly demonstration: boolean;
  readonly rows: readonly AuditRow[];
}

/** The table an auditor would write: for each duty type and class of a system, as of a day. */
export async function auditDuties(
  tx: Reading,
  declarations: Declarations,
  question: AuditQuestion,
): Promise<AuditAnswer> {
  const law = await readLaw(tx, declarations, question.times, question.without);
  const selection = { ...question, lastOnly: true };
  const census = await takeCensus(tx, declarations, law, selection);
  const accepted = await readAccepted(tx, declarations, law, selection);
  const rows: AuditRow[] = [];
  const byType = Map.groupBy(census, ({ type }) => type);
  for (const type of selectedTypes(declarations, question)) {
    const byClass = Map.groupBy(byType.get(type) ?? [], ({ verdict }) => verdict.class);
    const classes = [...type.classes, UNRANKED];
    const unknown = [...byClass.keys()].find((klass) => !classes.includes(klass));
    if (unknown !== undefined)
      throw new Error(`${type.duty} has a subject of class ${unknown}, which it does not declare`);
    for (const klass of classes) {
      const groups = byClass.get(klass) ?? [];
      const suspended = accepted.filter(
        ({ suspended: isSuspended, group }) =>
          isSuspended && group.type === type && group.verdict.class === klass,
      );
      const program = declarations.programOf(type);
      if (groups.length > 0)
        rows.push({ program, ...auditRow(type, klass, groups, suspended, question.times.asOf) });
    }
  }
  const { times, system, without } = question;
  return { asOf: times.asOf, system: system ?? null, without, demonstration: law.known.demonstration, rows };
}

function auditRow(
  type: DutyType,
  klass: string,
  groups: readonly Group[],
  suspended: readonly Accepted[],
  asOf: Day,
): Omit<AuditRow, 'program'> {
  const counts = { open: 0, overdue: 0, met: 0, 'met-late': 0, undetermined: 0 } satisfies Record<
    Status,
    number
  >;
  const done: Record<string, number> = {};
  const fallen: Record<string, number> = {};
  let fallenDue = 0;
  let subjects = 0;
  for (const group of groups) {
    subjects += group.count;
    counts[group.status] += group.count;
    const hasFallenDue = group.verdict.due !== null && group.verdict.due <= asOf;
    if (hasFallenDue) fallenDue += group.count;
    if (group.means !== null) {
      done[group.means] = (done[group.means] ?? 0) + group.count;
      if (hasFallenDue) fallen[group.means] = (fallen[group.means] ?? 0) + group.count;
    }
  }
  const outstanding = counts.open + counts.overdue + counts.undetermined - doneUndetermined(groups);
  for (const { group } of suspended) counts[group.status] -= 1;
  const overdue = lateGroups(groups, suspended);
  return {
    duty: type.duty,
    class: klass,
    subjects,
    fallenDue,
    open: counts.open,
    overdue: counts.overdue,
    met: counts.met,
    metLate: counts['met-late'],
    undetermined: counts.undetermined,
    suspended: suspended.length,
    outstanding,
    daysLate: rangeOf(overdue.map(({ due }) => daysBetween(due, asOf))),
    daysOpen: rangeOf(overdue.map(({ trigger }) => daysBetween(trigger, asOf))),
    done: sortedByName(done),
    source: `${type.words.source}, each ${subjectKinds(groups)} by its last spell; due days by the rulebooks adopted`,
    rates: ratesOf({ subjects, fallenDue, overdue: counts.overdue, fallen }),
  };
}

/** Done, though nobody can say whether in time. */
function doneUndetermined(groups: readonly Group[]): number {
  return groups.reduce(
    (sum, { status, done, count }) => (status === 'undetermined' && done !== null ? sum + count : sum),
    0,
  );
}

function subjectKinds(groups: readonly Group[]): string {
  return [...new Set(groups.map(subjectKind))].sort().join(' or ');
}

/** The overdue groups with at least one subject that is not suspended. */
function lateGroups(groups: readonly Group[], suspended: readonly Accepted[]): { due: Day; trigger: Day }[] {
  return groups.flatMap((group) => {
    const { due } = group.verdict;
    if (group.status !== 'overdue' || due === null) return [];
    const apart = suspended.filter(
      ({ group: other }) =>
        other.relationAt === group.relationAt &&
        other.place === group.place &&
        other.said === group.said &&
        other.trigger === group.trigger &&
        other.scheduled === group.scheduled &&
        other.status === 'overdue',
    ).length;
    return group.count > apart ? [{ due, trigger: group.trigger }] : [];
  });
}

function rangeOf(values: readonly number[]): Range | null {
  if (values.length === 0) return null;
  return values.reduce<Range>(
    ({ min, max }, value) => ({ min: Math.min(min, value), max: Math.max(max, value) }),
    { min: Infinity, max: -Infinity },
  );
}

function ratesOf(figures: {
  subjects: number;
  fallenDue: number;
  overdue: number;
  fallen: Readonly<Record<string, number>>;
}): Record<string, Rate> {
  const ofFallen = 'of those fallen due on or before the day';
  return {
    fallenDue: rate(
      figures.fallenDue,
      figures.subjects,
      'fallen due on or before the day, of all subjects by their last spell',
    ),
    overdue: rate(figures.overdue, figures.fallenDue, `overdue, ${ofFallen}`),
    ...Object.fromEntries(
      Object.entries(sortedByName(figures.fallen)).map(([means, count]) => [
        means,
        rate(count, figures.fallenDue, `${means}, ${ofFallen}`),
      ]),
    ),
  };
}

function sortedByName(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function rate(numerator: number, denominator: number, source: string): Rate {
  const percent = denominator === 0 ? null : Math.round((numerator / denominator) * 1000) / 10;
  return { numerator, denominator, percent, source };
}
