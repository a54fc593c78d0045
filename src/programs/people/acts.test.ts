import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { everyRole } from '../../acts/index.ts';
import { parseKey } from '../../record/index.ts';
import { onEveryPostgres, type TrialDatabase } from '../../store/trial.ts';
import { findByIdentity, findBySignInName, findPerson, listPersons } from './index.ts';
import { actorOf, openAgency, TODAY, type TrialAgency } from './trial-people.ts';

const LAST = 'this is the last administrator who is one without an end: make somebody else one first';

onEveryPostgres((open) => {
  let database: TrialDatabase;
  let at: TrialAgency;
  before(async () => {
    database = await open();
    at = await openAgency(database, 'NORTH');
  });
  after(async () => {
    await at?.close();
    await database?.close();
  });

  const keyOf = (text: string) => parseKey(text) ?? 0;
  const find = (person: string) => at.store.read(at.agency, (tx) => findPerson(tx, keyOf(person)));

  test('someone who was added is found by name in any case, and by what a provider calls them', async () => {
    const one = await at.add('Demo.One');
    const two = await at.add('demo.two', { identity: 'login/two', mail: 'two@agency.example' });
    assert.deepEqual(await find(one), {
      key: keyOf(one),
      name: 'Demo Person',
      signInName: 'Demo.One',
      identity: 'Demo.One',
      disabledFor: null,
      since: TODAY,
      lastDisabled: null,
    });
    await at.store.read(at.agency, async (tx) => {
      const named = async (name: string) => (await findBySignInName(tx, name))?.key;
      assert.deepEqual(
        await Promise.all(['Demo.One', 'demo.one', 'DEMO.ONE', 'demo.on_', '%', ''].map(named)),
        [keyOf(one), keyOf(one), keyOf(one), undefined, undefined, undefined],
      );
      const called = async (...identities: string[]) => (await findByIdentity(tx, identities))?.key;
      assert.equal(await called('login/two'), keyOf(two));
      assert.equal(await called('Demo.One'), keyOf(one));
      assert.equal(await called('demo.one'), undefined, 'a provider’s word is taken as it is');
      assert.equal(await called('demo.two'), undefined, 'bound to something else');
      assert.equal(await called('login/two', 'Demo.One'), undefined, 'two are nobody');
      assert.equal(await called(), undefined);
      assert.deepEqual(
        (await listPersons(tx)).map(({ signInName }) => signInName),
        ['Demo.One', 'demo.two'],
      );
    });
  });

  test('what is no name, no identity and no mail is refused', async () => {
    const refused = async (said: object) => {
      const found = await at.outcome('person.add', { name: 'Demo Person', signInName: 'demo.x', ...said });
      assert.match(found, /^BAD_REQUEST: /, JSON.stringify(said));
    };
    for (const signInName of ['', ' ', '.x', '-x', 'a b', 'a/b', 'ä', 'x'.repeat(65), 'a\0'])
      await refused({ signInName });
    for (const name of ['', '  ', 'x'.repeat(201)]) await refused({ name });
    for (const mail of ['', 'x', 'a@b@c', 'a b@c', 'a@b,c@d', '<a@b>', `${'x'.repeat(251)}@b.c`])
      await refused({ mail });
    for (const identity of ['', ' ', 'x'.repeat(256)]) await refused({ identity });
    await refused({ role: 'administrator' });
  });

  test('no two share a sign-in name, or what a provider calls them', async () => {
    await at.add('demo.taken', { identity: 'E-1' });
    const add = (said: object) => at.outcome('person.add', { name: 'Demo Other', ...said });
    assert.match(await add({ signInName: 'DEMO.TAKEN' }), /^somebody signs in as DEMO\.TAKEN already/);
    const CALLED = 'your provider calls somebody else so already';
    assert.equal(await add({ signInName: 'demo.other', identity: 'E-1' }), CALLED);
    await at.add('demo.plain');
    assert.equal(await add({ signInName: 'demo.other', identity: 'demo.plain' }), CALLED);
    const other = await at.add('demo.other', { identity: 'E-2' });
    const change = (said: object) => at.outcome('person.change', { person: other, ...said });
    assert.match(await change({ signInName: 'Demo.Plain' }), /^somebody signs in as/);
    assert.equal(await change({ identity: 'E-1' }), CALLED);
    assert.match(await change({ signInName: 'DEMO.other' }), /^entry \d+$/, 'one’s own, in another case');
    const south = await openAgency(database, 'SOUTH');
    assert.ok(await south.add('demo.taken', { identity: 'E-1' }), 'another agency’s are its own');
    await south.close();
  });

  test('two who would share a name, at the same moment: one is added', async () => {
    const adding = Array.from({ length: 4 }, () =>
      at.outcome('person.add', { name: 'Demo Twin', signInName: 'demo.twin' }),
    );
    const found = await Promise.all(adding);
    assert.equal(found.filter((each) => each.startsWith('entry ')).length, 1);
    assert.equal(found.filter((each) => each.startsWith('somebody signs in as')).length, 3);
  });

  test('what is not said stays as it is', async () => {
    const person = await at.add('demo.changed', { identity: 'E-9', mail: 'a@agency.example' });
    assert.equal(await at.outcome('person.change', { person }), 'that changes nothing');
    assert.equal(await at.outcome('person.change', { person, name: 'Demo Person' }), 'that changes nothing');
    const { body } = await at.act('person.change', { person, name: 'Demo Renamed' });
    assert.deepEqual(body, {
      person,
      name: 'Demo Renamed',
      signInName: 'demo.changed',
      identity: 'E-9',
      mail: 'a@agency.example',
    });
    assert.equal((await find(person))?.identity, 'E-9');
    assert.match(await at.outcome('person.change', { person: '99.1', name: 'x' }), /^NOT_FOUND/);
    assert.match(await at.outcome('person.change', { person: 'x', name: 'x' }), /^NOT_FOUND/);
  });

  test('disabled and enabled again; the last time stays known', async () => {
    const person = await at.add('demo.leaving');
    assert.equal(await at.outcome('person.enable', { person, reason: 'x' }), 'the person is not disabled');
    assert.match(await at.outcome('person.disable', { person, reason: ' ' }), /^BAD_REQUEST: reason/);
    const first = await at.act('person.disable', { person, reason: 'left' });
    assert.deepEqual(
      [(await find(person))?.disabledFor, (await find(person))?.lastDisabled],
      ['left', first.recorded],
    );
    assert.equal(
      await at.outcome('person.disable', { person, reason: 'again' }),
      `the person has been disabled since ${TODAY}`,
    );
    assert.equal(
      await at.outcome('grant.give', { person, role: 'isso', over: 'agency' }),
      'the person is disabled: enable them first',
    );
    await at.act('person.enable', { person, reason: 'returned' });
    const now = await find(person);
    assert.deepEqual([now?.disabledFor, now?.lastDisabled], [null, first.recorded]);
  });

  test('nobody disables or enables themselves, by a token neither', async () => {
    const person = await at.add('demo.self');
    for (const self of [
      actorOf(keyOf(person)),
      { ...actorOf(keyOf(person)), name: `person:${person}/token:1` },
    ])
      assert.match(
        await at.outcome('person.disable', { person, reason: 'x' }, self),
        /^nobody disables themselves/,
      );
    await at.act('person.disable', { person, reason: 'left' });
    const self = actorOf(keyOf(person));
    assert.equal(
      await at.outcome('person.enable', { person, reason: 'x' }, self),
      'nobody enables themselves',
    );
    // Whose key only begins alike is somebody else.
    const other = { ...self, name: `person:${person}0` };
    assert.match(await at.outcome('person.enable', { person, reason: 'x' }, other), /^entry \d+$/);
  });

  test('the last administrator stays one, and able to sign in', async () => {
    const own = await openAgency(database, 'LAST');
    const [one, two] = [await own.add('demo.one'), await own.add('demo.two')];
    const first = await own.grant(one, 'administrator');
    const disable = (person: string) => own.outcome('person.disable', { person, reason: 'x' });
    const end = (grant: string) => own.outcome('grant.end', { grant, reason: 'x' });
    assert.equal(await disable(one), LAST);
    assert.equal(await end(first), LAST);
    const second = await own.grant(two, 'administrator');
    assert.match(await disable(two), /^entry \d+$/);
    assert.deepEqual([await disable(one), await end(first)], [LAST, LAST], 'the other is disabled');
    await own.act('person.enable', { person: two, reason: 'x' });
    assert.match(await end(first), /^entry \d+$/);
    assert.equal(await end(second), LAST, 'the other’s has ended');
    const passing = await own.grant(one, 'administrator', { until: '2026-03-12' });
    assert.equal(await end(second), LAST, 'the other’s has an end');
    assert.match(await end(passing), /^entry \d+$/);
    await own.grant(one, 'administrator', { from: '2026-03-12' });
    assert.equal(await end(second), LAST, 'the other’s begins tomorrow');
    const tomorrow = everyRole('operator:test');
    assert.match(
      await own.outcome('grant.end', { grant: second, reason: 'x' }, tomorrow, '2026-03-12' as typeof TODAY),
      /^entry \d+$/,
    );
    await own.close();
  });

  test('two administrators who end one another at the same moment: one stays', async () => {
    for (let round = 0; round < 4; round += 1) {
      const own = await openAgency(database, `PAIR-${round}`);
      const people = [await own.add('demo.one'), await own.add('demo.two')];
      const grants = [
        await own.grant(people[0] ?? '', 'administrator'),
        await own.grant(people[1] ?? '', 'administrator'),
      ];
      const found = await Promise.all([
        own.outcome('person.disable', { person: people[0], reason: 'x' }),
        own.outcome('grant.end', { grant: grants[1], reason: 'x' }),
      ]);
      assert.equal(found.filter((each) => each === LAST).length, 1);
      await own.close();
    }
  });

  test('only an administrator of the whole agency may', async () => {
    const person = await at.add('demo.someone');
    const others = everyRole('person:1.1').grants.filter(({ role }) => role !== 'administrator');
    const system = { over: 'system' as const, system: 'ECM' };
    for (const grants of [others, [{ role: 'administrator' as const, reach: system }]])
      for (const [name, input] of [
        ['person.add', { name: 'x', signInName: 'x' }],
        ['person.change', { person, name: 'y' }],
        ['person.disable', { person, reason: 'x' }],
        ['person.enable', { person, reason: 'x' }],
        ['grant.give', { person, role: 'isso', over: 'agency' }],
        ['grant.end', { grant: '1.1', reason: 'x' }],
      ] as const)
        assert.match(await at.outcome(name, input, { name: 'person:1.1', grants }), /^NOT_ALLOWED/, name);
  });
});
