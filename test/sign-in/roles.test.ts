import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keyBase, keyText } from '../../src/record/index.ts';
import { dayIn } from '../../src/time/index.ts';
import { importText, INVENTORY, newAgency } from '../house.ts';
import { addPerson } from '../people.ts';
import type { Browser } from './browser.ts';
import {
  DAY,
  entriesOf,
  HOUR,
  letIn,
  letInAgain,
  MINUTE,
  openWorld,
  operate,
  over,
  recordOf,
  refusalOf,
  SECOND,
  whoAmI,
  type World,
} from './world.ts';

let world: World;
before(async () => {
  world = await openWorld({ settings: { sessionHours: 24 * 30, idleMinutes: 60 * 24 * 30 } });
  await importText(world.house, world.north, INVENTORY);
});
after(() => world?.close());

async function rolesOf(browser: Browser): Promise<string[]> {
  return ((await browser.get('/api/status')).json() as { roles: string[] }).roles;
}

const today = () => dayIn(world.clock.now().toISOString(), 'America/New_York');

/** Until the next midnight where the agency is. */
function untilMidnight(): number {
  const now = Temporal.Instant.from(world.clock.now().toISOString()).toZonedDateTimeISO('America/New_York');
  return now.until(now.startOfDay().add({ days: 1 })).total('milliseconds');
}

async function grant(person: string, role: string, more: object = {}): Promise<string> {
  const { index } = await operate(world, 'grant.give', { person, role, over: 'agency', ...more });
  return keyText(keyBase(index) + 1);
}

test('a role whose last day is today is held until midnight where the agency is, to the second', async () => {
  const { local, browser } = await letIn(world, over('manager'));
  await grant(local.person, 'isso', { until: today() });
  assert.deepEqual(await rolesOf(browser), ['manager', 'isso']);
  assert.equal((await browser.get('/api/agencies/NORTH/systems')).status, 200);
  world.clock.forward(untilMidnight() - SECOND);
  assert.deepEqual(await rolesOf(browser), ['manager', 'isso']);
  world.clock.forward(SECOND);
  assert.deepEqual(await rolesOf(browser), ['manager']);
  assert.equal(refusalOf(await browser.get('/api/agencies/NORTH/systems')), '403 NOT_ALLOWED');
});

test('a role that begins tomorrow is held from midnight on', async () => {
  const { local, browser } = await letIn(world, []);
  const from = dayIn(new Date(world.clock.now().getTime() + DAY).toISOString(), 'America/New_York');
  await grant(local.person, 'isso', { from });
  assert.deepEqual(await rolesOf(browser), []);
  world.clock.forward(untilMidnight() - SECOND);
  assert.equal(refusalOf(await browser.get('/api/agencies/NORTH/systems')), '403 NOT_ALLOWED');
  world.clock.forward(SECOND);
  assert.deepEqual(await rolesOf(browser), ['isso']);
  assert.equal((await browser.get('/api/agencies/NORTH/systems')).status, 200);
});

test('a role that ended yesterday lets nobody do anything, in a new session neither', async () => {
  const { local, browser } = await letIn(world, []);
  await grant(local.person, 'administrator', { until: today() });
  assert.equal((await browser.get('/api/agencies/NORTH/people')).status, 200);
  world.clock.forward(DAY);
  for (const each of [browser, await letInAgain(world, local)]) {
    assert.deepEqual(await rolesOf(each), []);
    assert.equal(refusalOf(await each.get('/api/agencies/NORTH/people')), '403 NOT_ALLOWED');
    const add = await each.post('/api/agencies/NORTH/acts/person.add', {
      name: 'Demo',
      signInName: 'demo.no',
    });
    assert.equal(refusalOf(add), '403 NOT_ALLOWED');
    assert.equal(await whoAmI(each), '200', 'they are somebody all the same');
  }
});

test('a grant that is ended is in force no more in an open session, from that moment', async () => {
  const { browser: admin } = await letIn(world, over('administrator'));
  const { local, browser } = await letIn(world, []);
  const given = await admin.post('/api/agencies/NORTH/acts/grant.give', {
    person: local.person,
    role: 'isso',
    over: 'agency',
  });
  assert.equal(given.status, 200, given.text);
  assert.deepEqual(await rolesOf(browser), ['isso']);
  const grants = (await admin.get(`/api/agencies/NORTH/people/${local.person}/grants`)).json() as {
    grants: { grant: string }[];
  };
  const end = { grant: grants.grants[0]?.grant, reason: 'moved' };
  assert.equal((await admin.post('/api/agencies/NORTH/acts/grant.end', end)).status, 200);
  assert.deepEqual(await rolesOf(browser), []);
  assert.equal(refusalOf(await browser.get('/api/agencies/NORTH/systems')), '403 NOT_ALLOWED');
});

test('an administrator administers people, and sees nothing of what the agency does', async () => {
  const { browser } = await letIn(world, over('administrator'));
  assert.equal((await browser.get('/api/agencies/NORTH/people')).status, 200);
  const views = [...world.house.declarations.views.values()];
  const others = views.filter(({ path, may }) => !path.includes(':') && !may.includes('administrator'));
  assert.ok(others.length > 5);
  for (const { path, view } of others)
    assert.equal(refusalOf(await browser.get(`/api/agencies/NORTH${path}`)), '403 NOT_ALLOWED', view);
});

test('what an administrator may not is refused with its reason, and changes nothing', async () => {
  const { local: admin, browser } = await letIn(world, over('administrator'));
  const other = keyText(await addPerson(world.house, world.north, over('isso')));
  const before = (await recordOf(world)).length;
  const act = async (name: string, input: object) => {
    const answer = await browser.post(`/api/agencies/NORTH/acts/${name}`, input);
    const { error } = answer.json() as { error: { code: string; message: string } };
    return `${error.code}: ${error.message}`;
  };
  const give = (said: object) => act('grant.give', { person: other, role: 'ciso', over: 'agency', ...said });
  assert.match(await give({ person: admin.person }), /^ACT_REFUSED: nobody grants a role to themselves/);
  assert.match(await give({ role: 'auditor' }), /^ACT_REFUSED: an auditor does nothing else/);
  assert.match(await give({ role: 'isso' }), /^ACT_REFUSED: the person holds that role there already/);
  assert.match(await give({ from: '2026-01-01' }), /^ACT_REFUSED: a grant cannot be dated back/);
  assert.match(await give({ over: 'system', system: 'NONE' }), /^ACT_REFUSED: there is no system NONE/);
  assert.match(
    await give({ over: 'units', unitFrom: '21099', unitTo: '21000' }),
    /^ACT_REFUSED: the range ends/,
  );
  assert.match(
    await give({ role: 'administrator', over: 'system', system: 'ECM' }),
    /^ACT_REFUSED: an administrator/,
  );
  assert.match(await give({ role: 'king' }), /^BAD_REQUEST: role: is not one of/);
  assert.match(
    await act('person.disable', { person: admin.person, reason: 'x' }),
    /^ACT_REFUSED: nobody disables themselves/,
  );
  assert.match(
    await act('person.enable', { person: other, reason: 'x' }),
    /^ACT_REFUSED: the person is not disabled/,
  );
  assert.match(await act('person.add', { name: 'x', signInName: 'a b' }), /^BAD_REQUEST: signInName/);
  assert.equal((await recordOf(world)).length, before);
  assert.equal(
    (
      await browser.post('/api/agencies/NORTH/acts/grant.give', {
        person: other,
        role: 'ciso',
        over: 'system',
        system: 'ECM',
      })
    ).status,
    200,
  );
});

test('a person whom an administrator of another agency names is not there', async () => {
  const { house } = world;
  const south = await newAgency(house, 'SOUTH');
  const { local } = await letIn(world, over('isso'));
  const { browser } = await letIn(world, over('administrator'), south);
  const post = (act: string, input: object, code = 'SOUTH') =>
    browser.post(`/api/agencies/${code}/acts/${act}`, input);
  const inSouth = await recordOf(world, south);
  const { person } = local;
  for (const [act, input] of [
    ['person.change', { person, name: 'x' }],
    ['person.disable', { person, reason: 'x' }],
    ['grant.give', { person, role: 'isso', over: 'agency' }],
  ] as const)
    assert.equal(refusalOf(await post(act, input)), '404 NOT_FOUND', act);
  assert.equal(
    refusalOf(await post('person.disable', { person: local.person, reason: 'x' }, 'NORTH')),
    '404 NOT_FOUND',
  );
  const denied = (await recordOf(world, south))
    .slice(inSouth.length)
    .filter(({ kind }) => kind === 'access.denied');
  assert.deepEqual(
    denied.map(({ body }) => (body as { what: string }).what),
    ['another agency'],
  );
});

test('an auditor reads everything, changes nothing, and is recorded reading', async () => {
  const { local, browser } = await letIn(world, over('auditor'));
  const views = [...world.house.declarations.views.values()];
  const plain = views.filter(({ path, may }) => !path.includes(':') && may.includes('auditor'));
  assert.ok(plain.length > 5);
  for (const { path, view } of plain) {
    const answer = await browser.get(`/api/agencies/NORTH${path}`);
    assert.ok([200, 400].includes(answer.status), `${view}: ${answer.text}`);
  }
  const { index } = (await recordOf(world)).at(-1) ?? { index: 0 };
  for (const act of world.house.declarations.acts.keys())
    assert.equal(
      refusalOf(await browser.post(`/api/agencies/NORTH/acts/${act}`, {})),
      '403 NOT_ALLOWED',
      act,
    );
  const since = (await recordOf(world)).filter((entry) => entry.index > index);
  assert.ok(since.every(({ kind, actor }) => kind === 'access.denied' && actor === `person:${local.person}`));
  assert.equal(since.length, world.house.declarations.acts.size);
  const read = (await entriesOf(world, 'view.read', local)).map(
    ({ body }) => (body as { what: string }).what,
  );
  assert.ok(read.includes('people') && read.includes('systems'));
  assert.equal(new Set(read).size, read.length);
});

test('an auditor’s reading of the same thing is recorded once in a quarter of an hour', async () => {
  const { local, browser } = await letIn(world, over('auditor'));
  const read = async (path = '/people') => {
    assert.equal((await browser.get(`/api/agencies/NORTH${path}`)).status, 200);
    return (await entriesOf(world, 'view.read', local)).length;
  };
  assert.deepEqual([await read(), await read()], [1, 1]);
  world.clock.forward(15 * MINUTE - SECOND);
  assert.equal(await read(), 1);
  assert.equal(await read('/people?role=isso'), 2, 'something else');
  world.clock.forward(SECOND);
  assert.equal(await read(), 3);
});

test('a denial is recorded, of the same thing once a minute', async () => {
  const { local, browser } = await letIn(world, over('manager'));
  const ask = async (path = '/people') => {
    assert.equal(refusalOf(await browser.get(`/api/agencies/NORTH${path}`)), '403 NOT_ALLOWED');
    return (await entriesOf(world, 'access.denied', local)).length;
  };
  assert.deepEqual([await ask(), await ask(), await ask('/systems')], [1, 1, 2]);
  world.clock.forward(MINUTE - SECOND);
  assert.equal(await ask(), 2);
  world.clock.forward(SECOND);
  assert.equal(await ask(), 3);
  const [entry] = await entriesOf(world, 'access.denied', local);
  assert.deepEqual(
    [entry?.actor, entry?.body],
    [`person:${local.person}`, { who: `person:${local.person}`, what: 'reading people' }],
  );
});

test('hours before midnight in Washington the day is not yet the next', async () => {
  const { local, browser } = await letIn(world, []);
  await grant(local.person, 'isso', { until: today() });
  // 20:00 there is the next day in UTC, summer and winter.
  world.clock.forward(untilMidnight() - 3 * HOUR);
  assert.deepEqual(await rolesOf(browser), ['isso']);
});
