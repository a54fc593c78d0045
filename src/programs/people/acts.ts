import * as z from 'zod';
import { declareAct, type Deciding, type Role } from '../../acts/index.ts';
import { keyText } from '../../record/index.ts';
import { isActor, otherAdministrators, personNamed, type Person } from './standing.ts';
import { PERSON_ADDED, PERSON_CHANGED, PERSON_DISABLED, PERSON_ENABLED, type PersonFacts } from './tables.ts';

export const MAY: readonly Role[] = ['administrator'];

export const personField = z.string().describe('the person, by key, like 12.1');
export const reasonField = z.string().trim().min(1, 'give a reason').max(2000).describe('why');

const nameField = z.string().trim().min(1, 'is empty').max(200);
const signInNameField = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/, 'is not one: letters, digits and . _ @ -, at most 64');
const identityField = z.string().trim().min(1, 'is empty').max(255);
const mailField = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, 'is no mail address');

export const addPerson = declareAct({
  act: 'person.add',
  title: 'add a person',
  description:
    'Someone who shall sign in. They can do so once they have set up how, by a link that you make for them, or through your OpenID provider; what they may do follows from the roles granted to them. Both are done on the page of the person, where their name in the list leads.',
  example: '--name "Demo Person" --sign-in-name demo.person',
  input: z.object({
    name: nameField.describe('their name, as others read it'),
    signInName: signInNameField.describe('the name they sign in with'),
    identity: identityField
      .optional()
      .describe('what your OpenID provider calls them; the sign-in name unless said'),
    mail: mailField.optional().describe('where notices reach them'),
  }),
  may: MAY,
  beside: 'people',
  decide: async (at, said) => {
    const facts = {
      name: said.name,
      signInName: said.signInName,
      identity: said.identity ?? null,
      mail: said.mail ?? null,
    };
    const refused = await clash(at, facts);
    if (refused) return { refused };
    const { actor, today } = at;
    return {
      kind: PERSON_ADDED,
      subject: 'people',
      actor: actor.name,
      effective: today,
      body: { ...facts },
    };
  },
});

export const changePerson = declareAct({
  act: 'person.change',
  title: 'change what is said of a person',
  description: 'What is not said stays as it is.',
  example: '--person 12.1 --name "Demo Person"',
  input: z.object({
    person: personField,
    name: nameField.optional().describe('their name, as others read it'),
    signInName: signInNameField.optional().describe('the name they sign in with'),
    identity: identityField.optional().describe('what your OpenID provider calls them'),
    mail: mailField.optional().describe('where notices reach them'),
  }),
  may: MAY,
  beside: 'person-grants',
  decide: async (at, said) => {
    const person = await personNamed(at.tx, said.person);
    const [before] = await at.tx.rows<PersonFacts>(
      `select name, sign_in_name as "signInName", identity, mail from person_fact
       where agency_id = $1 and person_key = $2 and known_until is null`,
      [at.tx.agency, person.key],
    );
    if (!before) throw new Error('a person has facts');
    const facts = {
      name: said.name ?? before.name,
      signInName: said.signInName ?? before.signInName,
      identity: said.identity ?? before.identity,
      mail: said.mail ?? before.mail,
    };
    if (JSON.stringify(facts) === JSON.stringify(before)) return { refused: 'that changes nothing' };
    const refused = await clash(at, facts, person.key);
    if (refused) return { refused };
    return entryOf(at, PERSON_CHANGED, person, facts);
  },
});

export const disablePerson = declareAct({
  act: 'person.disable',
  title: 'disable a person',
  description:
    'From now on they may not sign in, and whatever let them in, sessions and tokens, is good no more.',
  example: '--person 12.1 --reason "left the agency"',
  input: z.object({ person: personField, reason: reasonField }),
  may: MAY,
  beside: 'person-grants',
  decide: async (at, { person: named, reason }) => {
    const person = await personNamed(at.tx, named);
    if (person.disabledFor !== null) return { refused: `the person has been disabled since ${person.since}` };
    if (isActor(at.actor, person.key))
      return { refused: 'nobody disables themselves: ask another administrator' };
    if (await isLastAdministrator(at, person)) return { refused: LAST };
    return entryOf(at, PERSON_DISABLED, person, { reason });
  },
});

export const enablePerson = declareAct({
  act: 'person.enable',
  title: 'enable a person again',
  description:
    'They may sign in again, with the roles that are still in force; sessions and tokens of before stay dead.',
  example: '--person 12.1 --reason "returned from leave"',
  input: z.object({ person: personField, reason: reasonField }),
  may: MAY,
  beside: 'person-grants',
  decide: async (at, { person: named, reason }) => {
    const person = await personNamed(at.tx, named);
    if (person.disabledFor === null) return { refused: 'the person is not disabled' };
    if (isActor(at.actor, person.key)) return { refused: 'nobody enables themselves' };
    return entryOf(at, PERSON_ENABLED, person, { reason });
  },
});

export const LAST = 'this is the last administrator who is one without an end: make somebody else one first';

export async function isLastAdministrator({ tx, today }: Deciding, person: Person): Promise<boolean> {
  const [own] = await tx.rows(
    `select 1 from role_grant where agency_id = $1 and person_key = $2 and role = 'administrator' and known_until is null
       and from_day <= $3 and (ends is null or ends > $3)`,
    [tx.agency, person.key, today],
  );
  return own !== undefined && (await otherAdministrators(tx, person.key, today)) === 0;
}

/** Why these facts cannot stand beside those of others. */
async function clash(
  { tx }: Deciding,
  { signInName, identity }: PersonFacts,
  except = 0,
): Promise<string | undefined> {
  const [taken] = await tx.rows<{ same: boolean }>(
    `select lower(sign_in_name) = lower($2) as same from person_fact
     where agency_id = $1 and known_until is null and person_key <> $4
       and (lower(sign_in_name) = lower($2) or coalesce(identity, sign_in_name) = $3)
     order by 1 desc limit 1`,
    [tx.agency, signInName, identity ?? signInName, except],
  );
  if (!taken) return undefined;
  return taken.same
    ? `somebody signs in as ${signInName} already: choose another name`
    : 'your provider calls somebody else so already';
}

function entryOf({ actor, today }: Deciding, kind: string, person: Person, body: object) {
  const key = keyText(person.key);
  return {
    kind,
    subject: `person:${key}`,
    actor: actor.name,
    effective: today,
    body: { person: key, ...body },
  };
}
