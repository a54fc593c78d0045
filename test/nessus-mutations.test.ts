import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import * as fc from 'fast-check';
import { rebuild } from '../src/acts/index.ts';
import { MusterError } from '../src/errors/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { anyMutation, mutated } from '../src/readers/nessus/mutation.ts';
import { sample } from '../src/readers/nessus/sample.ts';
import { importText, INVENTORY, newAgency, openTestHouse, type TestHouse } from './house.ts';
import { nessusXml } from './nessus-file.ts';

/*
 * Mutated scans, by bytes and by structure, are refused clearly with nothing changed, or taken in
 * soundly: what the tables then hold is what the record gives. Never something in between.
 */

const CASES = Number(process.env['NESSUS_IMPORTS'] ?? 10_000);
const SEED = Number(process.env['NESSUS_SEED'] ?? 1075);
/** So many files go to one agency, so that counting its rows stays quick. */
const IN_ONE_AGENCY = 400;

const SEVERITIES = [3, 2, 1, 0, 4];

/** A scan of a day of two hosts, one of them declared, that lacks one of five items or none. */
const anyScan = fc
  .record({ day: fc.integer({ min: 1, max: 28 }), without: fc.nat(SEVERITIES.length) })
  .map(({ day, without }) => {
    const on = `2022-06-${String(day).padStart(2, '0')}`;
    const items = SEVERITIES.map((severity, item) => ({
      plugin: 900_100 + item,
      title: `Invented <${item}>`,
      family: item % 2 === 1 ? 'General' : 'Misc.',
      protocol: 'tcp',
      severity,
    })).filter((_, item) => item !== without);
    const hosts = ['web-1', 'db-9'].map((name, host) => ({
      name,
      ip: `192.0.2.${host + 1}`,
      credentialed: host === 0,
      started: `${on}T12:00:00Z`,
      ended: `${on}T12:20:00Z`,
      items: items.map((item) => ({ ...item, port: 443 * host })),
    }));
    return nessusXml({ families: { General: 'enabled', 'Misc.': 'mixed' }, hosts });
  });

/** Most are of scans that differ, some of one that has all that the reader reads. */
const anyCase = fc.record({
  scan: fc.oneof({ weight: 3, arbitrary: anyScan }, fc.constant(sample.file)),
  mutations: fc.array(anyMutation, { minLength: 1, maxLength: 3 }),
});

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(async () => {
  await house.close();
});

test(`${CASES} mutated Nessus files end in a clear refusal or a sound import`, async (context) => {
  const counts = { refused: 0, sound: 0, repeated: 0 };
  const cases = fc.sample(anyCase, { seed: SEED, numRuns: CASES });
  for (let from = 0; from < CASES; from += IN_ONE_AGENCY) {
    const agency = await newAgency(house, `X${from}`);
    await importText(house, agency, INVENTORY);
    let rows = await countRows(agency);
    for (const [at, { scan, mutations }] of [...cases.entries()].slice(from, from + IN_ONE_AGENCY)) {
      const what = JSON.stringify(mutations);
      const outcome = await take(agency, mutations.reduce(mutated, Buffer.from(scan)));
      const now = await countRows(agency);
      if (outcome.kind === 'sound') {
        assert.equal(now['entry'], (rows['entry'] ?? 0) + 1, `${at} (${what}): one entry`);
      } else assert.deepEqual(now, rows, `${at} (${what}): nothing changed`);
      if (outcome.kind === 'refused') {
        assert.match(outcome.message, /^[^\n]{10,400}$/, `${at} (${what}): one clear sentence`);
        // What the file itself says stands in backticks.
        const own = outcome.message.replaceAll(/`[^`]*`/g, '');
        assert.doesNotMatch(own, /undefined|\[object|NaN|at .*\.ts/);
      }
      counts[outcome.kind] += 1;
      rows = now;
    }
    const { difference } = await rebuild(house.store, house.declarations, agency.agency, { check: true });
    assert.equal(difference, null);
  }
  context.diagnostic(JSON.stringify(counts));
  assert.ok(counts.refused > CASES / 10 && counts.sound > CASES / 10, JSON.stringify(counts));
});

type Outcome =
  | { readonly kind: 'sound' | 'repeated' }
  | { readonly kind: 'refused'; readonly message: string };

async function take(agency: AgencyFacts, bytes: Uint8Array): Promise<Outcome> {
  const said = { file: 'scan.nessus', system: 'ECM', component: 'cloud', reader: 'nessus' };
  try {
    const { repeated } = await importText(house, agency, bytes, said);
    return { kind: repeated ? 'repeated' : 'sound' };
  } catch (error) {
    if (error instanceof MusterError && error.code === 'INPUT_REFUSED')
      return { kind: 'refused', message: error.message };
    throw error;
  }
}

/** The rows of every table of the record and of what is derived from it. */
async function countRows(agency: AgencyFacts): Promise<Record<string, number>> {
  const tables = [
    'entry',
    'artifact',
    'artifact_part',
    'observation_part',
    ...Object.keys(house.declarations.tables),
  ];
  const counted = tables.map((table) => `(select count(*) from ${table} where agency_id = $1) as "${table}"`);
  return house.store.read(agency.agency, (tx) => tx.row(`select ${counted.join(', ')}`, [agency.agency]));
}
