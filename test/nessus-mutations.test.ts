import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rebuild } from '../src/acts/index.ts';
import { MusterError } from '../src/errors/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { importText, INVENTORY, newAgency, openTestHouse, type TestHouse } from './house.ts';
import { mutationsOf } from './nessus-mutations.ts';

/*
 * Mutated scans, by bytes and by structure, are refused clearly with nothing changed, or taken in
 * soundly: what the tables then hold is what the record gives. Never something in between.
 */

const CASES = Number(process.env['NESSUS_IMPORTS'] ?? 10_000);
const SEED = Number(process.env['NESSUS_SEED'] ?? 1075);
/** So many files go to one agency, so that counting its rows stays quick. */
const IN_ONE_AGENCY = 400;

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(async () => {
  await house.close();
});

test(`${CASES} mutated Nessus files end in a clear refusal or a sound import`, async () => {
  const counts = { refused: 0, sound: 0, repeated: 0 };
  const mutations = mutationsOf(SEED);
  for (let from = 0; from < CASES; from += IN_ONE_AGENCY) {
    const agency = await newAgency(house, `X${from}`);
    await importText(house, agency, INVENTORY);
    let rows = await countRows(agency);
    for (let at = from; at < Math.min(CASES, from + IN_ONE_AGENCY); at += 1) {
      const { bytes, what } = mutations(at);
      const outcome = await take(agency, bytes);
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
