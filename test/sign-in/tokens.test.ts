import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { meRoutes } from '../../src/doors/http/me-routes.ts';
import { keyBase, keyText } from '../../src/record/index.ts';
import { importText, INVENTORY } from '../house.ts';
import { ask, type Answer, type Browser } from './browser.ts';
import {
  DAY,
  entriesOf,
  letIn,
  letInAgain,
  MINUTE,
  openWorld,
  operate,
  over,
  recordOf,
  refusalOf,
  SECOND,
  type Local,
  type World,
} from './world.ts';

const OUT = '401 SIGN_IN_REQUIRED';

let world: World;
before(async () => {
  world = await openWorld();
  const other = INVENTORY.split('\n').slice(1).join('\n').replaceAll('ECM', 'CADE').replaceAll('-1', '-2');
  await importText(world.house, world.north, `${INVENTORY}${other.replaceAll('192.0.2', '198.51.100')}`);
});
after(() => world?.close());

interface Made {
  readonly token: {
    readonly token: number;
    readonly name: string;
    readonly roles: readonly string[];
    readonly system: string | null;
    readonly made: string;
    readonly ends: string;
    readonly lastUsed: string | null;
  };
  readonly secret: string;
}

async function make(browser: Browser, said: object = {}): Promise<Made> {
  const answer = await browser.post('/api/me/tokens', {
    name: 'Demo program',
    roles: ['isso'],
    days: 30,
    ...said,
  });
  assert.equal(answer.status, 200, answer.text);
  return answer.json() as Made;
}

/** As a program asks: with its token, and nothing that a browser would add. */
function byToken(secret: string, path = '/api/status'): Promise<Answer> {
  return ask(world.address, 'GET', path, { authorization: `Bearer ${secret}` });
}

function postByToken(secret: string, path: string, input: object, headers = {}): Promise<Answer> {
  const sent = { authorization: `Bearer ${secret}`, 'content-type': 'application/json', ...headers };
  return ask(world.address, 'POST', path, sent, JSON.stringify(input));
}

async function tokensOf(browser: Browser): Promise<Made['token'][]> {
  return ((await browser.get('/api/me')).json() as { tokens: Made['token'][] }).tokens;
}

async function statusOf(secret: string) {
  const answer = await byToken(secret);
  assert.equal(answer.status, 200, answer.text);
  return answer.json() as {
    roles: string[];
    systems: string[] | null;
    session: unknown;
    person: { person: string };
  };
}

test('it is shown once, and its text is kept nowhere', async () => {
  const { browser } = await letIn(world, over('isso'));
  const { token, secret } = await make(browser);
  assert.match(secret, new RegExp(`^muster_${world.north.agency}\\.[A-Za-z0-9_-]{43}$`));
  assert.deepEqual(await tokensOf(browser), [token]);
  const { made, ends, ...said } = token;
  assert.deepEqual(said, {
    token: token.token,
    name: 'Demo program',
    roles: ['isso'],
    system: null,
    lastUsed: null,
  });
  assert.equal(Date.parse(ends) - Date.parse(made), 30 * DAY);
  assert.equal((await byToken(secret)).status, 200);
  const bare = secret.split('.')[1] ?? '';
  const hex = Buffer.from(bare, 'base64url').toString('hex');
  await world.house.asSuperuser(async (client) => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I', relname) as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
    );
    assert.ok(tables.length > 40);
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      const found = rows.some(({ row }) =>
        [bare, hex, Buffer.from(bare).toString('hex')].some((text) => row.includes(text)),
      );
      assert.equal(found, false, name);
    }
  });
});

test('it lets its person in as far as its roles, and says when it was used last', async () => {
  const { local, browser } = await letIn(world, over('isso', 'ciso'));
  const { secret } = await make(browser);
  const status = await statusOf(secret);
  assert.deepEqual([status.roles, status.systems, status.session], [['isso'], null, null]);
  assert.equal(status.person.person, local.person);
  const used = world.clock.now().toISOString();
  const lastUsed = async () => (await tokensOf(await letInAgain(world, local)))[0]?.lastUsed;
  assert.equal(await lastUsed(), used);
  world.clock.forward(MINUTE - SECOND);
  await byToken(secret);
  assert.equal(await lastUsed(), used, 'once a minute');
  world.clock.forward(SECOND);
  await byToken(secret);
  assert.equal(await lastUsed(), world.clock.now().toISOString());
});

test('it ends after its days, to the second', async () => {
  for (const [wait, expected] of [
    [DAY - SECOND, '200'],
    [DAY, OUT],
    [DAY + SECOND, OUT],
  ] as const) {
    const { local, browser } = await letIn(world, over('isso'));
    const { secret } = await make(browser, { days: 1 });
    world.clock.forward(wait);
    assert.equal(refusalOf(await byToken(secret)), expected);
    assert.equal((await tokensOf(await letInAgain(world, local))).length, expected === '200' ? 1 : 0);
  }
});

test('revoked, it is so for good; nobody revokes another’s', async () => {
  const { local, browser } = await letIn(world, over('isso'));
  const { token, secret } = await make(browser);
  const { browser: stranger } = await letIn(world, over('administrator'));
  const revoke = (of: Browser, which: unknown = token.token) =>
    of.post('/api/me/tokens/revoke', { token: which });
  assert.equal(refusalOf(await revoke(stranger)), '404 NOT_FOUND');
  assert.equal((await byToken(secret)).status, 200);
  for (const which of [0, -1, 'x', null])
    assert.equal(refusalOf(await revoke(browser, which)), '400 BAD_REQUEST');
  const both = await Promise.all([revoke(browser), revoke(browser)]);
  assert.deepEqual(both.map(refusalOf).toSorted(), ['200', '404 NOT_FOUND']);
  assert.equal(refusalOf(await byToken(secret)), OUT);
  assert.deepEqual(await tokensOf(browser), []);
  const entries = [
    ...(await entriesOf(world, 'token.made', local)),
    ...(await entriesOf(world, 'token.revoked', local)),
  ];
  const { roles, system, ends } = token;
  const body = { who: `person:${local.person}`, token: token.token, roles, system, ends };
  assert.deepEqual(
    entries.map((entry) => [entry.kind, entry.actor, entry.body]),
    [
      ['token.made', `person:${local.person}`, body],
      ['token.revoked', `person:${local.person}`, body],
    ],
  );
});

test('for one system it reaches that one alone, whatever its person reaches', async () => {
  const { browser } = await letIn(world, over('isso', 'administrator'));
  const { secret } = await make(browser, { system: 'ECM', roles: ['isso', 'administrator'] });
  const status = await statusOf(secret);
  assert.deepEqual([status.roles, status.systems], [['isso', 'administrator'], ['ECM']]);
  const at = (path: string) => byToken(secret, `/api/agencies/NORTH${path}`).then(refusalOf);
  assert.equal(await at('/systems/ECM/binding'), '200');
  assert.equal(await at('/systems/CADE/binding'), '403 NOT_ALLOWED');
  assert.equal(await at('/duties?system=ECM'), '200');
  assert.equal(await at('/duties?system=CADE'), '403 NOT_ALLOWED');
  // Whatever an administrator does is of the agency.
  assert.equal(await at('/people'), '403 NOT_ALLOWED');
  const path = '/api/agencies/NORTH/acts/person.add';
  const add = await postByToken(secret, path, { name: 'Demo Added', signInName: 'demo.added' });
  assert.equal(refusalOf(add), '403 NOT_ALLOWED');
  const { local: other } = await letIn(world, over('isso'));
  const link = await postByToken(secret, `/api/agencies/NORTH/people/${other.person}/set-up-link`, {});
  assert.equal(refusalOf(link), '403 NOT_ALLOWED');
});

test('a role that its person does not hold, or not for that system, is refused, and that is recorded', async () => {
  const { local, browser } = await letIn(world, [
    { role: 'isso', reach: { over: 'system', system: 'ECM' } },
    { role: 'manager', reach: { over: 'units', from: '21000', to: '21099' } },
  ]);
  const refused = async (said: object) =>
    refusalOf(await browser.post('/api/me/tokens', { name: 'Demo', roles: ['isso'], days: 1, ...said }));
  for (const said of [
    { roles: ['administrator'] },
    { roles: ['isso', 'auditor'] },
    { system: 'CADE' },
    { system: 'ecm' },
    { roles: ['manager'], system: 'ECM' },
    { roles: ['isso', 'manager'], system: 'ECM' },
  ])
    assert.equal(await refused(said), '403 NOT_ALLOWED', JSON.stringify(said));
  for (const said of [
    { roles: [] },
    { roles: ['king'] },
    { roles: 'isso' },
    { days: 0 },
    { days: 366 },
    { days: 1.5 },
    { days: 'x' },
    { name: ' ' },
    { name: 'x'.repeat(101) },
    { name: 'a\0b' },
    { person: '1.1' },
  ])
    assert.equal(await refused(said), '400 BAD_REQUEST', JSON.stringify(said));
  assert.deepEqual(await tokensOf(browser), []);
  const denied = await entriesOf(world, 'access.denied', local);
  assert.deepEqual(
    denied.map(({ body }) => (body as { what: string }).what),
    ['make-token'],
  );
  const { secret } = await make(browser, { system: 'ECM', days: 365 });
  assert.deepEqual((await statusOf(secret)).systems, ['ECM']);
});

test('it is never more than its person, who may lose a role or be disabled', async () => {
  const { local, browser } = await letIn(world, []);
  const { index } = await operate(world, 'grant.give', {
    person: local.person,
    role: 'isso',
    over: 'agency',
  });
  await operate(world, 'grant.give', { person: local.person, role: 'ciso', over: 'agency' });
  const { secret } = await make(browser, { roles: ['isso', 'ciso'] });
  assert.deepEqual((await statusOf(secret)).roles, ['isso', 'ciso']);
  await operate(world, 'grant.end', { grant: keyText(keyBase(index) + 1), reason: 'moved' });
  assert.deepEqual((await statusOf(secret)).roles, ['ciso']);
  await operate(world, 'grant.give', { person: local.person, role: 'system-owner', over: 'agency' });
  assert.deepEqual((await statusOf(secret)).roles, ['ciso'], 'nor what they were granted since');
  await operate(world, 'person.disable', { person: local.person, reason: 'left' });
  assert.equal(refusalOf(await byToken(secret)), OUT);
  world.clock.forward(SECOND);
  await operate(world, 'person.enable', { person: local.person, reason: 'returned' });
  assert.equal(refusalOf(await byToken(secret)), OUT, 'one of before stays dead');
  const { secret: newer } = await make(await letInAgain(world, local), { roles: ['ciso'] });
  assert.equal((await byToken(newer)).status, 200);
});

test('signing out everywhere does not end it: a program has no session', async () => {
  const { local, browser } = await letIn(world, over('isso'));
  const { secret } = await make(browser);
  await browser.post('/api/me/sessions/end-all');
  assert.equal((await byToken(secret)).status, 200);
  assert.equal((await tokensOf(await letInAgain(world, local))).length, 1);
});

test('what is for people who signed in is not for tokens', async () => {
  const { local, browser } = await letIn(world, over('isso', 'administrator'));
  const { secret } = await make(browser, { roles: ['isso', 'administrator'] });
  const routes = meRoutes.filter(({ access }) => access === 'session');
  assert.equal(routes.length, 12);
  for (const { method, path } of routes) {
    const answer = await (method === 'GET'
      ? byToken(secret, `/api${path}`)
      : postByToken(secret, `/api${path}`, {}));
    assert.equal(refusalOf(answer), '403 NOT_ALLOWED', path);
  }
  const denied = await entriesOf(world, 'access.denied', local);
  assert.equal(denied.length, 0, 'by the person themselves');
  const byIts = (await recordOf(world)).filter(({ actor }) =>
    actor.startsWith(`person:${local.person}/token:`),
  );
  assert.equal(byIts.length, routes.length);
  assert.equal((await tokensOf(browser)).length, 1);
});

test('what it does is done by its person, by that token, and needs no Origin', async () => {
  const { local, browser } = await letIn(world, over('administrator'));
  const { token, secret } = await make(browser, { roles: ['administrator'] });
  const path = '/api/agencies/NORTH/acts/person.add';
  const added = await postByToken(secret, path, { name: 'Demo Added', signInName: 'demo.by-token' });
  assert.equal(added.status, 200, added.text);
  const { entry } = added.json() as { entry: number };
  const actor = (await recordOf(world)).find(({ index }) => index === entry)?.actor;
  assert.equal(actor, `person:${local.person}/token:${token.token}`);
  const self = { person: local.person, role: 'isso', over: 'agency' };
  const give = await postByToken(secret, '/api/agencies/NORTH/acts/grant.give', self);
  assert.equal(refusalOf(give), '409 ACT_REFUSED', 'themselves by another name');
  const other = await postByToken(secret, '/api/agencies/SOUTH/acts/person.add', {});
  assert.equal(refusalOf(other), '404 NOT_FOUND');
});

test('with a cookie at once the token counts, and a browser led astray is refused', async () => {
  const { browser } = await letIn(world, over('administrator'));
  const { local, browser: others } = await letIn(world, over('isso'));
  const { secret } = await make(others);
  const authorization = `Bearer ${secret}`;
  const status = await browser.get('/api/status', { authorization });
  assert.equal((status.json() as { person: { person: string } }).person.person, local.person);
  assert.equal(refusalOf(await browser.get('/api/me', { authorization })), '403 NOT_ALLOWED');
  for (const wrong of [
    'Bearer x',
    'Bearer ',
    'Bearer',
    'Basic dTpw',
    secret,
    `Bearer ${secret} x`,
    `Bearer ${secret}x`,
  ])
    assert.equal(refusalOf(await browser.get('/api/status', { authorization: wrong })), OUT, wrong);
  assert.equal(refusalOf(await browser.get('/api/status', { authorization: `bearer ${secret}` })), '200');
  const cookie = `__Host-muster=${browser.session}`;
  const path = '/api/agencies/NORTH/acts/person.add';
  const added = { name: 'Demo', signInName: 'demo.astray' };
  assert.equal(refusalOf(await postByToken(secret, path, added, { cookie })), '403 FOREIGN_REQUEST');
  const foreign = { origin: 'https://evil.example' };
  assert.equal(refusalOf(await postByToken(secret, path, added, foreign)), '403 FOREIGN_REQUEST');
});

test('what only looks like one is none', async () => {
  const { browser } = await letIn(world, over('isso'));
  const { secret } = await make(browser);
  const [prefix = '', rest = ''] = secret.split('.');
  for (const forged of [
    `muster_${world.north.agency + 1}.${rest}`,
    `muster_0.${rest}`,
    `${prefix}.${rest.toUpperCase()}`,
    `${prefix}.${rest.slice(1)}`,
    `MUSTER_${secret.slice(7)}`,
    secret.slice(7),
    `muster_${browser.session}`,
    `muster_${secret}`,
  ])
    assert.equal(refusalOf(await byToken(forged)), OUT, forged);
  browser.cookies.set('__Host-muster', secret.slice(7));
  assert.equal(refusalOf(await browser.get('/api/status')), OUT, 'a token as a cookie');
  assert.equal(refusalOf(await byToken('x', `/api/status?token=${secret}`)), OUT);
});

test('twenty are the most at a time, also of many made at once', async () => {
  const { local, browser } = await letIn(world, over('isso'));
  const said = { name: 'Demo', roles: ['isso'], days: 1 };
  const all = await Promise.all(
    Array.from({ length: 25 }, () => browser.copy().post('/api/me/tokens', said)),
  );
  const found = Map.groupBy(all, refusalOf);
  assert.deepEqual([found.get('200')?.length, found.get('409 ACT_REFUSED')?.length], [20, 5]);
  const [first] = await tokensOf(browser);
  await browser.post('/api/me/tokens/revoke', { token: first?.token });
  assert.equal((await browser.post('/api/me/tokens', said)).status, 200, 'a revoked one does not count');
  assert.equal(refusalOf(await browser.post('/api/me/tokens', said)), '409 ACT_REFUSED');
  world.clock.forward(DAY);
  await make(await letInAgain(world, local));
});

test('it is made within 15 minutes of signing in, to the second', async () => {
  for (const [wait, expected] of [
    [15 * MINUTE - SECOND, '200'],
    [15 * MINUTE, '200'],
    [15 * MINUTE + SECOND, '403 SIGN_IN_AGAIN'],
  ] as const) {
    const { browser }: { local: Local; browser: Browser } = await letIn(world, over('isso'));
    world.clock.forward(10 * MINUTE);
    await browser.get('/api/status');
    world.clock.forward(wait - 10 * MINUTE);
    const answer = await browser.post('/api/me/tokens', { name: 'Demo', roles: ['isso'], days: 1 });
    assert.equal(refusalOf(answer), expected);
  }
});
