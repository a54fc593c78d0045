import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Grant } from '../../src/acts/index.ts';
import { OWN_SYSTEM } from '../../src/programs/inventory/index.ts';
import { holdHead } from '../../src/store/index.ts';
import { importText, INVENTORY, newAgency } from '../house.ts';
import { entriesOf, letIn, openWorld, over, recordOf, refusalOf, whoAmI, type World } from './world.ts';

/*
 * What is noted of people, where noting it fails or has to wait; and who reads what is noted of them.
 */

let world: World;
before(async () => {
  world = await openWorld();
  await importText(world.house, world.north, INVENTORY);
});
after(() => world?.close());

test('what an auditor reads is not answered where it cannot be recorded, nor the next time', async () => {
  const { local, browser } = await letIn(world, over('auditor'));
  const read = async () => (await browser.get('/api/agencies/NORTH/rulebooks')).status;
  const readings = async () => (await entriesOf(world, 'view.read', local)).length;
  const mayInsert = (sql: string) => world.house.asSuperuser((client) => client.query(sql));
  await mayInsert('revoke insert on entry from muster_app');
  try {
    assert.deepEqual([await read(), await read()], [500, 500]);
  } finally {
    await mayInsert('grant insert on entry to muster_app');
  }
  assert.equal(await readings(), 0);
  assert.equal(await read(), 200);
  assert.equal(await readings(), 1);
});

test('denials that wait for the head of one agency hold up nobody of another', async () => {
  const { house, north } = world;
  const south = await newAgency(house, 'SOUTH');
  const { browser } = await letIn(world, []);
  const { browser: other } = await letIn(world, over('isso'), south);
  const held = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  const holding = house.store.write(north.agency, async (tx) => {
    await holdHead(tx);
    taken.resolve();
    await held.promise;
  });
  await taken.promise;
  const views = [...house.declarations.views.values()].filter(({ path }) => !path.includes(':'));
  assert.ok(views.length >= 9);
  const denied = views.map(({ path }) => browser.get(`/api/agencies/NORTH${path}`));
  try {
    for (let asked = 0; asked < 20; asked += 1) assert.equal(await whoAmI(other), '200');
  } finally {
    held.resolve();
    await holding;
  }
  for (const answer of await Promise.all(denied)) assert.equal(refusalOf(answer), '403 NOT_ALLOWED');
});

test('an entry that tells of a person is read whole by those who read about people or review it', async () => {
  const added = (await recordOf(world)).find(({ kind }) => kind === 'person.added');
  assert.ok(added);
  const answerTo = async (grants: readonly Grant[]) => {
    const { browser } = await letIn(world, grants);
    return refusalOf(await browser.get(`/api/agencies/NORTH/entries/${added.index}`));
  };
  for (const role of ['administrator', 'isso', 'auditor'] as const)
    assert.equal(await answerTo(over(role)), '200', role);
  for (const role of ['authorizing-official', 'incident-handler'] as const)
    assert.equal(await answerTo(over(role)), '403 NOT_ALLOWED', role);
  // A role over one system lets nobody read about the people of the agency.
  const ofOne: Grant = { role: 'isso', reach: { over: 'system', system: 'ECM' } };
  assert.equal(await answerTo([ofOne, ...over('incident-handler')]), '403 NOT_ALLOWED');
  // But whoever reviews privileged acts, which lie in the system Muster, reads them whole.
  await importText(world.house, world.north, INVENTORY.replaceAll('ECM', OWN_SYSTEM));
  assert.equal(await answerTo([{ role: 'isso', reach: { over: 'system', system: OWN_SYSTEM } }]), '200');
  assert.equal(
    await answerTo([{ role: 'incident-handler', reach: { over: 'system', system: OWN_SYSTEM } }]),
    '403 NOT_ALLOWED',
  );
});
