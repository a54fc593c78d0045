import assert from 'node:assert/strict';
import type { ImportResult } from '../src/acts/index.ts';
import { readView } from '../src/doors/on-behalf.ts';
import type { MusterError } from '../src/errors/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import type { FindingsAnswer } from '../src/programs/vulnerabilities/index.ts';
import { day } from '../src/time/index.ts';
import { importText, INVENTORY, newAgency, type TestHouse } from './house.ts';
import { nessusXml, type ScannedFile, type ScannedHost, type ScannedItem } from './nessus-file.ts';

/** A high finding. */
export const library: ScannedItem = {
  plugin: 900_001,
  title: 'Demo Library < 2.4',
  family: 'General',
  port: 443,
  protocol: 'tcp',
  severity: 3,
};

/** A host scanned on a day without credentials, `web-1` unless another is said. */
export function host(
  on: string,
  items: readonly ScannedItem[],
  more: Partial<ScannedHost> = {},
): ScannedHost {
  const times = { started: `${on}T14:00:00Z`, ended: `${on}T16:00:00Z` };
  return { name: 'web-1', credentialed: false, ...times, items, ...more };
}

/** A file of these hosts, without a policy section unless one is said. */
export function file(
  hosts: ScannedHost | readonly ScannedHost[],
  families: ScannedFile['families'] = null,
): ScannedFile {
  return { families, hosts: [hosts].flat() };
}

/** Where and why an import was refused. */
export async function refusedAt(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => assert.fail('it was not refused'),
    (thrown: MusterError) => thrown,
  );
  return error.refused.map(({ at, reason }) => `${at}: ${reason}`);
}

export type FindingDesk = ReturnType<typeof findingDesk>;

/** What tests do with scans of the system ECM, and the findings they see. */
export function findingDesk(house: TestHouse) {
  async function agencyWith(code: string, files: readonly ScannedFile[] = []): Promise<AgencyFacts> {
    const agency = await newAgency(house, code);
    await importText(house, agency, INVENTORY);
    for (const each of files) await take(agency, each);
    return agency;
  }

  async function take(
    agency: AgencyFacts,
    scanned: ScannedFile,
    said: { component?: string; observedOn?: string } = {},
  ): Promise<ImportResult> {
    const { observedOn, ...rest } = said;
    return importText(house, agency, nessusXml(scanned), {
      file: 'test.nessus',
      system: 'ECM',
      ...rest,
      ...(observedOn !== undefined && { observedOn: day(observedOn) }),
    });
  }

  async function findings(agency: AgencyFacts, question: object): Promise<FindingsAnswer> {
    const view = house.declarations.views.get('findings');
    assert.ok(view);
    return (await readView(house, house.operator, agency, view, question)) as FindingsAnswer;
  }

  return { agencyWith, take, findings };
}
