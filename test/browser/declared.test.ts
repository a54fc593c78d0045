import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { declarations } from '../../src/doors/declarations.ts';
import { fieldsInPath } from '../../src/doors/fields.ts';
import { assertAccessible, assertNarrow } from './browser.ts';
import {
  cellsOf,
  fact,
  focused,
  heading,
  openAct,
  openStage,
  shows,
  skip,
  tabTo,
  type Stage,
} from './stage.ts';

// Pages and forms that follow from declarations, tried on the trial program and on all that there are.

const JULY = 'asOf=2022-07-08';
const THINGS = `/DEMO/lists/things?${JULY}`;
const SAY = 'Say something of an account';

let stage: Stage;

const walk: Stage['walk'] = (path, steps, refusals) => stage.walk(path, steps, refusals);

function names(page: Page): Locator {
  return page.getByRole('rowheader').getByRole('link');
}

describe('in the browser, what follows from declarations', { skip }, () => {
  before(async () => {
    stage = await openStage();
  });
  after(() => stage?.close());

  it('a list is reached from every page, and shows its columns as of the day', async () => {
    await walk(`/DEMO/systems?${JULY}`, async (page, visitor) => {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Things' }).click();
      await page.waitForURL(`**${THINGS}`);
      await shows(heading(page, 'Things', 1));
      await shows(heading(page, '130 found as of July 8, 2022', 2));
      const columns = await page.getByRole('columnheader').allInnerTexts();
      assert.deepEqual(columns, ['Thing', 'Kind', 'Weight', 'Since', 'Sound', 'What is said of it', 'Duty']);
      const row = await cellsOf(page.getByRole('table'), /^3\.3$/);
      assert.deepEqual(row.slice(0, 4), ['round', '2000', '2022-01-03', 'no']);
      await assertAccessible(visitor, 'a list');
      await assertNarrow(visitor, 'a list with long texts');
      await page.getByLabel('As of', { exact: true }).fill('2022-01-10');
      await page.getByRole('button', { name: 'Show', exact: true }).click();
      await shows(heading(page, '10 found as of January 10, 2022'));
    });
  });

  it('what was known earlier is asked for by keyboard, said plainly, and carried on', async () => {
    await walk(`/DEMO/lists/poams?${JULY}`, async (page, visitor) => {
      const notice = page.getByText(/Shown as it was known at entry 6 \(recorded/).first();
      await shows(heading(page, /^[1-9]\d* found as of July 8, 2022$/));
      assert.equal(await page.getByText('Shown as it was known').count(), 0);
      // The field stands after the day, whose parts are stops of their own.
      await page.getByLabel('As of', { exact: true }).focus();
      const field = page.getByLabel('As known at');
      for (
        let press = 0;
        press < 8 && !(await field.evaluate((at) => at === document.activeElement));
        press += 1
      )
        await page.keyboard.press('Tab');
      await page.keyboard.type('6');
      await page.keyboard.press('Enter');
      await shows(heading(page, '0 found as of July 8, 2022'));
      await shows(notice);
      await assertAccessible(visitor, 'a list as it was known earlier');
      await assertNarrow(visitor, 'a list as it was known earlier');
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Evidence' }).click();
      await shows(heading(page, '1 file kept, newest first'));
      await shows(notice);
      // An instant is answered with the entry that it came to.
      const recorded = await page.locator('.mu-notice time').getAttribute('datetime');
      await page.getByLabel('As known at').fill(recorded ?? '');
      await page.keyboard.press('Enter');
      await page.waitForURL(/knownAt=\d{4}-/);
      await shows(page.getByText(/entry 6 \(recorded/));
      await page.getByRole('button', { name: 'Use all that is known now' }).click();
      await page.waitForURL((url) => !url.searchParams.has('knownAt'));
      assert.equal(new URL(page.url()).searchParams.get('asOf'), '2022-07-08');
    });
  });

  it('a knowledge that is neither an entry nor an instant is refused, and the way back stays', async () => {
    await walk(
      `/DEMO/systems?${JULY}&knownAt=yesterday`,
      async (page, visitor) => {
        await shows(page.getByText(/is neither an entry nor an instant/).first());
        await assertAccessible(visitor, 'a refused knowledge');
        await page.getByRole('button', { name: 'Use all that is known now' }).click();
        await shows(heading(page, 'ECM', 2));
      },
      [`400 GET /api/agencies/DEMO/systems?${JULY}&knownAt=yesterday`],
    );
  });

  it('a list is narrowed down by its own fields, kept in the address', async () => {
    await walk(THINGS, async (page, visitor) => {
      const filters = page.getByRole('form', { name: 'Filters' });
      await filters.getByLabel('Words').fill('weakness');
      // A choice takes effect at once, and with it what was written.
      await filters.getByLabel('Kind').selectOption('round');
      await shows(heading(page, '13 found as of July 8, 2022'));
      await filters.getByLabel('At least').fill('50000');
      await filters.getByRole('button', { name: 'Filter', exact: true }).click();
      await shows(heading(page, '8 found as of July 8, 2022'));
      await assertAccessible(visitor, 'a narrowed list');
      const { searchParams } = new URL(page.url());
      assert.deepEqual(Object.fromEntries(searchParams), {
        asOf: '2022-07-08',
        kind: 'round',
        atLeast: '50000',
        words: 'weakness',
      });
      await page.reload();
      assert.equal(await filters.getByLabel('At least').inputValue(), '50000');
      assert.equal(await filters.getByLabel('State').inputValue(), 'all');
      await page.goBack();
      await shows(heading(page, '13 found as of July 8, 2022'));
      assert.equal(await filters.getByLabel('At least').inputValue(), '');
      await filters.getByRole('button', { name: 'Clear filters' }).click();
      await shows(heading(page, '130 found as of July 8, 2022'));
      assert.equal(new URL(page.url()).search, `?${JULY}`);
    });
  });

  it('a list that is longer than a page is read on, and one without a row says so', async () => {
    await walk(THINGS, async (page, visitor) => {
      const next = page.getByRole('link', { name: 'Next' });
      const seen: string[] = [];
      for (const first of ['3.1', '3.51', '3.101']) {
        await shows(names(page).filter({ hasText: new RegExp(`^${first.replace('.', '\\.')}$`) }));
        seen.push(...(await names(page).allInnerTexts()));
        if ((await next.count()) > 0) await next.click();
      }
      assert.equal(new Set(seen).size, 130);
      assert.match(await focused(page), /^130 found/);
      await page.getByRole('link', { name: 'Back to the first' }).click();
      await shows(page.getByRole('link', { name: '3.1', exact: true }));
      await page.goto('/DEMO/lists/things?asOf=1999-01-01');
      await shows(page.getByText('No thing fits.'));
      await assertAccessible(visitor, 'an empty list');
    });
  });

  it('a row leads to its history and to its duty, and the history back', async () => {
    await walk(THINGS, async (page, visitor) => {
      await page.getByRole('link', { name: '3.1', exact: true }).click();
      await shows(heading(page, 'One thing through time: 3.1', 1));
      assert.equal(new URL(page.url()).search, `?${JULY}&thing=3.1`);
      assert.equal(await fact(page, 'Kind'), 'round');
      await shows(page.getByRole('rowheader', { name: '2022-01-01' }));
      await assertAccessible(visitor, 'a history');
      await assertNarrow(visitor, 'a history of long texts');
      await page.getByRole('link', { name: 'Things', exact: true }).last().click();
      await shows(heading(page, 'Things', 1));
      await page.getByRole('link', { name: /^Disable an inactive account ?: 3\.2$/ }).click();
      await shows(heading(page, /^Disable an inactive account: demo-/, 1));
      await page.goto('/DEMO/lists/thing');
      await shows(heading(page, 'There is no such page', 1));
      await page.goto('/DEMO/lists/nothing');
      await shows(heading(page, 'There is no such page', 1));
    });
  });

  it('a list that the server refuses says why', async () => {
    const refusals = ['400 GET /api/agencies/DEMO/things?asOf=2022-07-08&atLeast=many'];
    await walk(
      `${THINGS}&atLeast=many`,
      async (page, visitor) => {
        await shows(
          page
            .getByRole('alert')
            .getByText(/atLeast: is not a number/)
            .first(),
        );
        await assertAccessible(visitor, 'a refused list');
        await page.getByRole('button', { name: 'Clear filters' }).click();
        await shows(heading(page, '130 found as of July 8, 2022'));
      },
      refusals,
    );
  });

  it('a person with a keyboard alone narrows a list down and opens a history', async () => {
    await walk(THINGS, async (page) => {
      await shows(names(page).first());
      await page.getByLabel('Words').focus();
      await page.keyboard.type('weakness');
      await page.keyboard.press('Enter');
      await shows(heading(page, '13 found as of July 8, 2022'));
      await tabTo(page, '3.11');
      await page.keyboard.press('Enter');
      await shows(heading(page, 'One thing through time: 3.11', 1));
      await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    });
  });

  it('every list of the house is accessible and fits a narrow screen', async () => {
    const lists = [...declarations.views.values()].filter(
      ({ listing, path }) => listing && fieldsInPath(path).length === 0,
    );
    await walk(THINGS, async (page, visitor) => {
      for (const { view } of lists) {
        await page.goto(`/DEMO/lists/${view}?${JULY}`);
        await shows(heading(page, /found/));
        await assertAccessible(visitor, view);
        await assertNarrow(visitor, view);
        const history = page.locator('tbody a[href*="/lists/"]').first();
        if ((await history.count()) === 0) continue;
        await history.click();
        await page.waitForURL(/\/lists\/(?!.*things)/);
        await shows(heading(page, /found/));
        await assertAccessible(visitor, `what ${view} leads to`);
        await assertNarrow(visitor, `what ${view} leads to`);
      }
    });
  });

  async function firstDuty(page: Page): Promise<void> {
    await page.getByRole('rowheader').getByRole('link').first().click();
    await shows(heading(page, 'What you can do'));
  }

  it('an act is a form made from its fields; what lacks is named, led to, and sent then', async () => {
    await walk(`/DEMO/duties?${JULY}&duty=account.disable&status=overdue`, async (page, visitor) => {
      await firstDuty(page);
      const form = await openAct(page, SAY);
      assert.equal(await form.getByLabel('Comment').evaluate((element) => element.tagName), 'TEXTAREA');
      assert.equal(await form.getByLabel('By').evaluate((element) => element.tagName), 'INPUT');
      assert.equal(await form.getByLabel('On', { exact: true }).getAttribute('type'), 'date');
      await form.getByLabel('Comment').fill('kept');
      await form.getByRole('button', { name: /^Record/ }).click();
      const summary = form.getByRole('alert');
      await shows(summary.getByRole('heading', { name: 'Correct 3 fields' }));
      assert.deepEqual(await summary.getByRole('link').allInnerTexts(), [
        'Kind: is missing',
        'Weight: is missing',
        'On: is missing',
      ]);
      assert.ok(await page.evaluate(() => document.activeElement?.matches('.mu-noted')));
      await assertAccessible(visitor, 'a form with what lacks');
      await assertNarrow(visitor, 'a form with what lacks');
      await summary.getByRole('link', { name: /^Weight/ }).click();
      const weight = form.getByLabel('Weight');
      assert.ok(await weight.evaluate((element) => element === document.activeElement));
      assert.equal(await weight.getAttribute('aria-invalid'), 'true');
      await weight.fill('3');
      await form.getByLabel('Kind').selectOption('round');
      await form.getByLabel('On', { exact: true }).fill('2022-07-01');
      await form.getByRole('button', { name: /^Record/ }).click();
      await shows(heading(page, /^Recorded as entry \d+$/));
      assert.equal(await page.getByRole('form', { name: SAY }).count(), 0);
      await openAct(page, SAY);
      assert.equal(await form.getByLabel('Comment').inputValue(), '');
    });
  });

  it('what the server refuses stands beside its field, or above the form', async () => {
    const refusals = ['400', '409'].map((status) => `${status} POST /api/agencies/DEMO/acts/trial.say`);
    await walk(
      `/DEMO/duties?${JULY}&duty=account.disable&status=overdue`,
      async (page, visitor) => {
        await firstDuty(page);
        const form = await openAct(page, SAY);
        await form.getByLabel('Kind').selectOption('square');
        await form.getByLabel('Weight').fill('11');
        await form.getByLabel('On', { exact: true }).fill('2199-01-01');
        await form.getByRole('button', { name: /^Record/ }).click();
        await shows(form.getByRole('link', { name: 'Weight: is more than 10' }));
        await shows(form.getByText('Is more than 10', { exact: true }));
        await assertAccessible(visitor, 'a form with a refused field');
        await form.getByLabel('Weight').fill('10');
        await form.getByRole('button', { name: /^Record/ }).click();
        await shows(form.getByRole('alert').getByText(/^the day 2199-01-01 has not come yet/));
        assert.equal(await form.getByLabel('Weight').inputValue(), '10');
        await assertAccessible(visitor, 'a refused form');
      },
      refusals,
    );
  });

  it('an act that has nothing left to do keeps its control and says why', async () => {
    await walk(`/DEMO/duties?${JULY}&duty=account.disable&status=met`, async (page, visitor) => {
      await firstDuty(page);
      assert.ok(await page.getByRole('button', { name: SAY }).isDisabled());
      await shows(
        page.getByText(/^This spell ended on .*, so there is nothing left to do about it\.$/).first(),
      );
      await assertAccessible(visitor, 'a duty that is met');
    });
  });

  it('a system shows what binds each component and what is set aside there', async () => {
    await walk(`/DEMO/systems?${JULY}`, async (page, visitor) => {
      await page.getByRole('link', { name: 'ECM', exact: true }).click();
      await shows(heading(page, 'ECM', 1));
      const cloud = page.getByRole('table', { name: 'What binds cloud' });
      const [governs, aside] = await cellsOf(cloud, /^Disable an inactive account/);
      assert.match(
        governs ?? '',
        /^90 calendar days[\s\S]*irm-10\.8\.24\/disable-inactive[\s\S]*TIGTA 2023-20-018, p\. 8/,
      );
      assert.match(aside ?? '', /^120 calendar days[\s\S]*by irm-10\.8\.24\/disable-inactive/);
      const site = page.getByRole('table', { name: 'What binds on-premises' });
      const [elsewhere] = await cellsOf(site, /^Disable an inactive account/);
      assert.match(elsewhere ?? '', /^120 calendar days/);
      await shows(page.getByRole('table', { name: 'Assets of cloud' }));
      await assertAccessible(visitor, 'a system');
      await assertNarrow(visitor, 'a system');
      await cloud.getByRole('link', { name: 'irm-10.8.24/disable-inactive' }).first().click();
      await shows(heading(page, /^irm-10\.8\.24:/));
    });
    await walk(
      '/DEMO/systems/NONE',
      async (page) => {
        await shows(page.getByRole('alert').getByText(/there is no system NONE/));
      },
      ['404 GET /api/agencies/DEMO/systems/NONE/binding'],
    );
  });

  it('a file’s kind says what must be said of it', async () => {
    await walk('/DEMO/evidence', async (page, visitor) => {
      const kind = page.getByLabel('Kind of file');
      await shows(page.getByText('needs the day it was observed and its system').first());
      await kind.selectOption('inventory');
      assert.ok(await page.getByLabel('System').isDisabled());
      await kind.selectOption('accounts');
      assert.ok(await page.getByLabel('System').isEnabled());
      assert.equal(await page.getByLabel('Observed on').getAttribute('required'), '');
      await assertAccessible(visitor, 'a form for a list of accounts');
      await assertNarrow(visitor, 'a form for a list of accounts');
    });
  });
});
