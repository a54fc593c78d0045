import { isAlwaysEarlier } from '../time/index.ts';
import { type Candidate, type Question, findCandidates } from './candidate.ts';
import { type Considered, considerAll } from './consider.ts';
import type { AdoptedRulebook } from './edition.ts';
import { compareText } from './rulebook.ts';
import { type Contender, type Settled, settle } from './settle.ts';

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
  /** Those that remain, at least one; `governingDue` says which of several comes first. */
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
 * force that reaches the trigger; of its rules for the duty those whose scope fits; less those that
 * a remaining one sets aside. A fact that nobody knows leaves the case undetermined where it could
 * change the answer. `without` names rulebooks to leave out, for a what-if.
 */
export function govern(
  adopted: readonly AdoptedRulebook[],
  question: Question,
  without: readonly string[] = [],
): Governance {
  const candidates = findCandidates(
    adopted.filter(({ rulebook }) => !without.includes(rulebook.id)),
    question,
  );
  const settled = settle(candidates.flatMap(contenderOf));
  const undecided = openThatMatter(candidates, settled);
  const considered = considerAll(candidates, settled);
  const setAside = considered.flatMap(({ rule, by }) => (by === undefined ? [] : [{ rule, by }]));
  const rules = considered.filter(({ verdict }) => verdict === 'governs');
  if (undecided.length === 0 && rules.length > 0) return { kind: 'governed', rules, considered, setAside };
  const needs = undecided.length > 0 ? needsOf(undecided, candidates, settled) : gapsOf(candidates, question);
  return { kind: 'undetermined', needs, considered, setAside };
}

function contenderOf({ rule, fit, absence }: Candidate): Contender[] {
  if (absence || fit.kind === 'does-not-bind') return [];
  const binds = fit.kind === 'binds' ? 'yes' : 'unknown';
  return [{ name: rule.name, binds, setsAside: rule.setsAside.map((each) => each.rule) }];
}

/** An open rule that is always due after a remaining one can neither govern nor move the due day. */
function openThatMatter(candidates: readonly Candidate[], { open, remaining }: Settled): Candidate[] {
  const sure = candidates.filter(({ rule }) => remaining.has(rule.name));
  return candidates
    .filter(({ rule }) => open.has(rule.name))
    .filter(({ rule }) => !sure.some((first) => isAlwaysEarlier(first.rule.deadline, rule.deadline)));
}

/** The facts that the open rules hang on, directly or by what could set them aside; else their circle. */
function needsOf(
  undecided: readonly Candidate[],
  candidates: readonly Candidate[],
  { open, rivals }: Settled,
): string[] {
  const reached = new Set(undecided.map(({ rule }) => rule.name));
  for (const name of reached) {
    for (const rival of rivals.get(name) ?? []) if (open.has(rival)) reached.add(rival);
  }
  const facts = candidates
    .filter(({ rule }) => reached.has(rule.name))
    .flatMap(({ fit }) => (fit.kind === 'needs' ? fit.facts : []));
  if (facts.length > 0) return [...new Set(facts)].sort(compareText);
  return [
    `which of ${[...reached].sort(compareText).join(', ')} sets the other aside: they do so in a circle`,
  ];
}

/** No rule at all: which edition would have to reach, or what rule there would have to be. */
function gapsOf(candidates: readonly Candidate[], { duty, class: klass, facts }: Question): string[] {
  const absent = candidates.filter(({ fit, absence }) => absence && fit.kind !== 'does-not-bind');
  if (absent.length > 0) return [...new Set(absent.flatMap(({ absence }) => absence?.need ?? []))];
  const asked = candidates.flatMap(({ rule, of }) => [of.rulebook.binds, rule.binds].flatMap(Object.keys));
  const known = [...new Set(asked)]
    .sort(compareText)
    .filter((attribute) => Object.hasOwn(facts, attribute) && facts[attribute] !== undefined)
    .map((attribute) => `${attribute} is ${facts[attribute]}`);
  const where = known.length > 0 ? ` where ${known.join(' and ')}` : '';
  return [`a rule for ${duty} that binds class ${klass}${where}`];
}
