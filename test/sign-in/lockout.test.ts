import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  entriesOf,
  MINUTE,
  newLocal,
  openWorld,
  over,
  recordOf,
  refusalOf,
  SECOND,
  signIn,
  trySignIn,
  whoAmI,
  wrongCode,
  type Local,
  type World,
} from './world.ts';

const REFUSED = '401 SIGN_IN_REFUSED';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

async function someone(): Promise<Local> {
  const { local } = await newLocal(world, over('isso'));
  world.clock.forward(MINUTE);
  return local;
}

async function fail(local: Local, times = 3): Promise<void> {
  for (let n = 0; n < times; n += 1) await trySignIn(world, local, { password: 'wrong' });
}

async function stateOf({ key }: Local): Promise<object> {
  return world.house.store.read(world.north.agency, (tx) =>
    tx.row(
      'select failures, locked_until as until, failed_since as since from sign_in_state where agency_id = $1 and person_key = $2',
      [tx.agency, key],
    ),
  );
}

const inFifteen = () => new Date(world.clock.now().getTime() + 15 * MINUTE).toISOString();

test('of twenty guesses at once three are looked at', async () => {
  const local = await someone();
  const guesses = Array.from({ length: 20 }, (_, n) => trySignIn(world, local, { password: `guess ${n}` }));
  const answers = await Promise.all(guesses);
  assert.ok(answers.every((answer) => refusalOf(answer) === REFUSED));
  assert.deepEqual(await stateOf(local), { failures: 3, until: inFifteen(), since: 20 });
  assert.equal((await entriesOf(world, 'person.locked', local)).length, 1);
  assert.equal(refusalOf(await trySignIn(world, local)), REFUSED);
});

test('three failures lock for 15 minutes: two do not, the right password does not help, then it works', async () => {
  const local = await someone();
  await fail(local, 2);
  assert.equal(refusalOf(await trySignIn(world, local)), '200');
  world.clock.forward(MINUTE);
  await fail(local, 3);
  assert.equal(refusalOf(await trySignIn(world, local)), REFUSED);
  world.clock.forward(15 * MINUTE - SECOND);
  assert.equal(refusalOf(await trySignIn(world, local)), REFUSED);
  world.clock.forward(SECOND);
  assert.equal(refusalOf(await trySignIn(world, local)), '200');
});

test('wrong codes lock as wrong passwords do, and both together', async () => {
  const local = await someone();
  const code = wrongCode(local.totp, world.clock.now());
  await trySignIn(world, local, { code });
  await trySignIn(world, local, { password: 'wrong' });
  await trySignIn(world, local, { code: undefined });
  assert.deepEqual(await stateOf(local), { failures: 3, until: inFifteen(), since: 3 });
});

test('the record says so once, by nobody in particular, and the person is told at the next sign-in', async () => {
  const local = await someone();
  await fail(local, 5);
  const until = inFifteen();
  const [entry, ...more] = await entriesOf(world, 'person.locked', local);
  assert.deepEqual(more, []);
  assert.deepEqual(
    [entry?.actor, entry?.subject, entry?.body],
    ['muster', `person:${local.person}`, { who: `person:${local.person}`, failures: 3, until }],
  );
  world.clock.forward(15 * MINUTE);
  const browser = await signIn(world, local);
  const me = (await browser.get('/api/me')).json() as { failedSince: number };
  assert.equal(me.failedSince, 5, 'those during the lock too');
});

test('a sign-in takes the count back', async () => {
  const local = await someone();
  for (let round = 0; round < 3; round += 1) {
    await fail(local, 2);
    assert.equal(await whoAmI(await signIn(world, local)), '200');
    assert.deepEqual(await stateOf(local), { failures: 0, until: null, since: 0 });
  }
  assert.deepEqual(await entriesOf(world, 'person.locked', local), []);
});

test('it locks one person, and no session of theirs', async () => {
  const { local, browser } = await newLocal(world, over('isso'));
  const other = await someone();
  await fail(local);
  assert.equal(await whoAmI(browser), '200');
  assert.equal(refusalOf(await trySignIn(world, other)), '200');
});

test('names that nobody has lock nobody, and are not recorded', async () => {
  const before = (await recordOf(world)).length;
  const local = await someone();
  const begun = (await recordOf(world)).length;
  for (let n = 0; n < 5; n += 1) await trySignIn(world, local, { signInName: 'nobody' });
  assert.equal((await recordOf(world)).length, begun);
  assert.ok(begun > before);
  assert.equal(refusalOf(await trySignIn(world, local)), '200');
});
