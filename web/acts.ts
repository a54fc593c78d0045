import type { Duty } from './contract.ts';
import type { HeldGrant } from './contract-person.ts';
import type { DeclaredAct } from './declared.ts';
import { wordMeans, wordRole } from './words.ts';

/** The acts that are offered on the page of a duty of this type. */
export function actsAbout(acts: readonly DeclaredAct[], duty: string): DeclaredAct[] {
  return acts.filter(({ about }) => about === null || about.includes(duty));
}

/** The acts that are offered on the page of a list. */
export function actsBeside(acts: readonly DeclaredAct[], view: string): DeclaredAct[] {
  return acts.filter(({ beside }) => beside === view);
}

/**
 * Why the act cannot be done by someone with these grants, as far as the page knows; undefined where
 * it may be tried. The server judges in the end.
 */
export function whyNotWith(act: DeclaredAct, grants: readonly HeldGrant[]): string | undefined {
  if (grants.some(({ role }) => act.may.includes(role))) return undefined;
  return `this is for ${act.may.map(wordRole).join(', ')}`;
}

/** The same on a duty, which lies in a system and may be over. */
export function whyNot(act: DeclaredAct, duty: Duty, grants: readonly HeldGrant[]): string | undefined {
  const held = grants.filter(({ role }) => act.may.includes(role));
  if (held.length === 0) return whyNotWith(act, grants);
  if (!held.some((grant) => mayReach(grant, duty.system)))
    return `your roles for this do not reach ${duty.system ?? 'the whole agency'}`;
  if (duty.done !== null) return `${wordEnd(duty, duty.done)}, so there is nothing left to do about it`;
  return undefined;
}

// Which unit a duty is of, the page does not know.
function mayReach({ over, system }: HeldGrant, place: string | null): boolean {
  return over !== 'system' || system === place;
}

function wordEnd({ means }: Duty, done: string): string {
  return `this spell ended on ${done}${means === null ? '' : ` (${wordMeans(means)})`}`;
}
