import type { Acceptance } from '../acts/index.ts';
import { dutyStatus } from '../rulebook/index.ts';
import { daysBetween, type Day } from '../time/index.ts';

export const statuses = ['open', 'overdue', 'met', 'met-late', 'undetermined'] as const;
export type Status = (typeof statuses)[number];

/** The status as of a day: the due day itself is still open. `done` counts from its day on. */
export function statusOf(due: Day | null, done: Day | null, asOf: Day): Status {
  return due === null ? 'undetermined' : dutyStatus(due, done ?? undefined, asOf);
}

/** How many days late a duty is, or was met: null where it is not late. */
export function daysLate(status: Status, due: Day | null, done: Day | null, asOf: Day): number | null {
  if (due === null) return null;
  if (status === 'overdue') return daysBetween(due, asOf);
  return status === 'met-late' && done !== null ? daysBetween(due, done) : null;
}

/** An acceptance with the day on which its duty was due when it was given; null where nobody could say. */
export interface Given extends Acceptance {
  readonly dueThen: Day | null;
}

/** An acceptance in time was given by the due day; one given late only annotates. */
export function inTime({ from, dueThen }: Given): boolean {
  return dueThen !== null && from <= dueThen;
}

function suspends(acceptance: Given, status: Status, asOf: Day): boolean {
  const awaits = status === 'open' || status === 'overdue';
  return awaits && inTime(acceptance) && asOf <= acceptance.until;
}

/**
 * Of the acceptances of one spell, oldest first, the one that counts on the day: one that
 * suspends the duty (given in time, not ended, the duty not done), else the last one given.
 */
export function countingAcceptance(
  given: readonly Given[],
  status: Status,
  asOf: Day,
): { acceptance: Given; suspended: boolean } | undefined {
  const begun = given.filter((acceptance) => acceptance.from <= asOf);
  const suspending = begun.findLast((acceptance) => suspends(acceptance, status, asOf));
  const acceptance = suspending ?? begun.at(-1);
  return acceptance && { acceptance, suspended: suspending !== undefined };
}
