import { parseInput, requireRole, type View } from '../acts/index.ts';
import type { AgencyFacts } from '../programs/inventory/index.ts';
import type { House } from './house.ts';

/** Reads a view for whoever is at the door. Throws NOT_ALLOWED, BAD_REQUEST or what the view throws. */
export async function readView(
  house: House,
  agency: AgencyFacts,
  view: View,
  said: unknown,
): Promise<object> {
  requireRole(view.view, view.may, house.actor);
  const input = parseInput(view.input.strict(), said);
  const { declarations } = house;
  return house.store.read(agency.agency, (tx) =>
    view.read({ tx, declarations, today: house.today(agency) }, input),
  );
}
