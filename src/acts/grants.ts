import { roles, type Role } from './roles.ts';

/** What a grant reaches: the agency, one system of it, or the units of a range, both ends included. */
export type Reach =
  | { readonly over: 'agency' }
  | { readonly over: 'system'; readonly system: string }
  | { readonly over: 'units'; readonly from: string; readonly to: string };

export interface Grant {
  readonly role: Role;
  readonly reach: Reach;
}

/**
 * Where in the agency something is, which a grant must reach. `anywhere` is what belongs to no place:
 * the policies that bind all.
 */
export type Place =
  | { readonly at: 'anywhere' }
  | { readonly at: 'agency' }
  | { readonly at: 'system'; readonly system: string }
  | { readonly at: 'unit'; readonly unit: string };

/** Who acts. `name` goes into the entry: `person:12.0`, or `operator:NAME` for whoever sits at the machine. */
export interface Actor {
  readonly name: string;
  readonly grants: readonly Grant[];
}

/** Whoever acts in the background: what follows from a rule, and nobody decided. */
export const MUSTER = 'muster';

/** Units have numbers of as many digits, so that their order as text is that of the numbers. */
export const UNIT = /^\d{5}$/;

export const AGENCY: Place = { at: 'agency' };
export const ANYWHERE: Place = { at: 'anywhere' };

/** Where something of a system is; of no system that is known, it is the agency's. */
export function placeOfSystem(system: string | null | undefined): Place {
  return system == null ? AGENCY : { at: 'system', system };
}

export function reaches(reach: Reach, place: Place): boolean {
  if (place.at === 'anywhere' || reach.over === 'agency') return true;
  if (place.at === 'system') return reach.over === 'system' && reach.system === place.system;
  if (place.at === 'unit')
    return (
      reach.over === 'units' && UNIT.test(place.unit) && reach.from <= place.unit && place.unit <= reach.to
    );
  return false;
}

/** Whether the actor holds one of the roles with a grant that reaches the place. */
export function mayThere({ grants }: Actor, may: readonly Role[], place: Place): boolean {
  return grants.some(({ role, reach }) => may.includes(role) && reaches(reach, place));
}

/** Whether the actor holds one of the roles anywhere. */
export function holds({ grants }: Actor, may: readonly Role[]): boolean {
  return grants.some(({ role }) => may.includes(role));
}

/** The roles that the actor holds, in the order in which roles are shown. */
export function rolesOf({ grants }: Actor): Role[] {
  return roles.filter((role) => grants.some((grant) => grant.role === role));
}

/** The systems that the actor's grants of these roles reach one by one; null where one reaches the whole agency. */
export function systemsOf({ grants }: Actor, may: readonly Role[]): readonly string[] | null {
  const those = grants.filter(({ role }) => may.includes(role));
  if (those.some(({ reach }) => reach.over === 'agency')) return null;
  const systems = those.flatMap(({ reach }) => (reach.over === 'system' ? [reach.system] : []));
  return [...new Set(systems)].sort();
}

/** Someone who holds every role over the whole agency. */
export function everyRole(name: string): Actor {
  return { name, grants: roles.map((role) => ({ role, reach: { over: 'agency' } })) };
}
