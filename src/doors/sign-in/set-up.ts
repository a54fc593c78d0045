import { everyRole, MUSTER, parseInput, performAct, recordEntry, type Actor } from '../../acts/index.ts';
import { MusterError } from '../../errors/index.ts';
import { listAgencies, readAgency, type AgencyFacts } from '../../programs/inventory/index.ts';
import { actorName, eventEntry, findPerson, isActor, type Person } from '../../programs/people/index.ts';
import { keyBase, keyText } from '../../record/index.ts';
import { holdHead, type Writing } from '../../store/index.ts';
import { setUpAgency, type House } from '../house.ts';
import { keepAttempt, takeAttempt } from './attempts.ts';
import {
  clearCredentials,
  keepStep,
  openTotp,
  passkeyIdsOf,
  sealTotp,
  setCredential,
} from './credentials.ts';
import { type Client, type Gate } from './gate.ts';
import { clearFailures } from './lockout.ts';
import { readRegistration, registrationOptions } from './passkey.ts';
import { hashPassword, LEAST_CHARACTERS, whyNotPassword } from './password.ts';
import { hashOf, newSecret, readSecret } from './secrets.ts';
import { beginSession, endSessions } from './sessions.ts';
import type { Standing } from './sign-in.ts';
import { revokeTokens } from './tokens.ts';
import { acceptCode, newTotpSecret, totpAddress, totpText } from './totp.ts';

/** A link to set up a sign-in is good once, within this time. */
const LINK_MS = 24 * 3_600_000;

export interface SetUpLink {
  /** The secret in the link; told once. */
  readonly token: string;
  readonly ends: string;
}

/**
 * Makes the link by which a person sets up how they sign in: one they had before is good no more.
 * Recorded, as whoever has the link becomes the person; so nobody makes one for themselves, who could do
 * without the password that way. Throws ACT_REFUSED.
 */
export async function offerSetUp(
  house: House,
  agency: AgencyFacts,
  actor: Pick<Actor, 'name'>,
  person: number,
): Promise<SetUpLink> {
  if (isActor(actor, person))
    throw new MusterError('ACT_REFUSED', 'nobody makes a link for themselves: ask another administrator');
  return house.store.as(actor.name).write(agency.agency, async (tx) => {
    await holdHead(tx);
    const found = await findPerson(tx, person);
    if (!found || found.disabledFor !== null)
      throw new MusterError('ACT_REFUSED', 'the person is disabled: enable them first');
    const { text, hash } = newSecret(tx.agency);
    const ends = new Date(tx.now().getTime() + LINK_MS).toISOString();
    await tx.run('delete from set_up_link where agency_id = $1 and (person_key = $2 or ends <= $3)', [
      tx.agency,
      person,
      tx.now().toISOString(),
    ]);
    await tx.run('insert into set_up_link (agency_id, link_hash, person_key, ends) values ($1, $2, $3, $4)', [
      tx.agency,
      hash,
      person,
      ends,
    ]);
    const entry = eventEntry('person.set-up-offered', actor, house.today(agency), {
      who: actorName(person),
    });
    await recordEntry(tx, house.declarations, { ...entry, subject: `person:${keyText(person)}` });
    return { token: text, ends };
  });
}

interface Offer {
  readonly agency: AgencyFacts;
  readonly person: Person;
  readonly hash: Buffer;
  readonly ends: string;
  readonly offered: Buffer | null;
}

/** What a link is for, while it is good. Throws LINK_SPENT. */
async function readLink({ house }: Gate, token: string): Promise<Offer> {
  const secret = readSecret(token);
  const offer =
    secret &&
    (await house.store.read(secret.agency, async (tx) => {
      const [link] = await tx.rows<{ person: number; ends: string; offered: Buffer | null }>(
        'select person_key as person, ends, offered from set_up_link where agency_id = $1 and link_hash = $2',
        [tx.agency, secret.hash],
      );
      const person = link && (await findPerson(tx, link.person));
      if (!person || !isGoodFor(person, link.ends) || Date.parse(link.ends) <= house.store.now().getTime())
        return undefined;
      const { ends, offered } = link;
      return { agency: await readAgency(tx), person, hash: secret.hash, ends, offered };
    }));
  if (!offer) throw spent();
  return offer;
}

/** A link of before a disablement is good no more, like all else that let the person in. */
function isGoodFor({ disabledFor, lastDisabled }: Person, ends: string): boolean {
  const made = Date.parse(ends) - LINK_MS;
  return disabledFor === null && (lastDisabled === null || Date.parse(lastDisabled) < made);
}

function spent(): MusterError {
  return new MusterError('LINK_SPENT', 'the link to set up a sign-in was used already, or its time is over');
}

/** What the page of a link shows. Offers the authenticator's secret, the same each time it is asked. */
export async function beginSetUp(gate: Gate, token: string) {
  const offer = await readLink(gate, token);
  const { agency, person } = offer;
  const secret = await offeredSecret(gate, offer);
  return {
    agency: agency.code,
    name: person.name,
    signInName: person.signInName,
    demonstration: agency.demonstration,
    leastCharacters: LEAST_CHARACTERS,
    totp: {
      secret: totpText(secret),
      address: totpAddress({ agency: agency.code, name: person.signInName, secret }),
    },
  };
}

async function offeredSecret(gate: Gate, { agency, person, hash, offered }: Offer): Promise<Buffer> {
  const before = offered && (await openTotp(gate, agency, person.key, offered));
  if (before) return before;
  const sealed = await sealTotp(gate, agency, person.key, newTotpSecret());
  // Of two pages at once the first one's secret holds for both.
  const row = await gate.house.store.write(agency.agency, async (tx) => {
    const [kept] = await tx.rows<{ offered: Buffer }>(
      'update set_up_link set offered = coalesce(offered, $3) where agency_id = $1 and link_hash = $2 returning offered',
      [tx.agency, hash, sealed],
    );
    return kept;
  });
  const secret = row && (await openTotp(gate, agency, person.key, row.offered));
  if (!secret) throw spent();
  return secret;
}

/**
 * Sets a password and the authenticator, and signs in. Only in a demonstration may the code be left out.
 * Throws LINK_SPENT, and BAD_REQUEST where the password will not do or the code is wrong.
 */
export async function finishPassword(
  gate: Gate,
  said: { readonly token: string; readonly password: string; readonly code?: string | undefined },
  client: Client,
): Promise<string> {
  const offer = await readLink(gate, said.token);
  const { agency, person, offered } = offer;
  refuse('password', whyNotPassword(said.password, [agency.code, person.signInName, person.name]));
  const secret = offered && (await openTotp(gate, agency, person.key, offered));
  const step =
    secret && said.code !== undefined
      ? acceptCode(secret, said.code, gate.house.store.now(), null)
      : undefined;
  const mayLack = agency.demonstration && said.code === undefined;
  if (step === undefined && !mayLack)
    refuse('code', 'is not the code that the authenticator app shows now: type the six digits');
  const password = Buffer.from(await hashPassword(said.password));
  return spend(
    gate,
    offer,
    client,
    step === undefined ? 'password' : 'password and code',
    async (tx, changing) => {
      await setCredential(tx, changing, person, { kind: 'password', secret: password });
      if (step === undefined || !offered) return;
      await setCredential(tx, changing, person, { kind: 'totp', secret: offered });
      await keepStep(tx, person.key, step);
    },
  );
}

export function refuse(field: string, reason: string | undefined): void {
  if (reason !== undefined)
    throw new MusterError('BAD_REQUEST', `${field}: ${reason}`, [{ at: field, reason }]);
}

/** What the browser needs to make a passkey for whom the link is, and the secret of the attempt. */
export async function beginSetUpPasskey(gate: Gate, token: string, rpId: string) {
  const { agency, person } = await readLink(gate, token);
  return beginNewPasskey(gate, agency, person, rpId);
}

export async function beginNewPasskey(gate: Gate, agency: AgencyFacts, person: Person, rpId: string) {
  const { store } = gate.house;
  const known = await store.read(agency.agency, (tx) => passkeyIdsOf(tx, person.key));
  const { name, signInName } = person;
  const shown = { key: keyText(person.key), name, signInName };
  const options = await registrationOptions({ rpId, agency: agency.code, person: shown, known });
  const kept = { for: 'new passkey', challenge: options.challenge, person: person.key };
  return { options, attempt: await keepAttempt(store, agency.agency, kept) };
}

/** The passkey that a browser made. Throws BAD_REQUEST where it is not one to the challenge. */
export async function takeNewPasskey(
  gate: Gate,
  { agency, person }: { readonly agency: AgencyFacts; readonly person: Person },
  attempt: string | undefined,
  response: unknown,
  standing: Standing,
) {
  const taken = await takeAttempt(gate.house.store, attempt);
  const kept = taken?.kept as { for?: string; challenge: string; person: number } | undefined;
  const isTheirs = taken?.agency === agency.agency && kept?.person === person.key;
  const made =
    isTheirs && kept.for === 'new passkey'
      ? await readRegistration({ response, challenge: kept.challenge, ...standing })
      : undefined;
  if (!made)
    throw new MusterError('BAD_REQUEST', 'response: is not a passkey that was made for this page', [
      { at: 'response', reason: 'is not a passkey that was made for this page' },
    ]);
  return made;
}

/** Sets a passkey alone, and signs in. Throws LINK_SPENT and BAD_REQUEST. */
export async function finishSetUpPasskey(
  gate: Gate,
  said: { readonly token: string; readonly response: unknown; readonly label: string },
  attempt: string | undefined,
  standing: Standing,
  client: Client,
): Promise<string> {
  const offer = await readLink(gate, said.token);
  const passkey = await takeNewPasskey(gate, offer, attempt, said.response, standing);
  return spend(gate, offer, client, 'passkey', (tx, changing) =>
    setCredential(tx, changing, offer.person, { kind: 'passkey', label: said.label, passkey }),
  );
}

/** Uses the link up: what the person had before is gone, sessions too, and they are signed in anew. */
async function spend(
  { house }: Gate,
  { agency, person, hash, ends }: Offer,
  client: Client,
  way: string,
  set: (tx: Writing, changing: Parameters<typeof setCredential>[1]) => Promise<void>,
): Promise<string> {
  const actor = { name: actorName(person.key) };
  return house.store.as(actor.name).write(agency.agency, async (tx) => {
    await holdHead(tx);
    const used = await tx.run(
      'delete from set_up_link where agency_id = $1 and link_hash = $2 and ends > $3',
      [tx.agency, hash, tx.now().toISOString()],
    );
    const now = await findPerson(tx, person.key);
    if (used === 0 || !now || !isGoodFor(now, ends)) throw spent();
    await clearCredentials(tx, person.key);
    await clearFailures(tx, person.key, 0);
    await endSessions(tx, person.key);
    await revokeTokens(tx, { house, agency, actor }, person.key);
    await set(tx, { house, agency, actor });
    return beginSession(tx, { house, agency }, person, { way }, client);
  });
}

/** Adds a person with the role of an administrator, as whoever sets up the agency. Gives their key. */
export async function addAdministrator(
  house: House,
  agency: AgencyFacts,
  actor: Actor,
  said: { readonly name: string; readonly signInName: string },
): Promise<number> {
  const act = (name: string, input: object) =>
    performAct(house.store, house.declarations, agency.agency, actor, house.today(agency), name, input);
  const { index } = await act('person.add', said);
  const person = keyBase(index) + 1;
  await act('grant.give', { person: keyText(person), role: 'administrator', over: 'agency' });
  return person;
}

/** While no agency exists, whoever has the link that the server printed makes the first one. */
export interface FirstSetUp {
  /** Undefined where an agency exists. */
  readonly token: string | undefined;
  create(said: FirstAgency): Promise<SetUpLink>;
}

export interface FirstAgency {
  readonly token: string;
  readonly code: string;
  readonly kind: string;
  readonly timeZone: string;
  readonly name: string;
  readonly signInName: string;
}

/** Prepares the first set-up: its link is good once, while the server runs and no agency exists. */
export async function openFirstSetUp(house: House): Promise<FirstSetUp> {
  const isFirst = (await listAgencies(house.store)).length === 0;
  const secret = isFirst ? newSecret(0) : undefined;
  let open = secret?.hash;
  return {
    token: secret?.text,
    create: async ({ token, name, signInName, ...wanted }) => {
      if (!open || !hashOf(token).equals(open)) throw spent();
      const hash = open;
      open = undefined;
      try {
        if ((await listAgencies(house.store)).length > 0) throw spent();
        // Refused later, it would leave an agency behind that nobody administers.
        parseInput(addPersonInput(house), { name, signInName });
        const actor = everyRole(MUSTER);
        const agency = await setUpAgency(house, { ...wanted, demonstration: false }, true, actor);
        const person = await addAdministrator(house, agency, actor, { name, signInName });
        return await offerSetUp(house, agency, actor, person);
      } catch (error) {
        if (!(error instanceof MusterError && error.code === 'LINK_SPENT')) open = hash;
        throw error;
      }
    },
  };
}

function addPersonInput({ declarations }: House) {
  const act = declarations.acts.get('person.add');
  if (!act) throw new Error('people are added by an act');
  return act.input.strict();
}
