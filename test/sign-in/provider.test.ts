import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openFollower } from '../openid.ts';
import { Browser } from './browser.ts';
import {
  begin,
  comeBack,
  known,
  leadsTo,
  openProviderWorld,
  PIV,
  REFUSED,
  signInAt,
  type ProviderWorld,
  type Wanted,
} from './providers.ts';
import {
  entriesOf,
  MINUTE,
  newLocal,
  noticeOf,
  operate,
  over,
  refusalOf,
  SECOND,
  trySignIn,
  whoAmI,
} from './world.ts';

let world: ProviderWorld;
before(async () => {
  world = await openProviderWorld();
});
after(() => world?.close());

test('to the provider, back, in; and out again there too', async () => {
  const person = await known(world, 'demo-plain');
  const offered = (await new Browser(world.address).get('/api/sign-in')).json() as { agencies: object[] };
  assert.deepEqual(offered.agencies.slice(1, 2), [
    {
      code: 'NORTH',
      demonstration: false,
      providers: [{ provider: 'north-login', title: 'Agency sign-in' }],
    },
  ]);
  const follower = openFollower();
  const { browser, led, answer } = await signInAt(
    world,
    'demo-plain',
    { to: '/NORTH/duties?status=overdue' },
    follower,
  );
  assert.equal(led, '/NORTH/duties?status=overdue');
  assert.match(
    answer.setCookies[0] ?? '',
    /^__Host-muster=\d+\.[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
  );
  assert.equal(browser.cookies.get('__Host-muster-attempt'), undefined);
  const status = (await browser.get('/api/status')).json() as { person: { person: string } };
  assert.equal(status.person.person, person.person);
  const [entry] = await entriesOf(world, 'person.signed-in', person);
  assert.deepEqual(entry?.body, { person: person.person, way: 'north-login', acr: null, failedSince: 0 });

  const kept = browser.copy();
  const out = (await browser.post('/api/sign-out')).json() as { leadsTo: string };
  assert.equal(new URL(out.leadsTo).origin, world.first.issuer);
  assert.equal(new URL(out.leadsTo).searchParams.get('post_logout_redirect_uri'), `${world.address}/sign-in`);
  assert.equal(await whoAmI(kept), '401 SIGN_IN_REQUIRED', 'out here, whatever happens there');
  assert.equal(await follower.follow(out.leadsTo, { logout: 'yes' }), `${world.address}/sign-in`);
  await assert.rejects(signInAt(world, 'nobody', {}, follower), /leads nowhere/, 'they are asked anew there');
});

test('an agency that demands a way of signing in gets it, and records it', async () => {
  const wanted = { provider: 'piv-login', agency: 'PIV' };
  const person = await known(world, 'demo-piv', { agency: world.piv });
  await known(world, 'demo-password', { agency: world.piv });
  await known(world, 'demo-plain', { agency: world.piv });
  const { browser, led } = await signInAt(world, 'demo-piv', wanted);
  assert.equal(led, '/');
  assert.equal(await whoAmI(browser), '200');
  const [entry] = await entriesOf(world, 'person.signed-in', person);
  assert.deepEqual(entry?.body, { person: person.person, way: 'piv-login', acr: PIV, failedSince: 0 });
  for (const account of ['demo-password', 'demo-plain']) {
    const refused = await signInAt(world, account, wanted);
    assert.equal(refused.led, REFUSED, account);
    assert.equal(refused.browser.session, undefined);
  }
  const asked = new Browser(world.address);
  const location = new URL(leadsTo(await begin(asked, wanted)));
  assert.equal(location.searchParams.get('acr_values'), PIV);
  location.searchParams.delete('acr_values');
  const callback = await openFollower().follow(location.href, { account: 'demo-password' });
  assert.equal(leadsTo(await comeBack(asked, callback)), REFUSED, 'the browser cannot ask for less');
});

test('whom the agency does not know, or has disabled, is not let in, and nobody becomes known that way', async () => {
  const count = async () =>
    world.house.store.read(world.north.agency, async (tx) => (await tx.rows('select 1 from person')).length);
  const before = await count();
  assert.equal((await signInAt(world, 'demo-stranger')).led, REFUSED);
  assert.equal(await count(), before);
  const person = await known(world, 'demo-leaving');
  assert.equal((await signInAt(world, 'demo-leaving')).led, '/');
  await operate(world, 'person.disable', { person: person.person, reason: 'left' });
  assert.equal((await signInAt(world, 'demo-leaving')).led, REFUSED);
});

test('with one provider its word is taken as the sign-in name or the identity, to the letter', async () => {
  const named = await known(world, undefined, { signInName: 'demo.named' });
  assert.equal((await signInAt(world, 'demo.named')).led, '/');
  assert.equal((await entriesOf(world, 'person.signed-in', named)).length, 1);
  assert.equal((await signInAt(world, 'DEMO.NAMED')).led, REFUSED);
  await operate(world, 'person.change', { person: named.person, identity: 'E-1' });
  assert.equal((await signInAt(world, 'demo.named')).led, REFUSED, 'called otherwise now');
  await operate(world, 'person.change', { person: named.person, identity: 'north-login/demo.named' });
  assert.equal((await signInAt(world, 'demo.named')).led, '/');
});

test('of two providers each speaks for itself alone', async () => {
  const at = (provider: string, account: string) => signInAt(world, account, { provider, agency: 'TWO' });
  await known(world, 'first-login/demo-bound', { agency: world.two });
  assert.equal((await at('first-login', 'demo-bound')).led, '/');
  assert.equal((await at('second-login', 'demo-bound')).led, REFUSED);
  assert.equal(
    (await at('second-login', 'first-login/demo-bound')).led,
    REFUSED,
    'nor can it say it were the other',
  );
  await known(world, 'demo-plain', { agency: world.two });
  await known(world, undefined, { agency: world.two, signInName: 'demo.named' });
  for (const provider of ['first-login', 'second-login'])
    for (const account of ['demo-plain', 'demo.named'])
      assert.equal((await at(provider, account)).led, REFUSED, `${provider} ${account}`);
});

test('an answer comes to the address of its own provider', async () => {
  await known(world, 'first-login/demo-piv', { agency: world.two });
  const wanted = { provider: 'first-login', agency: 'TWO' };
  for (const [name, led] of [
    ['first-login', '/'],
    ['second-login', REFUSED],
    ['nowhere-login', REFUSED],
  ] as const) {
    const browser = new Browser(world.address);
    const location = leadsTo(await begin(browser, wanted));
    const callback = await openFollower().follow(location, { account: 'demo-piv' });
    assert.ok(callback.includes('/answer/first-login?'), callback);
    const there = callback.replace('/answer/first-login?', `/answer/${name}?`);
    assert.equal(leadsTo(await comeBack(browser, there)), led, name);
  }
});

test('an answer is good in the browser that asked, once', async () => {
  await known(world, 'demo-bound');
  const browser = new Browser(world.address);
  const callback = await openFollower().follow(leadsTo(await begin(browser)), { account: 'demo-bound' });
  const other = new Browser(world.address);
  assert.equal(leadsTo(await comeBack(other, callback)), REFUSED, 'without its cookie');
  await begin(other);
  assert.equal(leadsTo(await comeBack(other, callback)), REFUSED, 'with the cookie of another attempt');
  assert.equal(other.session, undefined);
  const kept = browser.copy();
  assert.equal(leadsTo(await comeBack(browser, callback)), '/');
  assert.equal(leadsTo(await comeBack(browser, callback)), REFUSED);
  assert.equal(leadsTo(await comeBack(kept, callback)), REFUSED, 'also with the cookie of then');
  assert.equal(await whoAmI(browser), '200');
  assert.equal(kept.session, undefined);
});

test('of many answers at the same moment one is taken', async () => {
  const browser = new Browser(world.address);
  const callback = await openFollower().follow(leadsTo(await begin(browser)), { account: 'demo-bound' });
  const all = await Promise.all(Array.from({ length: 5 }, () => comeBack(browser.copy(), callback)));
  assert.deepEqual(all.map(leadsTo).toSorted(), ['/', ...Array.from({ length: 4 }, () => REFUSED)]);
});

test('an answer that was changed, or is none, is refused', async () => {
  for (const change of [
    { state: 'x' },
    { code: 'x' },
    { iss: 'https://evil.example' },
    { state: undefined },
    { code: undefined },
    { error: 'access_denied' },
  ]) {
    const browser = new Browser(world.address);
    const callback = await openFollower().follow(leadsTo(await begin(browser)), { account: 'demo-bound' });
    const url = new URL(callback);
    for (const [name, value] of Object.entries(change))
      if (value === undefined) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    assert.equal(leadsTo(await comeBack(browser, url.href)), REFUSED, JSON.stringify(change));
    assert.equal(browser.session, undefined);
  }
  assert.equal(leadsTo(await new Browser(world.address).get('/api/sign-in/answer/north-login')), REFUSED);
  const cancelled = new Browser(world.address);
  const callback = await openFollower().follow(leadsTo(await begin(cancelled)), { cancel: 'yes' });
  assert.equal(leadsTo(await comeBack(cancelled, callback)), REFUSED);
});

test('whoever takes longer than ten minutes begins again', async () => {
  for (const [wait, expected] of [
    [10 * MINUTE - 5 * SECOND, '/'],
    [10 * MINUTE, REFUSED],
  ] as const) {
    const browser = new Browser(world.address);
    const callback = await openFollower().follow(leadsTo(await begin(browser)), { account: 'demo-bound' });
    world.clock.forward(wait);
    assert.equal(leadsTo(await comeBack(browser, callback)), expected);
    world.clock.forward(-wait);
  }
});

test('it leads on to a page of Muster’s own and nowhere else', async () => {
  const follower = openFollower();
  for (const [to, expected] of [
    ['/NORTH/duties?a=b&c=%20d#e', '/NORTH/duties?a=b&c=%20d#e'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['\\/evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['https://evil.example', '/'],
    ['https:evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['evil.example', '/'],
    ['', '/'],
    ['/a\r\nset-cookie: x=y', '/'],
    ['/a\nb', '/'],
    ['/a b', '/'],
    ['/ä', '/'],
    [`/${'x'.repeat(3000)}`, '/'],
    [`/${'x'.repeat(1999)}`, `/${'x'.repeat(1999)}`],
    [undefined, '/'],
  ] as const) {
    const { led, answer } = await signInAt(
      world,
      'demo-bound',
      { ...(to !== undefined && { to }) },
      follower,
    );
    assert.equal(led, expected);
    assert.equal(new URL(led, world.address).origin, world.address);
    assert.equal(answer.setCookies.length, 2);
  }
});

test('what cannot be begun leads back to the page of signing in', async () => {
  const browser = new Browser(world.address);
  const led = async (wanted: Wanted) => leadsTo(await begin(browser, wanted));
  assert.equal(await led({ provider: 'piv-login' }), REFUSED, 'another agency’s');
  assert.equal(await led({ provider: 'nothing' }), REFUSED);
  assert.equal(await led({ agency: 'WEST' }), REFUSED);
  const unread = await browser.get('/api/sign-in/providers/north-login?agency=NORTH&notice=x');
  assert.equal(leadsTo(unread), '/sign-in?refused=BAD_REQUEST');
  assert.equal(browser.cookies.size, 0);
  for (const query of [
    '',
    '?agency=NORTH',
    '?agency=NORTH&notice=x&more=1',
    '?agency=NORTH&notice=x&to=/a&to=/b',
  ])
    assert.equal(
      refusalOf(await browser.get(`/api/sign-in/providers/north-login${query}`)),
      '400 BAD_REQUEST',
      query,
    );
});

test('no other site sends anybody to a provider', async () => {
  const browser = new Browser(world.address);
  const path = `/api/sign-in/providers/north-login?agency=NORTH&notice=${await noticeOf(browser)}`;
  for (const site of ['cross-site', 'same-site'])
    assert.equal(
      leadsTo(await browser.get(path, { 'sec-fetch-site': site })),
      '/sign-in?refused=FOREIGN_REQUEST',
    );
  assert.equal(browser.cookies.size, 0);
  for (const site of ['same-origin', 'none'])
    assert.match(leadsTo(await browser.get(path, { 'sec-fetch-site': site })), /^http:\/\/127\.0\.0\.1/);
});

test('a provider that is silent is told of, here and in the log', async () => {
  const wanted = { provider: 'gone-login', agency: 'GONE' };
  const browser = new Browser(world.address);
  const callback = await openFollower().follow(leadsTo(await begin(browser, wanted)), {
    account: 'demo-plain',
  });
  await world.gone.close();
  assert.equal(leadsTo(await comeBack(browser, callback)), '/sign-in?refused=PROVIDER_FAILED');
  world.clock.forward(11 * MINUTE);
  assert.equal(leadsTo(await begin(browser, wanted)), '/sign-in?refused=PROVIDER_FAILED');
  world.clock.forward(-11 * MINUTE);
  assert.ok(
    world.logged.some((line) => /^sign-in at a provider: .*gone-login.*cannot be used/.test(line)),
    'told why',
  );
});

test('what was refused stands in the log with its reason, and with nobody’s name', () => {
  const lines = world.logged.join('\n');
  for (const reason of [
    /the ID token has another acr; wanted: urn:demo:piv/,
    /the ID token has no acr/,
    /the agency knows nobody whom the provider calls so/,
    /it answers access_denied/,
  ])
    assert.match(lines, reason);
  assert.doesNotMatch(lines, /demo[-.]|demo secret|code=|state=|eyJ/);
  assert.ok(
    world.logged.every((line) => !line.startsWith('fault')),
    lines,
  );
});

test('a sign-in at a provider opens no lock, and is stopped by none', async () => {
  const { local } = await newLocal(world, over('isso'));
  await operate(world, 'person.change', { person: local.person, identity: 'demo-password' });
  world.clock.forward(MINUTE);
  for (let n = 0; n < 3; n += 1) await trySignIn(world, local, { password: 'wrong' });
  const { browser, led } = await signInAt(world, 'demo-password');
  assert.equal(led, '/');
  const me = (await browser.get('/api/me')).json() as {
    failedSince: number;
    credentials: { lastUsed: string | null }[];
  };
  assert.equal(me.failedSince, 3);
  assert.deepEqual(
    me.credentials.map(({ lastUsed }) => lastUsed),
    [null, null],
    'the password was not used',
  );
  assert.equal(refusalOf(await trySignIn(world, local)), '401 SIGN_IN_REFUSED');
});
