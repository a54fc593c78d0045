import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { offerSetUp } from '../../src/doors/sign-in/set-up.ts';
import { keyText } from '../../src/record/index.ts';
import { addPerson } from '../people.ts';
import { Browser } from './browser.ts';
import {
  codeAt,
  entriesOf,
  HOUR,
  MINUTE,
  newLocal,
  openWorld,
  operate,
  over,
  PASSWORD,
  refusalOf,
  SECOND,
  signIn,
  trySignIn,
  whoAmI,
  wrongCode,
  type World,
} from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

const SPENT = '410 LINK_SPENT';

async function newLink(key?: number): Promise<{ readonly key: number; readonly token: string }> {
  const { house, north } = world;
  const person = key ?? (await addPerson(house, north, over('isso')));
  return { key: person, token: (await offerSetUp(house, north, house.operator, person)).token };
}

interface Begun {
  readonly totp: { readonly secret: string; readonly address: string };
}

async function begin(token: string): Promise<Begun> {
  const begun = await new Browser(world.address).post('/api/set-up/begin', { token });
  assert.equal(begun.status, 200, begun.text);
  return begun.json() as Begun;
}

/** Finishes with what is right, but for what is said. */
async function finish(
  token: string,
  secret: string,
  over: object = {},
  browser = new Browser(world.address),
) {
  const code = codeAt(secret, world.clock.now());
  return browser.post('/api/set-up/password', { token, password: PASSWORD, code, ...over });
}

/** How many ways to sign in a person has, and how many entries say that one was set. */
async function waysOf(key: number): Promise<readonly [ways: number, set: number]> {
  const { house, north } = world;
  const rows = await house.store.read(north.agency, (tx) =>
    tx.rows('select 1 from credential where agency_id = $1 and person_key = $2', [tx.agency, key]),
  );
  const subject = `person:${keyText(key)}`;
  const set = await house.store.read(north.agency, (tx) =>
    tx.rows(`select 1 from entry where agency_id = $1 and kind = 'credential.set' and subject = $2`, [
      tx.agency,
      subject,
    ]),
  );
  return [rows.length, set.length];
}

test('from the link to a session: password, authenticator, and the code is spent', async () => {
  const { key, token } = await newLink();
  const begun = await begin(token);
  assert.equal(new URL(begun.totp.address).protocol, 'otpauth:');
  assert.equal(new URL(begun.totp.address).searchParams.get('secret'), begun.totp.secret);
  const browser = new Browser(world.address);
  const done = await finish(token, begun.totp.secret, {}, browser);
  assert.deepEqual([done.status, done.json()], [200, { signedIn: true }]);
  assert.equal(await whoAmI(browser), '200');
  assert.deepEqual(await waysOf(key), [2, 2]);
  const status = (await browser.get('/api/status')).json() as { person: object; roles: string[] };
  assert.deepEqual(status.roles, ['isso']);
  assert.equal((status.person as { person: string }).person, keyText(key));
  const me = (await browser.get('/api/me')).json() as Record<string, unknown>;
  assert.deepEqual([me['lastSignIn'], me['failedSince']], [null, 0]);

  const { signInName } = status.person as { signInName: string };
  const local = {
    agency: world.north,
    key,
    person: keyText(key),
    signInName,
    password: PASSWORD,
    totp: begun.totp.secret,
  };
  assert.equal(
    refusalOf(await trySignIn(world, local)),
    '401 SIGN_IN_REFUSED',
    'the code was used to set up',
  );
  assert.equal(await whoAmI(await signIn(world, local)), '200');
});

test('whom the link is for is told, and the same secret each time', async () => {
  const { token } = await newLink();
  const [first, second] = await Promise.all([begin(token), begin(token)]);
  assert.deepEqual(first, second);
  assert.deepEqual(await begin(token), first);
  const { totp: _, ...said } = first as Begun & Record<string, unknown>;
  assert.match(String(said['signInName']), /^demo\.person-\d+$/);
  assert.deepEqual(
    { ...said, signInName: '' },
    {
      agency: 'NORTH',
      name: 'Demo Person',
      signInName: '',
      demonstration: false,
      leastCharacters: 15,
      passkeys: true,
    },
  );
});

test('a link is good once', async () => {
  const { key, token } = await newLink();
  const { totp } = await begin(token);
  assert.equal((await finish(token, totp.secret)).status, 200);
  assert.equal(refusalOf(await finish(token, totp.secret)), SPENT);
  assert.equal(refusalOf(await new Browser(world.address).post('/api/set-up/begin', { token })), SPENT);
  const again = await new Browser(world.address).post('/api/set-up/passkey/begin', { token });
  assert.equal(refusalOf(again), SPENT);
  assert.deepEqual(await waysOf(key), [2, 2]);
});

test('of many uses at the same moment one is let in', async () => {
  const { key, token } = await newLink();
  const { totp } = await begin(token);
  const all = await Promise.all(Array.from({ length: 6 }, () => finish(token, totp.secret)));
  assert.deepEqual(all.map(refusalOf).toSorted(), ['200', ...Array.from({ length: 5 }, () => SPENT)]);
  assert.deepEqual(await waysOf(key), [2, 2]);
  const sessions = await world.house.store.read(world.north.agency, (tx) =>
    tx.rows('select 1 from session where agency_id = $1 and person_key = $2', [tx.agency, key]),
  );
  assert.equal(sessions.length, 1);
});

test('a link is good for 24 hours and no second longer', async () => {
  for (const [after, expected] of [
    [24 * HOUR - SECOND, '200'],
    [24 * HOUR, SPENT],
    [24 * HOUR + SECOND, SPENT],
  ] as const) {
    const { key, token } = await newLink();
    const { totp } = await begin(token);
    world.clock.forward(after);
    assert.equal(refusalOf(await new Browser(world.address).post('/api/set-up/begin', { token })), expected);
    assert.equal(refusalOf(await finish(token, totp.secret)), expected);
    assert.deepEqual(await waysOf(key), expected === '200' ? [2, 2] : [0, 0]);
  }
});

test('a newer link takes the place of the one before, also where both are made at once', async () => {
  const { key, token } = await newLink();
  const { totp } = await begin(token);
  const newer = await newLink(key);
  assert.equal(refusalOf(await finish(token, totp.secret)), SPENT);
  const both = await Promise.all([newLink(key), newLink(key), newLink(key)]);
  const { north } = world;
  const kept = await world.house.store.read(north.agency, (tx) =>
    tx.rows('select 1 from set_up_link where agency_id = $1 and person_key = $2', [tx.agency, key]),
  );
  assert.equal(kept.length, 1);
  const tried = await Promise.all(
    [newer, ...both].map(async (link) =>
      refusalOf(await new Browser(world.address).post('/api/set-up/begin', { token: link.token })),
    ),
  );
  assert.deepEqual(tried.toSorted(), ['200', SPENT, SPENT, SPENT]);
});

test('a link that is none, of another agency, or of nobody', async () => {
  const { token } = await newLink();
  const [agency = '', secret = ''] = token.split('.');
  const forged = [
    `${Number(agency) + 1}.${secret}`,
    `0.${secret}`,
    `${agency}.${secret.toLowerCase()}`,
    secret,
    '',
    'x',
  ];
  for (const each of [...forged, `first.${token}`, `${token}.`, `${agency}0.${secret}`])
    for (const path of ['begin', 'passkey/begin'])
      assert.equal(
        refusalOf(await new Browser(world.address).post(`/api/set-up/${path}`, { token: each })),
        SPENT,
        each,
      );
  assert.equal((await begin(token)).totp.secret.length, 32);
});

test('a password is refused for each reason, a code where it is wrong, and nothing is changed', async () => {
  const { key, token } = await newLink();
  const { totp } = await begin(token);
  const { clock } = world;
  const why = async (said: object) => {
    const refused = await finish(token, totp.secret, said);
    const { error } = refused.json() as {
      error: { code: string; refused: { at: string; reason: string }[] };
    };
    assert.deepEqual([refused.status, error.code, refused.setCookies], [400, 'BAD_REQUEST', []]);
    assert.equal(error.refused.length, 1);
    return `${error.refused[0]?.at}: ${error.refused[0]?.reason}`;
  };
  assert.match(await why({ password: 'short' }), /^password: use at least 15 characters/);
  assert.match(await why({ password: 'x'.repeat(129) }), /^password: use at most 128 characters/);
  assert.match(await why({ password: 'passwordpassword' }), /^password: it is easily guessed/);
  assert.match(await why({ password: 'north north north' }), /^password: without your sign-in name/);
  assert.match(await why({ password: 'Demo Person Demo Person' }), /^password: without your sign-in name/);
  assert.match(await why({ password: `lantern orbit\t47 maple` }), /^password: leave out what is not text/);
  assert.match(await why({ code: wrongCode(totp.secret, clock.now()) }), /^code: is not the code/);
  assert.match(await why({ code: codeAt(totp.secret, clock.now(), -2) }), /^code: is not the code/);
  assert.match(await why({ code: codeAt(totp.secret, clock.now(), 2) }), /^code: is not the code/);
  assert.match(await why({ code: '' }), /^code: is not the code/);
  assert.match(await why({ code: undefined }), /^code: is not the code/);
  assert.match(await why({ role: 'administrator' }), /^input: has no field role/);
  assert.deepEqual(await waysOf(key), [0, 0]);
  assert.equal((await finish(token, totp.secret)).status, 200, 'the link is still good');
});

test('without a look at the authenticator’s secret no code is right', async () => {
  const { token } = await newLink();
  assert.equal(refusalOf(await finish(token, 'A'.repeat(32))), '400 BAD_REQUEST');
});

test('the link of a person who is disabled is spent, and none is made for them', async () => {
  const { key, token } = await newLink();
  const { totp } = await begin(token);
  await operate(world, 'person.disable', { person: keyText(key), reason: 'left' });
  assert.equal(refusalOf(await finish(token, totp.secret)), SPENT);
  await assert.rejects(newLink(key), { code: 'ACT_REFUSED' });
  assert.deepEqual(await waysOf(key), [0, 0]);
});

test('a link of before a disablement is good no more, also once the person is enabled again', async () => {
  const { local } = await newLocal(world, over('isso'));
  const { token } = await newLink(local.key);
  const person = keyText(local.key);
  await operate(world, 'person.disable', { person, reason: 'a trial' });
  world.clock.forward(SECOND);
  await operate(world, 'person.enable', { person, reason: 'a trial' });
  assert.equal(
    refusalOf(await new Browser(world.address).post('/api/set-up/begin', { token })),
    '410 LINK_SPENT',
  );
  assert.ok((await begin((await newLink(local.key)).token)).totp.secret, 'a new one is');
});

test('what a person had before is gone: password, authenticator, sessions, tokens, lock', async () => {
  const { local, browser } = await newLocal(world, over('isso'));
  for (let tries = 0; tries < 3; tries += 1) await trySignIn(world, local, { password: 'wrong' });
  const made = await browser.post('/api/me/tokens', { name: 'Demo program', roles: ['isso'], days: 1 });
  const program = { authorization: `Bearer ${(made.json() as { secret: string }).secret}` };
  const byToken = async () => (await fetch(`${world.address}/api/status`, { headers: program })).status;
  const { token } = await newLink(local.key);
  const { totp } = await begin(token);
  assert.notEqual(totp.secret, local.totp);
  assert.deepEqual([await whoAmI(browser), await byToken()], ['200', 200], 'until the link is used');
  const anew = new Browser(world.address);
  const password = 'copper kettle 92 violin';
  assert.equal((await finish(token, totp.secret, { password }, anew)).status, 200);
  assert.deepEqual([await whoAmI(browser), await byToken()], ['401 SIGN_IN_REQUIRED', 401]);
  assert.equal(await whoAmI(anew), '200');
  const me = (await anew.get('/api/me')).json() as { failedSince: number };
  assert.equal(me.failedSince, 3);
  world.clock.forward(MINUTE);
  const now = { ...local, password, totp: totp.secret };
  for (const before of [
    { ...now, password: local.password },
    { ...now, totp: local.totp },
  ])
    assert.equal(refusalOf(await trySignIn(world, before)), '401 SIGN_IN_REFUSED');
  assert.equal(await whoAmI(await signIn(world, now)), '200');
});

test('by its administrator over HTTP; not for themselves, not by others, not by a token', async () => {
  const { local: admin, browser } = await newLocal(world, over('administrator'));
  const key = await addPerson(world.house, world.north, over('isso'));
  const path = (person: string) => `/api/agencies/NORTH/people/${person}/set-up-link`;
  const made = await browser.post(path(keyText(key)));
  assert.equal(made.status, 200, made.text);
  const { link, ends } = made.json() as { link: string; ends: string };
  assert.equal(Date.parse(ends) - world.clock.now().getTime(), 24 * HOUR);
  const { origin, pathname, search, hash } = new URL(link);
  assert.deepEqual([origin, pathname, search], [world.address, '/set-up', '']);
  assert.ok((await begin(hash.slice(1))).totp.secret);
  const person = { ...admin, key, person: keyText(key) };
  const [offered] = await entriesOf(world, 'person.set-up-offered', person);
  assert.deepEqual(
    [offered?.actor, offered?.body],
    [`person:${admin.person}`, { who: `person:${keyText(key)}` }],
  );

  assert.equal(refusalOf(await browser.post(path(admin.person))), '409 ACT_REFUSED');
  for (const unknown of ['99.1', 'x', '0.0', '1e3'])
    assert.equal(refusalOf(await browser.post(path(unknown))), '404 NOT_FOUND');
  const token = await browser.post('/api/me/tokens', { name: 'Demo', roles: ['administrator'], days: 1 });
  const { secret } = token.json() as { secret: string };
  const program = new Browser(world.address);
  const bearer = { authorization: `Bearer ${secret}` };
  for (const whose of [admin.person, keyText(key)])
    assert.equal(refusalOf(await program.post(path(whose), {}, bearer)), '403 NOT_ALLOWED');
  world.clock.forward(8 * MINUTE);
  assert.equal(await whoAmI(browser), '200');
  world.clock.forward(7 * MINUTE + SECOND);
  assert.equal(refusalOf(await browser.post(path(keyText(key)))), '403 SIGN_IN_AGAIN');
  const { browser: other } = await newLocal(world, over('isso', 'ciso', 'program-office'));
  assert.equal(refusalOf(await other.post(path(admin.person))), '403 NOT_ALLOWED');
  assert.equal(refusalOf(await new Browser(world.address).post(path(admin.person))), '401 SIGN_IN_REQUIRED');
});
