import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { performAct, rebuild } from '../src/acts/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { day, type Day } from '../src/time/index.ts';
import {
  accountsCsv,
  allDuties,
  importText,
  INVENTORY,
  newAgency,
  openTestHouse,
  operator,
  type AccountRow,
  type TestHouse,
} from './house.ts';

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(async () => {
  await house.close();
});

const idle: AccountRow = {
  account: 'demo-1',
  component: 'cloud',
  privileged: false,
  created: day('2021-01-04'),
  lastLogin: day('2022-01-10'),
  status: 'active',
  statusChanged: null,
};

async function list(agency: AgencyFacts, observed: string, rows: readonly AccountRow[]) {
  return importText(house, agency, accountsCsv(rows), {
    system: 'ECM',
    observedOn: day(observed),
    reader: 'accounts',
  });
}

async function agencyWith(
  code: string,
  lists: readonly (readonly [string, readonly AccountRow[]])[],
): Promise<AgencyFacts> {
  const agency = await newAgency(house, code);
  await importText(house, agency, INVENTORY);
  for (const [observed, rows] of lists) await list(agency, observed, rows);
  return agency;
}

async function spells(agency: AgencyFacts, asOf: string) {
  const duties = await allDuties(house, agency, { asOf, duty: 'account.disable' });
  return duties.map(({ subject, trigger, due, done, means, status, ...duty }) =>
    [subject.name, duty.class, trigger, due, done, means, status].join(' '),
  );
}

async function disable(agency: AgencyFacts, duty: string, effective: Day) {
  return performAct(
    house.store,
    house.declarations,
    agency.agency,
    operator,
    day('2022-08-01'),
    'account.record-disabled',
    { duty, effective },
  );
}

test('a disablement cannot be dated back before a list that shows the account active', async () => {
  const agency = await agencyWith('BACK', [['2022-07-08', [idle]]]);
  const [duty] = await allDuties(house, agency, { asOf: '2022-07-08', duty: 'account.disable' });
  assert.ok(duty);
  await assert.rejects(
    disable(agency, duty.id, day('2022-04-01')),
    /the list of 2022-07-08 still shows the account as active/,
  );
  await disable(agency, duty.id, day('2022-07-08'));
  assert.deepEqual(await spells(agency, '2022-07-09'), [
    'demo-1 user 2022-01-10 2022-04-10 2022-07-08 disabled met-late',
  ]);
});

test('what is recorded late is seen by its day, and not by an earlier knowledge', async () => {
  const agency = await agencyWith('KNOWN', [['2022-07-08', [idle]]]);
  const [duty] = await allDuties(house, agency, { asOf: '2022-07-08', duty: 'account.disable' });
  assert.ok(duty);
  const entry = await disable(agency, duty.id, day('2022-07-11'));
  const question = { asOf: '2022-07-12' };
  const statuses = async (knownAt: number) =>
    (await allDuties(house, agency, { ...question, knownAt: String(knownAt) })).map(({ status }) => status);
  assert.deepEqual(await statuses(entry.index - 1), ['overdue']);
  assert.deepEqual(await statuses(entry.index), ['met-late']);
});

test('a change of class shows from the list that tells of it', async () => {
  const agency = await agencyWith('CLASS', [
    ['2022-02-01', [idle]],
    ['2022-03-01', [{ ...idle, privileged: true }]],
  ]);
  assert.deepEqual(await spells(agency, '2022-02-28'), ['demo-1 user 2022-01-10 2022-04-10   open']);
  assert.deepEqual(await spells(agency, '2022-03-01'), ['demo-1 privileged 2022-01-10 2022-04-10   open']);
});

test('an account missing from a later list is removed on its day, and comes back with another', async () => {
  const other = { ...idle, account: 'demo-2' };
  const agency = await agencyWith('GONE', [
    ['2022-02-01', [idle, other]],
    ['2022-04-01', [idle, other]],
    ['2022-03-01', [other]],
  ]);
  assert.deepEqual(await spells(agency, '2022-04-01'), [
    'demo-1 user 2022-01-10 2022-04-10 2022-03-01 removed met',
    'demo-2 user 2022-01-10 2022-04-10   open',
    'demo-1 user 2022-04-01 2022-06-30   open',
  ]);
  assert.equal(
    (await rebuild(house.store, house.declarations, agency.agency, { check: true })).difference,
    null,
  );
});

test('a rebuild names the first row that is not what the record gives', async () => {
  const agency = await agencyWith('TAMPER', [['2022-07-08', [idle]]]);
  await house.asSuperuser((client) =>
    client.query("update account_spell set trigger = '2022-06-01' where agency_id = $1", [agency.agency]),
  );
  const { difference } = await rebuild(house.store, house.declarations, agency.agency, { check: true });
  assert.partialDeepStrictEqual(difference, { table: 'account_spell' });
  assert.match(difference?.row ?? '', /^account_key=\d+, trigger=2022-0[16]-\d\d/);
  await rebuild(house.store, house.declarations, agency.agency, { check: false });
  assert.deepEqual(await spells(agency, '2022-07-08'), ['demo-1 user 2022-01-10 2022-04-10   overdue']);
});

test('an inventory without a day may not contradict what is known', async () => {
  const agency = await agencyWith('MOVED', [['2022-07-08', [idle]]]);
  const moved = INVENTORY.replace('ECM,cloud,cloud', 'ECM,cloud,on-premises');
  await assert.rejects(importText(house, agency, moved), /contradicts what is known/);
  await importText(house, agency, moved, { observedOn: day('2022-05-01') });
  assert.deepEqual(await spells(agency, '2022-04-30'), ['demo-1 user 2022-01-10 2022-04-10   overdue']);
  assert.deepEqual(await spells(agency, '2022-05-01'), ['demo-1 user 2022-01-10 2022-05-10   open']);
});

test('a list between two that say the same closes nothing', async () => {
  const agency = await newAgency(house, 'BETWEEN');
  await importText(house, agency, INVENTORY);
  const disabled = { ...idle, status: 'disabled', statusChanged: day('2022-03-01') } as const;
  const first = await list(agency, '2022-07-08', [disabled]);
  assert.deepEqual([first.new, first.closed], [1, 0]);
  for (const observed of ['2022-07-22', '2022-07-15']) {
    const { new: fresh, closed, reopened, unchanged } = await list(agency, observed, [disabled]);
    assert.deepEqual([fresh, closed, reopened, unchanged], [0, 0, 0, 1], observed);
  }
});
