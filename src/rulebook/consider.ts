import type { Deadline, Day } from '../time/index.ts';
import type { Candidate } from './candidate.ts';
import { type Force, renderCitation } from './rulebook.ts';
import type { Settled } from './settle.ts';

export type Verdict =
  | 'governs'
  | 'leaves-open'
  | 'set-aside'
  | 'does-not-bind'
  | 'not-in-force'
  | 'needs-a-fact';

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
  /**
   * `governs` is said of each that remains and names a day; of several the earliest due day governs.
   * One that remains and names no period `leaves-open`.
   */
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
    const { norm: rule, of, absence } = candidate;
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
  { norm: rule, fit, absence }: Candidate,
  candidates: readonly Candidate[],
  { remaining, dropped, open, rivals }: Settled,
): Pick<Considered, 'verdict' | 'by' | 'because'> {
  if (fit.kind === 'does-not-bind') return { verdict: 'does-not-bind', because: fit.because };
  if (absence) return { verdict: 'not-in-force', because: absence.because };
  const against = rivals.get(rule.name) ?? [];
  const sure = candidates.filter((each) => remaining.has(each.norm.name));
  if (dropped.has(rule.name)) return setAsideBy(rule.name, sure);
  if (remaining.has(rule.name)) return remains(rule.deadline, fit.because, sure);
  if (fit.kind === 'needs') return { verdict: 'needs-a-fact', because: fit.because };
  const doubtful = against.filter((rival) => open.has(rival)).join(' or ');
  return { verdict: 'needs-a-fact', because: `it is open whether ${doubtful} sets it aside` };
}

function remains(deadline: Deadline, because: string, sure: readonly Candidate[]) {
  const governing = sure.filter(({ norm }) => norm.deadline.kind !== 'unstated');
  if (deadline.kind === 'unstated') {
    const rest = governing.length > 0 ? '; a rule that remains names a day' : '';
    return {
      verdict: 'leaves-open' as const,
      because: `${because}, and says only "${deadline.words}"${rest}`,
    };
  }
  const several = governing.length > 1 ? '; of the rules that remain the earliest due day governs' : '';
  return { verdict: 'governs' as const, because: because + several };
}

function setAsideBy(name: string, remaining: readonly Candidate[]) {
  const [found] = remaining.flatMap(({ norm: rule }) =>
    rule.setsAside.filter((each) => each.rule === name).map(({ cites }) => ({ by: rule.name, cites })),
  );
  // A rule is dropped only for one that remains.
  if (!found) throw new Error(`nothing sets ${name} aside`);
  const because = `${found.by} sets it aside here (${found.cites.map(renderCitation).join('; ')})`;
  return { verdict: 'set-aside' as const, by: found.by, because };
}
