import { findAgency, readAgency, type AgencyFacts } from '../../programs/inventory/index.ts';
import {
  actorName,
  findByIdentity,
  findBySignInName,
  findPerson,
  type Person,
} from '../../programs/people/index.ts';
import { keyText } from '../../record/index.ts';
import { holdHead, type Writing } from '../../store/index.ts';
import { keepAttempt, takeAttempt } from './attempts.ts';
import {
  findPasskey,
  isSameSecrets,
  keepStep,
  markPasskeyUsed,
  markPasswordUsed,
  openTotp,
  secretsOf,
  type Secrets,
} from './credentials.ts';
import { providersOf, refused, type Client, type Gate } from './gate.ts';
import { clearFailures, NOBODY, tryOnce } from './lockout.ts';
import type { OidcKept } from './oidc.ts';
import { authenticationOptions, credentialIdOf, readAuthentication } from './passkey.ts';
import { hashPassword, isPassword, needsNewHash } from './password.ts';
import { openSecret, sealSecret } from './secret-box.ts';
import { beginSession, type Proof } from './sessions.ts';
import { acceptCode } from './totp.ts';

/** The secret of the session that was begun: the browser's cookie. */
type SessionSecret = string;

/** The agency somebody signs in to. Throws SIGN_IN_REFUSED: which agencies there are is told elsewhere. */
export async function agencyFor({ house }: Gate, code: string): Promise<AgencyFacts> {
  const agency = /^[A-Z][A-Z0-9-]{0,31}$/.test(code) ? await findAgency(house.store, code) : undefined;
  if (!agency) throw refused();
  return agency;
}

export interface PasswordSignIn {
  readonly signInName: string;
  readonly password: string;
  readonly code?: string | undefined;
}

/**
 * Signs in by password and the authenticator's code. Only in a demonstration may somebody have no
 * authenticator. Throws SIGN_IN_REFUSED, whatever is wrong and in as long a time, and BUSY.
 */
export async function signInByPassword(
  gate: Gate,
  agency: AgencyFacts,
  said: PasswordSignIn,
  client: Client,
): Promise<SessionSecret> {
  const { house } = gate;
  // Without the key nobody gets in: not a thing to find out for a password that is right.
  await gate.secretKey();
  const { person, secrets } = await house.store.read(agency.agency, async (tx) => {
    const found = await findBySignInName(tx, said.signInName);
    return { person: found, secrets: await secretsOf(tx, found?.key ?? NOBODY) };
  });
  const secret = await tryOnce(house, agency, person?.key ?? NOBODY, async (isLet) => {
    if (person && isLet) return lookAt(gate, agency, { person, secrets }, said, client);
    await isPassword(undefined, said.password);
    return undefined;
  });
  if (secret === undefined) throw refused();
  return secret;
}

/** The session where all is right. Undefined where it is not; throws where that cannot be found out. */
async function lookAt(
  gate: Gate,
  agency: AgencyFacts,
  { person, secrets }: { readonly person: Person; readonly secrets: Secrets },
  said: PasswordSignIn,
  client: Client,
): Promise<SessionSecret | undefined> {
  const { password } = secrets;
  if (!(await isPassword(password, said.password)) || password === undefined) return undefined;
  const needsNoCode = secrets.totp === undefined && agency.demonstration;
  const step = await stepOf(gate, agency, person, secrets, said.code);
  if (step === undefined && !needsNoCode) return undefined;
  const newHash = needsNewHash(password) ? await hashPassword(said.password) : undefined;
  const way = needsNoCode ? 'password' : 'password and code';
  return begin(gate, agency, person, { way }, client, (tx) => spend(tx, person, { secrets, step, newHash }));
}

interface Looked {
  readonly secrets: Secrets;
  readonly step: number | undefined;
  readonly newHash: string | undefined;
}

/** False where the password or the authenticator was changed, or the code was spent, since they were looked at. */
async function spend(tx: Writing, { key }: Person, { secrets, step, newHash }: Looked): Promise<boolean> {
  const now = await secretsOf(tx, key);
  if (!isSameSecrets(now, secrets)) return false;
  if (step !== undefined && now.lastStep !== null && now.lastStep >= step) return false;
  if (step !== undefined) await keepStep(tx, key, step);
  await markPasswordUsed(tx, key, newHash);
  await clearFailures(tx, key, 1);
  return true;
}

async function stepOf(
  gate: Gate,
  agency: AgencyFacts,
  person: Person,
  { totp, lastStep }: Secrets,
  code: string | undefined,
): Promise<number | undefined> {
  const secret = totp && (await openTotp(gate, agency, person.key, totp));
  if (!secret || code === undefined) return undefined;
  return acceptCode(secret, code, gate.house.store.now(), lastStep);
}

/**
 * Begins the session, if what was proved still holds: `spend` says so, and uses up what is good once.
 * Undefined where it does not, or the person is disabled.
 * INVARIANT: with the head held, so that nobody is disabled and no credential set or removed meanwhile.
 */
async function begin(
  { house }: Gate,
  agency: AgencyFacts,
  person: Person,
  proof: Proof,
  client: Client,
  spendProof: (tx: Writing) => Promise<boolean>,
): Promise<SessionSecret | undefined> {
  const store = house.store.as(actorName(person.key));
  return store.write(agency.agency, async (tx) => {
    await holdHead(tx);
    const now = await findPerson(tx, person.key);
    if (!now || now.disabledFor !== null || !(await spendProof(tx))) return undefined;
    return beginSession(tx, { house, agency }, person, proof, client);
  });
}

/** What the browser shall ask a passkey, and the secret of the attempt. */
export async function beginPasskey(gate: Gate, agency: AgencyFacts, rpId: string) {
  const options = await authenticationOptions({ rpId });
  const kept = { for: 'passkey', challenge: options.challenge };
  return { options, attempt: await keepAttempt(gate.house.store, agency.agency, kept) };
}

/** Where the browser stands: the origin of its page and the name that passkeys are made for. */
export interface Standing {
  readonly origin: string;
  readonly rpId: string;
}

/** Signs in by a passkey. Throws SIGN_IN_REFUSED. */
export async function finishPasskey(
  gate: Gate,
  attempt: string | undefined,
  response: unknown,
  standing: Standing,
  client: Client,
): Promise<SessionSecret> {
  const { store } = gate.house;
  const taken = await takeAttempt(store, attempt);
  const kept = taken?.kept as { for?: string; challenge?: string } | undefined;
  const id = credentialIdOf(response);
  if (!taken || kept?.for !== 'passkey' || kept.challenge === undefined || !id) throw refused();
  const { agency, passkey, person } = await store.read(taken.agency, async (tx) => {
    const found = await findPasskey(tx, id);
    return {
      agency: await readAgency(tx),
      passkey: found,
      person: found && (await findPerson(tx, found.person)),
    };
  });
  if (!passkey || !person) throw refused();
  const owner = { agency: agency.code, key: keyText(person.key) };
  const credential = { id, publicKey: passkey.secret, counter: passkey.counter, owner };
  const read = await readAuthentication({ response, challenge: kept.challenge, credential, ...standing });
  if (!read) throw refused();
  const secret = await begin(gate, agency, person, { way: 'passkey' }, client, (tx) =>
    markPasskeyUsed(tx, passkey.credential, read.counter),
  );
  if (secret === undefined) throw refused();
  return secret;
}

/** Where to send the browser to sign in at a provider, and the secret of the attempt. */
export async function beginProvider(
  gate: Gate,
  agency: AgencyFacts,
  name: string,
  { redirectUri, to }: { readonly redirectUri: string; readonly to: string },
) {
  const provider = providersOf(gate, agency).find((each) => each.provider === name);
  if (!provider) throw refused();
  const { location, kept } = await gate.oidc.begin(provider, { redirectUri });
  const attempt = await keepAttempt(gate.house.store, agency.agency, {
    for: 'provider',
    kept: { ...kept },
    redirectUri,
    to,
  });
  return { location, attempt };
}

/**
 * Signs in whom the provider names, if the agency knows them: nobody becomes known that way.
 * Throws SIGN_IN_REFUSED and PROVIDER_FAILED.
 */
export async function finishProvider(
  gate: Gate,
  attempt: string | undefined,
  came: { readonly provider: string; readonly callback: string },
  client: Client,
): Promise<{ readonly secret: SessionSecret; readonly to: string }> {
  const { store } = gate.house;
  const taken = await takeAttempt(store, attempt);
  const kept = taken?.kept as { for?: string; kept: OidcKept; redirectUri: string; to: string } | undefined;
  if (!taken || kept?.for !== 'provider') throw refused();
  const agency = await store.read(taken.agency, readAgency);
  const known = providersOf(gate, agency);
  const provider = known.find((each) => each.provider === kept.kept.provider);
  // Each provider has an address of its own to come back to: none passes on an answer of another.
  if (provider?.provider !== came.provider) throw refused();
  const { redirectUri, to } = kept;
  const from = { callback: came.callback, redirectUri };
  const { identity, acr, idToken } = await gate.oidc.finish(provider, kept.kept, from);
  // Of several providers each speaks for itself alone: another might call somebody else the same.
  const ways = [`${provider.provider}/${identity}`, ...(known.length === 1 ? [identity] : [])];
  const person = await store.read(agency.agency, (tx) => findByIdentity(tx, ways));
  if (!person) {
    gate.log(`sign-in at ${provider.provider}: the agency knows nobody whom the provider calls so`);
    throw refused();
  }
  const about = aboutProvider(agency, person);
  const providerToken = sealSecret(await gate.secretKey(), about, Buffer.from(idToken));
  const proof = { way: provider.provider, acr, provider: provider.provider, providerToken };
  const secret = await begin(gate, agency, person, proof, client, async () => true);
  if (secret === undefined) throw refused();
  return { secret, to };
}

function aboutProvider({ agency }: AgencyFacts, { key }: Pick<Person, 'key'>): string {
  return `provider ${agency} ${keyText(key)}`;
}

/** Where to sign out at the provider too, null where there is no such place. */
export async function providerSignOut(
  gate: Gate,
  agency: AgencyFacts,
  person: Pick<Person, 'key'>,
  {
    provider: name,
    providerToken,
  }: { readonly provider: string | null; readonly providerToken: Buffer | null },
  returnTo: string,
): Promise<string | null> {
  const provider = providersOf(gate, agency).find((each) => each.provider === name);
  if (!provider || !providerToken) return null;
  const idToken = openSecret(await gate.secretKey(), aboutProvider(agency, person), providerToken);
  return idToken ? gate.oidc.signOut(provider, { idToken: idToken.toString('utf8'), returnTo }) : null;
}
