import type { Duty } from './contract.ts';
import type { DeclaredAct } from './declared.ts';
import { wordMeans } from './words.ts';

/** The acts that are offered on the page of a duty of this type. */
export function actsAbout(acts: readonly DeclaredAct[], duty: string): DeclaredAct[] {
  return acts.filter(({ about }) => about === null || about.includes(duty));
}

/**
 * Why the act cannot be done on this duty by someone with these roles, as far as the page knows;
 * undefined where it may be tried. The server judges in the end.
 */
export function whyNot(act: DeclaredAct, duty: Duty, roles: readonly string[]): string | undefined {
  if (!act.may.some((role) => roles.includes(role))) return `this is for ${act.may.map(wordRole).join(', ')}`;
  if (duty.done !== null) return `${wordEnd(duty, duty.done)}, so there is nothing left to do about it`;
  return undefined;
}

function wordRole(role: string): string {
  return role.replaceAll('-', ' ');
}

function wordEnd({ means }: Duty, done: string): string {
  return `this spell ended on ${done}${means === null ? '' : ` (${wordMeans(means)})`}`;
}
