import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, test } from 'node:test';
import { LIMITS } from '../../src/doors/http/limits.ts';
import { buildServer } from '../../src/doors/http/server.ts';
import { openFirstSetUp, type FirstSetUp } from '../../src/doors/sign-in/set-up.ts';
import { findAgency, listAgencies } from '../../src/programs/inventory/index.ts';
import { entriesAfter } from '../../src/store/index.ts';
import { newAgency, openTestHouse, type TestHouse } from '../house.ts';
import { Browser } from './browser.ts';
import { codeAt, PASSWORD, refusalOf, whoAmI } from './world.ts';

const SPENT = '410 LINK_SPENT';
const SAID = {
  code: 'NORTH',
  kind: 'irs',
  timeZone: 'America/New_York',
  name: 'Demo Administrator',
  signInName: 'demo.administrator',
};

let house: TestHouse;
let first: FirstSetUp;
let address = '';
let close: () => Promise<void> = async () => undefined;
let logged: string[] = [];
beforeEach(async () => {
  house = await openTestHouse();
  logged = [];
  first = await openFirstSetUp(house);
  const limits = { ...LIMITS, signIns: 1000 };
  const server = await buildServer({ house, first, limits, log: (line) => logged.push(line) });
  await server.listen({ host: '127.0.0.1', port: 0 });
  address = `http://localhost:${(server.server.address() as AddressInfo).port}`;
  close = () => server.close();
});
afterEach(async () => {
  await close();
  await house?.close();
});

function create(said: object = {}) {
  return new Browser(address).post('/api/set-up/agency', { token: first.token, ...SAID, ...said });
}

async function isOpen(): Promise<boolean> {
  return ((await new Browser(address).get('/api/sign-in')).json() as { setUp: boolean }).setUp;
}

test('from the first start to the first administrator', async () => {
  assert.equal(await isOpen(), true);
  const created = await create();
  assert.equal(created.status, 200, created.text);
  const { link } = created.json() as { link: string };
  assert.equal(await isOpen(), false);
  const browser = new Browser(address);
  const begun = (await browser.post('/api/set-up/begin', { token: link })).json() as {
    totp: { secret: string };
  };
  const code = codeAt(begun.totp.secret, new Date());
  const done = await browser.post('/api/set-up/password', { token: link, password: PASSWORD, code });
  assert.equal(done.status, 200, done.text);
  const status = (await browser.get('/api/status')).json() as {
    roles: string[];
    agencies: { code: string }[];
  };
  assert.deepEqual([status.roles, status.agencies.map((each) => each.code)], [['administrator'], ['NORTH']]);
  const agency = await findAgency(house.store, 'NORTH');
  const entries = await house.store.read(agency?.agency ?? 0, (tx) => entriesAfter(tx, 0, 1000));
  const own = entries.filter(({ kind }) => kind !== 'rulebook.adopted');
  assert.deepEqual(
    own.map(({ kind, actor }) => [kind, actor.replace(/^person:.*/, 'person')]),
    [
      ['agency.created', 'muster'],
      ['person.added', 'muster'],
      ['grant.given', 'muster'],
      ['person.set-up-offered', 'muster'],
      ['credential.set', 'person'],
      ['credential.set', 'person'],
      ['person.signed-in', 'person'],
    ],
  );
  assert.deepEqual(logged, []);
});

test('what cannot be is refused with its field, leaves no agency, and the link stays good', async () => {
  for (const [said, at] of [
    [{ code: 'north' }, undefined],
    [{ code: 'x'.repeat(33) }, 'code'],
    [{ kind: 'kingdom' }, undefined],
    [{ timeZone: 'Mars/Olympus' }, undefined],
    [{ name: ' ' }, 'name'],
    [{ signInName: 'a b' }, 'signInName'],
    [{ signInName: 'x'.repeat(65) }, 'signInName'],
    [{ signInName: '' }, 'signInName'],
    [{ demonstration: true }, 'input'],
  ] as const) {
    const refused = await create(said);
    const { error } = refused.json() as { error: { refused: { at: string }[] } };
    assert.equal(refused.status, 400, refused.text);
    assert.equal(error.refused[0]?.at, at);
    assert.deepEqual(await listAgencies(house.store), [], JSON.stringify(said));
    assert.equal(await isOpen(), true);
  }
  assert.equal((await create()).status, 200);
});

test('without the link nobody creates an agency, and with it one does, once', async () => {
  const token = first.token ?? '';
  for (const wrong of ['', 'x', token.slice(1), `first.${token}`, token.replace('0.', '1.'), `${token}x`])
    assert.equal(refusalOf(await create({ token: wrong })), SPENT, wrong);
  const all = await Promise.all(['NORTH', 'SOUTH', 'EAST', 'WEST'].map((code) => create({ code })));
  assert.deepEqual(all.map(refusalOf).toSorted(), ['200', SPENT, SPENT, SPENT]);
  assert.equal((await listAgencies(house.store)).length, 1);
  assert.equal(refusalOf(await create({ code: 'OTHER' })), SPENT);
  assert.equal(
    refusalOf(await new Browser(address).post('/api/set-up/begin', { token })),
    SPENT,
    'it is nobody’s',
  );
});

test('once an agency was made at the terminal the link is good no more', async () => {
  await newAgency(house, 'NORTH');
  assert.equal(await isOpen(), false);
  assert.equal(refusalOf(await create({ code: 'SOUTH' })), SPENT);
  assert.equal((await openFirstSetUp(house)).token, undefined);
  assert.equal((await listAgencies(house.store)).length, 1);
});

test('until then nobody signs in, and nothing is told', async () => {
  const browser = new Browser(address);
  const said = (await browser.get('/api/sign-in')).json() as {
    agencies: unknown[];
    notice: { digest: string };
  };
  assert.deepEqual(said.agencies, []);
  const tried = await browser.post('/api/sign-in/password', {
    agency: 'NORTH',
    signInName: 'demo.administrator',
    password: PASSWORD,
    notice: said.notice.digest,
  });
  assert.equal(refusalOf(tried), '401 SIGN_IN_REFUSED');
  assert.equal(await whoAmI(browser), '401 SIGN_IN_REQUIRED');
});
