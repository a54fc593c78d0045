import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { AgencyFacts } from '../../src/programs/inventory/index.ts';
import { keyBase, keyText } from '../../src/record/index.ts';
import { newAgency } from '../house.ts';
import { openFollower, openProvider, type Follower, type TestProvider } from '../openid.ts';
import { Browser, type Answer } from './browser.ts';
import { noticeOf, openWorld, operate, runningClock, type Local, type World } from './world.ts';

/*
 * A Muster whose agencies sign their people in at real providers: NORTH at one, PIV at the same with a
 * way of signing in that it demands, TWO at two, and GONE at one that a test may close.
 */

export const PIV = 'urn:demo:piv';
export const REFUSED = '/sign-in?refused=SIGN_IN_REFUSED';

export interface ProviderWorld extends World {
  readonly piv: AgencyFacts;
  readonly two: AgencyFacts;
  /** The provider of NORTH. */
  readonly first: TestProvider;
  readonly gone: TestProvider;
}

const accounts = [
  { name: 'demo-piv', acr: PIV },
  { name: 'demo-password', acr: 'urn:demo:password' },
  { name: 'demo-plain' },
  { name: 'demo-stranger' },
  { name: 'demo-leaving' },
  { name: 'demo-bound' },
  { name: 'demo.named' },
  { name: 'DEMO.NAMED' },
  { name: 'first-login/demo-bound' },
];

export async function openProviderWorld(): Promise<ProviderWorld> {
  const clientSecret = 'demo secret';
  const [first, second, gone] = [
    await openProvider({ accounts, clientSecret }),
    await openProvider({ accounts, clientSecret }),
    await openProvider({ accounts, clientSecret }),
  ];
  const of = (provider: string, agency: string, { issuer, clientId }: TestProvider, more = {}) => ({
    provider,
    title: 'Agency sign-in',
    agency,
    issuer,
    clientId,
    clientSecret,
    ...more,
  });
  const folder = await mkdtemp(join(tmpdir(), 'muster-test-'));
  const providersFile = join(folder, 'providers.yaml');
  const providers = [
    of('north-login', 'NORTH', first),
    of('piv-login', 'PIV', first, { acr: [PIV] }),
    of('first-login', 'TWO', first),
    of('second-login', 'TWO', second),
    of('gone-login', 'GONE', gone),
  ];
  await writeFile(providersFile, stringify(providers), { mode: 0o600 });
  const world = await openWorld({ settings: { providersFile }, clock: runningClock() });
  const at = new Map([first, second, gone].map((each) => [each.issuer, each]));
  for (const { provider, issuer } of providers) {
    const redirectUri = `${world.address}/api/sign-in/answer/${provider}`;
    at.get(issuer)?.allow({ redirectUri, returnTo: `${world.address}/sign-in` });
  }
  const piv = await newAgency(world.house, 'PIV');
  const two = await newAgency(world.house, 'TWO');
  await newAgency(world.house, 'GONE');
  const close = async () => {
    await world.close();
    await Promise.all([first, second, gone].map((each) => each.close()));
    await rm(folder, { recursive: true, force: true });
  };
  return { ...world, piv, two, first, gone, close };
}

let people = 0;

/** Someone whom a provider calls so. */
export async function known(
  world: World,
  identity: string | undefined,
  { agency = world.north, signInName = '' } = {},
): Promise<Local> {
  people += 1;
  const said = {
    name: 'Demo Person',
    signInName: signInName || `demo.p-${people}`,
    ...(identity && { identity }),
  };
  const { index } = await operate(world, 'person.add', said, agency);
  const key = keyBase(index) + 1;
  await operate(world, 'grant.give', { person: keyText(key), role: 'isso', over: 'agency' }, agency);
  return { agency, key, person: keyText(key), signInName: said.signInName, password: '', totp: '' };
}

export interface Wanted {
  readonly provider?: string;
  readonly agency?: string;
  readonly to?: string;
}

/** Goes to the provider; gives where the browser is sent. */
export async function begin(
  browser: Browser,
  { provider = 'north-login', agency = 'NORTH', to }: Wanted = {},
) {
  const query = new URLSearchParams({
    agency,
    notice: await noticeOf(browser),
    ...(to !== undefined && { to }),
  });
  return browser.get(`/api/sign-in/providers/${provider}?${query}`);
}

export function leadsTo({ status, headers }: Answer): string {
  assert.equal(status, 303);
  return String(headers['location']);
}

/** Comes back from the provider. */
export function comeBack(browser: Browser, callback: string): Promise<Answer> {
  const { origin, pathname, search } = new URL(callback);
  assert.equal(origin, browser.address);
  assert.match(pathname, /^\/api\/sign-in\/answer\/[a-z]+-login$/);
  return browser.get(`${pathname}${search}`);
}

/** The whole way: where it leads in the end, and the browser. */
export async function signInAt(
  world: World,
  account: string,
  wanted: Wanted = {},
  follower: Follower = openFollower(),
) {
  const browser = new Browser(world.address);
  const location = leadsTo(await begin(browser, wanted));
  const answer = await comeBack(browser, await follower.follow(location, { account }));
  return { browser, led: leadsTo(answer), answer };
}
