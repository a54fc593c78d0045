import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { holdHead } from '../../src/store/index.ts';
import { newAgency } from '../house.ts';
import { entriesOf, letIn, openWorld, over, recordOf, refusalOf, whoAmI, type World } from './world.ts';

/*
 * What is noted of people, where noting it fails or has to wait; and who reads what is noted of them.
 */

let world: World;
before(async () => {
  world = await openWorld();
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
  for (const [role, says] of [
    ['authorizing-official', '403 NOT_ALLOWED'],
    ['incident-handler', '403 NOT_ALLOWED'],
    ['administrator', '200'],
    ['isso', '200'],
    ['auditor', '200'],
  ] as const) {
    const { browser } = await letIn(world, over(role));
    assert.equal(refusalOf(await browser.get(`/api/agencies/NORTH/entries/${added.index}`)), says, role);
  }
});
