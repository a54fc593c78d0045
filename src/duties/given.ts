import type { Acceptance, DutyType } from '../acts/index.ts';
import type { Reading } from '../store/index.ts';
import type { Day } from '../time/index.ts';
import { judgedOnDays } from './census.ts';
import type { Given } from './status.ts';
import type { Law } from './verdict.ts';

/**
 * Acceptances with the day by which each was in time: the due day as it was on the day it was
 * given. A day scheduled anew, or a class that changed, since then makes no late one timely.
 */
export async function whenGiven(
  tx: Reading,
  law: Law,
  type: DutyType,
  acceptances: readonly Acceptance[],
): Promise<readonly Given[]> {
  const due = new Map<number, Day | null>();
  for (const { at, group } of await judgedOnDays(tx, law, type, acceptances)) {
    const { entry } = acceptances[at] ?? {};
    if (entry !== undefined) due.set(entry, law.verdict(group).due);
  }
  return acceptances.map((acceptance) => ({ ...acceptance, dueThen: due.get(acceptance.entry) ?? null }));
}

/** The acceptances of each spell of a duty type among some subjects, oldest first. */
export async function givenBySpell(
  tx: Reading,
  law: Law,
  type: DutyType,
  acceptances: readonly Acceptance[],
  subjects: ReadonlySet<number>,
): Promise<(subject: number, trigger: Day) => readonly Given[]> {
  const own = acceptances.filter(({ duty, subject }) => duty === type.duty && subjects.has(subject));
  const given = own.length === 0 ? [] : await whenGiven(tx, law, type, own);
  const bySpell = Map.groupBy(given, ({ subject, trigger }) => `${subject} ${trigger}`);
  return (subject, trigger) => bySpell.get(`${subject} ${trigger}`) ?? [];
}
