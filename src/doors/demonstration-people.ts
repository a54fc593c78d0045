import { people, type DemoPerson } from '../../demo/people.ts';
import { MUSTER, performAct } from '../acts/index.ts';
import type { AgencyFacts } from '../programs/inventory/index.ts';
import { findPerson, type Person } from '../programs/people/index.ts';
import { keyBase, keyText } from '../record/index.ts';
import type { Reading } from '../store/index.ts';
import type { House } from './house.ts';
import { keepOwnAccounts } from './own-accounts.ts';
import { credentialsOf, removeCredential, setCredential } from './sign-in/credentials.ts';
import { generatePassword, hashPassword } from './sign-in/password.ts';

/** Adds the people of the demonstration, each once; whether there was one to add. */
export async function addDemonstrationPeople(house: House, agency: AgencyFacts): Promise<boolean> {
  let changed = false;
  for (const wanted of people) {
    const known = await house.store.read(agency.agency, (tx) => findAdded(tx, wanted));
    if (known?.wasGranted) continue;
    const person = known?.person ?? (await addOne(house, agency, wanted));
    const { role, reach } = wanted;
    await act(house, agency, 'grant.give', { person: keyText(person), role, ...reach });
    changed = true;
  }
  return changed;
}

async function addOne(house: House, agency: AgencyFacts, { name, signInName }: DemoPerson): Promise<number> {
  return keyBase(await act(house, agency, 'person.add', { name, signInName })) + 1;
}

async function act(house: House, agency: AgencyFacts, name: string, said: object): Promise<number> {
  const { store, declarations, operator } = house;
  const today = house.today(agency);
  return (await performAct(store, declarations, agency.agency, operator, today, name, said)).index;
}

interface Added {
  readonly person: number;
  /** Whether a role was ever granted to them: one that was ended stays ended. */
  readonly wasGranted: boolean;
}

/** The person as they were first added, whatever they are called since. */
async function findAdded(tx: Reading, { signInName }: DemoPerson): Promise<Added | undefined> {
  const [added] = await tx.rows<Added>(
    `select f.person_key as person, exists (select 1 from role_grant
       where agency_id = $1 and person_key = f.person_key) as "wasGranted"
     from person_fact f where f.agency_id = $1 and lower(f.sign_in_name) = lower($2) order by f.known_from limit 1`,
    [tx.agency, signInName],
  );
  return added;
}

/** How somebody signs in to the demonstration until it is started anew. */
export interface DemoSignIn {
  readonly signInName: string;
  readonly password: string;
  readonly role: string;
}

/**
 * Gives everyone of the demonstration a password that nobody knew before; whoever has set up an
 * authenticator does without from now on. Those that the rule on inactive accounts has disabled since the
 * last start are enabled again; those that somebody disabled are left out.
 */
export async function renewDemonstrationPasswords(house: House, agency: AgencyFacts): Promise<DemoSignIn[]> {
  await keepOwnAccounts(house, agency);
  const renewed = await Promise.all(people.map((wanted) => renewOne(house, agency, wanted)));
  return renewed.filter((signIn) => signIn !== undefined);
}

async function renewOne(
  house: House,
  agency: AgencyFacts,
  wanted: DemoPerson,
): Promise<DemoSignIn | undefined> {
  const person = await ableToSignIn(house, agency, wanted);
  if (!person) return undefined;
  const password = generatePassword();
  const secret = Buffer.from(await hashPassword(password));
  const { operator: actor } = house;
  await house.store.as(actor.name).write(agency.agency, async (tx) => {
    const changing = { house, agency, actor };
    await setCredential(tx, changing, person, { kind: 'password', secret });
    for (const { kind, credential } of await credentialsOf(tx, person.key))
      if (kind === 'totp') await removeCredential(tx, changing, person, credential);
  });
  return { signInName: person.signInName, password, role: wanted.role };
}

/** The person where they may sign in, enabled again where only the rule was against it. */
async function ableToSignIn(
  house: House,
  agency: AgencyFacts,
  wanted: DemoPerson,
): Promise<Person | undefined> {
  const found = await house.store.read(agency.agency, async (tx) => {
    const added = await findAdded(tx, wanted);
    const person = added && (await findPerson(tx, added.person));
    return person && { person, isInactive: await wasDisabledByRule(tx, person) };
  });
  if (!found || found.person.disabledFor === null) return found?.person;
  if (!found.isInactive) return undefined;
  const reason = 'the demonstration is started again';
  await act(house, agency, 'person.enable', { person: keyText(found.person.key), reason });
  return found.person;
}

async function wasDisabledByRule(tx: Reading, { key }: Person): Promise<boolean> {
  const [last] = await tx.rows<{ actor: string }>(
    `select e.actor from person_standing s join entry e on e.agency_id = $1 and e.index = s.known_from
     where s.agency_id = $1 and s.person_key = $2 order by s.known_from desc limit 1`,
    [tx.agency, key],
  );
  return last?.actor === MUSTER;
}
