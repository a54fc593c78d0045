import { isAlwaysEarlier } from '../time/index.ts';
import { type Candidate, type Question, findRules } from './candidate.ts';
import { type Considered, considerAll } from './consider.ts';
import { type AdoptedRulebook, withoutBooks } from './edition.ts';
import { editionsMissing, knownWhere, needsOf } from './needs.ts';
import { compareText } from './rulebook.ts';
import { describeWhen, isScheduledWithin } from './schedule.ts';
import { type Settled, contendersOf, settle } from './settle.ts';

export interface SetAside {
  readonly rule: string;
  readonly by: string;
}

interface Weighed {
  /** Every rule for the duty, in order of names. */
  readonly considered: readonly Considered[];
  readonly setAside: readonly SetAside[];
}

export interface Governed extends Weighed {
  readonly kind: 'governed';
  /** Those that remain and name a day, at least one; `governingDue` says which of several comes first. */
  readonly rules: readonly Considered[];
}

export interface Undetermined extends Weighed {
  readonly kind: 'undetermined';
  /** What is missing: attributes such as `component.environment`, or what a rulebook would have to say. */
  readonly needs: readonly string[];
}

export type Governance = Governed | Undetermined;

/**
 * Which rules govern a case. Default logic, never rule order: of each rulebook the last edition in
 * force that reaches the trigger; of its rules for the duty those that fit; less those that a
 * remaining one sets aside. A fact that nobody knows leaves the case undetermined where it could
 * change the answer; so does a rule without a period that no other fills. `without` names
 * rulebooks to leave out, for a what-if.
 * INVARIANT: the answer names neither the trigger nor the day scheduled: it is the same for all
 * triggers between two `triggerBreaks` and all days with the same `scheduleKey`.
 */
export function govern(
  adopted: readonly AdoptedRulebook[],
  question: Question,
  without: readonly string[] = [],
): Governance {
  const candidates = findRules(withoutBooks(adopted, without), question);
  const settled = settle(contendersOf(candidates));
  const undecided = openThatMatter(candidates, settled);
  const considered = considerAll(candidates, settled);
  const setAside = considered.flatMap(({ rule, by }) => (by === undefined ? [] : [{ rule, by }]));
  const rules = considered.filter(({ verdict }) => verdict === 'governs');
  if (undecided.length === 0 && rules.length > 0) return { kind: 'governed', rules, considered, setAside };
  const needs =
    undecided.length > 0 ? needsOf(undecided, candidates, settled) : gapsOf(candidates, question, considered);
  return { kind: 'undetermined', needs, considered, setAside };
}

/**
 * An open rule that is always due after a remaining one can neither govern nor move the due day;
 * nor can one that names no day where any other remains.
 */
function openThatMatter(candidates: readonly Candidate[], { open, remaining }: Settled): Candidate[] {
  const sure = candidates.filter(({ norm }) => remaining.has(norm.name));
  return candidates.filter(({ norm: { name, deadline } }) => {
    if (!open.has(name)) return false;
    if (deadline.kind === 'unstated') return sure.length === 0;
    return !sure.some((first) => isAlwaysEarlier(first.norm.deadline, deadline));
  });
}

/** No rule that names a day: the periods left open, which edition would have to reach, or what rule there would have to be. */
function gapsOf(
  candidates: readonly Candidate[],
  question: Question,
  considered: readonly Considered[],
): string[] {
  const periods = considered.flatMap(({ verdict, rule, deadline }) =>
    verdict === 'leaves-open' && deadline.kind === 'unstated'
      ? [`the period of ${rule}, which says only "${deadline.words}"`]
      : [],
  );
  if (periods.length > 0) return periods;
  const absent = editionsMissing(candidates);
  if (absent.length > 0) return absent;
  const where = [...knownWhere(candidates, question.facts), ...whenScheduled(candidates, question)];
  const suffix = where.length > 0 ? ` where ${where.join(' and ')}` : '';
  return [`a rule for ${question.duty} that binds class ${question.class}${suffix}`];
}

/** How far away the day scheduled is, as far as the rules ask. */
function whenScheduled(candidates: readonly Candidate[], { trigger, scheduled }: Question): string[] {
  if (scheduled === null) return [];
  const said = candidates.flatMap(({ norm: { whenScheduled: asked } }) => {
    if (!asked) return [];
    const is = isScheduledWithin(trigger, scheduled, asked) ? 'within' : 'beyond';
    return [`the day scheduled is ${describeWhen({ ...asked, is })}`];
  });
  return [...new Set(said)].sort(compareText);
}
