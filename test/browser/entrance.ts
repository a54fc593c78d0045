import { join } from 'node:path';
import type { Browser, CDPSession, Locator, Page } from 'playwright-core';
import { packageFolder } from '../../src/doors/settings.ts';
import { builtWeb } from '../../src/doors/web/index.ts';
import { codeAt, openWorld, type Local, type World, type WorldWanted } from '../sign-in/world.ts';
import {
  assertAccessible,
  assertNarrow,
  assertSound,
  findBrowser,
  openBrowser,
  visit,
  type Visit,
  type Visiting,
} from './browser.ts';
import { heading, shows } from './stage.ts';

/*
 * A Muster with its pages under a clock that stands still until it is moved, and a browser in front of
 * it that nobody has signed in with.
 */

/** The pages as built once for all tests that serve them. */
export function testWeb(): Promise<string> {
  return builtWeb(join(packageFolder, 'node_modules', '.cache', 'muster-test-web'), () => undefined);
}

export interface Entrance {
  readonly world: World;
  readonly browser: Browser;
  /** A page in a browser of its own, whose clock agrees with the server's. */
  open(visiting?: Visiting): Promise<Visit>;
  /** Moves the server's clock on, and that of these pages. */
  forward(milliseconds: number, ...visitors: readonly Pick<Visit, 'page'>[]): Promise<void>;
  close(): Promise<void>;
}

export async function openEntrance(wanted: WorldWanted = {}): Promise<Entrance> {
  const world = await openWorld({ ...wanted, web: await testWeb() });
  const browser = await openBrowser(findBrowser() ?? '');
  return {
    world,
    browser,
    open: (visiting = {}) => visit(browser, world.address, { now: world.clock.now(), ...visiting }),
    forward: async (milliseconds, ...visitors) => {
      world.clock.forward(milliseconds);
      for (const { page } of visitors) await page.clock.fastForward(milliseconds);
    },
    close: async () => {
      await browser.close();
      await world.close();
    },
  };
}

/** A page's walk; whatever went wrong on it fails the test. */
export async function walked(
  visitor: Visit,
  steps: (page: Page) => Promise<void>,
  refusals: readonly string[] = [],
): Promise<void> {
  try {
    await steps(visitor.page);
    assertSound(visitor, refusals);
  } finally {
    await visitor.close();
  }
}

/** A page is accessible, and fits a narrow screen. */
export async function assertReadable(visitor: Visit, what: string): Promise<void> {
  await assertAccessible(visitor, what);
  await assertNarrow(visitor, what);
}

export function button(within: Page | Locator, name: string): Locator {
  return within.getByRole('button', { name, exact: true });
}

/** Reads the system-use notice. */
export async function readNotice(page: Page): Promise<void> {
  await shows(heading(page, 'Before you sign in', 1));
  await button(page, 'I have read this: continue').click();
}

export interface Typed {
  readonly signInName: string;
  readonly password: string;
  readonly code?: string;
}

/** Fills in the form of a password, and sends it. */
export async function typePassword(page: Page, { signInName, password, code }: Typed): Promise<void> {
  const form = page.getByRole('form', { name: 'Sign in with a password' });
  await form.getByLabel('Sign-in name').fill(signInName);
  await form.getByLabel('Password', { exact: true }).fill(password);
  if (code !== undefined) await form.getByRole('textbox', { name: /^Code/ }).fill(code);
  await button(form, 'Sign in').click();
}

/** Signs in by what is right, from the sign-in page as it is shown; the code is a fresh one. */
export async function signInOn(page: Page, { world: { clock } }: Entrance, local: Local): Promise<void> {
  clock.forward(30_000);
  await typePassword(page, { ...local, code: codeAt(local.totp, clock.now()) });
}

/** An authenticator of the browser's own, with passkeys that it makes and keeps. */
export interface VirtualAuthenticator {
  /** Whether the person shows it who they are, from now on. */
  verify(isVerified: boolean): Promise<void>;
  /** How many passkeys it keeps. */
  count(): Promise<number>;
}

export async function addAuthenticator(page: Page): Promise<VirtualAuthenticator> {
  const client: CDPSession = await page.context().newCDPSession(page);
  await client.send('WebAuthn.enable');
  const { authenticatorId } = await client.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    verify: (isUserVerified) =>
      client.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }).then(() => undefined),
    count: async () => (await client.send('WebAuthn.getCredentials', { authenticatorId })).credentials.length,
  };
}
