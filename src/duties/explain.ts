import { MusterError } from '../errors/index.ts';
import {
  KNOWN_NOW,
  placeOfSystem,
  type Deciding,
  type Declarations,
  type DutyType,
  type Ground,
  type Place,
  type Times,
} from '../acts/index.ts';
import type { Entry } from '../record/index.ts';
import type { Considered } from '../rulebook/index.ts';
import { entriesAt, type Reading } from '../store/index.ts';
import { describeArithmetic, type Day } from '../time/index.ts';
import {
  awaitedVerdict,
  judgeSpell,
  spellsParameters,
  spellsSql,
  type Group,
  type SpellRow,
} from './census.ts';
import { dutyId, dutyOf, parseDutyId, type Duty } from './duty.ts';
import { givenBySpell } from './given.ts';
import type { Status } from './status.ts';
import { placeOf, readLaw, type Law } from './verdict.ts';

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
  const { law, type, subject, group, groups } = await findSpell(tx, declarations, id, times);
  const duty = await dutyFrom(tx, declarations, law, subject, group);
  const grounds = await type.grounds(tx, subject, times);
  const { governance } = group.verdict;
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
    ...(group.verdict.scale ? [group.verdict.scale.entry] : []),
    ...sourcesOf(law, group).map((source) => source.evidence),
    ...(duty.acceptance ? [duty.acceptance.entry] : []),
  ]);
  return {
    asOf: times.asOf,
    duty,
    successorOf: duty.id === id ? null : id,
    sentence: sentenceOf(type, duty, considered, times.asOf),
    considered,
    arithmetic: governing.map(
      (rule) => `${rule.rule}: ${describeArithmetic(duty, rule.deadline, law.calendar)}`,
    ),
    facts: factsOf(law, declarations, group, duty),
    evidence: grounds.evidence,
    entries: (await entriesAt(tx, [...involved])).map((entry) => showEntry(declarations, entry)),
    spells: groups.map((spell) => showSpell(subject, spell)),
  };
}

/** Where the subject of a duty is, by the duty's id. Throws NOT_FOUND where there is no such duty as of the day. */
export async function placeOfDuty(
  tx: Reading,
  declarations: Declarations,
  id: string,
  times: Times,
): Promise<Place> {
  const { law, group } = await findSpell(tx, declarations, id, times);
  return placeOfSystem(placeOf(law.known, group)?.system);
}

/** Where an act is done that is about a duty: the `where` of acts with a field `duty`. */
export async function atDuty(
  { tx, declarations, today }: Deciding,
  { duty }: { readonly duty: string },
): Promise<Place> {
  return placeOfDuty(tx, declarations, duty, { asOf: today, knownAt: KNOWN_NOW });
}

interface FoundSpell {
  readonly law: Law;
  readonly type: DutyType;
  readonly subject: number;
  readonly group: Group;
  /** All of the subject by the day. */
  readonly groups: readonly Group[];
}

/** The spell of a duty's id, or the one that covers it since a correction. Throws NOT_FOUND. */
async function findSpell(
  tx: Reading,
  declarations: Declarations,
  id: string,
  times: Times,
): Promise<FoundSpell> {
  const { type, subject, trigger } = wantedDuty(declarations, id);
  const law = await readLaw(tx, declarations, times);
  const rows = await tx.rows<SpellRow>(
    `select * from (${spellsSql(law, type, {})}) s where subject = $4 order by trigger`,
    [...spellsParameters(tx, law), subject],
  );
  const groups = rows.flatMap((row) => judgeSpell(law, declarations, type, row) ?? []);
  const group =
    groups.find((spell) => spell.trigger === trigger) ??
    (await successorIn(tx, type, subject, trigger, groups, times));
  if (!group) throw new MusterError('NOT_FOUND', `there is no duty ${id} as of ${times.asOf}`);
  return { law, type, subject, group, groups };
}

/** The spell that covers a trigger which was said once and has been corrected since. */
async function successorIn(
  tx: Reading,
  type: DutyType,
  subject: number,
  trigger: Day,
  groups: readonly Group[],
  times: Times,
): Promise<Group | undefined> {
  if (trigger > times.asOf || !(await type.everBegan(tx, subject, trigger, times))) return undefined;
  return groups.findLast((spell) => spell.trigger <= trigger) ?? groups[0];
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

/** The duty of each subject's last spell as of a day, of one type; of those that have one. */
export async function lastDuties(
  tx: Reading,
  declarations: Declarations,
  duty: string,
  subjects: readonly number[],
  times: Times,
): Promise<ReadonlyMap<number, Duty>> {
  const type = declarations.dutyTypes.get(duty);
  if (!type) throw new Error(`nobody declares ${duty}`);
  const law = await readLaw(tx, declarations, times);
  const rows = await tx.rows<SpellRow>(
    `select * from (${spellsSql(law, type, { lastOnly: true })}) s where subject = any($4)`,
    [...spellsParameters(tx, law), subjects],
  );
  const names = await type.names(tx, subjects, times);
  const acceptances = await declarations.acceptances(tx, law.times);
  const given = await givenBySpell(tx, law, type, acceptances, new Set(subjects));
  return new Map(
    rows.flatMap((row) => {
      const group = judgeSpell(law, declarations, type, row);
      const named = { key: row.subject, name: names.get(row.subject) ?? '' };
      return group
        ? [[row.subject, dutyOf(group, named, law, given(row.subject, row.trigger))] as const]
        : [];
    }),
  );
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
  subject: number,
  group: Group,
): Promise<Duty> {
  const names = await group.type.names(tx, [subject], law.times);
  const acceptances = await declarations.acceptances(tx, law.times);
  const given = await givenBySpell(tx, law, group.type, acceptances, new Set([subject]));
  const named = { key: subject, name: names.get(subject) ?? '' };
  return dutyOf(group, named, law, given(subject, group.trigger));
}

function sourcesOf(law: Law, group: Group): Ground[] {
  return Object.values(placeOf(law.known, group)?.sources ?? {});
}

function factsOf(law: Law, declarations: Declarations, group: Group, duty: Duty): Explanation['facts'] {
  const scoped = placeOf(law.known, group);
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
  return [
    ...shown,
    ...(duty.rating === null
      ? []
      : [{ attribute: 'rating', value: duty.rating, source: 'the evidence below' }]),
    { attribute: 'class', value: duty.class, source: classSource(group) },
    ...(duty.scheduled === null
      ? []
      : [{ attribute: 'scheduled', value: duty.scheduled, source: 'the evidence below' }]),
    ...awaitedFact(law, declarations, group),
  ];
}

function classSource({ verdict: { scale } }: Group): string {
  return scale === null ? 'the evidence below' : `${scale.scale} (${scale.cites.join('; ')})`;
}

/** The day that had to pass before the duty could arise. */
function awaitedFact(law: Law, declarations: Declarations, group: Group): Explanation['facts'] {
  const { awaits } = group.relation;
  if (awaits === undefined) return [];
  const { due, rule } = awaitedVerdict(law, declarations, group, awaits);
  const source = rule === null ? 'the rulebooks adopted' : `${rule.rule} (${rule.cites.join('; ')})`;
  return [{ attribute: `${awaits} was due on`, value: due, source }];
}

export function showEntry(declarations: Declarations, entry: Entry): ShownEntry {
  const { index, kind, subject, actor, effective, recorded } = entry;
  const summary = declarations.entryKinds.get(kind)?.summarise(entry.body) ?? kind;
  return { index, kind, subject, actor, effective, recorded, summary };
}

function showSpell(subject: number, { type, trigger, done, means, status }: Group): ShownSpell {
  return { id: dutyId({ duty: type.duty, subject, trigger }), trigger, done, means, status };
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
