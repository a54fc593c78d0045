import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyText } from '../../src/record/index.ts';
import { holdHead, type Writing } from '../../src/store/index.ts';
import { newAgency } from '../house.ts';
import { Browser, type Answer } from './browser.ts';
import {
  codeAt,
  entriesOf,
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
  wrongCode,
  type Local,
  type World,
} from './world.ts';

let world: World;
let local: Local;
before(async () => {
  // Many fail here: what a lock does is tried elsewhere.
  world = await openWorld({ settings: { lockout: { failures: 100, withinMinutes: 120, forMinutes: 15 } } });
  local = (await newLocal(world, over('isso'), { signInName: 'Demo.Isso' })).local;
});
after(() => world?.close());

const REFUSED = {
  code: 'SIGN_IN_REFUSED',
  message:
    'the sign-in was refused: the name, the password or the code is wrong, or the account is locked for a while',
  remedy: 'try again, or ask an administrator of the agency',
  refused: [],
};

function assertRefused(answer: Answer, why: string): void {
  assert.deepEqual([answer.status, answer.json(), answer.setCookies], [401, { error: REFUSED }, []], why);
  assert.equal(answer.headers['cache-control'], 'no-store');
}

test('by password and code', async () => {
  const browser = await signIn(world, local);
  const status = (await browser.get('/api/status')).json() as Record<string, unknown>;
  assert.deepEqual(status['person'], { person: local.person, name: 'Demo Person', signInName: 'Demo.Isso' });
  assert.deepEqual(
    (status['agencies'] as { code: string }[]).map(({ code }) => code),
    ['NORTH'],
  );
  const me = (await browser.get('/api/me')).json() as { lastSignIn: { way: string }; credentials: object[] };
  assert.equal(me.lastSignIn.way, 'password and code');
  assert.equal(me.credentials.length, 2);
});

test('whatever is wrong, the refusal is one and the same', async () => {
  const { house, clock, north } = world;
  const south = await newAgency(house, 'SOUTH');
  const { local: ofSouth } = await newLocal(world, over('isso'), { agency: south, signInName: 'demo.south' });
  const { local: disabled } = await newLocal(world, over('isso'));
  await operate(world, 'person.disable', { person: disabled.person, reason: 'left' });
  const { local: unset } = await newLocal(world, over('isso'));
  await house.store.write(north.agency, (tx) =>
    tx.run(`delete from credential where agency_id = $1 and person_key = $2 and kind = 'totp'`, [
      tx.agency,
      unset.key,
    ]),
  );
  clock.forward(MINUTE);
  const wrong = wrongCode(local.totp, clock.now());
  const attempts: readonly (readonly [string, Local, Record<string, string | undefined>])[] = [
    ['password', local, { password: 'wrong' }],
    ['password, by its case', local, { password: PASSWORD.toUpperCase() }],
    ['password, by a space', local, { password: `${PASSWORD} ` }],
    ['no password', local, { password: '' }],
    ['code', local, { code: wrong }],
    ['both', local, { password: 'wrong', code: wrong }],
    ['code of seven digits', local, { code: `${codeAt(local.totp, clock.now())}0` }],
    ['empty code', local, { code: '' }],
    ['no code', local, { code: undefined }],
    ['name', local, { signInName: 'nobody' }],
    ['empty name', local, { signInName: '' }],
    ['a name that is SQL', local, { signInName: `' or true --` }],
    ['wildcard', local, { signInName: '%' }],
    ['name with a space', local, { signInName: ` ${local.signInName}` }],
    ['person of the other agency', { ...ofSouth, agency: north }, {}],
    ['the other agency', { ...local, agency: south }, {}],
    ['agency that is not there', local, { agency: 'WEST' }],
    ['agency that cannot be', local, { agency: 'north' }],
    ['disabled', disabled, {}],
    ['disabled, password too', disabled, { password: 'wrong' }],
    ['without an authenticator', unset, {}],
    ['without an authenticator, and without a code', unset, { code: undefined }],
  ];
  for (const [why, whose, said] of attempts) assertRefused(await trySignIn(world, whose, said), why);
  assert.equal((await trySignIn(world, local)).status, 200);
  assert.equal((await trySignIn(world, ofSouth)).status, 200);
});

test('a name that nobody has takes as long: its password is hashed, too', async () => {
  const took = async (said: Record<string, string>) => {
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const began = performance.now();
      assertRefused(await trySignIn(world, local, { password: 'wrong', ...said }), 'wrong');
      times.push(performance.now() - began);
    }
    return Math.min(...times);
  };
  const known = await took({});
  const nobodys = await took({ signInName: 'nobody' });
  assert.ok(nobodys > known / 2, `${nobodys} ms where ${known} ms are usual`);
});

test('whoever has not read the notice in force learns no more', async () => {
  for (const said of [{}, { password: 'wrong' }, { signInName: 'nobody' }, { agency: 'WEST' }])
    for (const notice of ['', 'x'.repeat(16)]) {
      const answer = await trySignIn(world, local, { ...said, notice });
      const { error } = answer.json() as { error: { message: string; refused: { at: string }[] } };
      assert.equal(refusalOf(answer), '400 BAD_REQUEST');
      assert.deepEqual(
        error.refused.map(({ at }) => at),
        ['notice'],
      );
      assert.deepEqual(answer.setCookies, []);
    }
  assert.equal(refusalOf(await trySignIn(world, local, { notice: undefined })), '400 BAD_REQUEST');
  assert.equal(refusalOf(await trySignIn(world, local, { role: 'administrator' })), '400 BAD_REQUEST');
});

test('a name is one in whatever case it is typed', async () => {
  for (const signInName of ['demo.isso', 'DEMO.ISSO', 'Demo.Isso'])
    assert.equal(await whoAmI(await signIn(world, { ...local, signInName })), '200');
  await assert.rejects(operate(world, 'person.add', { name: 'Demo Other', signInName: 'DEMO.isso' }), {
    code: 'ACT_REFUSED',
  });
});

test('a code is good in its step, the one before and the one after, and once', async () => {
  const { clock } = world;
  clock.forward(5 * MINUTE);
  const code = (steps: number) => codeAt(local.totp, clock.now(), steps);
  for (const steps of [-2, 2])
    assertRefused(await trySignIn(world, local, { code: code(steps) }), `${steps}`);
  for (const steps of [-1, 0, 1]) {
    assert.equal((await trySignIn(world, local, { code: code(steps) })).status, 200, `${steps}`);
    assertRefused(await trySignIn(world, local, { code: code(steps) }), 'again');
    assertRefused(await trySignIn(world, local, { code: code(-1) }), 'none before it, either');
  }
  clock.forward(60 * SECOND);
  assert.equal(
    (await trySignIn(world, local, { code: ` ${code(0).slice(0, 3)} ${code(0).slice(3)}` })).status,
    200,
  );
});

test('a code that failed with a wrong password is not spent', async () => {
  world.clock.forward(5 * MINUTE);
  assertRefused(await trySignIn(world, local, { password: 'wrong' }), 'wrong');
  assert.equal((await trySignIn(world, local)).status, 200);
});

test('of many uses of a code at the same moment one is let in', async () => {
  world.clock.forward(5 * MINUTE);
  const all = await Promise.all(Array.from({ length: 5 }, () => trySignIn(world, local)));
  assert.deepEqual(all.map(refusalOf).toSorted(), [
    '200',
    ...Array.from({ length: 4 }, () => '401 SIGN_IN_REFUSED'),
  ]);
});

/** Tries to sign in; once all that was proved was looked at, and before the session begins, does the work. */
async function justBeforeTheSession(own: Local, work: (tx: Writing) => Promise<unknown>): Promise<Answer> {
  const { house, north } = world;
  const isWaiting = () =>
    house.asSuperuser(async (client) => {
      const { rows } = await client.query(`select 1 from pg_stat_activity where wait_event_type = 'Lock'`);
      return rows.length > 0;
    });
  const { trying } = await house.store.write(north.agency, async (tx) => {
    await holdHead(tx);
    const tried = trySignIn(world, own);
    while (!(await isWaiting())) await sleep(20);
    await work(tx);
    return { trying: tried };
  });
  return trying;
}

test('what is changed while it is looked at lets nobody in', async () => {
  const { local: own } = await newLocal(world, over('isso'));
  const change = (kind: string) => (tx: Writing) =>
    tx.run(
      `update credential set secret = secret || '\\x00' where agency_id = $1 and person_key = $2 and kind = $3::credential_kind`,
      [tx.agency, own.key, kind],
    );
  const undo = (kind: string) =>
    world.house.store.write(own.agency.agency, (tx) =>
      tx.run(
        `update credential set secret = substring(secret for length(secret) - 1)
         where agency_id = $1 and person_key = $2 and kind = $3::credential_kind`,
        [tx.agency, own.key, kind],
      ),
    );
  for (const kind of ['password', 'totp']) {
    world.clock.forward(MINUTE);
    assertRefused(await justBeforeTheSession(own, change(kind)), kind);
    await undo(kind);
  }
  world.clock.forward(MINUTE);
  assertRefused(
    await justBeforeTheSession(own, (tx) =>
      tx.run(
        `insert into person_standing (agency_id, person_key, from_day, disabled_for, recorded, known_from)
         values ($1, $2, '2026-03-11', 'left', $3, 99999)`,
        [tx.agency, own.key, tx.now().toISOString()],
      ),
    ),
    'disabled',
  );
  await world.house.store.write(own.agency.agency, (tx) =>
    tx.run('delete from person_standing where known_from = 99999'),
  );
  world.clock.forward(MINUTE);
  assert.equal((await justBeforeTheSession(own, async () => undefined)).status, 200, 'nothing was changed');
});

test('a password that is changed meanwhile leaves nobody in who came by the one before', async () => {
  const { local: own, browser } = await newLocal(world, over('isso'));
  world.clock.forward(5 * MINUTE);
  const { totp, password: current } = own;
  const [changed, ...tried] = await Promise.all([
    browser.post('/api/me/password', { current, password: 'copper kettle 92 violin' }),
    trySignIn(world, own, { code: codeAt(totp, world.clock.now(), -1) }),
    trySignIn(world, own, { code: codeAt(totp, world.clock.now(), 0) }),
  ]);
  assert.equal(changed.status, 200, changed.text);
  const sessions = await world.house.store.read(world.north.agency, (tx) =>
    tx.rows('select 1 from session where agency_id = $1 and person_key = $2', [tx.agency, own.key]),
  );
  assert.equal(sessions.length, 1);
  for (const { status } of tried) assert.ok(status === 200 || status === 401);
  world.clock.forward(MINUTE);
  assertRefused(await trySignIn(world, own), 'the one before');
});

test('whoever is disabled while they sign in is not let in, not even once they are enabled again', async () => {
  const { local: own, browser } = await newLocal(world, over('isso'));
  const browsers = [browser];
  for (let round = 0; round < 2; round += 1) {
    world.clock.forward(MINUTE);
    const anew = new Browser(world.address);
    await Promise.all([
      trySignIn(world, own, {}, anew),
      operate(world, 'person.disable', { person: own.person, reason: 'left' }),
    ]);
    browsers.push(anew);
    for (const each of browsers) assert.equal(await whoAmI(each), '401 SIGN_IN_REQUIRED');
    world.clock.forward(SECOND);
    await operate(world, 'person.enable', { person: own.person, reason: 'came back' });
    for (const each of browsers) assert.equal(await whoAmI(each), '401 SIGN_IN_REQUIRED');
  }
  assert.equal(await whoAmI(await signIn(world, own)), '200');
});

test('two agencies, one name: each signs in to their own', async () => {
  const { house } = world;
  const east = await newAgency(house, 'EAST');
  const { local: ofEast } = await newLocal(world, over('ciso'), { agency: east, signInName: 'demo.isso' });
  const [north, other] = [await signIn(world, local), await signIn(world, ofEast)];
  const read = async (browser: Browser) =>
    (await browser.get('/api/status')).json() as {
      person: { person: string };
      roles: string[];
      agencies: { code: string }[];
    };
  const [one, two] = [await read(north), await read(other)];
  assert.deepEqual([one.agencies[0]?.code, one.roles], ['NORTH', ['isso']]);
  assert.deepEqual([two.agencies[0]?.code, two.roles], ['EAST', ['ciso']]);
  assert.equal(refusalOf(await other.get('/api/agencies/EAST/people')), '200');
  for (const code of ['NORTH', 'WEST', 'north', 'EAST%20'])
    assert.equal(refusalOf(await other.get(`/api/agencies/${code}/people`)), '404 NOT_FOUND', code);
  // Their authenticators are their own.
  world.clock.forward(MINUTE);
  for (const mixed of [
    { ...local, totp: ofEast.totp },
    { ...ofEast, totp: local.totp },
  ])
    assertRefused(await trySignIn(world, mixed), 'the other’s code');
});

test('a session’s secret names its agency, and finds nothing in another', async () => {
  const browser = await signIn(world, local);
  const [agency = '', secret = ''] = browser.session?.split('.') ?? [];
  assert.equal(Number(agency), world.north.agency);
  for (const forged of [
    `${Number(agency) + 1}.${secret}`,
    `0.${secret}`,
    `999999999.${secret}`,
    `0${agency}.${secret}`,
    `${agency}.${secret}x`,
    `${agency}.${secret.slice(1)}`,
    `-${agency}.${secret}`,
    `${agency}e0.${secret}`,
    secret,
    'x',
  ]) {
    const other = new Browser(world.address);
    other.cookies.set('__Host-muster', forged);
    assert.equal(await whoAmI(other), '401 SIGN_IN_REQUIRED', forged);
  }
  const named = new Browser(world.address);
  named.cookies.set('muster', browser.session ?? '');
  named.cookies.set('__Secure-muster', browser.session ?? '');
  assert.equal(await whoAmI(named), '401 SIGN_IN_REQUIRED', 'a cookie of another name');
  assert.equal(await whoAmI(browser), '200');
});

test('each sign-in is an entry, with how and what failed before', async () => {
  const { local: own } = await newLocal(world, over('isso'));
  world.clock.forward(MINUTE);
  await trySignIn(world, own, { password: 'wrong' });
  await trySignIn(world, own, { code: wrongCode(own.totp, world.clock.now()) });
  const browser = await signIn(world, own);
  const me = (await browser.get('/api/me')).json() as { failedSince: number };
  assert.equal(me.failedSince, 2);
  const entries = await entriesOf(world, 'person.signed-in', own);
  assert.deepEqual(
    entries.map(({ actor, body }) => [actor, body]),
    [0, 2].map((failedSince) => [
      `person:${keyText(own.key)}`,
      { person: own.person, way: 'password and code', acr: null, failedSince },
    ]),
  );
  const again = (await (await signIn(world, own)).get('/api/me')).json() as { failedSince: number };
  assert.equal(again.failedSince, 0, 'they are told once');
});

test('too many at once are told to come again, and it counts as no failure', async () => {
  const { local: own } = await newLocal(world, over('isso'));
  world.clock.forward(MINUTE);
  const notice = await noticeOf(new Browser(world.address));
  const all = await Promise.all(
    Array.from({ length: 38 }, () => trySignIn(world, own, { password: 'wrong', notice })),
  );
  const busy = all.filter(({ status }) => status === 503);
  assert.ok(busy.length > 0, 'none was turned away');
  assert.ok(all.every(({ status }) => status === 401 || status === 503));
  const { failures } = await world.house.store.read(world.north.agency, (tx) =>
    tx.row<{ failures: number }>(
      'select failures from sign_in_state where agency_id = $1 and person_key = $2',
      [tx.agency, own.key],
    ),
  );
  assert.equal(failures, all.length - busy.length);
});
