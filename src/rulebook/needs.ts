import type { Candidate } from './candidate.ts';
import { type Facts, type Rule, type Scale, compareText } from './rulebook.ts';
import type { Settled } from './settle.ts';

/** The facts that the open rules hang on, directly or by what could set them aside; else their circle. */
export function needsOf(
  undecided: readonly Candidate<Rule | Scale>[],
  candidates: readonly Candidate<Rule | Scale>[],
  { open, rivals }: Settled,
): string[] {
  const reached = new Set(undecided.map(({ norm }) => norm.name));
  for (const name of reached) {
    for (const rival of rivals.get(name) ?? []) if (open.has(rival)) reached.add(rival);
  }
  const facts = candidates
    .filter(({ norm }) => reached.has(norm.name))
    .flatMap(({ fit }) => (fit.kind === 'needs' ? fit.facts : []));
  if (facts.length > 0) return [...new Set(facts)].sort(compareText);
  return [
    `which of ${[...reached].sort(compareText).join(', ')} sets the other aside: they do so in a circle`,
  ];
}

/** Where a rule or scale would bind, were an edition of its rulebook in force: which edition that would have to be. */
export function editionsMissing(candidates: readonly Candidate<Rule | Scale>[]): string[] {
  const absent = candidates.filter(({ fit, absence }) => absence && fit.kind !== 'does-not-bind');
  return [...new Set(absent.flatMap(({ absence }) => absence?.need ?? []))];
}

/** What is known of what was asked: "agency.kind is irs". */
export function knownWhere(candidates: readonly Candidate<Rule | Scale>[], facts: Facts): string[] {
  const asked = candidates.flatMap(({ norm, of }) => [of.rulebook.binds, norm.binds].flatMap(Object.keys));
  return [...new Set(asked)]
    .sort(compareText)
    .filter((attribute) => Object.hasOwn(facts, attribute) && facts[attribute] !== undefined)
    .map((attribute) => `${attribute} is ${facts[attribute]}`);
}
