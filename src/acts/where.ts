import {
  AGENCY,
  ANYWHERE,
  holds,
  mayThere,
  placeOfSystem,
  systemsOf,
  type Actor,
  type Place,
} from './grants.ts';
import type { Role } from './roles.ts';

/**
 * Where what a declaration is about lies, which a grant must reach: the agency as a whole; nowhere in
 * particular; one place; the system that a field of the input names, or the agency where it names none;
 * or a place that has to be looked up.
 */
export type Where<At, Input> =
  | 'agency'
  | 'anywhere'
  | Place
  | BySystem<Input>
  | ((at: At, input: Input) => Promise<Place>);

export interface BySystem<Input> {
  readonly system: keyof Input & string;
  /** Where no system is named, a view answers of each system that is reached, and of nothing else. */
  readonly ofEach?: true;
}

/** The place a declaration is about, for this input. Throws what the look-up throws: NOT_FOUND. */
export async function placeOf<At, Input extends object>(
  where: Where<At, Input> | undefined,
  at: At,
  input: Input,
): Promise<Place> {
  if (typeof where === 'function') return where(at, input);
  if (!isBySystem(where)) return fixedPlace(where);
  const system = input[where.system];
  return placeOfSystem(typeof system === 'string' ? system : null);
}

/** Whether a declaration is about the system that the input names. */
export function isBySystem<Input>(where: Where<never, Input> | undefined): where is BySystem<Input> {
  return typeof where === 'object' && !('at' in where);
}

function fixedPlace(where: 'agency' | 'anywhere' | Place | undefined): Place {
  if (where === undefined || where === 'agency') return AGENCY;
  return where === 'anywhere' ? ANYWHERE : where;
}

/** Whether it is about each of the systems that the actor reaches one by one, the input naming none. */
export function isOfEach<Input extends object>(
  where: Where<never, Input> | undefined,
  may: readonly Role[],
  actor: Actor,
  input: Input,
): boolean {
  if (!isBySystem(where) || where.ofEach === undefined || input[where.system] !== undefined) return false;
  return systemsOf(actor, may)?.length !== 0;
}

/** Whether anything that a declaration may be about could be in the actor's reach. */
export function couldReach<Input>(
  where: Where<never, Input> | undefined,
  may: readonly Role[],
  actor: Actor,
): boolean {
  if (typeof where === 'function') return holds(actor, may);
  if (!isBySystem(where)) return mayThere(actor, may, fixedPlace(where));
  return systemsOf(actor, may)?.length !== 0;
}
