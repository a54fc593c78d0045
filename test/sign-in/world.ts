import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { HOTP, Secret } from 'otpauth';
import { LIMITS } from '../../src/doors/http/limits.ts';
import { buildServer } from '../../src/doors/http/server.ts';
import type { Settings } from '../../src/doors/settings.ts';
import { offerSetUp } from '../../src/doors/sign-in/set-up.ts';
import { performAct, type Grant, type Role } from '../../src/acts/index.ts';
import type { AgencyFacts } from '../../src/programs/inventory/index.ts';
import { personNamed } from '../../src/programs/people/index.ts';
import { keyText, type Entry } from '../../src/record/index.ts';
import { entriesAfter } from '../../src/store/index.ts';
import { newAgency, openTestHouse, standingClock, type Clock, type TestHouse } from '../house.ts';
import { addPerson, signedInAs } from '../people.ts';
import { Browser } from './browser.ts';

/*
 * A Muster that people sign in to: the real server on a port of its own, under a clock that stands still
 * until it is moved.
 */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Noon in the agencies' time zone: no test that goes on for some hours comes to another day. */
const NOON = new Date('2026-03-11T16:00:00.000Z');

export interface World {
  readonly house: TestHouse;
  readonly clock: Clock;
  readonly north: AgencyFacts;
  /** `http://localhost:PORT`: browsers make passkeys for that name. */
  readonly address: string;
  /** What the server logged. */
  readonly logged: readonly string[];
  close(): Promise<void>;
}

export interface WorldWanted {
  readonly settings?: Partial<Settings>;
  readonly clock?: Clock;
  /** The folder with the built pages; without it the API alone is served. */
  readonly web?: string;
}

/** A clock that goes on of itself, for what has a clock of its own to agree with. */
export function runningClock(): Clock {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    forward: (milliseconds) => {
      ahead += milliseconds;
    },
  };
}

/** Opens a Muster with the agency NORTH. Requests are not limited, but where they are what is tried. */
export async function openWorld({
  settings = {},
  clock = standingClock(NOON),
  web,
}: WorldWanted = {}): Promise<World> {
  const house = await openTestHouse({ now: clock.now, settings });
  const logged: string[] = [];
  const north = await newAgency(house, 'NORTH');
  const limits = { ...LIMITS, signIns: 100_000 };
  const server = await buildServer({ house, limits, web, log: (line) => logged.push(line) });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  const close = async () => {
    await server.close();
    await house.close();
  };
  return { house, clock, north, address: `http://localhost:${port}`, logged, close };
}

/** Someone who has set up a password and an authenticator. */
export interface Local {
  readonly agency: AgencyFacts;
  readonly key: number;
  readonly person: string;
  readonly signInName: string;
  password: string;
  /** The authenticator's secret in base32. */
  totp: string;
}

export const PASSWORD = 'lantern orbit 47 maple';

/** Over the whole agency. */
export function over(...roles: readonly Role[]): Grant[] {
  return roles.map((role) => ({ role, reach: { over: 'agency' } }));
}

/** The code that an authenticator shows at an instant, or so many steps before or after. */
export function codeAt(totp: string, now: Date, steps = 0): string {
  const counter = Math.floor(now.getTime() / (30 * SECOND)) + steps;
  return HOTP.generate({ secret: Secret.fromBase32(totp), algorithm: 'SHA1', digits: 6, counter });
}

/** Another code than any that is good about now. */
export function wrongCode(totp: string, now: Date): string {
  const good = [-2, -1, 0, 1, 2].map((steps) => codeAt(totp, now, steps));
  return (
    ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !good.includes(code)) ?? ''
  );
}

/** Adds a person who sets up a password and an authenticator by their link; the browser is signed in then. */
export async function newLocal(
  world: World,
  grants: readonly Grant[],
  { agency = world.north, signInName }: { readonly agency?: AgencyFacts; readonly signInName?: string } = {},
): Promise<{ readonly local: Local; readonly browser: Browser }> {
  const key = await addPerson(world.house, agency, grants, signInName);
  const { token } = await offerSetUp(world.house, agency, world.house.operator, key);
  const browser = new Browser(world.address);
  const begun = await browser.post('/api/set-up/begin', { token });
  assert.equal(begun.status, 200, begun.text);
  const said = begun.json() as { signInName: string; totp: { secret: string } };
  const totp = said.totp.secret;
  const code = codeAt(totp, world.clock.now());
  const done = await browser.post('/api/set-up/password', { token, password: PASSWORD, code });
  assert.equal(done.status, 200, done.text);
  const local = { agency, key, person: keyText(key), signInName: said.signInName, password: PASSWORD, totp };
  return { local, browser };
}

/** Someone who is signed in, in a browser of their own; how they signed in is left out. */
export async function letIn(
  world: World,
  grants: readonly Grant[],
  agency = world.north,
): Promise<{ readonly local: Local; readonly browser: Browser }> {
  const key = await addPerson(world.house, agency, grants);
  const { signInName } = await world.house.store.read(agency.agency, (tx) => personNamed(tx, keyText(key)));
  const local = { agency, key, person: keyText(key), signInName, password: '', totp: '' };
  return { local, browser: await letInAgain(world, local) };
}

/** Another session of theirs. */
export async function letInAgain(world: World, { agency, key }: Local): Promise<Browser> {
  const { headers } = await signedInAs(world.house, agency, key);
  const browser = new Browser(world.address);
  browser.cookies.set('__Host-muster', headers['cookie']?.split('=')[1] ?? '');
  return browser;
}

/** The notice that is in force, by its digest. */
export async function noticeOf(browser: Browser): Promise<string> {
  return ((await browser.get('/api/sign-in')).json() as { notice: { digest: string } }).notice.digest;
}

/** Tries to sign in with what is right, but for what is said; the clock stays. */
export async function trySignIn(
  world: World,
  local: Local,
  wrong: Readonly<Record<string, string | undefined>> = {},
  browser = new Browser(world.address),
) {
  const { agency, signInName, password, totp } = local;
  const code = codeAt(totp, world.clock.now());
  const notice = await noticeOf(browser);
  const said = { agency: agency.code, signInName, password, code, notice, ...wrong };
  return browser.post('/api/sign-in/password', said);
}

/** Signs in with the next code: the clock goes on by 30 seconds. */
export async function signIn(
  world: World,
  local: Local,
  browser = new Browser(world.address),
): Promise<Browser> {
  world.clock.forward(30 * SECOND);
  const answer = await trySignIn(world, local, {}, browser);
  assert.equal(answer.status, 200, answer.text);
  return browser;
}

/** What an answer refuses with: its status and code. */
export function refusalOf({ status, text }: { readonly status: number; readonly text: string }): string {
  const { error } = JSON.parse(text) as { error?: { code: string } };
  return `${status} ${error?.code ?? ''}`.trim();
}

/** Where a session is let in: `200`, and with what it is refused elsewhere. */
export async function whoAmI(browser: Browser): Promise<string> {
  return refusalOf(await browser.get('/api/status'));
}

/** An act by the operator. */
export async function operate(
  world: World,
  act: string,
  input: object,
  agency = world.north,
): Promise<Entry> {
  const { house } = world;
  const { store, declarations, operator } = house;
  return performAct(store, declarations, agency.agency, operator, house.today(agency), act, input);
}

/** The whole record of an agency. */
export async function recordOf(world: World, agency = world.north): Promise<Entry[]> {
  return world.house.store.read(agency.agency, (tx) => entriesAfter(tx, 0, 100_000));
}

/** The entries of a kind about a person, or by them. */
export async function entriesOf(world: World, kind: string, { key, agency }: Local): Promise<Entry[]> {
  const name = `person:${keyText(key)}`;
  const entries = await recordOf(world, agency);
  return entries.filter((entry) => entry.kind === kind && (entry.subject === name || entry.actor === name));
}
