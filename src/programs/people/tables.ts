import { declareEntryKind, type Reach } from '../../acts/index.ts';
import { keyBase, parseKey } from '../../record/index.ts';
import type { Day } from '../../time/index.ts';
import { wordReach } from './standing.ts';

export const PERSON_ADDED = 'person.added';
export const PERSON_CHANGED = 'person.changed';
export const PERSON_DISABLED = 'person.disabled';
export const PERSON_ENABLED = 'person.enabled';
export const GRANT_GIVEN = 'grant.given';
export const GRANT_ENDED = 'grant.ended';
export const SIGNED_IN = 'person.signed-in';

/** What is said of a person; empty where there is nothing to say. */
export interface PersonFacts {
  readonly name: string;
  readonly signInName: string;
  readonly identity: string | null;
  readonly mail: string | null;
}

const INSERT_FACTS = `insert into person_fact (agency_id, person_key, name, sign_in_name, identity, mail, known_from)
  values ($1, $2, $3, $4, $5, $6, $7)`;

export const personAdded = declareEntryKind<PersonFacts>({
  kind: PERSON_ADDED,
  summarise: () => 'a person was added',
  derive: async (tx, { index, effective, body }) => {
    const key = keyBase(index) + 1;
    await tx.run('insert into person (agency_id, person_key, from_day, known_from) values ($1, $2, $3, $4)', [
      tx.agency,
      key,
      effective,
      index,
    ]);
    await tx.run(INSERT_FACTS, factsRow(tx.agency, key, body, index));
  },
});

export const personChanged = declareEntryKind<PersonFacts & { readonly person: string }>({
  kind: PERSON_CHANGED,
  summarise: ({ person }) => `what is said of person ${person} was changed`,
  derive: async (tx, { index, body }) => {
    const key = keyOf(body.person, index);
    await tx.run(
      'update person_fact set known_until = $3 where agency_id = $1 and person_key = $2 and known_until is null',
      [tx.agency, key, index],
    );
    await tx.run(INSERT_FACTS, factsRow(tx.agency, key, body, index));
  },
});

function factsRow(agency: number, key: number, facts: PersonFacts, entry: number): unknown[] {
  const { name, signInName, identity, mail } = facts;
  return [agency, key, name, signInName, identity, mail, entry];
}

export interface StandingBody {
  readonly person: string;
  readonly reason: string;
}

export const personDisabled = standing(PERSON_DISABLED, 'may not sign in any more', true);
export const personEnabled = standing(PERSON_ENABLED, 'may sign in again', false);

function standing(kind: string, says: string, isDisabled: boolean) {
  return declareEntryKind<StandingBody>({
    kind,
    summarise: ({ person }) => `person ${person} ${says}`,
    derive: async (tx, { index, effective, recorded, body }) => {
      await tx.run(
        `insert into person_standing (agency_id, person_key, from_day, disabled_for, recorded, known_from)
         values ($1, $2, $3, $4, $5, $6)`,
        [tx.agency, keyOf(body.person, index), effective, isDisabled ? body.reason : null, recorded, index],
      );
    },
  });
}

export interface GrantBody {
  readonly [key: string]: string | null;
  readonly person: string;
  readonly role: string;
  readonly over: Reach['over'];
  readonly system: string | null;
  readonly unitFrom: string | null;
  readonly unitTo: string | null;
  readonly from: Day;
  /** The day from which it is in force no more. */
  readonly ends: Day | null;
}

export const grantGiven = declareEntryKind<GrantBody>({
  kind: GRANT_GIVEN,
  summarise: ({ person, role, over, system, unitFrom, unitTo }) => {
    const reach = { over, system: system ?? '', from: unitFrom ?? '', to: unitTo ?? '' } as Reach;
    return `person ${person} was granted the role ${role} over ${wordReach(reach)}`;
  },
  derive: async (tx, { index, body }) => {
    const { person, role, over, system, unitFrom, unitTo, from, ends } = body;
    await tx.run(
      `insert into role_grant (agency_id, grant_key, person_key, role, over, system, unit_from, unit_to, from_day, ends, known_from)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        tx.agency,
        keyBase(index) + 1,
        keyOf(person, index),
        role,
        over,
        system,
        unitFrom,
        unitTo,
        from,
        ends,
        index,
      ],
    );
  },
});

export interface GrantEndBody {
  readonly grant: string;
  readonly person: string;
  readonly reason: string;
}

export const grantEnded = declareEntryKind<GrantEndBody>({
  kind: GRANT_ENDED,
  summarise: ({ grant, person }) => `the grant ${grant} of person ${person} was ended`,
  derive: async (tx, { index, effective, body }) => {
    // A grant that had not begun is in force on no day.
    await tx.run(
      `with ended as (
         update role_grant set known_until = $3 where agency_id = $1 and grant_key = $2 and known_until is null returning *)
       insert into role_grant (agency_id, grant_key, person_key, role, over, system, unit_from, unit_to, from_day, ends, known_from)
       select agency_id, grant_key, person_key, role, over, system, unit_from, unit_to, from_day, greatest($4::date, from_day), $3
       from ended`,
      [tx.agency, keyOf(body.grant, index), index, effective],
    );
  },
});

export interface SignedInBody {
  readonly [key: string]: string | number | null;
  readonly person: string;
  /** `password`, `password and code`, `passkey`, or a provider's name. */
  readonly way: string;
  readonly acr: string | null;
  /** Failed sign-ins since the one before. */
  readonly failedSince: number;
}

export const signedIn = declareEntryKind<SignedInBody>({
  kind: SIGNED_IN,
  summarise: ({ person, way }) => `person ${person} signed in by ${way}`,
  derive: async (tx, { index, effective, body }) => {
    await tx.run(
      'insert into person_sign_in (agency_id, person_key, day, known_from) values ($1, $2, $3, $4)',
      [tx.agency, keyOf(body.person, index), effective, index],
    );
  },
});

function keyOf(text: string, entry: number): number {
  const key = parseKey(text);
  if (key === undefined) throw new Error(`entry ${entry} does not read: ${text.slice(0, 20)} is no key`);
  return key;
}
