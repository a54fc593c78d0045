import type { Actor } from '../../acts/index.ts';
import type { AgencyFacts } from '../../programs/inventory/index.ts';
import { actorName, whoIs, type Person } from '../../programs/people/index.ts';
import type { Reading } from '../../store/index.ts';
import type { House } from '../house.ts';
import { readSecret } from './secrets.ts';
import { findSession, touchSession, type OpenSession } from './sessions.ts';
import { findToken, narrowGrants, readToken, touchToken, type FoundToken } from './tokens.ts';

/** Who asks: a person of an agency, by a session or by a token. */
export interface Visitor {
  readonly agency: AgencyFacts;
  readonly person: Person;
  readonly actor: Actor;
  readonly by: { readonly session: OpenSession } | { readonly token: FoundToken };
}

export type SessionVisitor = Visitor & { readonly by: { readonly session: OpenSession } };

/** Whoever has the session of this secret; undefined where it has ended, or they may not sign in any more. */
export async function visitorBySession(house: House, text: string): Promise<SessionVisitor | undefined> {
  const secret = readSecret(text);
  if (!secret) return undefined;
  const visitor = await house.store.read(secret.agency, async (tx) => {
    const session = await findSession(tx, house, secret.hash, house.store.now());
    const found = session && (await personOf(tx, house, session.person, session.started));
    if (!found) return undefined;
    const { agency, person, grants } = found;
    return { agency, person, actor: { name: actorName(person.key), grants }, by: { session } };
  });
  if (visitor) await touchSession(house, secret.agency, visitor.by.session);
  return visitor;
}

/** Whoever has the token of this secret; undefined as above. */
export async function visitorByToken(house: House, text: string): Promise<Visitor | undefined> {
  const secret = readToken(text);
  if (!secret) return undefined;
  const visitor = await house.store.read(secret.agency, async (tx) => {
    const token = await findToken(tx, secret.hash, house.store.now());
    const found = token && (await personOf(tx, house, token.person, token.made));
    if (!found) return undefined;
    const { agency, person, grants } = found;
    const name = `${actorName(person.key)}/token:${token.token}`;
    return { agency, person, actor: { name, grants: narrowGrants(grants, token) }, by: { token } };
  });
  if (visitor) await touchToken(house, secret.agency, visitor.by.token);
  return visitor;
}

/** The person as they stand now, unless they are disabled or were so since. */
async function personOf(tx: Reading, house: House, key: number, since: string) {
  const agency = await house.agencyOf(tx);
  const found = await whoIs(tx, key, house.today(agency));
  if (!found || found.person.disabledFor !== null) return undefined;
  const { lastDisabled } = found.person;
  if (lastDisabled !== null && Date.parse(lastDisabled) >= Date.parse(since)) return undefined;
  return { agency, ...found };
}
