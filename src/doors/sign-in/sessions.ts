import { recordEntry } from '../../acts/index.ts';
import { keyText } from '../../record/index.ts';
import type { AgencyFacts } from '../../programs/inventory/index.ts';
import { actorName, SIGNED_IN, type Person, type SignedInBody } from '../../programs/people/index.ts';
import type { Reading, Writing } from '../../store/index.ts';
import type { House } from '../house.ts';
import type { Client } from './gate.ts';
import { newSecret } from './secrets.ts';

/** A session as its person sees it. Instants are ISO 8601. */
export interface Session {
  readonly session: number;
  readonly started: string;
  readonly lastUsed: string;
  readonly ends: string;
  /** How they signed in: `password and code`, `passkey`, or a provider's name. */
  readonly way: string;
  readonly agent: string;
  readonly address: string;
}

/** A session that was found by its secret, with whose it is and what was before it. */
export interface OpenSession extends Session {
  readonly person: number;
  readonly beforeAt: string | null;
  readonly beforeWay: string | null;
  readonly failedSince: number;
  readonly provider: string | null;
  readonly providerToken: Buffer | null;
}

const SHOWN = `session_id as session, started, last_used as "lastUsed", ends, way, agent, address`;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** A session's last use is written down only so often. */
export const TOUCH_MS = 15_000;
const MOST_AGENT = 200;

/** How somebody proved who they are. */
export interface Proof {
  readonly way: string;
  readonly acr?: string | null;
  readonly provider?: string;
  /** Sealed: the provider's word for whom to sign out there. */
  readonly providerToken?: Buffer;
}

/** Begins a session: its secret goes to the browser, and the sign-in into the record. */
export async function beginSession(
  tx: Writing,
  { house, agency }: { readonly house: House; readonly agency: AgencyFacts },
  person: Person,
  proof: Proof,
  client: Client,
): Promise<string> {
  const now = tx.now();
  const { text, hash } = newSecret(tx.agency);
  const failed = await takeFailed(tx, person.key);
  const before = await lastSignIn(tx, person.key);
  await clearSessions(tx, house, now);
  await tx.run(
    `insert into session (agency_id, person_key, token_hash, started, last_used, ends, way, acr, agent, address,
       before_at, before_way, failed_since, provider, provider_token)
     values ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
    [
      tx.agency,
      person.key,
      hash,
      now.toISOString(),
      new Date(now.getTime() + house.settings.sessionHours * HOUR_MS).toISOString(),
      proof.way,
      proof.acr ?? null,
      client.agent.slice(0, MOST_AGENT),
      client.address,
      before?.at ?? null,
      before?.way ?? null,
      failed,
      proof.provider ?? null,
      proof.providerToken ?? null,
    ],
  );
  const body: SignedInBody = {
    person: keyText(person.key),
    way: proof.way,
    acr: proof.acr ?? null,
    failedSince: failed,
  };
  await recordEntry(tx, house.declarations, {
    kind: SIGNED_IN,
    subject: `person:${keyText(person.key)}`,
    actor: actorName(person.key),
    effective: house.today(agency),
    body,
  });
  return text;
}

/** How many sign-ins failed since the last that did not; they are told this once. */
async function takeFailed(tx: Writing, person: number): Promise<number> {
  const [state] = await tx.rows<{ failed: number }>(
    'select failed_since as failed from sign_in_state where agency_id = $1 and person_key = $2 for update',
    [tx.agency, person],
  );
  await tx.run('update sign_in_state set failed_since = 0 where agency_id = $1 and person_key = $2', [
    tx.agency,
    person,
  ]);
  return state?.failed ?? 0;
}

async function lastSignIn(
  tx: Reading,
  person: number,
): Promise<{ readonly at: string; readonly way: string } | undefined> {
  const [last] = await tx.rows<{ at: string; way: string }>(
    `select e.recorded as at, e.body::jsonb ->> 'way' as way
     from person_sign_in i join entry e on e.agency_id = $1 and e.index = i.known_from
     where i.agency_id = $1 and i.person_key = $2 order by i.known_from desc limit 1`,
    [tx.agency, person],
  );
  return last;
}

/** What is over is not kept. */
async function clearSessions(tx: Writing, house: House, now: Date): Promise<void> {
  await tx.run('delete from session where agency_id = $1 and (ends <= $2 or last_used <= $3)', [
    tx.agency,
    now.toISOString(),
    idleSince(house, now),
  ]);
}

/** A session last used before this is over. */
function idleSince(house: House, now: Date): string {
  return new Date(now.getTime() - house.settings.idleMinutes * MINUTE_MS).toISOString();
}

/** The session of a secret's hash while it lasts: neither idle for too long nor over, nor ended. */
export async function findSession(
  tx: Reading,
  house: House,
  hash: Buffer,
  now: Date,
): Promise<OpenSession | undefined> {
  const [session] = await tx.rows<OpenSession>(
    `select ${SHOWN}, person_key as person, before_at as "beforeAt", before_way as "beforeWay",
       failed_since as "failedSince", provider, provider_token as "providerToken"
     from session where agency_id = $1 and token_hash = $2 and ends > $3 and last_used > $4`,
    [tx.agency, hash, now.toISOString(), idleSince(house, now)],
  );
  return session;
}

/** Writes down that a session was used, where that was not done lately. */
export async function touchSession(
  house: House,
  agency: number,
  { session, lastUsed }: Pick<Session, 'session' | 'lastUsed'>,
): Promise<void> {
  const now = house.store.now();
  if (now.getTime() - Date.parse(lastUsed) < TOUCH_MS) return;
  await house.store.write(agency, (tx) =>
    tx.run(
      'update session set last_used = greatest(last_used, $3) where agency_id = $1 and session_id = $2',
      [agency, session, now.toISOString()],
    ),
  );
}

/** A person's sessions that last, the one used last first. */
export async function sessionsOf(tx: Reading, house: House, person: number, now: Date): Promise<Session[]> {
  return tx.rows<Session>(
    `select ${SHOWN} from session
     where agency_id = $1 and person_key = $2 and ends > $3 and last_used > $4 order by last_used desc, session_id desc`,
    [tx.agency, person, now.toISOString(), idleSince(house, now)],
  );
}

/** Ends one session of a person's, or all of them; gives how many there were. */
export async function endSessions(tx: Writing, person: number, session?: number): Promise<number> {
  return tx.run(
    'delete from session where agency_id = $1 and person_key = $2 and ($3::bigint is null or session_id = $3)',
    [tx.agency, person, session ?? null],
  );
}
