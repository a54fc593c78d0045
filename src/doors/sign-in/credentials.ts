import { recordEntry, type Actor } from '../../acts/index.ts';
import type { AgencyFacts } from '../../programs/inventory/index.ts';
import { actorName, eventEntry, type Person } from '../../programs/people/index.ts';
import { keyText } from '../../record/index.ts';
import { holdHead, type Reading, type Writing } from '../../store/index.ts';
import { MusterError } from '../../errors/index.ts';
import type { House } from '../house.ts';
import type { Gate } from './gate.ts';
import type { NewPasskey } from './passkey.ts';
import { openSecret, sealSecret } from './secret-box.ts';

/** A way to sign in, as its person sees it. */
export interface Credential {
  readonly credential: number;
  readonly kind: 'password' | 'totp' | 'passkey';
  readonly label: string;
  readonly made: string;
  readonly lastUsed: string | null;
}

/** What a person's password sign-in is checked by. */
export interface Secrets {
  readonly password: string | undefined;
  /** The authenticator's secret, sealed. */
  readonly totp: Buffer | undefined;
  readonly lastStep: number | null;
}

export async function credentialsOf(tx: Reading, person: number): Promise<Credential[]> {
  return tx.rows<Credential>(
    `select credential_id as credential, kind, label, made, last_used as "lastUsed" from credential
     where agency_id = $1 and person_key = $2 order by kind, credential_id`,
    [tx.agency, person],
  );
}

/** Whether a password and an authenticator are still those that were looked at. */
export function isSameSecrets(one: Secrets, other: Secrets): boolean {
  if (one.password !== other.password) return false;
  return one.totp && other.totp ? one.totp.equals(other.totp) : one.totp === other.totp;
}

export async function secretsOf(tx: Reading, person: number): Promise<Secrets> {
  const rows = await tx.rows<{ kind: Credential['kind']; secret: Buffer }>(
    `select kind, secret from credential where agency_id = $1 and person_key = $2 and kind <> 'passkey'`,
    [tx.agency, person],
  );
  const [state] = await tx.rows<{ step: number | null }>(
    'select last_step as step from sign_in_state where agency_id = $1 and person_key = $2',
    [tx.agency, person],
  );
  return {
    password: rows.find(({ kind }) => kind === 'password')?.secret.toString('utf8'),
    totp: rows.find(({ kind }) => kind === 'totp')?.secret,
    lastStep: state?.step ?? null,
  };
}

/** A passkey by its id, with whose it is. */
export interface KnownPasskey {
  readonly credential: number;
  readonly person: number;
  readonly secret: Buffer;
  readonly counter: number;
}

export async function findPasskey(tx: Reading, id: Buffer): Promise<KnownPasskey | undefined> {
  const [found] = await tx.rows<KnownPasskey>(
    `select credential_id as credential, person_key as person, secret, counter from credential
     where agency_id = $1 and passkey_id = $2`,
    [tx.agency, id],
  );
  return found;
}

export async function passkeyIdsOf(tx: Reading, person: number): Promise<Buffer[]> {
  const rows = await tx.rows<{ id: Buffer }>(
    `select passkey_id as id from credential where agency_id = $1 and person_key = $2 and kind = 'passkey'`,
    [tx.agency, person],
  );
  return rows.map(({ id }) => id);
}

/** A password was used, with the authenticator where there is one. `newHash` hashes it as it is done now. */
export async function markPasswordUsed(
  tx: Writing,
  person: number,
  newHash: string | undefined,
): Promise<void> {
  await tx.run(
    `update credential set last_used = $3, secret = case kind when 'password' then coalesce($4, secret) else secret end
     where agency_id = $1 and person_key = $2 and kind <> 'passkey'`,
    [tx.agency, person, tx.now().toISOString(), newHash === undefined ? null : Buffer.from(newHash)],
  );
}

/** A passkey was used. False where it is gone, or another answer with this counter came before. */
export async function markPasskeyUsed(tx: Writing, credential: number, counter: number): Promise<boolean> {
  const used = await tx.run(
    `update credential set last_used = $3, counter = $4
     where agency_id = $1 and credential_id = $2 and (counter < $4 or $4 = 0)`,
    [tx.agency, credential, tx.now().toISOString(), counter],
  );
  return used === 1;
}

/** The last step of an authenticator's code that was taken: none up to it is taken again. */
export async function keepStep(tx: Writing, person: number, step: number): Promise<void> {
  await tx.run(
    `insert into sign_in_state (agency_id, person_key, last_step) values ($1, $2, $3)
     on conflict (agency_id, person_key) do update set last_step = $3`,
    [tx.agency, person, step],
  );
}

/** The secret of an authenticator's app for the person: what is sealed for one does not open for another. */
export async function openTotp(gate: Gate, agency: AgencyFacts, person: number, sealed: Buffer) {
  const secret = openSecret(await gate.secretKey(), aboutTotp(agency, person), sealed);
  if (!secret) gate.log('the secret of an authenticator was sealed with another key: put that key back');
  return secret;
}

export async function sealTotp(gate: Gate, agency: AgencyFacts, person: number, secret: Buffer) {
  return sealSecret(await gate.secretKey(), aboutTotp(agency, person), secret);
}

function aboutTotp({ agency }: AgencyFacts, person: number): string {
  return `totp ${agency} ${keyText(person)}`;
}

/** What is set: a password's hash, an authenticator's secret sealed, or a passkey. */
export type NewCredential =
  | { readonly kind: 'password' | 'totp'; readonly secret: Buffer }
  | { readonly kind: 'passkey'; readonly label: string; readonly passkey: NewPasskey };

/** Where and by whom ways to sign in are changed. */
export interface Changing {
  readonly house: House;
  readonly agency: AgencyFacts;
  readonly actor: Pick<Actor, 'name'>;
}

/**
 * Sets a way to sign in; a password and an authenticator take the place of the one before. Recorded.
 * Throws BAD_REQUEST for a passkey that somebody has already.
 */
export async function setCredential(
  tx: Writing,
  changing: Changing,
  person: Person,
  credential: NewCredential,
): Promise<void> {
  await holdHead(tx);
  const { kind } = credential;
  const passkey = kind === 'passkey' ? credential.passkey : undefined;
  if (kind !== 'passkey')
    await tx.run('delete from credential where agency_id = $1 and person_key = $2 and kind = $3', [
      tx.agency,
      person.key,
      kind,
    ]);
  const set = await tx.run(
    `insert into credential (agency_id, person_key, kind, label, secret, passkey_id, counter, transports, made)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`,
    [
      tx.agency,
      person.key,
      kind,
      kind === 'passkey' ? credential.label : '',
      kind === 'passkey' ? credential.passkey.publicKey : credential.secret,
      passkey?.id ?? null,
      passkey?.counter ?? null,
      passkey?.transports ?? null,
      tx.now().toISOString(),
    ],
  );
  if (set === 0)
    throw new MusterError('BAD_REQUEST', 'response: is a passkey that is known here already', [KNOWN]);
  await record(tx, changing, 'credential.set', person, kind);
}

const KNOWN = { at: 'response', reason: 'is a passkey that is known here already' };

/** Removes every way to sign in that the person has. */
export async function clearCredentials(tx: Writing, person: number): Promise<void> {
  await tx.run('delete from credential where agency_id = $1 and person_key = $2', [tx.agency, person]);
  await tx.run('update sign_in_state set last_step = null where agency_id = $1 and person_key = $2', [
    tx.agency,
    person,
  ]);
}

/** Removes one way to sign in. Gives false where the person has none such. */
export async function removeCredential(
  tx: Writing,
  changing: Changing,
  person: Person,
  credential: number,
): Promise<boolean> {
  await holdHead(tx);
  const [gone] = await tx.rows<{ kind: Credential['kind'] }>(
    'delete from credential where agency_id = $1 and person_key = $2 and credential_id = $3 returning kind',
    [tx.agency, person.key, credential],
  );
  if (gone) await record(tx, changing, 'credential.removed', person, gone.kind);
  return gone !== undefined;
}

async function record(
  tx: Writing,
  { house, agency, actor }: Changing,
  event: 'credential.set' | 'credential.removed',
  person: Person,
  what: string,
): Promise<void> {
  const body = { who: actorName(person.key), what };
  const entry = eventEntry(event, actor, house.today(agency), body);
  await recordEntry(tx, house.declarations, { ...entry, subject: `person:${keyText(person.key)}` });
}
