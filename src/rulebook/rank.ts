import { type Candidate, type RankQuestion, findScales } from './candidate.ts';
import { type AdoptedRulebook, withoutBooks } from './edition.ts';
import { editionsMissing, knownWhere, needsOf } from './needs.ts';
import { type Scale, compareText, renderCitation } from './rulebook.ts';
import { contendersOf, settle } from './settle.ts';

/** The class that a rating amounts to, or what is missing. */
export type Ranking =
  | {
      readonly kind: 'ranked';
      readonly class: string;
      /** The scale that says so, as `rulebook/id`; of several that agree the first by name. */
      readonly scale: string;
      /** As a person writes them. */
      readonly cites: readonly string[];
      /** The entry that adopted it. */
      readonly entry: number;
    }
  | { readonly kind: 'unranked'; readonly needs: readonly string[] };

/**
 * What a rater's rating is worth on a scale, by the same default logic as `govern`: editions,
 * scopes, setting aside. Scales that remain must agree. `without` names rulebooks to leave out.
 * INVARIANT: the answer never names the trigger: between two `scaleBreaks` it is the same.
 */
export function rank(
  adopted: readonly AdoptedRulebook[],
  question: RankQuestion,
  without: readonly string[] = [],
): Ranking {
  const candidates = findScales(withoutBooks(adopted, without), question);
  const settled = settle(contendersOf(candidates));
  const rankOf = ({ norm }: Candidate<Scale>) => norm.ranks[question.rating];
  const remaining = candidates.filter(({ norm }) => settled.remaining.has(norm.name));
  const open = candidates.filter(({ norm }) => settled.open.has(norm.name));
  const [first] = remaining;
  const found = first && rankOf(first);
  if (!first || found === undefined) {
    return {
      kind: 'unranked',
      needs: open.length > 0 ? needsOf(open, candidates, settled) : gapsOf(candidates, question),
    };
  }
  const differing = remaining.filter((each) => rankOf(each) !== found);
  if (differing.length > 0) return { kind: 'unranked', needs: [disagreement(remaining, question)] };
  const undecided = open.filter((each) => rankOf(each) !== found);
  if (undecided.length > 0) return { kind: 'unranked', needs: needsOf(undecided, candidates, settled) };
  return {
    kind: 'ranked',
    class: found,
    scale: first.norm.name,
    cites: first.norm.cites.map(renderCitation),
    entry: first.of.entry,
  };
}

function disagreement(remaining: readonly Candidate<Scale>[], { rater, rating }: RankQuestion): string {
  const said = remaining
    .map(({ norm }) => `${norm.name} (${norm.ranks[rating]})`)
    .sort(compareText)
    .join(' and ');
  return `which of ${said} ranks ${rater}:${rating}: neither sets the other aside`;
}

function gapsOf(
  candidates: readonly Candidate<Scale>[],
  { scale, rater, rating, facts }: RankQuestion,
): string[] {
  const absent = editionsMissing(candidates);
  if (absent.length > 0) return absent;
  const where = knownWhere(candidates, facts);
  const suffix = where.length > 0 ? ` where ${where.join(' and ')}` : '';
  return [`what ${rater}:${rating} ranks as on the scale ${scale}${suffix}`];
}
