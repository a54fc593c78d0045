import { MusterError } from '../errors/index.ts';
import type { Declarations, DutyType, Ground, Times } from '../acts/index.ts';
import type { Entry } from '../record/index.ts';
import type { Considered } from '../rulebook/index.ts';
import { entriesAt, type Reading } from '../store/index.ts';
import { describeArithmetic, type Day } from '../time/index.ts';
import { spellsParameters, spellsSql } from './census.ts';
import { acceptancesBySpell, dutyId, dutyOf, parseDutyId, type Duty } from './duty.ts';
import { statusOf, type Status } from './status.ts';
import { readLaw, type Law } from './verdict.ts';

export interface Explanation {
  readonly asOf: Day;
  readonly duty: Duty;
  /** The id that was asked for, where a correction has moved the trigger since. */
  readonly successorOf: string | null;
  readonly sentence: string;
  readonly considered: readonly ShownRule[];
  readonly arithmetic: readonly string[];
  readonly facts: readonly {
    readonly attribute: string;
    readonly value: string | null;
    readonly source: string;
  }[];
  readonly evidence: readonly Ground[];
  readonly entries: readonly ShownEntry[];
  readonly spells: readonly ShownSpell[];
}

export interface ShownRule {
  readonly rule: string;
  readonly title: string;
  readonly edition: { readonly from: Day; readonly triggersFrom: Day } | null;
  readonly force: string;
  readonly cites: readonly string[];
  readonly verdict: Considered['verdict'];
  readonly by: string | null;
  readonly because: string;
  readonly entry: number;
}

export interface ShownEntry extends Pick<
  Entry,
  'index' | 'kind' | 'subject' | 'actor' | 'effective' | 'recorded'
> {
  readonly summary: string;
}

export interface ShownSpell {
  readonly id: string;
  readonly trigger: Day;
  readonly done: Day | null;
  readonly means: string | null;
  readonly status: Status;
}

interface SpellRow {
  component: number | null;
  class: string;
  trigger: Day;
  done: Day | null;
  means: string | null;
}

/**
 * Why a duty is what it is as of a day: the rules considered, the arithmetic, the facts and the
 * evidence they rest on. Throws NOT_FOUND where the subject has no spell by the day.
 */
export async function explainDuty(
  tx: Reading,
  declarations: Declarations,
  id: string,
  times: Times,
): Promise<Explanation> {
  const { type, subject, trigger } = wantedDuty(declarations, id);
  const law = await readLaw(tx, declarations, times);
  const rows = await tx.rows<SpellRow>(
    `select component_key as component, class, trigger, done, means
     from (${spellsSql(type, {})}) s where subject_key = $6 order by trigger`,
    [...spellsParameters(tx, law, {}), subject],
  );
  const row =
    rows.find((spell) => spell.trigger === trigger) ??
    (await successorIn(tx, type, subject, trigger, rows, times));
  if (!row) throw new MusterError('NOT_FOUND', `there is no duty ${id} as of ${times.asOf}`);
  const duty = await dutyFrom(tx, declarations, law, type, subject, row);
  const grounds = await type.grounds(tx, subject, times);
  const { governance } = law.verdict(type, row.component, row.class, row.trigger);
  const considered = governance.considered.map((rule) => ({
    rule: rule.rule,
    title: rule.title,
    edition: rule.edition ?? null,
    force: rule.force,
    cites: rule.cites,
    verdict: rule.verdict,
    by: rule.by ?? null,
    because: rule.because,
    entry: rule.entry,
  }));
  const governing = governance.kind === 'governed' ? governance.rules : [];
  const involved = new Set([
    ...grounds.evidence.map((ground) => ground.evidence),
    ...grounds.entries,
    ...considered.map((rule) => rule.entry),
    ...sourcesOf(law, row.component).map((source) => source.evidence),
    ...(duty.acceptance ? [duty.acceptance.entry] : []),
  ]);
  return {
    asOf: times.asOf,
    duty,
    successorOf: duty.id === id ? null : id,
    sentence: sentenceOf(type, duty, considered, times.asOf),
    considered,
    arithmetic: governing.map(
      (rule) => `${rule.rule}: ${describeArithmetic(duty.trigger, rule.deadline, law.calendar)}`,
    ),
    facts: factsOf(law, row, duty),
    evidence: grounds.evidence,
    entries: (await entriesAt(tx, [...involved])).map((entry) => showEntry(declarations, entry)),
    spells: rows.map((spell) => showSpell(law, type, subject, spell)),
  };
}

/** The spell that covers a trigger which was said once and has been corrected since. */
async function successorIn(
  tx: Reading,
  type: DutyType,
  subject: number,
  trigger: Day,
  rows: readonly SpellRow[],
  times: Times,
): Promise<SpellRow | undefined> {
  if (trigger > times.asOf || !(await type.everBegan(tx, subject, trigger))) return undefined;
  return rows.findLast((spell) => spell.trigger <= trigger) ?? rows[0];
}

/** The duty of an id as of a day. Throws NOT_FOUND. */
export async function findDuty(
  tx: Reading,
  declarations: Declarations,
  id: string,
  times: Times,
): Promise<Duty> {
  return (await explainDuty(tx, declarations, id, times)).duty;
}

function wantedDuty(
  declarations: Declarations,
  id: string,
): { type: DutyType; subject: number; trigger: Day } {
  const wanted = parseDutyId(id);
  const type = wanted && declarations.dutyTypes.get(wanted.duty);
  if (!wanted || !type) {
    throw new MusterError(
      'NOT_FOUND',
      `${id.slice(0, 80)} is not a duty's id: one reads like account.disable:3.17:2022-04-08`,
    );
  }
  return { type, subject: wanted.subject, trigger: wanted.trigger };
}

async function dutyFrom(
  tx: Reading,
  declarations: Declarations,
  law: Law,
  type: DutyType,
  subject: number,
  row: SpellRow,
): Promise<Duty> {
  const verdict = law.verdict(type, row.component, row.class, row.trigger);
  const group = { ...row, type, verdict, status: statusOf(verdict.due, row.done, law.times.asOf) };
  const names = await type.names(tx, [subject]);
  const given = acceptancesBySpell(await declarations.acceptances(tx, law.times), type);
  return dutyOf(
    group,
    { key: subject, name: names.get(subject) ?? '' },
    law.known,
    given(subject, row.trigger),
    law.times.asOf,
  );
}

function sourcesOf(law: Law, component: number | null): Ground[] {
  const known = component === null ? undefined : law.known.components.get(component);
  return Object.values(known?.sources ?? {});
}

function factsOf(law: Law, row: SpellRow, duty: Duty): Explanation['facts'] {
  const scoped = row.component === null ? undefined : law.known.components.get(row.component);
  const attributes = { ...law.known.agency, ...scoped?.facts };
  const shown = Object.entries(attributes).map(([attribute, value]) => {
    const source = scoped?.sources[attribute];
    return {
      attribute,
      value: value === undefined ? null : String(value),
      source: source
        ? `${source.file}, line ${source.line ?? '?'} (entry ${source.evidence})`
        : 'the agency itself',
    };
  });
  return [...shown, { attribute: 'class', value: duty.class, source: 'the evidence below' }];
}

export function showEntry(declarations: Declarations, entry: Entry): ShownEntry {
  const { index, kind, subject, actor, effective, recorded } = entry;
  const summary = declarations.entryKinds.get(kind)?.summarise(entry.body) ?? kind;
  return { index, kind, subject, actor, effective, recorded, summary };
}

function showSpell(law: Law, type: DutyType, subject: number, row: SpellRow): ShownSpell {
  const { due } = law.verdict(type, row.component, row.class, row.trigger);
  return {
    id: dutyId({ duty: type.duty, subject, trigger: row.trigger }),
    trigger: row.trigger,
    done: row.done,
    means: row.means,
    status: statusOf(due, row.done, law.times.asOf),
  };
}

function sentenceOf(type: DutyType, duty: Duty, considered: readonly ShownRule[], asOf: Day): string {
  const subject = `${duty.subject.kind} ${duty.subject.name}`;
  if (duty.due === null) {
    return `When the ${subject} had to ${type.words.must} is undetermined: ${duty.needs.join('; ')}.`;
  }
  const governing = considered.find((rule) => rule.rule === duty.rule);
  const aside = duty.setAside.map(({ rule }) => rule);
  const because = `because ${governing?.title ?? duty.rule} (${duty.cites.join('; ')}) governs${aside.length > 0 ? ` and sets aside ${aside.join(', ')}` : ''}`;
  return `The ${subject} had to ${type.words.must} by ${duty.due}, ${because}: the clock started on ${duty.trigger}. ${outcome(duty, asOf)}`;
}

function outcome(duty: Duty, asOf: Day): string {
  const suspended = duty.suspended
    ? ` The risk is accepted until ${duty.acceptance?.until ?? ''}, so the duty is suspended.`
    : '';
  switch (duty.status) {
    case 'open':
      return `As of ${asOf} it is open.${suspended}`;
    case 'overdue':
      return `As of ${asOf} it is ${duty.daysLate ?? 0} days overdue.${suspended}`;
    case 'met':
      return `It was met on ${duty.done ?? ''} (${duty.means ?? ''}).`;
    case 'met-late':
      return `It was met on ${duty.done ?? ''} (${duty.means ?? ''}), ${duty.daysLate ?? 0} days late.`;
    default:
      return '';
  }
}
