import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { offerSetUp } from '../../src/doors/sign-in/set-up.ts';
import { makePasskey, newDevice } from '../../src/doors/sign-in/trial-passkey.ts';
import { keyText, type Entry } from '../../src/record/index.ts';
import { newAgency } from '../house.ts';
import { addPerson } from '../people.ts';
import { ask, Browser } from './browser.ts';
import {
  codeAt,
  letIn,
  MINUTE,
  newLocal,
  openWorld,
  operate,
  over,
  PASSWORD,
  recordOf,
  SECOND,
  signIn,
  trySignIn,
  wrongCode,
  type World,
} from './world.ts';

/*
 * A day of somebody who signs in, in ways right and wrong: what the record says of it, and what neither
 * the record nor the log nor an answer may say.
 */

const NEW = 'copper kettle 92 violin';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world?.close());

/** The entries since an index, as `kind by actor` with what their bodies say beyond who. */
function told(entries: readonly Entry[], since: number): string[] {
  return entries
    .filter(({ index }) => index > since)
    .map(({ kind, actor, body }) => {
      const { what } = body as { what?: string };
      return `${kind} by ${actor}${what === undefined ? '' : `: ${what}`}`;
    });
}

test('what happens around signing in is recorded, each by whoever did it', async () => {
  const { house, north, clock } = world;
  const key = await addPerson(house, north, over('isso', 'administrator'));
  const since = (await recordOf(world)).length;
  const self = `person:${keyText(key)}`;
  const { token: link } = await offerSetUp(house, north, house.operator, key);
  const browser = new Browser(world.address);
  const begun = (await browser.post('/api/set-up/begin', { token: link })).json() as {
    signInName: string;
    totp: { secret: string };
  };
  const totp = begun.totp.secret;
  const code = codeAt(totp, clock.now());
  await browser.post('/api/set-up/password', { token: link, password: 'short', code });
  await browser.post('/api/set-up/password', { token: link, password: PASSWORD, code });
  const local = {
    agency: north,
    key,
    person: keyText(key),
    signInName: begun.signInName,
    password: PASSWORD,
    totp,
  };
  clock.forward(MINUTE);
  for (let n = 0; n < 4; n += 1) await trySignIn(world, local, { password: `wrong ${n}` });
  clock.forward(13 * MINUTE);
  const made = await browser.post('/api/me/tokens', { name: 'Demo', roles: ['isso'], days: 1 });
  const { secret, token } = made.json() as { secret: string; token: { token: number } };
  clock.forward(2 * MINUTE);
  await signIn(world, local, browser);
  await browser.post('/api/me/password', { current: PASSWORD, password: NEW });
  const begunPasskey = await browser.post('/api/me/passkeys/begin');
  const { options } = begunPasskey.json() as { options: { challenge: string } };
  const device = newDevice();
  const asked = { challenge: options.challenge, origin: world.address, rpId: 'localhost' };
  await browser.post('/api/me/passkeys/finish', { response: makePasskey(device, asked), label: 'Demo key' });
  const ways = (await browser.get('/api/me')).json() as {
    credentials: { credential: number; kind: string }[];
  };
  const passkey = ways.credentials.find(({ kind }) => kind === 'passkey')?.credential;
  await browser.post('/api/me/credentials/remove', { credential: passkey });
  await ask(world.address, 'GET', '/api/me', { authorization: `Bearer ${secret}` });
  await browser.get('/api/agencies/NORTH/findings?asOf=2026-01-01');
  await browser.get('/api/agencies/SOUTH/findings');
  await browser.post('/api/me/tokens', { name: 'Demo', roles: ['ciso'], days: 1 });
  await browser.post('/api/me/tokens/revoke', { token: token.token });
  await browser.post('/api/sign-out');
  assert.deepEqual(told(await recordOf(world), since), [
    'person.set-up-offered by operator:test',
    `credential.set by ${self}: password`,
    `credential.set by ${self}: totp`,
    `person.signed-in by ${self}`,
    'person.locked by muster',
    `token.made by ${self}`,
    `person.signed-in by ${self}`,
    `session.ended by ${self}: by another sign-in`,
    `credential.set by ${self}: password`,
    `credential.set by ${self}: passkey`,
    `credential.removed by ${self}: passkey`,
    `access.denied by ${self}/token:${token.token}: me`,
    `access.denied by ${self}: another agency`,
    `access.denied by ${self}: make-token`,
    `token.revoked by ${self}`,
    `person.signed-out by ${self}`,
  ]);
});

test('an auditor’s reading says what was asked', async () => {
  const since = (await recordOf(world)).length;
  const { local, browser } = await letIn(world, over('auditor'));
  await browser.get('/api/agencies/NORTH/people?role=isso');
  const entry = (await recordOf(world)).at(-1);
  assert.ok((entry?.index ?? 0) > since);
  assert.deepEqual(
    [entry?.kind, entry?.actor, entry?.body],
    [
      'view.read',
      `person:${local.person}`,
      { who: `person:${local.person}`, what: 'people', asked: { role: 'isso' } },
    ],
  );
});

test('no secret is in any entry, in any line of the log, in any address or in any answer but its own', async () => {
  const { house, clock } = world;
  const south = await newAgency(house, 'SOUTH');
  const { local, browser } = await newLocal(world, over('isso', 'administrator'), { agency: south });
  const secrets: string[] = [local.password, local.totp, NEW, 'a wrong password'];
  const answers: string[] = [];
  const addresses: string[] = [];
  const keep = (...texts: (string | undefined)[]) =>
    secrets.push(...texts.filter((text) => text !== undefined));
  const send = async (of: Browser, path: string, input?: object) => {
    addresses.push(path);
    const answer = input === undefined ? await of.get(path) : await of.post(path, input);
    keep(of.session, of.cookies.get('__Host-muster-attempt'));
    addresses.push(String(answer.headers['location'] ?? ''));
    answers.push(answer.text);
    return answer;
  };
  keep(browser.session);
  clock.forward(MINUTE);
  keep(codeAt(local.totp, clock.now()), wrongCode(local.totp, clock.now()));
  answers.push((await trySignIn(world, local, { password: 'a wrong password' })).text);
  answers.push((await trySignIn(world, local, { code: wrongCode(local.totp, clock.now()) })).text);
  await signIn(world, local, browser);
  keep(browser.session);
  const { secret } = (
    await browser.post('/api/me/tokens', { name: 'Demo', roles: ['isso'], days: 1 })
  ).json() as { secret: string };
  keep(secret);
  const { secret: renewed } = (await browser.post('/api/me/totp/begin')).json() as { secret: string };
  keep(renewed, browser.cookies.get('__Host-muster-attempt'));
  await send(browser, '/api/me/totp/finish', { code: codeAt(renewed, clock.now()) });
  await send(browser, '/api/me/password', { current: 'a wrong password', password: NEW });
  await send(browser, '/api/me/password', { current: local.password, password: NEW });
  const { local: other } = await letIn(world, over('isso'), south);
  const offered = await browser.post(`/api/agencies/SOUTH/people/${other.person}/set-up-link`);
  const { link } = offered.json() as { link: string };
  const token = link.split('#')[1] ?? '';
  keep(token);
  assert.equal(link.split('#')[0], `${world.address}/set-up`, 'what a server is sent holds nothing');
  await send(browser, '/api/set-up/begin', { token: `${token}x` });
  await send(browser, '/api/set-up/password', { token, password: 'short', code: '123' });
  await send(browser, '/api/me');
  await send(browser, '/api/status');
  await send(browser, '/api/agencies/SOUTH/people');
  await send(browser, '/api/agencies/SOUTH/acts/person.add', { name: 'Demo', signInName: `${secret} x` });
  await send(browser, '/api/agencies/SOUTH/acts/person.change', { person: secret, name: 'x' });
  await operate(world, 'person.disable', { person: other.person, reason: 'left' }, south);
  clock.forward(SECOND);

  const entries = [...(await recordOf(world)), ...(await recordOf(world, south))];
  const kept = secrets.flatMap((text) => [text, text.includes('.') ? (text.split('.')[1] ?? text) : text]);
  const among = (texts: readonly string[]) =>
    kept.filter((text) => text.length > 5 && texts.some((each) => each.includes(text)));
  assert.ok(kept.length > 15);
  assert.deepEqual(among(entries.map((entry) => JSON.stringify(entry))), [], 'entries');
  assert.deepEqual(among(world.logged), [], 'the log');
  assert.deepEqual(among(addresses), [], 'addresses');
  // What was asked wrongly is named in a refusal: an act says which person it does not know.
  const plain = answers.filter((text) => !text.includes('there is no person'));
  assert.deepEqual(among(plain), [], 'answers');
});
