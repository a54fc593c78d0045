import { parseInput, readTimes, requireRole, type View } from '../acts/index.ts';
import type { AgencyFacts } from '../programs/inventory/index.ts';
import type { House } from './house.ts';

/**
 * Reads a view for whoever is at the door; what it answers says as of which day and as known at which
 * entry. Throws NOT_ALLOWED, BAD_REQUEST or what the view throws.
 */
export async function readView(
  house: House,
  agency: AgencyFacts,
  view: View,
  said: unknown,
): Promise<object> {
  requireRole(view.view, view.may, house.actor);
  const input = parseInput(view.input.strict(), said);
  const { declarations } = house;
  return house.store.read(agency.agency, async (tx) => {
    const times = await readTimes(tx, house.today(agency), input);
    return { ...times, ...(await view.read({ tx, declarations, times }, input)) };
  });
}
