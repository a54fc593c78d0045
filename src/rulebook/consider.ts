import type { Deadline, Day } from '../time/index.ts';
import type { Candidate } from './candidate.ts';
import { type Force, renderCitation } from './rulebook.ts';
import type { Settled } from './settle.ts';

export type Verdict = 'governs' | 'set-aside' | 'does-not-bind' | 'not-in-force' | 'needs-a-fact';

/** A rule for the duty, and what became of it in this case. */
export interface Considered {
  /** `irm-10.8.24/disable-inactive`. */
  readonly rule: string;
  /** Its rulebook's title. */
  readonly title: string;
  /** The edition in force, if one is. */
  readonly edition: { readonly from: Day; readonly triggersFrom: Day } | undefined;
  readonly force: Force;
  /** As a person writes them: `TIGTA 2023-20-018, p. 8`. */
  readonly cites: readonly string[];
  readonly deadline: Deadline;
  /** `governs` is said of each that remains; of several the earliest due day governs. */
  readonly verdict: Verdict;
  /** The rule that sets it aside. */
  readonly by?: string;
  /** A clause that says why: `it binds where agency.kind is irs`. */
  readonly because: string;
  /** The entry that adopted it. */
  readonly entry: number;
}

/** Says of each candidate what became of it. */
export function considerAll(candidates: readonly Candidate[], settled: Settled): Considered[] {
  return candidates.map((candidate) => {
    const { rule, of, absence } = candidate;
    const { from, triggersFrom } = of.edition;
    return {
      rule: rule.name,
      title: of.rulebook.title,
      edition: absence ? undefined : { from, triggersFrom },
      force: rule.force,
      cites: rule.cites.map(renderCitation),
      deadline: rule.deadline,
      ...judge(candidate, candidates, settled),
      entry: of.entry,
    };
  });
}

function judge(
  { rule, fit, absence }: Candidate,
  candidates: readonly Candidate[],
  { remaining, dropped, open, rivals }: Settled,
): Pick<Considered, 'verdict' | 'by' | 'because'> {
  if (fit.kind === 'does-not-bind') return { verdict: 'does-not-bind', because: fit.because };
  if (absence) return { verdict: 'not-in-force', because: absence.because };
  const against = rivals.get(rule.name) ?? [];
  if (dropped.has(rule.name))
    return setAsideBy(
      rule.name,
      candidates.filter((each) => remaining.has(each.rule.name)),
    );
  if (remaining.has(rule.name)) {
    const several = remaining.size > 1 ? '; of the rules that remain the earliest due day governs' : '';
    return { verdict: 'governs', because: fit.because + several };
  }
  if (fit.kind === 'needs') return { verdict: 'needs-a-fact', because: fit.because };
  const doubtful = against.filter((rival) => open.has(rival)).join(' or ');
  return { verdict: 'needs-a-fact', because: `it is open whether ${doubtful} sets it aside` };
}

function setAsideBy(name: string, remaining: readonly Candidate[]) {
  const [found] = remaining.flatMap(({ rule }) =>
    rule.setsAside.filter((each) => each.rule === name).map(({ cites }) => ({ by: rule.name, cites })),
  );
  // A rule is dropped only for one that remains.
  if (!found) throw new Error(`nothing sets ${name} aside`);
  const because = `${found.by} sets it aside here (${found.cites.map(renderCitation).join('; ')})`;
  return { verdict: 'set-aside' as const, by: found.by, because };
}
