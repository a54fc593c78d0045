import { roles, type Actor, type Grant, type Reach, type Role } from '../../acts/index.ts';
import { MusterError } from '../../errors/index.ts';
import { keyText, parseKey } from '../../record/index.ts';
import type { Reading } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';

/** A person as they are known now. */
export interface Person {
  readonly key: number;
  readonly name: string;
  readonly signInName: string;
  /** What an OpenID provider calls them. */
  readonly identity: string;
  /** Why they may not sign in; null while they may. */
  readonly disabledFor: string | null;
  /** The day from which `disabledFor` holds, or from which they may again. */
  readonly since: Day;
  /** When they were last disabled (ISO 8601): what let them in before is good no more. */
  readonly lastDisabled: string | null;
}

const PERSON = `select p.person_key as key, f.name, f.sign_in_name as "signInName",
    coalesce(f.identity, f.sign_in_name) as identity, s.disabled_for as "disabledFor",
    coalesce(s.from_day, p.from_day) as since,
    (select max(d.recorded) from person_standing d
     where d.agency_id = $1 and d.person_key = p.person_key and d.disabled_for is not null) as "lastDisabled"
  from person p
  join person_fact f on f.agency_id = $1 and f.person_key = p.person_key and f.known_until is null
  left join lateral (select from_day, disabled_for from person_standing
    where agency_id = $1 and person_key = p.person_key order by known_from desc limit 1) s on true
  where p.agency_id = $1`;

/** The person of a key, undefined where there is none. */
export async function findPerson(tx: Reading, key: number): Promise<Person | undefined> {
  const [person] = await tx.rows<Person>(`${PERSON} and p.person_key = $2`, [tx.agency, key]);
  return person;
}

/** The person of a sign-in name, in whatever case it was typed. */
export async function findBySignInName(tx: Reading, name: string): Promise<Person | undefined> {
  const [person] = await tx.rows<Person>(`${PERSON} and lower(f.sign_in_name) = lower($2)`, [
    tx.agency,
    name,
  ]);
  return person;
}

/** The person whom a provider calls so, in one of these ways. */
export async function findByIdentity(
  tx: Reading,
  identities: readonly string[],
): Promise<Person | undefined> {
  const found = await tx.rows<Person>(`${PERSON} and coalesce(f.identity, f.sign_in_name) = any($2)`, [
    tx.agency,
    identities,
  ]);
  return found.length === 1 ? found[0] : undefined;
}

/** Everyone, by sign-in name. */
export async function listPersons(tx: Reading): Promise<Person[]> {
  return tx.rows<Person>(`${PERSON} order by f.sign_in_name collate "C"`, [tx.agency]);
}

/** The person that a text names, as `12.1`. Throws NOT_FOUND. */
export async function personNamed(tx: Reading, text: string): Promise<Person> {
  const key = parseKey(text);
  const person = key === undefined ? undefined : await findPerson(tx, key);
  if (!person) throw new MusterError('NOT_FOUND', `there is no person ${text.slice(0, 40)}`);
  return person;
}

/** What entries call a person. */
export function actorName(person: number): string {
  return `person:${keyText(person)}`;
}

/** Whether an actor is this person, signed in or by a token. */
export function isActor(actor: Pick<Actor, 'name'>, person: number): boolean {
  const own = actorName(person);
  return actor.name === own || actor.name.startsWith(`${own}/`);
}

/** Who a person is and what they may on a day, as known now: what every request of theirs asks. */
export async function whoIs(
  tx: Reading,
  key: number,
  day: Day,
): Promise<{ readonly person: Person; readonly grants: readonly Grant[] } | undefined> {
  const [row] = await tx.rows<Person & { readonly grants: readonly GrantRow[] }>(
    `select who.*, coalesce((
       select json_agg(json_build_object('role', role, 'over', over, 'system', system,
         'unit_from', unit_from, 'unit_to', unit_to) order by grant_key)
       from role_grant where agency_id = $1 and person_key = $2 and known_until is null
         and from_day <= $3 and (ends is null or ends > $3)), '[]'::json) as grants
     from (${PERSON} and p.person_key = $2) who`,
    [tx.agency, key, day],
  );
  if (!row) return undefined;
  const { grants, ...person } = row;
  return { person, grants: grants.flatMap(asGrant) };
}

interface GrantRow {
  readonly role: string;
  readonly over: Reach['over'];
  readonly system: string | null;
  readonly unit_from: string | null;
  readonly unit_to: string | null;
}

function asGrant(row: GrantRow): Grant[] {
  return isRole(row.role) ? [{ role: row.role, reach: reachOf(row) }] : [];
}

/** A role that Muster no longer knows lets nobody do anything. */
function isRole(role: string): role is Role {
  return (roles as readonly string[]).includes(role);
}

export function reachOf({ over, system, unit_from: from, unit_to: to }: GrantRow): Reach {
  if (over === 'system') return { over, system: system ?? '' };
  if (over === 'units') return { over, from: from ?? '', to: to ?? '' };
  return { over: 'agency' };
}

/** A reach in words: `the agency`, `system ECM`, `units 21000 to 21099`. */
export function wordReach(reach: Reach): string {
  if (reach.over === 'system') return `system ${reach.system}`;
  if (reach.over === 'units') return `units ${reach.from} to ${reach.to}`;
  return 'the agency';
}

/** How many people other than this one may administer, from today and without an end: none of them may be the last. */
export async function otherAdministrators(tx: Reading, person: number, today: Day): Promise<number> {
  const { others } = await tx.row<{ others: number }>(
    `select count(distinct g.person_key)::int as others from role_grant g
     left join lateral (select disabled_for from person_standing s
       where s.agency_id = $1 and s.person_key = g.person_key order by known_from desc limit 1) s on true
     where g.agency_id = $1 and g.person_key <> $2 and g.role = 'administrator' and g.known_until is null
       and g.from_day <= $3 and g.ends is null and s.disabled_for is null`,
    [tx.agency, person, today],
  );
  return others;
}
