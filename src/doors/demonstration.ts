import { demonstration } from '../../demo/index.ts';
import { importEvidence } from '../acts/index.ts';
import { MusterError } from '../errors/index.ts';
import { findAgency } from '../programs/inventory/index.ts';
import { addDemonstrationPeople } from './demonstration-people.ts';
import { setUpAgency, type House } from './house.ts';

/** Loads the demonstration agency where there is none, and whatever of it is not there yet. */
export async function loadDemonstration(house: House): Promise<boolean> {
  const { agency: wanted, files } = demonstration();
  const agency =
    (await findAgency(house.store, wanted.code)) ??
    (await setUpAgency(house, { ...wanted, demonstration: true }));
  if (!agency.demonstration) {
    throw new MusterError(
      'AGENCY_EXISTS',
      `the agency ${wanted.code} is not the demonstration: start without --demo`,
    );
  }
  let changed = false;
  for (const { name, reader, bytes, system, component, observedOn } of files) {
    const source = singleChunk(bytes);
    const request = { file: name, source, reader, system, component, observedOn };
    const { store, operator: actor } = house;
    const result = await importEvidence(
      store,
      house.declarations,
      agency.agency,
      actor,
      house.today(agency),
      request,
    );
    changed ||= !result.repeated;
  }
  return (await addDemonstrationPeople(house, agency)) || changed;
}

async function* singleChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
