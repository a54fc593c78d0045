import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { addPerson } from '../people.ts';
import type { Browser } from './browser.ts';
import {
  codeAt,
  entriesOf,
  letIn,
  MINUTE,
  newLocal,
  openWorld,
  over,
  PASSWORD,
  refusalOf,
  SECOND,
  signIn,
  trySignIn,
  whoAmI,
  wrongCode,
  type Local,
  type World,
} from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

const NEW = 'copper kettle 92 violin';
const REFUSED = '401 SIGN_IN_REFUSED';

interface Credential {
  readonly credential: number;
  readonly kind: string;
  readonly lastUsed: string | null;
}

async function credentialsOf(browser: Browser): Promise<Credential[]> {
  return ((await browser.get('/api/me')).json() as { credentials: Credential[] }).credentials;
}

function change(browser: Browser, said: object = {}) {
  return browser.post('/api/me/password', { current: PASSWORD, password: NEW, ...said });
}

/** What an answer refuses of which field. */
function fieldOf(answer: { readonly text: string }): string {
  const { error } = JSON.parse(answer.text) as { error?: { refused: { at: string; reason: string }[] } };
  return (error?.refused ?? []).map(({ at, reason }) => `${at}: ${reason}`).join();
}

async function set(local: Local): Promise<string[]> {
  return (await entriesOf(world, 'credential.set', local)).map(({ body }) => (body as { what: string }).what);
}

describe('one’s own password', () => {
  test('is changed by whoever knows it; other sessions end, this one and the authenticator stay', async () => {
    const { local, browser } = await newLocal(world, over('isso'));
    const other = await signIn(world, local);
    const answer = await change(browser);
    assert.deepEqual([answer.status, answer.json()], [200, {}]);
    assert.deepEqual([await whoAmI(browser), await whoAmI(other)], ['200', '401 SIGN_IN_REQUIRED']);
    world.clock.forward(MINUTE);
    assert.equal(refusalOf(await trySignIn(world, local)), REFUSED);
    assert.equal(await whoAmI(await signIn(world, { ...local, password: NEW })), '200');
    assert.deepEqual(await set(local), ['password', 'totp', 'password']);
  });

  test('is not changed for one that will not do, and nothing ends', async () => {
    const { local, browser } = await newLocal(world, over('isso'));
    const other = await signIn(world, local);
    for (const [password, why] of [
      ['short', /^password: use at least 15 characters/],
      ['passwordpassword', /^password: it is easily guessed/],
      [`${local.signInName} ${local.signInName}`, /^password: without your sign-in name/],
    ] as const)
      assert.match(fieldOf(await change(browser, { password })), why);
    for (const said of [{ current: undefined }, { password: undefined }, { more: 1 }])
      assert.equal(refusalOf(await change(browser, said)), '400 BAD_REQUEST');
    assert.equal(await whoAmI(other), '200');
    assert.deepEqual(await set(local), ['password', 'totp']);
    const me = (await browser.get('/api/me')).json() as { failedSince: number };
    assert.equal(me.failedSince, 0, 'no try was counted');
  });

  test('wrong ones count towards the lock, together with sign-ins, and the right one helps no more', async () => {
    const { local, browser } = await newLocal(world, over('isso'));
    world.clock.forward(MINUTE);
    await trySignIn(world, local, { password: 'wrong' });
    const WRONG = 'current: is not your password, or the account is locked for a while';
    assert.equal(fieldOf(await change(browser, { current: 'wrong' })), WRONG);
    assert.equal(fieldOf(await change(browser, { current: '' })), WRONG);
    assert.equal((await entriesOf(world, 'person.locked', local)).length, 1);
    assert.equal(fieldOf(await change(browser)), WRONG);
    assert.equal(refusalOf(await trySignIn(world, local)), REFUSED);
    world.clock.forward(15 * MINUTE - SECOND);
    assert.equal(refusalOf(await trySignIn(world, local)), REFUSED);
    world.clock.forward(SECOND);
    const again = await signIn(world, local);
    assert.equal((await change(again)).status, 200);
  });

  test('the right one takes earlier failures back', async () => {
    const { local, browser } = await newLocal(world, over('isso'));
    for (let round = 0; round < 2; round += 1) {
      await change(browser, { current: 'wrong' });
      await change(browser, { current: 'wrong' });
      const said = round === 0 ? {} : { current: NEW, password: PASSWORD };
      assert.equal((await change(browser, said)).status, 200);
    }
    assert.deepEqual(await entriesOf(world, 'person.locked', local), []);
  });

  test('of two that know it, at the same moment, one changes it', async () => {
    const { local, browser } = await newLocal(world, over('isso'));
    const passwords = ['copper kettle 92 violin', 'granite sparrow 31 tunnel'];
    const found = await Promise.all(passwords.map((password) => change(browser.copy(), { password })));
    assert.deepEqual(found.map(refusalOf).toSorted(), ['200', '400 BAD_REQUEST']);
    const winner = passwords[found.findIndex(({ status }) => status === 200)] ?? '';
    world.clock.forward(MINUTE);
    assert.equal((await trySignIn(world, { ...local, password: winner })).status, 200);
  });

  test('whoever has none is told so', async () => {
    const { browser } = await letIn(world, over('isso'));
    assert.equal(refusalOf(await change(browser)), '409 ACT_REFUSED');
    assert.equal(refusalOf(await browser.post('/api/me/totp/begin')), '409 ACT_REFUSED');
  });
});

describe('one’s own authenticator', () => {
  async function begin(browser: Browser): Promise<string> {
    const begun = await browser.post('/api/me/totp/begin');
    assert.equal(begun.status, 200, begun.text);
    const said = begun.json() as { secret: string; address: string };
    assert.deepEqual(Object.keys(said).toSorted(), ['address', 'secret']);
    assert.equal(new URL(said.address).searchParams.get('secret'), said.secret);
    return said.secret;
  }

  const finish = (browser: Browser, code: string) => browser.post('/api/me/totp/finish', { code });

  test('is renewed with the code that the new one shows, which is spent then', async () => {
    const { local, browser } = await newLocal(world, over('isso'));
    world.clock.forward(MINUTE);
    const totp = await begin(browser);
    assert.notEqual(totp, local.totp);
    assert.equal(refusalOf(await trySignIn(world, local)), '200', 'until then the one before holds');
    assert.equal((await finish(browser, codeAt(totp, world.clock.now()))).status, 200);
    assert.equal((await credentialsOf(browser)).length, 2);
    const renewed = { ...local, totp };
    assert.equal(refusalOf(await trySignIn(world, renewed)), REFUSED, 'the code is spent');
    world.clock.forward(30 * SECOND);
    assert.equal(refusalOf(await trySignIn(world, local)), REFUSED, 'the one before is gone');
    assert.equal(await whoAmI(await signIn(world, renewed)), '200');
    assert.deepEqual(await set(local), ['password', 'totp', 'totp']);
  });

  test('stays as it was with a wrong code; the right one may follow', async () => {
    const { local, browser } = await newLocal(world, over('isso'));
    const totp = await begin(browser);
    const now = () => world.clock.now();
    assert.match(fieldOf(await finish(browser, wrongCode(totp, now()))), /^code: is not the code/);
    assert.equal(refusalOf(await finish(browser, codeAt(local.totp, now()))), '400 BAD_REQUEST');
    assert.deepEqual(await set(local), ['password', 'totp']);
    assert.equal(await whoAmI(await signIn(world, local)), '200');
    const another = await begin(browser);
    assert.equal(
      refusalOf(await finish(browser, codeAt(totp, now()))),
      '400 BAD_REQUEST',
      'of the one before',
    );
    assert.equal(refusalOf(await finish(browser, codeAt(another, now()))), '200');
  });

  test('an attempt is good once, for its person, for what it was begun for, for ten minutes', async () => {
    const { browser } = await newLocal(world, over('isso'));
    const { browser: stranger } = await newLocal(world, over('isso'));
    const totp = await begin(browser);
    const kept = browser.cookies.get('__Host-muster-attempt') ?? '';
    const code = () => codeAt(totp, world.clock.now());
    stranger.cookies.set('__Host-muster-attempt', kept);
    assert.equal(refusalOf(await finish(stranger, code())), '400 BAD_REQUEST', 'another person');
    assert.equal(refusalOf(await finish(browser, code())), '200');
    browser.cookies.set('__Host-muster-attempt', kept);
    assert.equal(refusalOf(await finish(browser, code())), '400 BAD_REQUEST', 'it was used');
    browser.cookies.delete('__Host-muster-attempt');
    assert.equal(refusalOf(await finish(browser, code())), '400 BAD_REQUEST', 'none');
    await browser.post('/api/me/passkeys/begin');
    assert.equal(refusalOf(await finish(browser, code())), '400 BAD_REQUEST', 'for something else');
    for (const [wait, expected] of [
      [10 * MINUTE - SECOND, '200'],
      [10 * MINUTE, '400 BAD_REQUEST'],
      [10 * MINUTE + SECOND, '400 BAD_REQUEST'],
    ] as const) {
      const { browser: own } = await newLocal(world, over('isso'));
      const secret = await begin(own);
      world.clock.forward(wait);
      assert.equal(refusalOf(await finish(own, codeAt(secret, world.clock.now()))), expected, `${wait}`);
    }
    const { browser: own } = await newLocal(world, over('isso'));
    const secret = await begin(own);
    const both = await Promise.all(
      [own.copy(), own.copy(), own.copy()].map((each) => finish(each, codeAt(secret, world.clock.now()))),
    );
    assert.equal(both.filter(({ status }) => status === 200).length, 1);
  });
});

test('ways to sign in are changed within 15 minutes of signing in, to the second, however much is asked', async () => {
  for (const [wait, isFresh] of [
    [15 * MINUTE - SECOND, true],
    [15 * MINUTE, true],
    [15 * MINUTE + SECOND, false],
  ] as const) {
    const { browser } = await newLocal(world, over('isso'));
    world.clock.forward(8 * MINUTE);
    assert.equal(await whoAmI(browser), '200');
    world.clock.forward(wait - 8 * MINUTE);
    for (const [path, input] of [
      ['/api/me/totp/begin', {}],
      ['/api/me/totp/finish', { code: '000000' }],
      ['/api/me/passkeys/begin', {}],
      ['/api/me/passkeys/finish', { response: {}, label: 'Demo' }],
      ['/api/me/credentials/remove', { credential: 999_999 }],
      ['/api/me/tokens', { name: 'Demo', roles: ['ciso'], days: 1 }],
    ] as const) {
      const found = refusalOf(await browser.post(path, input));
      assert.equal(found === '403 SIGN_IN_AGAIN', !isFresh, `${path}: ${found}`);
    }
    const revoke = await browser.post('/api/me/tokens/revoke', { token: 1 });
    assert.equal(refusalOf(revoke), '404 NOT_FOUND', 'what takes away is not held up');
    assert.equal((await change(browser)).status, isFresh ? 200 : 403, 'the password, too');
  }
});

test('signing in again in the same browser makes it fresh', async () => {
  const { local, browser } = await newLocal(world, over('isso'));
  world.clock.forward(8 * MINUTE);
  await whoAmI(browser);
  world.clock.forward(8 * MINUTE);
  assert.equal(refusalOf(await browser.post('/api/me/totp/begin')), '403 SIGN_IN_AGAIN');
  await signIn(world, local, browser);
  assert.equal(refusalOf(await browser.post('/api/me/totp/begin')), '200');
});

test('the last way stays: a password does not go without another, and its authenticator not alone', async () => {
  const { browser } = await newLocal(world, over('isso'));
  const ways = await credentialsOf(browser);
  assert.deepEqual(
    ways.map(({ kind }) => kind),
    ['password', 'totp'],
  );
  for (const { credential } of ways)
    assert.equal(
      refusalOf(await browser.post('/api/me/credentials/remove', { credential })),
      '409 ACT_REFUSED',
    );
  assert.equal((await credentialsOf(browser)).length, 2);
  const { browser: other } = await newLocal(world, over('isso'));
  const [theirs] = await credentialsOf(other);
  for (const credential of [theirs?.credential, 999_999])
    assert.equal(
      refusalOf(await browser.post('/api/me/credentials/remove', { credential })),
      '404 NOT_FOUND',
    );
  for (const credential of [0, -1, 'x', null, undefined])
    assert.equal(
      refusalOf(await browser.post('/api/me/credentials/remove', { credential })),
      '400 BAD_REQUEST',
    );
  assert.equal((await credentialsOf(other)).length, 2);
});

test('somebody who was added and has set up nothing has no way in', async () => {
  const { house, north } = world;
  const key = await addPerson(house, north, over('isso'), 'demo.nothing');
  const local = {
    agency: north,
    key,
    person: '',
    signInName: 'demo.nothing',
    password: '',
    totp: 'A'.repeat(32),
  };
  for (const said of [{}, { password: PASSWORD }, { code: undefined }])
    assert.equal(refusalOf(await trySignIn(world, local, said)), REFUSED);
});
