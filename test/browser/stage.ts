// What runs in the page is written here too: the browser's own names.
/// <reference lib="dom" />
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { loadDemonstration } from '../../src/doors/demonstration.ts';
import { builtWeb } from '../../src/doors/web/index.ts';
import { serve } from '../api/served.ts';
import { withTrial } from '../api/trial.ts';
import { openTestHouse, type TestHouse } from '../house.ts';
import type { SignedIn } from '../people.ts';
import { assertSound, findBrowser, openBrowser, visit, type Visit } from './browser.ts';

const installed = findBrowser();

/** Why there is nothing to walk in, or false. */
export const skip =
  installed === undefined && 'there is no Chromium: install it (apt-get install chromium) or set CHROME_PATH';

/** A server with the demonstration and the trial program, and a browser to walk through it. */
export interface Stage {
  readonly house: TestHouse;
  readonly address: string;
  readonly browser: Browser;
  /** Who walks unless somebody else is named: everything of the demonstration is theirs to see and to do. */
  readonly person: SignedIn | undefined;
  /** Walks with a page of its own; whatever went wrong on it fails the test. */
  walk(
    path: string,
    steps: (page: Page, visitor: Visit) => Promise<void>,
    refusals?: readonly string[],
    person?: SignedIn,
  ): Promise<void>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const house = withTrial(await openTestHouse());
  const [web] = await Promise.all([
    builtWeb(join(house.dataDir, 'web'), () => undefined),
    loadDemonstration(house),
  ]);
  const served = await serve(house, web);
  const browser = await openBrowser(installed ?? '');
  return {
    house,
    address: served.address,
    browser,
    person: served.person,
    walk: async (path, steps, refusals = [], person = served.person) => {
      const visitor = await visit(browser, served.address, { person });
      try {
        await visitor.page.goto(path);
        await steps(visitor.page, visitor);
        assertSound(visitor, refusals);
      } finally {
        await visitor.close();
      }
    },
    close: async () => {
      await browser.close();
      await served.close();
      await house.close();
    },
  };
}

export async function shows(locator: Locator): Promise<void> {
  await locator.waitFor({ state: 'visible' });
}

export function heading(page: Page, name: string | RegExp, level?: number): Locator {
  return page.getByRole('heading', { name, ...(level !== undefined && { level }) });
}

/** The cells of a row of a table, by the row's own heading. */
export async function cellsOf(table: Locator, row: string | RegExp): Promise<string[]> {
  const found = table.getByRole('row').filter({ has: table.page().getByRole('rowheader', { name: row }) });
  await shows(found);
  return found.getByRole('cell').allInnerTexts();
}

/** A value of the list that sums something up. */
export async function fact(page: Page, name: string): Promise<string> {
  const term = page.getByRole('term').filter({ hasText: new RegExp(`^${name}$`) });
  return term.locator('xpath=following-sibling::dd[1]').innerText();
}

/** The text of what has the focus. */
export async function focused(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.textContent?.trim() ?? '');
}

/** Presses the key until what is called so has the focus. */
export async function tabTo(page: Page, name: string | RegExp, key = 'Tab'): Promise<void> {
  for (let press = 0; press < 80; press += 1) {
    const text = await focused(page);
    if (typeof name === 'string' ? text === name : name.test(text)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`the key ${key} does not lead to ${String(name)}`);
}

/** Opens an act by its title; gives its form. */
export async function openAct(page: Page, title: string): Promise<Locator> {
  await page.getByRole('button', { name: title }).click();
  return page.getByRole('form', { name: title });
}
