import { type Day, type Distance, describeCount, lastDayWithin } from '../time/index.ts';
import type { AdoptedRulebook } from './edition.ts';
import type { Rule, WhenScheduled } from './rulebook.ts';

/** What rules ask of the day that a subject has set itself: named so where it is missing. */
export const SCHEDULED = 'scheduled';

/** Whether a rule asks for the day scheduled at all. */
export function asksSchedule({ whenScheduled, deadline }: Pick<Rule, 'whenScheduled' | 'deadline'>): boolean {
  return whenScheduled !== undefined || deadline.kind === 'by';
}

/** Whether the day scheduled lies within the distance of the trigger, its last day included. */
export function isScheduledWithin(trigger: Day, scheduled: Day, distance: Distance): boolean {
  return scheduled <= lastDayWithin(trigger, distance);
}

/** "within 12 months", "more than 12 months away". */
export function describeWhen({ is, ...distance }: WhenScheduled): string {
  return is === 'within' ? `within ${describeCount(distance)}` : `more than ${describeCount(distance)} away`;
}

/**
 * What of the day scheduled `govern` can tell apart for a duty: with the same adoptions, the same
 * stretch between two `triggerBreaks` and the same key it gives the same answer. Empty where no
 * rule for the duty asks for that day.
 */
export function scheduleKey(
  adopted: readonly AdoptedRulebook[],
  duty: string,
  trigger: Day,
  scheduled: Day | null,
): string {
  let key = '';
  for (const { rulebook } of adopted) {
    for (const rule of rulebook.rules) {
      if (rule.duty !== duty || !asksSchedule(rule)) continue;
      if (scheduled === null) return 'none';
      if (key === '') key = 'set';
      if (rule.whenScheduled) key += isScheduledWithin(trigger, scheduled, rule.whenScheduled) ? '+' : '-';
    }
  }
  return key;
}
