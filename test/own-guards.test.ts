import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { performAct, type Actor } from '../src/acts/index.ts';
import { keepOwnAccounts } from '../src/doors/own-accounts.ts';
import { readView } from '../src/doors/on-behalf.ts';
import { privilegedActsView } from '../src/programs/people/privileged.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { accountsCsv, importText, newAgency, openTestHouse, type TestHouse } from './house.ts';
import { addPerson } from './people.ts';
import { day } from '../src/time/index.ts';

/*
 * What keeps Muster's own rules from being turned round: nobody but Muster says what its accounts are, and
 * no review covers what comes after it.
 */

let house: TestHouse;
let agency: AgencyFacts;
before(async () => {
  house = await openTestHouse({ settings: { environment: 'on-premises' } });
  agency = await newAgency(house, 'NORTH');
  await addPerson(
    house,
    agency,
    [{ role: 'administrator', reach: { over: 'agency' } }],
    'demo.administrator',
  );
  await keepOwnAccounts(house, agency);
});
after(() => house?.close());

function act(actor: Actor, name: string, input: object) {
  const { store, declarations } = house;
  return performAct(store, declarations, agency.agency, actor, house.today(agency), name, input);
}

const reviewer: Actor = { name: 'person:999.1', grants: [{ role: 'ciso', reach: { over: 'agency' } }] };

test('nobody but Muster lists the accounts of its people, whoever they are', async () => {
  const row = {
    account: 'demo.administrator',
    component: 'server',
    privileged: true,
    created: day('2020-01-01'),
    lastLogin: day('2020-01-02'),
    status: 'active',
    statusChanged: null,
  } as const;
  const said = { reader: 'accounts', system: 'Muster', observedOn: house.today(agency) };
  const listed = importText(house, agency, accountsCsv([row]), said);
  await assert.rejects(listed, /line 2, component: Muster lists its own accounts itself/);
  assert.deepEqual((await keepOwnAccounts(house, agency)).disabled, []);
});

interface Acts {
  readonly acts: readonly { readonly entry: number; readonly reviewed: string | null }[];
}

async function unreviewed(): Promise<number[]> {
  const answer = await readView(house, house.operator, agency, privilegedActsView, { state: 'unreviewed' });
  return (answer as Acts).acts.map(({ entry }) => entry);
}

test('a review covers what was there, however far somebody says that they looked', async () => {
  const open = await unreviewed();
  assert.ok(open.length > 0);
  const { body } = await act(reviewer, 'privileges.review', { upTo: Number.MAX_SAFE_INTEGER });
  assert.deepEqual(body, { upTo: Math.max(...open), note: null });
  assert.deepEqual(await unreviewed(), []);
  const { index } = await act(house.operator, 'person.add', { name: 'Demo Other', signInName: 'demo.other' });
  assert.deepEqual(await unreviewed(), [index], 'what came after it awaits a review');
});
