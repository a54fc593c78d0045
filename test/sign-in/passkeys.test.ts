import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { offerSetUp } from '../../src/doors/sign-in/set-up.ts';
import {
  makePasskey,
  newDevice,
  signWithPasskey,
  USER_PRESENT,
  type TrialDevice,
  type Wrong,
} from '../../src/doors/sign-in/trial-passkey.ts';
import { keyText } from '../../src/record/index.ts';
import { newAgency } from '../house.ts';
import { addPerson } from '../people.ts';
import { Browser, type Answer } from './browser.ts';
import {
  entriesOf,
  letIn,
  MINUTE,
  newLocal,
  noticeOf,
  openWorld,
  operate,
  over,
  PASSWORD,
  refusalOf,
  SECOND,
  signIn,
  trySignIn,
  whoAmI,
  type Local,
  type World,
} from './world.ts';

const REFUSED = '401 SIGN_IN_REFUSED';
const RP_ID = 'localhost';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

/** An authenticator with a passkey of somebody's. */
interface Holder {
  readonly device: TrialDevice;
  readonly userHandle: string;
}

interface Creation {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string; readonly name: string };
  readonly excludeCredentials: readonly { readonly id: string }[];
}

function asked(challenge: string, userHandle?: string) {
  return { challenge, origin: world.address, rpId: RP_ID, userHandle };
}

/** Adds a passkey of one's own. */
async function add(
  browser: Browser,
  {
    device = newDevice(),
    wrong = {},
    label = 'Demo key',
  }: { device?: TrialDevice; wrong?: Wrong; label?: string } = {},
): Promise<{ readonly answer: Answer; readonly holder: Holder; readonly options: Creation }> {
  const begun = await browser.post('/api/me/passkeys/begin');
  assert.equal(begun.status, 200, begun.text);
  const { options } = begun.json() as { options: Creation };
  const response = makePasskey(device, asked(options.challenge), wrong);
  const answer = await browser.post('/api/me/passkeys/finish', { response, label });
  return { answer, options, holder: { device, userHandle: options.user.id } };
}

async function begin(browser: Browser, agency = 'NORTH'): Promise<string> {
  const begun = await browser.post('/api/sign-in/passkey/begin', { agency, notice: await noticeOf(browser) });
  assert.equal(begun.status, 200, begun.text);
  const { options } = begun.json() as { options: { challenge: string; allowCredentials?: unknown } };
  assert.equal(options.allowCredentials, undefined, 'whose passkeys there are is not told');
  return options.challenge;
}

function finish(browser: Browser, { device, userHandle }: Holder, challenge: string, wrong: Wrong = {}) {
  const response = signWithPasskey(device, asked(challenge, userHandle), wrong);
  return browser.post('/api/sign-in/passkey/finish', { response });
}

async function signInBy(holder: Holder, wrong: Wrong = {}, agency = 'NORTH') {
  const browser = new Browser(world.address);
  const answer = await finish(browser, holder, await begin(browser, agency), wrong);
  return { browser, answer };
}

/** Someone with a passkey and nothing else, by a set-up link. */
async function newHolder(agency = world.north): Promise<{ local: Local; holder: Holder; browser: Browser }> {
  const { house } = world;
  const key = await addPerson(house, agency, over('isso'));
  const { token } = await offerSetUp(house, agency, house.operator, key);
  const browser = new Browser(world.address);
  const begun = await browser.post('/api/set-up/passkey/begin', { token });
  const { options } = begun.json() as { options: Creation };
  const device = newDevice();
  const response = makePasskey(device, asked(options.challenge));
  const done = await browser.post('/api/set-up/passkey/finish', { token, response, label: 'Demo key' });
  assert.equal(done.status, 200, done.text);
  const local = { agency, key, person: keyText(key), signInName: '', password: '', totp: '' };
  return { local, holder: { device, userHandle: options.user.id }, browser };
}

interface Way {
  readonly credential: number;
  readonly kind: string;
  readonly label: string;
  readonly lastUsed: string | null;
}

async function waysOf(browser: Browser): Promise<Way[]> {
  return ((await browser.get('/api/me')).json() as { credentials: Way[] }).credentials;
}

test('set up by a link, it signs in, and the record says how', async () => {
  const { local, holder, browser } = await newHolder();
  assert.equal(await whoAmI(browser), '200');
  const { answer, browser: again } = await signInBy(holder);
  assert.deepEqual([answer.status, answer.json()], [200, { signedIn: true }]);
  assert.equal(await whoAmI(again), '200');
  assert.deepEqual(
    (await entriesOf(world, 'person.signed-in', local)).map(({ body }) => (body as { way: string }).way),
    ['passkey', 'passkey'],
  );
  assert.deepEqual(
    (await entriesOf(world, 'credential.set', local)).map(({ actor, body }) => [actor, body]),
    [[`person:${local.person}`, { who: `person:${local.person}`, what: 'passkey' }]],
  );
  const [way] = await waysOf(again);
  assert.deepEqual(
    [way?.kind, way?.label, way?.lastUsed],
    ['passkey', 'Demo key', world.clock.now().toISOString()],
  );
});

test('added to a password, it is told which there are; removed, it lets nobody in', async () => {
  const { local, browser } = await newLocal(world, over('isso'));
  const first = await add(browser, { label: '  Key on a desk ' });
  assert.equal(first.answer.status, 200, first.answer.text);
  assert.equal(first.options.rp.id, RP_ID);
  const second = await add(browser, { label: 'Another' });
  assert.deepEqual(
    second.options.excludeCredentials.map(({ id }) => id),
    [first.holder.device.id.toString('base64url')],
  );
  assert.deepEqual(
    (await waysOf(browser)).map(({ kind, label }) => [kind, label]),
    [
      ['password', ''],
      ['totp', ''],
      ['passkey', 'Key on a desk'],
      ['passkey', 'Another'],
    ],
  );
  assert.equal((await signInBy(first.holder)).answer.status, 200);
  const gone = (await waysOf(browser)).find(({ label }) => label === 'Another')?.credential;
  assert.equal((await browser.post('/api/me/credentials/remove', { credential: gone })).status, 200);
  assert.equal(refusalOf((await signInBy(second.holder)).answer), REFUSED);
  assert.equal((await signInBy(first.holder)).answer.status, 200);
  const removed = await entriesOf(world, 'credential.removed', local);
  assert.deepEqual(
    removed.map(({ body }) => (body as { what: string }).what),
    ['passkey'],
  );
});

test('the last way stays; a password goes with its authenticator once there is a passkey', async () => {
  const { browser: only } = await newHolder();
  const [way] = await waysOf(only);
  const remove = (of: Browser, credential?: number) => of.post('/api/me/credentials/remove', { credential });
  assert.equal(refusalOf(await remove(only, way?.credential)), '409 ACT_REFUSED');
  assert.equal(
    refusalOf(await only.post('/api/me/totp/begin')),
    '409 ACT_REFUSED',
    'an authenticator alone is no way',
  );

  const { local, browser } = await newLocal(world, over('isso'));
  const { holder } = await add(browser);
  const password = (await waysOf(browser)).find(({ kind }) => kind === 'totp')?.credential;
  assert.equal((await remove(browser, password)).status, 200);
  assert.deepEqual(
    (await waysOf(browser)).map(({ kind }) => kind),
    ['passkey'],
  );
  world.clock.forward(MINUTE);
  assert.equal(refusalOf(await trySignIn(world, local)), REFUSED);
  assert.equal((await signInBy(holder)).answer.status, 200);
  const [last] = await waysOf(browser);
  assert.equal(refusalOf(await remove(browser, last?.credential)), '409 ACT_REFUSED');
});

test('of two ways that are removed at the same moment one stays', async () => {
  const { browser } = await newLocal(world, over('isso'));
  await add(browser);
  const ways = await waysOf(browser);
  const wanted = ways.filter(({ kind }) => kind !== 'totp');
  const found = await Promise.all(
    wanted.map(({ credential }) => browser.copy().post('/api/me/credentials/remove', { credential })),
  );
  assert.deepEqual(found.map(refusalOf).toSorted(), ['200', '409 ACT_REFUSED']);
  assert.ok((await waysOf(browser)).length > 0);
});

test('whatever is wrong with an answer, it is refused like any sign-in', async () => {
  const { holder } = await newHolder();
  const { holder: other } = await newHolder();
  const refused = async (wrong: Wrong, whose: Holder = holder) => {
    const { browser, answer } = await signInBy(whose, wrong);
    assert.equal(refusalOf(answer), REFUSED, JSON.stringify(wrong));
    assert.equal(browser.session, undefined);
  };
  await refused({ challenge: Buffer.alloc(32).toString('base64url') });
  await refused({ origin: 'https://evil.example' });
  await refused({ origin: world.address.replace('http:', 'https:') });
  await refused({ rpId: 'evil.example' });
  await refused({ type: 'webauthn.create' });
  await refused({ flags: USER_PRESENT });
  await refused({ key: other.device.key });
  await refused({ clientData: { crossOrigin: true } });
  await refused({}, { device: holder.device, userHandle: other.userHandle });
  await refused({}, { device: newDevice(), userHandle: holder.userHandle });
  await refused({}, { device: { ...holder.device, id: other.device.id }, userHandle: other.userHandle });
  for (const response of [null, {}, 'x', [], { id: 'x' }, { id: holder.device.id.toString('base64url') }]) {
    const browser = new Browser(world.address);
    await begin(browser);
    assert.equal(refusalOf(await browser.post('/api/sign-in/passkey/finish', { response })), REFUSED);
  }
  assert.equal((await signInBy(holder)).answer.status, 200);
});

test('a challenge is good once, in the browser that asked for it, for ten minutes', async () => {
  const { holder } = await newHolder();
  const browser = new Browser(world.address);
  const challenge = await begin(browser);
  const kept = browser.copy();
  assert.equal(refusalOf(await finish(new Browser(world.address), holder, challenge)), REFUSED);
  assert.equal((await finish(browser, holder, challenge)).status, 200);
  assert.equal(browser.cookies.get('__Host-muster-attempt'), undefined);
  assert.equal(refusalOf(await finish(kept, holder, challenge)), REFUSED);
  for (const [wait, expected] of [
    [10 * MINUTE - SECOND, '200'],
    [10 * MINUTE, REFUSED],
    [10 * MINUTE + SECOND, REFUSED],
  ] as const) {
    const own = new Browser(world.address);
    const late = await begin(own);
    world.clock.forward(wait);
    assert.equal(refusalOf(await finish(own, holder, late)), expected, `${wait}`);
  }
  const same = new Browser(world.address);
  const one = await begin(same);
  const response = signWithPasskey(holder.device, asked(one, holder.userHandle));
  const all = await Promise.all(
    Array.from({ length: 5 }, () => same.copy().post('/api/sign-in/passkey/finish', { response })),
  );
  assert.equal(all.filter(({ status }) => status === 200).length, 1);
});

test('a passkey that is there twice is found out by its counter, at the same moment too', async () => {
  const { holder } = await newHolder();
  assert.equal((await signInBy(holder)).answer.status, 200);
  const twin: Holder = { ...holder, device: { ...holder.device, counter: holder.device.counter - 1 } };
  assert.equal(refusalOf((await signInBy(twin)).answer), REFUSED);
  const counter = holder.device.counter;
  const both = await Promise.all(
    [1, 2, 3, 4].map(() => signInBy({ ...holder, device: { ...holder.device, counter } })),
  );
  assert.equal(both.filter(({ answer }) => answer.status === 200).length, 1);
});

test('an attempt begun for one thing is good for nothing else', async () => {
  const { browser, holder } = await newHolder();
  const begun = await browser.post('/api/me/passkeys/begin');
  const { options } = begun.json() as { options: Creation };
  assert.equal(refusalOf(await finish(browser.copy(), holder, options.challenge)), REFUSED);
  const { browser: other } = await newHolder();
  await other.post('/api/me/passkeys/begin');
  const stolen = browser.copy();
  stolen.cookies.set('__Host-muster-attempt', other.cookies.get('__Host-muster-attempt') ?? '');
  const response = makePasskey(newDevice(), asked(options.challenge));
  const answer = await stolen.post('/api/me/passkeys/finish', { response, label: 'x' });
  assert.equal(refusalOf(answer), '400 BAD_REQUEST');
});

test('one that was not made for this page, or is somebody’s already, is not taken', async () => {
  const { browser } = await newLocal(world, over('isso'));
  for (const wrong of [
    { challenge: 'AAAA' },
    { origin: 'https://evil.example' },
    { rpId: 'evil.example' },
    { type: 'webauthn.get' },
    { flags: USER_PRESENT },
  ])
    assert.equal(refusalOf((await add(browser, { wrong })).answer), '400 BAD_REQUEST', JSON.stringify(wrong));
  const { holder } = await newHolder();
  const taken = { ...newDevice(), id: holder.device.id };
  const { answer } = await add(browser, { device: taken });
  assert.equal(refusalOf(answer), '400 BAD_REQUEST', 'another’s id');
  const own = await add(browser);
  assert.equal(
    refusalOf((await add(browser, { device: own.holder.device })).answer),
    '400 BAD_REQUEST',
    'one’s own again',
  );
  for (const label of ['', '  ', 'x'.repeat(101)])
    assert.equal(refusalOf((await add(browser, { label })).answer), '400 BAD_REQUEST', label);
  assert.equal((await waysOf(browser)).length, 3);
  assert.equal((await signInBy(holder)).answer.status, 200);
  assert.deepEqual(world.logged, []);
});

test('the lock stops no passkey, and a passkey opens no lock', async () => {
  const { local, browser } = await newLocal(world, over('isso'));
  const { holder } = await add(browser);
  world.clock.forward(MINUTE);
  for (let n = 0; n < 3; n += 1) await trySignIn(world, local, { password: 'wrong' });
  const { answer, browser: again } = await signInBy(holder);
  assert.equal(answer.status, 200);
  const me = (await again.get('/api/me')).json() as { failedSince: number };
  assert.equal(me.failedSince, 3);
  assert.equal(refusalOf(await trySignIn(world, local)), REFUSED, 'the password is still locked');
  world.clock.forward(15 * MINUTE);
  assert.equal(await whoAmI(await signIn(world, local)), '200');
});

test('nobody who is disabled, and nobody of another agency', async () => {
  const { local, holder } = await newHolder();
  const south = await newAgency(world.house, 'SOUTH');
  assert.equal(refusalOf((await signInBy(holder, {}, 'SOUTH')).answer), REFUSED);
  const { holder: ofSouth } = await newHolder(south);
  assert.equal((await signInBy(ofSouth, {}, 'SOUTH')).answer.status, 200);
  assert.equal(refusalOf((await signInBy(ofSouth)).answer), REFUSED);
  await operate(world, 'person.disable', { person: local.person, reason: 'left' });
  assert.equal(refusalOf((await signInBy(holder)).answer), REFUSED);
  world.clock.forward(SECOND);
  await operate(world, 'person.enable', { person: local.person, reason: 'returned' });
  assert.equal((await signInBy(holder)).answer.status, 200);
});

test('at a number there are none, and a password is right all the same', async () => {
  const { local } = await newLocal(world, over('isso'));
  const browser = new Browser(world.address.replace('localhost', '127.0.0.1'));
  const said = (await browser.get('/api/sign-in')).json() as { passkeys: boolean };
  assert.equal(said.passkeys, false);
  const begun = await browser.post('/api/sign-in/passkey/begin', {
    agency: 'NORTH',
    notice: await noticeOf(browser),
  });
  assert.equal(refusalOf(begun), '400 BAD_REQUEST');
  assert.equal(await whoAmI(await signIn(world, local, browser)), '200');
  assert.equal(refusalOf(await browser.post('/api/me/passkeys/begin')), '400 BAD_REQUEST');
});

test('a passkey by a link takes the place of all that was before', async () => {
  const { local, browser } = await newLocal(world, over('isso'));
  const { holder: before } = await add(browser);
  const { house, north } = world;
  const { token } = await offerSetUp(house, north, house.operator, local.key);
  const anew = new Browser(world.address);
  const begun = await anew.post('/api/set-up/passkey/begin', { token });
  const { options } = begun.json() as { options: Creation };
  const device = newDevice();
  const said = { token, response: makePasskey(device, asked(options.challenge)), label: 'New' };
  assert.equal((await anew.post('/api/set-up/passkey/finish', said)).status, 200);
  assert.equal(refusalOf(await anew.post('/api/set-up/passkey/finish', said)), '410 LINK_SPENT');
  assert.deepEqual(
    (await waysOf(anew)).map(({ label }) => label),
    ['New'],
  );
  assert.equal(await whoAmI(browser), '401 SIGN_IN_REQUIRED');
  assert.equal(refusalOf((await signInBy(before)).answer), REFUSED);
  assert.equal(refusalOf(await trySignIn(world, { ...local, password: PASSWORD })), REFUSED);
});

test('with an attempt of one person nothing is set up for another', async () => {
  const { browser } = await letIn(world, over('isso'));
  const { local } = await newHolder();
  const { house, north } = world;
  const { token } = await offerSetUp(house, north, house.operator, local.key);
  const { options } = (await browser.post('/api/me/passkeys/begin')).json() as { options: Creation };
  const attempt = browser.cookies.get('__Host-muster-attempt') ?? '';
  const other = new Browser(world.address);
  other.cookies.set('__Host-muster-attempt', attempt);
  const said = { token, response: makePasskey(newDevice(), asked(options.challenge)), label: 'x' };
  assert.equal(refusalOf(await other.post('/api/set-up/passkey/finish', said)), '400 BAD_REQUEST');
});
