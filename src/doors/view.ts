import { parseInput, type View } from '../acts/index.ts';
import { MusterError } from '../errors/index.ts';
import type { AgencyFacts } from '../programs/inventory/index.ts';
import type { House } from './house.ts';

/** Reads a view for whoever is at the door. Throws NOT_ALLOWED, BAD_REQUEST or what the view throws. */
export async function readView(
  house: House,
  agency: AgencyFacts,
  view: View,
  said: unknown,
): Promise<object> {
  if (!house.actor.roles.some((role) => view.may.includes(role))) {
    throw new MusterError('NOT_ALLOWED', `${view.view} is for ${view.may.join(', ')}`);
  }
  const input = parseInput(view.input, said);
  const { declarations } = house;
  return house.store.read(agency.agency, (tx) =>
    view.read({ tx, declarations, today: house.today(agency) }, input),
  );
}
