import type { Day, Duty } from './contract.ts';
import { wordMeans } from './words.ts';

/** Why the act cannot be done on this duty, or undefined when it can; the server judges in the end. */
export function whyNotRecordDisabled(duty: Duty): string | undefined {
  if (duty.subject.kind !== 'account') return 'this duty is not about an account';
  if (duty.done !== null) return `${wordEnd(duty, duty.done)}, so there is nothing left to record`;
  return undefined;
}

/** Why no risk can be accepted on this duty, or undefined when one can. */
export function whyNotAcceptRisk(duty: Duty): string | undefined {
  if (duty.done !== null) return `${wordEnd(duty, duty.done)}, so there is no risk left to accept`;
  if (duty.due === null) return 'the due day is not determined, so nothing can be suspended';
  return undefined;
}

function wordEnd({ means }: Duty, done: Day): string {
  return `this spell ended on ${done}${means === null ? '' : ` (${wordMeans(means)})`}`;
}
