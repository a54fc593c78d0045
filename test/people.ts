import { performAct, type Grant, type Role } from '../src/acts/index.ts';
import type { House } from '../src/doors/house.ts';
import { beginSession } from '../src/doors/sign-in/sessions.ts';
import { makeToken } from '../src/doors/sign-in/tokens.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { actorName, findPerson } from '../src/programs/people/index.ts';
import { keyBase, keyText } from '../src/record/index.ts';

/** Someone who is signed in, for tests of what comes after signing in. */
export interface SignedIn {
  readonly key: number;
  /** As acts name them: `12.1`. */
  readonly person: string;
  readonly actor: string;
  /** Headers of a request of theirs that changes nothing. */
  readonly headers: Readonly<Record<string, string>>;
}

export const CLIENT = { agent: 'test', address: '127.0.0.1' };

let made = 0;

/** Adds a person by the acts, as the operator. */
export async function addPerson(
  house: House,
  agency: AgencyFacts,
  grants: readonly Grant[],
  signInName = `demo.person-${(made += 1)}`,
): Promise<number> {
  const act = (name: string, input: object) =>
    performAct(
      house.store,
      house.declarations,
      agency.agency,
      house.operator,
      house.today(agency),
      name,
      input,
    );
  const { index } = await act('person.add', { name: 'Demo Person', signInName });
  const key = keyBase(index) + 1;
  for (const { role, reach } of grants)
    await act('grant.give', {
      person: keyText(key),
      role,
      over: reach.over,
      ...(reach.over === 'system' && { system: reach.system }),
      ...(reach.over === 'units' && { unitFrom: reach.from, unitTo: reach.to }),
    });
  return key;
}

/** Someone with these grants and a session of their own; how they signed in is left out. */
export async function signedIn(
  house: House,
  agency: AgencyFacts,
  grants: readonly Grant[],
): Promise<SignedIn> {
  const key = await addPerson(house, agency, grants);
  return signedInAs(house, agency, key);
}

/** The headers of a program of somebody who holds these roles over the agency. */
export async function tokenFor(
  house: House,
  agency: AgencyFacts,
  roles: readonly Role[] = ['isso'],
): Promise<Token> {
  const grants = roles.map((role) => ({ role, reach: { over: 'agency' } }) as const);
  const key = await addPerson(house, agency, grants);
  const wanted = { name: 'Demo program', roles, days: 1 };
  const { secret } = await makeToken(house, agency, { name: actorName(key), grants }, key, wanted);
  return { authorization: `Bearer ${secret}` };
}

/** The header of a program's requests. */
export interface Token extends Readonly<Record<string, string>> {
  readonly authorization: string;
}

/** A session for someone who is there. */
export async function signedInAs(house: House, agency: AgencyFacts, key: number): Promise<SignedIn> {
  const actor = actorName(key);
  const secret = await house.store.as(actor).write(agency.agency, async (tx) => {
    const person = await findPerson(tx, key);
    if (!person) throw new Error('the person was added');
    return beginSession(tx, { house, agency }, person, { way: 'test' }, CLIENT);
  });
  return { key, person: keyText(key), actor, headers: { cookie: `__Host-muster=${secret}` } };
}
