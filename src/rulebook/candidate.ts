import type { Day } from '../time/index.ts';
import {
  type Absence,
  type AdoptedEdition,
  type AdoptedRulebook,
  editionInForce,
  editionsByRulebook,
  explainAbsence,
} from './edition.ts';
import { type Facts, type Rule, compareText } from './rulebook.ts';
import { type Fit, fitOf } from './scope.ts';

/** A case: one duty type and class in one place, seen on a day, with a trigger. */
export interface Question {
  readonly duty: string;
  readonly class: string;
  readonly facts: Facts;
  readonly asOf: Day;
  readonly trigger: Day;
}

/** A rule for the duty, before it is asked what else binds. */
export interface Candidate {
  readonly rule: Rule;
  /** The edition in force, or the rulebook's first if none is. */
  readonly of: AdoptedEdition;
  readonly fit: Fit;
  /** Why no edition of its rulebook is in force, if none is. */
  readonly absence: Absence | undefined;
}

/** All rules for the duty, in order of their names. */
export function findCandidates(adopted: readonly AdoptedRulebook[], question: Question): Candidate[] {
  const { duty, asOf, trigger } = question;
  const candidates: Candidate[] = [];
  for (const [id, editions] of editionsByRulebook(adopted)) {
    const inForce = editionInForce(editions, asOf, trigger);
    const of = inForce ?? editions[0];
    if (!of) continue;
    const absence = inForce ? undefined : explainAbsence(id, editions, asOf);
    for (const rule of of.rulebook.rules.filter((each) => each.duty === duty)) {
      const fit = fitOf(of.rulebook, rule, question.class, question.facts);
      candidates.push({ rule, of, fit, absence });
    }
  }
  return candidates.sort((a, b) => compareText(a.rule.name, b.rule.name));
}
