// What runs in the page is written here too: the browser's own names.
/// <reference lib="dom" />
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { SignedIn } from '../people.ts';

const CANDIDATES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser that scripts/test.sh found, or one where Debian puts it; undefined where there is none. */
export function findBrowser(): string | undefined {
  return [process.env['CHROME_PATH'] ?? '', ...CANDIDATES].find((path) => path !== '' && existsSync(path));
}

export function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      '--disable-gpu',
      '--no-first-run',
      '--disable-extensions',
    ],
  });
}

/** A person at the browser: a page of their own, and everything that went wrong on it. */
export interface Visit {
  readonly page: Page;
  /** Errors in the console, breaches of the content security policy, requests to elsewhere. */
  readonly faults: readonly string[];
  /** Answers of the server that refuse, as `422 POST /api/…`. */
  readonly refusals: readonly string[];
  close(): Promise<void>;
}

type Cookie = Parameters<BrowserContext['addCookies']>[0][number];

const VIEWPORT = { width: 1280, height: 900 };
const PATIENCE = 10_000;

export interface Visiting {
  /** Who is signed in already. */
  readonly person?: SignedIn | undefined;
  /** The origins besides our own that the page may go to. */
  readonly alsoAt?: readonly string[];
  /** What the page's clock shows at first; it goes on from there. */
  readonly now?: Date;
}

/** Opens a page in a browser that nobody has used before. */
export async function visit(
  browser: Browser,
  address: string,
  { person, alsoAt = [], now }: Visiting = {},
): Promise<Visit> {
  const context = await browser.newContext({ baseURL: address, viewport: VIEWPORT, locale: 'en-US' });
  if (now) await context.clock.install({ time: now });
  if (person) await context.addCookies([sessionOf(person, address)]);
  context.setDefaultTimeout(PATIENCE);
  const faults: string[] = [];
  const refusals: string[] = [];
  await context.exposeBinding('tellOfBreach', (_source, breach: string) => faults.push(breach));
  await context.addInitScript(watchPolicy);
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // A refused request is noted below, with what was asked.
    const isRefusal = message.text().startsWith('Failed to load resource');
    if (['error', 'warning'].includes(message.type()) && !isRefusal)
      faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const places = [address, ...alsoAt].map((origin) => `${origin}/`);
    if (!['data:', ...places].some((place) => request.url().startsWith(place)))
      faults.push(`elsewhere: ${request.url()}`);
  });
  page.on('response', (response) => {
    const path = response.url().slice(address.length);
    if (response.status() >= 500) faults.push(`${response.status()} ${path}`);
    else if (response.status() >= 400)
      refusals.push(`${response.status()} ${response.request().method()} ${path}`);
  });
  return { page, faults, refusals, close: () => context.close() };
}

/** The cookie as the server would set it. */
function sessionOf({ headers }: SignedIn, address: string): Cookie {
  const [name = '', value = ''] = headers['cookie']?.split('=') ?? [];
  const { hostname: domain } = new URL(address);
  return { name, value, domain, path: '/', secure: true, httpOnly: true, sameSite: 'Lax' };
}

function watchPolicy(): void {
  addEventListener('securitypolicyviolation', (event) => {
    const told = (globalThis as unknown as { tellOfBreach: (breach: string) => void }).tellOfBreach;
    told(`policy: ${event.violatedDirective} ${event.blockedURI}`);
  });
}

/** Nothing went wrong on the page so far. */
export function assertSound(visitor: Visit, refusals: readonly string[] = []): void {
  assert.deepEqual(visitor.faults, []);
  assert.deepEqual(visitor.refusals, refusals);
}

const axe = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: unknown; readonly failureSummary?: string }[];
}

/** No rule of accessibility that a program can check is broken, on the page as it stands. */
export async function assertAccessible({ page }: Visit, what: string): Promise<void> {
  await page.evaluate(await axe);
  const violations = await page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: Violation[] }> };
    };
    return (await checker.run({ resultTypes: ['violations'] })).violations;
  });
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} at ${String(target)}: ${failureSummary ?? ''}`),
  );
  assert.deepEqual(found, [], `accessibility of ${what}`);
}

/** At 360 pixels nothing of the page stands out to the right: it scrolls one way only. */
export async function assertNarrow({ page }: Visit, what: string): Promise<void> {
  await page.setViewportSize({ width: 360, height: 740 });
  // Pictures are drawn anew for the room there is, so the last word takes a moment.
  const fits = () => document.documentElement.scrollWidth <= document.documentElement.clientWidth;
  await page.waitForFunction(fits, undefined, { timeout: 2000 }).catch(() => undefined);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 360, `${what} is ${wide} pixels wide in 360`);
  await page.setViewportSize(VIEWPORT);
}
