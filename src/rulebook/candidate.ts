import type { Day, Moment } from '../time/index.ts';
import {
  type Absence,
  type AdoptedEdition,
  type AdoptedRulebook,
  editionInForce,
  editionsByRulebook,
  explainAbsence,
} from './edition.ts';
import { type Facts, type Rule, type Rulebook, type Scale, compareText } from './rulebook.ts';
import { type Fit, fitOf, fitOfScopes } from './scope.ts';

/** A case: one duty type and class in one place, seen on a day, with a trigger and a day the subject has set itself. */
export interface Question extends Moment {
  readonly duty: string;
  readonly class: string;
  readonly facts: Facts;
  readonly asOf: Day;
}

/** A case of a scale: what a rating of a rater's is worth in one place, seen on a day, with a trigger. */
export interface RankQuestion {
  readonly scale: string;
  readonly rater: string;
  readonly rating: string;
  readonly facts: Facts;
  readonly asOf: Day;
  readonly trigger: Day;
}

/** A rule or a scale that is about the case, before it is asked what else binds. */
export interface Candidate<Norm extends Rule | Scale = Rule> {
  readonly norm: Norm;
  /** The edition in force, or the rulebook's first if none is. */
  readonly of: AdoptedEdition;
  readonly fit: Fit;
  /** Why no edition of its rulebook is in force, if none is. */
  readonly absence: Absence | undefined;
}

/** All rules for the duty, in order of their names. */
export function findRules(adopted: readonly AdoptedRulebook[], question: Question): Candidate[] {
  return find(
    adopted,
    question,
    ({ rules }) => rules.filter((rule) => rule.duty === question.duty),
    (book, rule) => fitOf(book, rule, question),
  );
}

/** All scales that rank the rating, in order of their names. One that leaves it out has no say on it. */
export function findScales(adopted: readonly AdoptedRulebook[], question: RankQuestion): Candidate<Scale>[] {
  const { scale, rater, rating, facts } = question;
  return find(
    adopted,
    question,
    ({ scales }) =>
      scales.filter(
        (each) => each.scale === scale && each.rater === rater && Object.hasOwn(each.ranks, rating),
      ),
    (book, each) => fitOfScopes([book.binds, each.binds], facts),
  );
}

function find<Norm extends Rule | Scale>(
  adopted: readonly AdoptedRulebook[],
  { asOf, trigger }: { readonly asOf: Day; readonly trigger: Day },
  normsOf: (book: Rulebook) => readonly Norm[],
  fits: (book: Rulebook, norm: Norm) => Fit,
): Candidate<Norm>[] {
  const candidates: Candidate<Norm>[] = [];
  for (const [id, editions] of editionsByRulebook(adopted)) {
    const inForce = editionInForce(editions, asOf, trigger);
    const of = inForce ?? editions[0];
    if (!of) continue;
    const absence = inForce ? undefined : explainAbsence(id, editions, asOf);
    for (const norm of normsOf(of.rulebook)) {
      candidates.push({ norm, of, fit: fits(of.rulebook, norm), absence });
    }
  }
  return candidates.sort((a, b) => compareText(a.norm.name, b.norm.name));
}
