import { reaches, recordEntry, rolesOf, type Actor, type Grant, type Role } from '../../acts/index.ts';
import { MusterError } from '../../errors/index.ts';
import type { AgencyFacts } from '../../programs/inventory/index.ts';
import { actorName, eventEntry } from '../../programs/people/index.ts';
import { keyText } from '../../record/index.ts';
import { holdHead, type Reading, type Writing } from '../../store/index.ts';
import type { House } from '../house.ts';
import type { Changing } from './credentials.ts';
import { newSecret, readSecret, type ReadSecret } from './secrets.ts';

/** A token for programs, as its person sees it. */
export interface Token {
  readonly token: number;
  readonly name: string;
  readonly roles: readonly Role[];
  /** It reaches this system alone; null where it reaches what the person reaches. */
  readonly system: string | null;
  readonly made: string;
  readonly ends: string;
  readonly lastUsed: string | null;
}

export const MOST_DAYS = 365;
const DAY_MS = 86_400_000;
const MOST_TOKENS = 20;
const PREFIX = 'muster_';
const TOUCH_MS = 60_000;

const SHOWN = `token_id as token, name, roles, system, made, ends, last_used as "lastUsed"`;

export interface WantedToken {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly system?: string | undefined;
  readonly days: number;
}

/**
 * Makes a token with some of the person's roles; its secret is told this once. Throws NOT_ALLOWED for a
 * role that the person does not hold, or not for the system, and ACT_REFUSED for too many tokens.
 */
export async function makeToken(
  house: House,
  agency: AgencyFacts,
  actor: Actor,
  person: number,
  { name, roles, system, days }: WantedToken,
): Promise<{ readonly token: Token; readonly secret: string }> {
  const own = rolesOf(actor);
  const stranger = roles.find((role) => !own.includes(role));
  if (stranger) throw new MusterError('NOT_ALLOWED', `a token with the role ${stranger}: you do not hold it`);
  const powerless = roles.find(
    (role) => narrowGrants(actor.grants, { roles: [role], system: system ?? null }).length === 0,
  );
  if (powerless)
    throw new MusterError(
      'NOT_ALLOWED',
      `a token with the role ${powerless}: yours does not reach that system`,
    );
  return house.store.as(actor.name).write(agency.agency, async (tx) => {
    await holdHead(tx);
    const { count } = await tx.row<{ count: number }>(
      'select count(*) as count from api_token where agency_id = $1 and person_key = $2 and revoked is null and ends > $3',
      [tx.agency, person, tx.now().toISOString()],
    );
    if (count >= MOST_TOKENS)
      throw new MusterError('ACT_REFUSED', `you have ${MOST_TOKENS} tokens: revoke one first`);
    const { text, hash } = newSecret(tx.agency);
    const now = tx.now();
    const token = await tx.row<Token>(
      `insert into api_token (agency_id, person_key, name, token_hash, roles, system, made, ends)
       values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${SHOWN}`,
      [
        tx.agency,
        person,
        name,
        hash,
        roles,
        system ?? null,
        now.toISOString(),
        new Date(now.getTime() + days * DAY_MS).toISOString(),
      ],
    );
    await record(tx, house, agency, actor, 'token.made', person, token);
    return { token, secret: `${PREFIX}${text}` };
  });
}

/** The agency and the hash of what came as a token, undefined where it is none. */
export function readToken(text: string): ReadSecret | undefined {
  return text.startsWith(PREFIX) ? readSecret(text.slice(PREFIX.length)) : undefined;
}

export interface FoundToken extends Token {
  readonly person: number;
}

/** The token of a secret's hash while it lasts. */
export async function findToken(tx: Reading, hash: Buffer, now: Date): Promise<FoundToken | undefined> {
  const [token] = await tx.rows<FoundToken>(
    `select ${SHOWN}, person_key as person from api_token
     where agency_id = $1 and token_hash = $2 and revoked is null and ends > $3`,
    [tx.agency, hash, now.toISOString()],
  );
  return token;
}

export async function touchToken(house: House, agency: number, { token, lastUsed }: Token): Promise<void> {
  const now = house.store.now();
  if (lastUsed !== null && now.getTime() - Date.parse(lastUsed) < TOUCH_MS) return;
  await house.store.write(agency, (tx) =>
    tx.run('update api_token set last_used = $3 where agency_id = $1 and token_id = $2', [
      agency,
      token,
      now.toISOString(),
    ]),
  );
}

/** What a token may: never more than its person, now. */
export function narrowGrants(
  grants: readonly Grant[],
  { roles, system }: Pick<Token, 'roles' | 'system'>,
): Grant[] {
  return grants
    .filter(({ role }) => roles.includes(role))
    .flatMap(({ role, reach }) => {
      if (system === null) return [{ role, reach }];
      return reaches(reach, { at: 'system', system })
        ? [{ role, reach: { over: 'system' as const, system } }]
        : [];
    });
}

/** A person's tokens that last. */
export async function tokensOf(tx: Reading, person: number, now: Date): Promise<Token[]> {
  return tx.rows<Token>(
    `select ${SHOWN} from api_token where agency_id = $1 and person_key = $2 and revoked is null and ends > $3
     order by token_id desc`,
    [tx.agency, person, now.toISOString()],
  );
}

/** Revokes a token for good. Throws NOT_FOUND where the person has none such. */
export async function revokeToken(
  house: House,
  agency: AgencyFacts,
  actor: Actor,
  person: number,
  token: number,
): Promise<void> {
  const revoked = await house.store
    .as(actor.name)
    .write(agency.agency, (tx) => revokeTokens(tx, { house, agency, actor }, person, token));
  if (revoked === 0) throw new MusterError('NOT_FOUND', 'you have no such token');
}

/** Revokes one token of a person's, or all that last; gives how many there were. Each is recorded. */
export async function revokeTokens(
  tx: Writing,
  { house, agency, actor }: Changing,
  person: number,
  token?: number,
): Promise<number> {
  const gone = await tx.rows<Token>(
    `update api_token set revoked = $4
     where agency_id = $1 and person_key = $2 and revoked is null
       and case when $3::bigint is null then ends > $4 else token_id = $3 end
     returning ${SHOWN}`,
    [tx.agency, person, token ?? null, tx.now().toISOString()],
  );
  for (const each of gone.toSorted((a, b) => a.token - b.token))
    await record(tx, house, agency, actor, 'token.revoked', person, each);
  return gone.length;
}

async function record(
  tx: Writing,
  house: House,
  agency: AgencyFacts,
  actor: Pick<Actor, 'name'>,
  event: 'token.made' | 'token.revoked',
  person: number,
  { token, roles, system, ends }: Token,
): Promise<void> {
  const body = { who: actorName(person), token, roles, system, ends };
  const entry = eventEntry(event, actor, house.today(agency), body);
  await recordEntry(tx, house.declarations, { ...entry, subject: `person:${keyText(person)}` });
}
