import { declareEntryKind, type Actor } from '../../acts/index.ts';
import type { Json, NewEntry } from '../../record/index.ts';
import type { Day } from '../../time/index.ts';

/** A privileged act: whoever has the link becomes the person. */
export const SET_UP_OFFERED = 'person.set-up-offered';

/** What happens around signing in that changes no table of people: it stands in the record and nowhere else. */
const events = {
  'person.signed-out': 'signed out',
  'person.locked': 'was locked out for a while after failed sign-ins',
  [SET_UP_OFFERED]: 'was offered a link to set up their sign-in',
  'credential.set': 'set a way to sign in',
  'credential.removed': 'removed a way to sign in',
  'session.ended': 'had sessions ended',
  'token.made': 'made a token for programs',
  'token.revoked': 'revoked a token for programs',
  'access.denied': 'was refused what their roles do not let them',
  'view.read': 'read, as an auditor',
} as const;

export type AccessEvent = keyof typeof events;

interface EventBody {
  readonly [key: string]: Json;
  /** Who it is about; for a denial and a reading whoever acts. */
  readonly who: string;
}

export const eventKinds = Object.entries(events).map(([kind, says]) =>
  declareEntryKind<EventBody>({
    kind,
    summarise: ({ who, what }) => `${who} ${says}${typeof what === 'string' ? `: ${what}` : ''}`,
    derive: async () => undefined,
  }),
);

/** The entry of something that happened today around signing in; `who` is an actor's name. */
export function eventEntry(
  kind: AccessEvent,
  actor: Pick<Actor, 'name'>,
  today: Day,
  body: EventBody,
): NewEntry {
  return { kind, subject: 'access', actor: actor.name, effective: today, body };
}
