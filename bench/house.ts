import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importEvidence, type ImportResult } from '../src/acts/index.ts';
import { openHouse, setUpAgency, type House } from '../src/doors/house.ts';
import { readSettings } from '../src/doors/settings.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import type { Day } from '../src/time/index.ts';

/** Works in a Muster on an embedded PostgreSQL of its own, gone afterwards. */
export async function inBenchHouse(work: (house: House) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-bench-'));
  const house = await openHouse(readSettings({ MUSTER_OPERATOR: 'bench' }, dataDir), 'command');
  try {
    await work(house);
  } finally {
    await house.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

export async function benchAgency(house: House, code: string): Promise<AgencyFacts> {
  return setUpAgency(house, { code, kind: 'irs', timeZone: 'America/New_York', demonstration: false });
}

/** Imports a file given in chunks. */
export async function take(
  house: House,
  agency: AgencyFacts,
  chunks: Iterable<Buffer>,
  about: { readonly system?: string; readonly observedOn?: Day } = {},
): Promise<ImportResult> {
  const request = { file: 'bench', source: stream(chunks), ...about };
  return importEvidence(
    house.store,
    house.declarations,
    agency.agency,
    house.operator,
    house.today(agency),
    request,
  );
}

async function* stream(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}

export async function vacuum(house: House): Promise<void> {
  await house.asOwner((client) => client.query('vacuum analyze'));
}
