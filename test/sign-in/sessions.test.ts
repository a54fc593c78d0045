import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { TOUCH_MS } from '../../src/doors/sign-in/sessions.ts';
import { ask, Browser } from './browser.ts';
import {
  DAY,
  entriesOf,
  HOUR,
  letIn,
  letInAgain,
  MINUTE,
  newLocal,
  openWorld,
  operate,
  over,
  refusalOf,
  SECOND,
  signIn,
  trySignIn,
  whoAmI,
  type World,
} from './world.ts';

const OUT = '401 SIGN_IN_REQUIRED';

interface Me {
  readonly lastSignIn: { readonly at: string; readonly way: string } | null;
  readonly sessions: readonly {
    readonly session: number;
    readonly started: string;
    readonly lastUsed: string;
    readonly ends: string;
    readonly way: string;
    readonly agent: string;
    readonly address: string;
    readonly isThis: boolean;
  }[];
}

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

async function me(browser: Browser): Promise<Me> {
  const answer = await browser.get('/api/me');
  assert.equal(answer.status, 200, answer.text);
  return answer.json() as Me;
}

describe('how long a session lasts', () => {
  for (const [settings, idle, longest] of [
    [{}, 15 * MINUTE, 12 * HOUR],
    [{ idleMinutes: 1, sessionHours: 1 }, MINUTE, HOUR],
  ] as const)
    describe(JSON.stringify(settings), () => {
      let own: World;
      before(async () => {
        own = await openWorld({ settings });
      });
      after(() => own?.close());

      test('nothing asked for so long: to the second', async () => {
        for (const [wait, expected] of [
          [idle - SECOND, '200'],
          [idle, OUT],
          [idle + SECOND, OUT],
        ] as const) {
          const { browser } = await letIn(own, over('isso'));
          own.clock.forward(wait);
          assert.equal(await whoAmI(browser), expected, `${wait}`);
        }
      });

      test('whatever is asked makes it last on, up to the longest, to the second', async () => {
        for (const [left, expected] of [
          [-SECOND, '200'],
          [0, OUT],
          [SECOND, OUT],
        ] as const) {
          const { browser } = await letIn(own, over('isso'));
          const status = (await browser.get('/api/status')).json() as { session: object };
          const ends = new Date(own.clock.now().getTime() + longest).toISOString();
          assert.deepEqual(status.session, { idleSeconds: idle / SECOND, ends });
          const step = idle - 10 * SECOND;
          let passed = 0;
          for (; passed + step < longest - SECOND; passed += step) {
            own.clock.forward(step);
            assert.equal(await whoAmI(browser), '200', `${passed}`);
          }
          own.clock.forward(longest - passed + left);
          assert.equal(await whoAmI(browser), expected, `${left}`);
        }
      });
    });

  test('its last use is written down every 15 seconds, so it may end that much early, and no later', async () => {
    const { browser } = await letIn(world, over('isso'));
    world.clock.forward(TOUCH_MS - SECOND);
    assert.equal(await whoAmI(browser), '200', 'not written down');
    world.clock.forward(15 * MINUTE - TOUCH_MS);
    assert.equal(await whoAmI(browser), '200', 'a second before');
    world.clock.forward(15 * MINUTE - SECOND);
    assert.equal(await whoAmI(browser), '200', 'written down');
    world.clock.forward(15 * MINUTE);
    assert.equal(await whoAmI(browser), OUT);
  });

  test('what is refused makes it last on too; what another browser asks does not', async () => {
    const { local, browser } = await letIn(world, over('isso'));
    const other = await letInAgain(world, local);
    world.clock.forward(10 * MINUTE);
    assert.equal(refusalOf(await browser.get('/api/agencies/SOUTH/duties')), '404 NOT_FOUND');
    world.clock.forward(10 * MINUTE);
    assert.deepEqual([await whoAmI(browser), await whoAmI(other)], ['200', OUT]);
  });

  test('a clock that goes back ends no session', async () => {
    const { browser } = await letIn(world, over('isso'));
    world.clock.forward(-HOUR);
    assert.equal(await whoAmI(browser), '200');
    world.clock.forward(HOUR);
    assert.equal(await whoAmI(browser), '200');
  });

  test('what is over is gone from the table at the next sign-in', async () => {
    const { local } = await letIn(world, over('isso'));
    const count = async () =>
      (
        await world.house.store.read(world.north.agency, (tx) =>
          tx.rows('select 1 from session where agency_id = $1 and person_key = $2', [tx.agency, local.key]),
        )
      ).length;
    await letInAgain(world, local);
    assert.equal(await count(), 2);
    world.clock.forward(DAY);
    await letIn(world, over('isso'));
    assert.equal(await count(), 0);
  });
});

describe('the cookie', () => {
  test('has these attributes and no others', async () => {
    const { local } = await newLocal(world, over('isso'));
    const browser = await signIn(world, local);
    assert.match(browser.session ?? '', new RegExp(`^${world.north.agency}\\.[A-Za-z0-9_-]{43}$`));
    world.clock.forward(30 * SECOND);
    const { setCookies } = await browser.post('/api/sign-out');
    assert.deepEqual(setCookies, [
      '__Host-muster=; Max-Age=0; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax',
    ]);
    world.clock.forward(30 * SECOND);
    const answer = await trySignIn(world, local, {}, browser);
    const [session = '', attempt = '', ...more] = answer.setCookies;
    assert.deepEqual(more, []);
    assert.equal(session, `__Host-muster=${browser.session}; Path=/; HttpOnly; Secure; SameSite=Lax`);
    assert.match(attempt, /^__Host-muster-attempt=; Max-Age=0; Path=\/;/);
  });

  test('is another at each sign-in, and the session before it in that browser ends', async () => {
    const { local, browser } = await newLocal(world, over('isso'));
    const secrets = [browser.session];
    const before = browser.copy();
    const elsewhere = await signIn(world, local);
    await signIn(world, local, browser);
    secrets.push(elsewhere.session, browser.session);
    assert.equal(new Set(secrets).size, 3);
    assert.deepEqual(
      [await whoAmI(before), await whoAmI(browser), await whoAmI(elsewhere)],
      [OUT, '200', '200'],
    );
    const ended = await entriesOf(world, 'session.ended', local);
    assert.deepEqual(
      ended.map(({ body }) => body),
      [{ who: `person:${local.person}`, what: 'by another sign-in' }],
    );
  });

  test('of another person in that browser ends too, and the record says whose', async () => {
    const { local: first, browser } = await newLocal(world, over('isso'));
    const { local: second } = await newLocal(world, over('ciso'));
    const before = browser.copy();
    await signIn(world, second, browser);
    assert.equal(await whoAmI(before), OUT);
    assert.equal((await entriesOf(world, 'session.ended', first)).length, 1);
    assert.equal((await entriesOf(world, 'session.ended', second)).length, 0);
  });

  test('a sign-in that fails ends nothing', async () => {
    const { local, browser } = await newLocal(world, over('isso'));
    const wrong = await browser.post('/api/sign-in/password', {
      agency: 'NORTH',
      signInName: local.signInName,
      password: 'wrong',
      notice: 'x',
    });
    assert.deepEqual(wrong.setCookies, []);
    assert.equal(await whoAmI(browser), '200');
  });
});

describe('one’s own sessions', () => {
  test('are listed, with where and how, and this one told apart', async () => {
    const { local, browser } = await letIn(world, over('isso'));
    world.clock.forward(MINUTE);
    const other = await letInAgain(world, local);
    await letIn(world, over('isso'));
    const { sessions } = await me(other);
    assert.deepEqual(
      sessions.map(({ isThis, way, agent, address }) => [isThis, way, agent, address]),
      [
        [true, 'test', 'test', '127.0.0.1'],
        [false, 'test', 'test', '127.0.0.1'],
      ],
    );
    const now = world.clock.now().getTime();
    assert.deepEqual(
      sessions.map(({ started, lastUsed, ends }) =>
        [started, lastUsed, ends].map((at) => Date.parse(at) - now),
      ),
      [
        [0, 0, 12 * HOUR],
        [-MINUTE, -MINUTE, 12 * HOUR - MINUTE],
      ],
    );
    const text = JSON.stringify(sessions);
    for (const { session = '' } of [browser, other]) assert.ok(!text.includes(session.slice(2)));
    world.clock.forward(15 * MINUTE - SECOND);
    await whoAmI(other);
    world.clock.forward(2 * SECOND);
    assert.equal((await me(other)).sessions.length, 1, 'what has ended is not listed');
  });

  test('one is ended; nobody else’s, and none that is not there', async () => {
    const { local, browser } = await letIn(world, over('isso'));
    const other = await letInAgain(world, local);
    const { browser: stranger } = await letIn(world, over('administrator'));
    const theirs = (await me(stranger)).sessions[0]?.session;
    const mine = (await me(browser)).sessions.find(({ isThis }) => !isThis)?.session;
    for (const session of [theirs, 999_999])
      assert.equal(refusalOf(await browser.post('/api/me/sessions/end', { session })), '404 NOT_FOUND');
    for (const session of [0, -1, 'x', null, 1.5, undefined])
      assert.equal(refusalOf(await browser.post('/api/me/sessions/end', { session })), '400 BAD_REQUEST');
    assert.equal(await whoAmI(stranger), '200');
    assert.equal((await browser.post('/api/me/sessions/end', { session: mine })).status, 200);
    assert.deepEqual([await whoAmI(browser), await whoAmI(other)], ['200', OUT]);
    assert.equal(refusalOf(await browser.post('/api/me/sessions/end', { session: mine })), '404 NOT_FOUND');
    const ended = await entriesOf(world, 'session.ended', local);
    assert.deepEqual(
      ended.map(({ actor, body }) => [actor, body]),
      [[`person:${local.person}`, { who: `person:${local.person}`, what: 'one' }]],
    );
  });

  test('sign-out ends this one alone', async () => {
    const { local, browser } = await letIn(world, over('isso'));
    const other = await letInAgain(world, local);
    const kept = browser.copy();
    const answer = await browser.post('/api/sign-out');
    assert.deepEqual([answer.status, answer.json()], [200, { leadsTo: null }]);
    assert.equal(browser.session, undefined);
    assert.deepEqual([await whoAmI(kept), await whoAmI(browser), await whoAmI(other)], [OUT, OUT, '200']);
    assert.equal((await entriesOf(world, 'person.signed-out', local)).length, 1);
  });

  test('signed out twice at once, it is one sign-out', async () => {
    const { local, browser } = await letIn(world, over('isso'));
    await Promise.all([browser.copy().post('/api/sign-out'), browser.copy().post('/api/sign-out')]);
    assert.equal((await entriesOf(world, 'person.signed-out', local)).length, 1);
  });

  test('sign-out everywhere ends all, and nobody else’s', async () => {
    const { local, browser } = await letIn(world, over('isso'));
    const others = [await letInAgain(world, local), await letInAgain(world, local)];
    const { browser: stranger } = await letIn(world, over('isso'));
    const kept = browser.copy();
    assert.equal((await browser.post('/api/me/sessions/end-all')).status, 200);
    assert.equal(browser.session, undefined);
    for (const each of [kept, ...others]) assert.equal(await whoAmI(each), OUT);
    assert.equal(await whoAmI(stranger), '200');
    const [entry] = await entriesOf(world, 'session.ended', local);
    assert.deepEqual(entry?.body, { who: `person:${local.person}`, what: 'all' });
  });
});

describe('what lets nobody in any more', () => {
  const gets = ['/api/status', '/api/me', '/api/acts', '/api/openapi.json', '/api/agencies/NORTH/people'];
  const posts = [
    '/api/sign-out',
    '/api/me/tokens',
    '/api/me/sessions/end-all',
    '/api/agencies/NORTH/acts/person.add',
  ];

  async function assertOut(browser: Browser): Promise<void> {
    for (const path of gets) assert.equal(refusalOf(await browser.get(path)), OUT, path);
    for (const path of posts) assert.equal(refusalOf(await browser.post(path)), OUT, path);
  }

  test('a session that was ended', async () => {
    const { browser } = await letIn(world, over('administrator'));
    const kept = browser.copy();
    await browser.post('/api/sign-out');
    await assertOut(kept);
  });

  test('a session that has gone idle', async () => {
    const { browser } = await letIn(world, over('administrator'));
    world.clock.forward(15 * MINUTE);
    await assertOut(browser);
  });

  test('of a person who was disabled, also once they are enabled again', async () => {
    const { local, browser } = await letIn(world, over('isso'));
    assert.equal(await whoAmI(browser), '200');
    await operate(world, 'person.disable', { person: local.person, reason: 'leave' });
    await assertOut(browser);
    world.clock.forward(SECOND);
    await operate(world, 'person.enable', { person: local.person, reason: 'returned' });
    await assertOut(browser);
    assert.equal(await whoAmI(await letInAgain(world, local)), '200');
  });

  test('no session at all; one in the address, in a header or in the body', async () => {
    const { browser } = await letIn(world, over('administrator'));
    const nobody = new Browser(world.address);
    await assertOut(nobody);
    const secret = browser.session ?? '';
    assert.equal(refusalOf(await nobody.get(`/api/status?__Host-muster=${secret}`)), OUT);
    assert.equal(refusalOf(await nobody.get('/api/status', { authorization: `Bearer ${secret}` })), OUT);
    assert.equal(refusalOf(await nobody.get('/api/status', { authorization: secret })), OUT);
    assert.equal(refusalOf(await nobody.post('/api/sign-out', { '__Host-muster': secret })), OUT);
  });

  test('however the address is written', async () => {
    for (const path of [
      '/%61pi/status',
      '/api/%73tatus',
      '/api/status?x=/api/sign-in',
      '/api/./status',
      '//api/status',
      '/API/status',
      '/api//status',
      '/api/status/',
      '/api/sign-in/../status',
    ]) {
      const answer = await ask(world.address, 'GET', path);
      assert.ok([401, 404].includes(answer.status), `${path}: ${answer.status}`);
    }
    const { browser } = await letIn(world, over('isso'));
    assert.equal(refusalOf(await browser.get('/%61pi/status')), '200');
    assert.deepEqual(world.logged, []);
  });
});
