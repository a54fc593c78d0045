import { recordEntry } from '../../acts/index.ts';
import { MusterError } from '../../errors/index.ts';
import type { AgencyFacts } from '../../programs/inventory/index.ts';
import { eventEntry, type Person } from '../../programs/people/index.ts';
import { holdHead, type Reading } from '../../store/index.ts';
import type { House } from '../house.ts';
import { dropAttempt, keepAttempt, readAttempt } from './attempts.ts';
import {
  credentialsOf,
  keepStep,
  openTotp,
  removeCredential,
  sealTotp,
  secretsOf,
  setCredential,
} from './credentials.ts';
import { type Gate } from './gate.ts';
import { clearFailures, tryOnce } from './lockout.ts';
import { hashPassword, isPassword, whyNotPassword } from './password.ts';
import { endSessions, type OpenSession } from './sessions.ts';
import { beginNewPasskey, refuse, takeNewPasskey } from './set-up.ts';
import type { Standing } from './sign-in.ts';
import { acceptCode, newTotpSecret, totpAddress, totpText } from './totp.ts';
import type { Visitor } from './visitor.ts';

/*
 * What people change of their own ways to sign in.
 */

/**
 * Changes the password, knowing the one before; other sessions end. Wrong ones count towards the lock.
 * Throws BAD_REQUEST, and ACT_REFUSED where there is no password.
 */
export async function changePassword(
  gate: Gate,
  { agency, person, actor }: Visitor,
  { session }: OpenSession,
  said: { readonly current: string; readonly password: string },
): Promise<void> {
  const { house } = gate;
  const { password } = await house.store.read(agency.agency, (tx) => secretsOf(tx, person.key));
  if (password === undefined) throw new MusterError('ACT_REFUSED', NO_PASSWORD);
  refuse('password', whyNotPassword(said.password, [agency.code, person.signInName, person.name]));
  if (!(await isCurrent(house, agency, person, password, said.current))) refuse('current', NOT_CURRENT);
  const secret = Buffer.from(await hashPassword(said.password));
  await house.store.as(actor.name).write(agency.agency, async (tx) => {
    await holdHead(tx);
    // Set anew by a link meanwhile, it is not theirs who knew the one before.
    if ((await secretsOf(tx, person.key)).password !== password) refuse('current', NOT_CURRENT);
    await setCredential(tx, { house, agency, actor }, person, { kind: 'password', secret });
    await tx.run('delete from session where agency_id = $1 and person_key = $2 and session_id <> $3', [
      tx.agency,
      person.key,
      session,
    ]);
  });
}

const NO_PASSWORD = 'you have no password: ask an administrator for a set-up link';
const NOT_CURRENT = 'is not your password, or the account is locked for a while';

/** Whether it is the password: a try like that of a sign-in. */
async function isCurrent(
  house: House,
  agency: AgencyFacts,
  { key }: Person,
  hash: string,
  typed: string,
): Promise<boolean> {
  const right = await tryOnce(house, agency, key, async (isLet) => {
    if (!(await isPassword(isLet ? hash : undefined, typed))) return undefined;
    await house.store.write(agency.agency, (tx) => clearFailures(tx, key, 1));
    return true;
  });
  return right === true;
}

/** A new secret for the authenticator, and the secret of the attempt. Throws ACT_REFUSED where there is no password. */
export async function beginOwnTotp(gate: Gate, { agency, person }: Visitor) {
  await gate.house.store.read(agency.agency, (tx) => requirePassword(tx, person));
  const secret = newTotpSecret();
  const sealed = await sealTotp(gate, agency, person.key, secret);
  const kept = { for: 'totp', sealed: sealed.toString('base64'), person: person.key };
  return {
    secret: totpText(secret),
    address: totpAddress({ agency: agency.code, name: person.signInName, secret }),
    attempt: await keepAttempt(gate.house.store, agency.agency, kept),
  };
}

/** An authenticator alone lets nobody in: it would only look like a way to. */
async function requirePassword(tx: Reading, { key }: Person): Promise<void> {
  if ((await secretsOf(tx, key)).password === undefined) throw new MusterError('ACT_REFUSED', NO_PASSWORD);
}

/**
 * Takes the new authenticator into use. Throws BAD_REQUEST where the code is not its own: another may be
 * tried, and the secret is told to this person alone.
 */
export async function finishOwnTotp(
  gate: Gate,
  { agency, person, actor }: Visitor,
  attempt: string | undefined,
  code: string,
): Promise<void> {
  const { house } = gate;
  const taken = await readAttempt(house.store, attempt);
  const kept = taken?.kept as { for?: string; sealed: string; person: number } | undefined;
  const isTheirs = taken?.agency === agency.agency && kept?.for === 'totp' && kept.person === person.key;
  const sealed = isTheirs ? Buffer.from(kept.sealed, 'base64') : undefined;
  const secret = sealed && (await openTotp(gate, agency, person.key, sealed));
  const step = secret && acceptCode(secret, code, house.store.now(), null);
  if (!sealed || step === undefined) throw wrongCode();
  await house.store.as(actor.name).write(agency.agency, async (tx) => {
    await holdHead(tx);
    await requirePassword(tx, person);
    // Of two with the same attempt the first one sets it.
    if (!(await dropAttempt(tx, attempt))) throw wrongCode();
    await setCredential(tx, { house, agency, actor }, person, { kind: 'totp', secret: sealed });
    await keepStep(tx, person.key, step);
  });
}

function wrongCode(): MusterError {
  const reason = 'is not the code that the authenticator app shows now: type the six digits again';
  return new MusterError('BAD_REQUEST', `code: ${reason}`, [{ at: 'code', reason }]);
}

export async function beginOwnPasskey(gate: Gate, { agency, person }: Visitor, rpId: string) {
  return beginNewPasskey(gate, agency, person, rpId);
}

export async function finishOwnPasskey(
  gate: Gate,
  visitor: Visitor,
  attempt: string | undefined,
  said: { readonly response: unknown; readonly label: string },
  standing: Standing,
): Promise<void> {
  const { house } = gate;
  const { agency, person, actor } = visitor;
  const passkey = await takeNewPasskey(gate, visitor, attempt, said.response, standing);
  await house.store
    .as(actor.name)
    .write(agency.agency, (tx) =>
      setCredential(tx, { house, agency, actor }, person, { kind: 'passkey', label: said.label, passkey }),
    );
}

/**
 * Removes a way to sign in. A password goes with its authenticator, and neither goes alone; whoever signs
 * in here keeps one way to. Throws NOT_FOUND and ACT_REFUSED.
 */
export async function removeOwn(
  gate: Gate,
  { agency, person, actor }: Visitor,
  credential: number,
): Promise<void> {
  const { house } = gate;
  await house.store.as(actor.name).write(agency.agency, async (tx) => {
    await holdHead(tx);
    const known = await credentialsOf(tx, person.key);
    const gone = known.find((each) => each.credential === credential);
    if (!gone) throw new MusterError('NOT_FOUND', 'you have no such way to sign in');
    const isPasskey = gone.kind === 'passkey';
    const leaving = isPasskey ? [gone] : known.filter(({ kind }) => kind !== 'passkey');
    if (leaving.length === known.length)
      throw new MusterError('ACT_REFUSED', 'this is your only way to sign in: set another one first');
    for (const each of leaving) await removeCredential(tx, { house, agency, actor }, person, each.credential);
  });
}

/** How somebody ends sessions of their own: as they sign out, one of them or all, or by signing in anew. */
export type Ending = 'signed out' | 'one' | 'all' | 'by another sign-in';

/** Ends sessions of their own person, which is recorded; gives how many there were. */
export async function endOwnSessions(
  house: House,
  { agency, person, actor }: Pick<Visitor, 'agency' | 'person' | 'actor'>,
  ending: Ending,
  session?: number,
): Promise<number> {
  return house.store.as(actor.name).write(agency.agency, async (tx) => {
    await holdHead(tx);
    const ended = await endSessions(tx, person.key, session);
    if (ended === 0) return 0;
    const [event, what] =
      ending === 'signed out'
        ? (['person.signed-out', {}] as const)
        : (['session.ended', { what: ending }] as const);
    const body = { who: actor.name, ...what };
    await recordEntry(tx, house.declarations, eventEntry(event, actor, house.today(agency), body));
    return ended;
  });
}
