import type { Program, Role } from '../../acts/index.ts';
import { addPerson, changePerson, disablePerson, enablePerson } from './acts.ts';
import { eventKinds, SET_UP_OFFERED } from './events.ts';
import { endGrant, giveGrant } from './grants.ts';
import {
  privileged,
  privilegedActsView,
  privilegesReviewed,
  reviewDuty,
  reviewPrivileges,
} from './privileged.ts';
import {
  grantEnded,
  grantGiven,
  personAdded,
  personChanged,
  personDisabled,
  personEnabled,
  signedIn,
} from './tables.ts';
import { peopleView, personGrantsView } from './views.ts';

export { eventEntry, type AccessEvent } from './events.ts';
export {
  actorName,
  findByIdentity,
  findBySignInName,
  findPerson,
  isActor,
  listPersons,
  personNamed,
  whoIs,
  wordReach,
  type Person,
} from './standing.ts';
export { PERSON_DISABLED, SIGNED_IN, type SignedInBody } from './tables.ts';

/** Those who read about people, and those who review what is done about them. */
const MAY_READ: readonly Role[] = [
  'administrator',
  'program-office',
  'ciso',
  'auditor',
  'system-owner',
  'isso',
];

/** People: who may sign in, what they may do, and what became of it. */
export const people: Program = {
  program: 'people',
  entryKinds: [
    ...[personAdded, personChanged, personDisabled, personEnabled, grantGiven, grantEnded].map((kind) =>
      privileged({ ...kind, mayRead: MAY_READ }),
    ),
    signedIn,
    privilegesReviewed,
    ...eventKinds.map((kind) => (kind.kind === SET_UP_OFFERED ? privileged(kind) : kind)),
  ],
  acts: [addPerson, changePerson, disablePerson, enablePerson, giveGrant, endGrant, reviewPrivileges],
  views: [peopleView, personGrantsView, privilegedActsView],
  dutyTypes: [reviewDuty],
  tables: {
    person: ['person_key'],
    person_fact: ['person_key', 'known_from'],
    person_standing: ['known_from'],
    role_grant: ['grant_key', 'known_from'],
    person_sign_in: ['known_from'],
    privileged_act: ['act_key'],
    privileged_review: ['known_from'],
  },
};
