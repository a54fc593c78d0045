import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { demonstration } from '../../demo/index.ts';
import { EVERYTHING } from '../api/served.ts';
import { newAgency } from '../house.ts';
import { signedIn } from '../people.ts';
import { assertAccessible, assertNarrow, visit, type Visit } from './browser.ts';
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

let stage: Stage;

const walk: Stage['walk'] = (path, steps, refusals) => stage.walk(path, steps, refusals);

/** What the reader of accounts calls otherwise than the file. */
const asRead: Readonly<Record<string, string>> = { name: 'person', yes: 'true', no: 'false' };

/** What the demonstration brings in. */
const FILES = demonstration().files.length;

const JULY = '/DEMO/duties?asOf=2022-07-08&status=overdue';
const JULY_OVERDUE = `${JULY}&duty=account.disable`;

function subjects(page: Page): Locator {
  return page.getByRole('table').getByRole('link', { name: /^demo-/ });
}

describe('in the browser', { skip }, () => {
  before(async () => {
    stage = await openStage();
  });
  after(() => stage?.close());

  it('a newcomer comes from the start to an overdue account, its reason, its row of evidence, and records it', async () => {
    await walk('/', async (page) => {
      await page.waitForURL(`**${JULY}`);
      await shows(heading(page, /overdue duties as of July 8, 2022$/, 2));
      await page.getByLabel('Duty').selectOption({ label: 'Disable an inactive account' });
      await shows(heading(page, '319 overdue duties as of July 8, 2022', 2));
      await page.getByLabel('Class').selectOption({ label: 'Privileged' });
      await shows(heading(page, '4 overdue duties as of July 8, 2022'));
      await page.getByLabel('Class').selectOption({ label: 'User' });
      await shows(heading(page, '315 overdue duties as of July 8, 2022'));

      const account = await subjects(page).first().innerText();
      await subjects(page).first().click();
      await shows(heading(page, `Disable an inactive account: ${account}`, 1));
      await sawWhy(page);
      await sawEvidence(page, account);
      await recordedDisabled(page);
    });
  });

  async function sawWhy(page: Page): Promise<void> {
    await shows(
      page.getByText(/had to be disabled by .* governs and sets aside irm-10\.8\.1\/disable-inactive/),
    );
    const rules = page.getByRole('region', { name: 'Rules considered' });
    const [verdict, , cites] = await cellsOf(rules, /irm-10\.8\.24\/disable-inactive/);
    assert.match(verdict ?? '', /governs/);
    assert.match(cites ?? '', /TIGTA 2023-20-018, p\. 8/);
    const [other] = await cellsOf(rules, /irm-10\.8\.1\/disable-inactive/);
    assert.match(other ?? '', /set aside\s+by irm-10\.8\.24\/disable-inactive/);
    await shows(page.getByRole('region', { name: 'The arithmetic' }).getByText(/90/));
  }

  /** What the page shows of a line is what stands in that line of the file. */
  async function sawEvidence(page: Page, account: string): Promise<void> {
    const evidence = page.getByRole('region', { name: 'The evidence' });
    const name = /^Show line \d+ of demo-ecm-accounts-2022-07-08\.csv$/;
    const button = evidence.getByRole('button', { name }).first();
    const [, line = '', file = ''] = /line (\d+) of (.*)/.exec(await button.innerText()) ?? [];
    await button.click();
    const table = evidence.getByRole('table', { name: `Line ${line} of ${file}` });
    await shows(table);
    const written = demonstration().files.find((each) => each.name === file);
    const lines = Buffer.from(written?.bytes ?? [])
      .toString('utf8')
      .split('\n');
    const columns = lines[0]?.split(',') ?? [];
    const cells = lines[Number(line) - 1]?.split(',') ?? [];
    assert.equal(cells[0], account);
    for (const [place, column] of columns.entries()) {
      const [shown] = await cellsOf(table, new RegExp(`^${asRead[column] ?? column}$`));
      const cell = cells[place] ?? '';
      assert.equal(shown, cell === '' ? 'empty' : (asRead[cell] ?? cell), column);
    }
  }

  async function recordedDisabled(page: Page): Promise<void> {
    const due = await fact(page, 'Due');
    const form = await openAct(page, 'Record that an account was disabled');
    await form.getByLabel('Effective').fill('2022-10-20');
    await form.getByLabel('Note').fill('seen in the console');
    await form.getByRole('button', { name: /^Record/ }).click();
    await shows(heading(page, /^Recorded as entry \d+$/));
    await page.getByRole('link', { name: 'Show the duty as of October 20, 2022' }).click();
    const late = (Date.parse('2022-10-20') - Date.parse(due)) / 86_400_000;
    const metLate = page.getByText(`It was met on 2022-10-20 (disabled), ${late} days late.`);
    await shows(metLate);
    await page.getByRole('button', { name: 'Back to today' }).click();
    await page.waitForURL((url) => !url.searchParams.has('asOf'));
    await shows(metLate);
    assert.match(await fact(page, 'Status'), new RegExp(`met late\\s+${late} days late`));
    assert.match(await fact(page, 'Done'), /2022-10-20 disabled/);
    await shows(page.getByRole('region', { name: 'Entries in the record' }).getByText('account.disabled'));
    const act = page.getByRole('button', { name: 'Record that an account was disabled' });
    assert.ok(await act.isDisabled());
    await shows(page.getByText(/^This spell ended on 2022-10-20 \(disabled\)/).first());
  }

  const ACCEPT = 'Accept the risk of a duty until a day';

  it('a risk accepted late is noted, and the duty stays overdue', async () => {
    await walk(JULY_OVERDUE, async (page, visitor) => {
      await subjects(page).nth(5).click();
      const form = await openAct(page, ACCEPT);
      await form.getByLabel('Until').fill('2027-12-31');
      await form.getByLabel('Reason').fill('a replacement is under way');
      await form.getByRole('button', { name: /^Record/ }).click();
      await shows(heading(page, /^Recorded as entry \d+$/));
      await page.getByRole('button', { name: 'Back to today' }).click();
      await shows(page.getByText(/given late: it only annotates, and suspends nothing/));
      assert.match(await fact(page, 'Status'), /overdue/);
      assert.equal(await page.getByText('suspended', { exact: true }).count(), 0);
      await assertAccessible(visitor, 'a duty with an acceptance');
    });
  });

  it('an act that is refused says why and keeps what was typed', async () => {
    await walk(
      JULY_OVERDUE,
      async (page, visitor) => {
        await subjects(page).nth(6).click();
        const form = await openAct(page, ACCEPT);
        await form.getByLabel('Until').fill('2022-01-01');
        await form.getByLabel('Reason').fill('a reason');
        await form.getByRole('button', { name: /^Record/ }).click();
        await shows(form.getByRole('alert').getByText(/would end on 2022-01-01: today is/));
        assert.equal(await form.getByLabel('Reason').inputValue(), 'a reason');
        await assertAccessible(visitor, 'a refused act');
      },
      ['409 POST /api/agencies/DEMO/acts/duty.accept-risk'],
    );
  });

  it("the audit has the auditor's figures, and what if the cloud manual were not adopted", async () => {
    await walk('/DEMO/audit?asOf=2022-07-08&system=ECM&program=accounts', async (page, visitor) => {
      const user = page.getByRole('table', { name: 'Counts, account.disable, class user' });
      await shows(user);
      const figure = async (name: RegExp) =>
        (await cellsOf(user, name)).map((text) => text.replace(/\D.*$/s, ''));
      assert.deepEqual(await figure(/^Subjects/), ['917']);
      assert.deepEqual(await figure(/^Fallen due/), ['401']);
      assert.deepEqual(await figure(/^Overdue/), ['315']);
      assert.deepEqual(await figure(/^Outstanding/), ['831']);
      const glance = page.getByRole('table', { name: 'At a glance' });
      assert.deepEqual(await cellsOf(glance, /: user/), ['917', '401', '831', '315', '0']);
      assert.deepEqual(await figure(/^Done: deactivated/), ['53']);
      assert.deepEqual(await figure(/^Done: quarantined/), ['33']);
      const privileged = page.getByRole('table', { name: 'Counts, account.disable, class privileged' });
      assert.match((await cellsOf(privileged, /^Overdue/))[0] ?? '', /^4/);
      const rates = page.getByRole('table', { name: 'Rates, account.disable, class user' });
      assert.deepEqual((await cellsOf(rates, /^Overdue$/)).slice(0, 3), ['78.6 %', '315', '401']);
      await assertAccessible(visitor, 'the audit');

      await page.getByLabel('What if this were not adopted').selectOption('irm-10.8.24');
      await shows(heading(page, 'What if irm-10.8.24 were not adopted'));
      await shows(user.getByRole('columnheader', { name: 'As adopted' }));
      assert.deepEqual(await figure(/^Overdue/), ['41', '315']);
      await assertAccessible(visitor, 'a what-if');
      await assertNarrow(visitor, 'a what-if');
      await page.getByLabel('What if this were not adopted').selectOption({ label: 'Nothing left out' });
      await user.getByRole('link', { name: /315/ }).click();
      await shows(heading(page, '315 overdue duties as of July 8, 2022'));
    });
  });

  it('each page is accessible, and fits a narrow screen', async () => {
    await walk(JULY_OVERDUE, async (page, visitor) => {
      const pages: readonly (readonly [string, string, string | RegExp])[] = [
        ['all overdue duties', JULY, /overdue duties as of July 8, 2022/],
        ['duties', JULY_OVERDUE, '319 overdue duties as of July 8, 2022'],
        ['duties of today', '/DEMO/duties', /duties as of/],
        ['no duties', '/DEMO/duties?asOf=1999-01-01', '0 duties as of January 1, 1999'],
        ['systems', '/DEMO/systems', 'on-premises'],
        ['a system', '/DEMO/systems/ECM', 'The system as a whole'],
        ['evidence', '/DEMO/evidence', /files kept, newest first/],
        ['rulebooks', '/DEMO/rulebooks', /^irm-10\.8\.24:/],
        ['the audit', '/DEMO/audit?asOf=2022-07-08', /^ECM as of/],
        ['no such page', '/DEMO/nowhere', 'There is no such page'],
      ];
      for (const [what, path, sign] of pages) {
        await page.goto(path);
        await shows(heading(page, sign));
        assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, what);
        await assertAccessible(visitor, what);
        await assertNarrow(visitor, what);
      }
    });
  });

  it('an explanation is accessible and fits a narrow screen, with its evidence open', async () => {
    await walk(JULY_OVERDUE, async (page, visitor) => {
      await subjects(page).first().click();
      await shows(heading(page, 'The evidence'));
      for (const button of await page.getByRole('button', { name: /^Show line/ }).all()) await button.click();
      await shows(page.getByRole('table', { name: /^Line \d+ of demo-ecm-accounts-2022-07-08/ }).first());
      await assertAccessible(visitor, 'an explanation');
      await assertNarrow(visitor, 'an explanation');
      await page.setViewportSize({ width: 360, height: 740 });
      await page.getByRole('button', { name: 'Menu' }).click();
      await shows(page.getByRole('link', { name: 'Rulebooks', exact: true }));
      await assertAccessible(visitor, 'the menu of a narrow screen');
      await page.getByRole('link', { name: 'Rulebooks', exact: true }).click();
      await shows(heading(page, 'Rulebooks', 1));
    });
  });

  it('a file is previewed, brought in, and known when it comes again', async () => {
    await walk('/DEMO/evidence', async (page, visitor) => {
      await shows(heading(page, `${FILES} files kept, newest first`));
      const rows = ['<img src=x onerror=alert(1)>', 'demo-new'].map(
        (account) => `${account},Demo User,,no,2022-09-01,2022-10-03,active,,kept aside`,
      );
      await choose(page, 'demo new.csv', [ACCOUNTS, ...rows].join('\n'));
      await page.getByRole('button', { name: 'Preview' }).click();
      const outcome = page.getByRole('region', { name: 'Bring in evidence' });
      await shows(heading(page, 'What it would change'));
      assert.deepEqual(await outcome.getByRole('cell').allInnerTexts(), ['2', '0', '0', '0']);
      await shows(outcome.getByText(/note/i));
      await assertAccessible(visitor, 'a preview');
      await assertNarrow(visitor, 'a preview');
      await shows(heading(page, `${FILES} files kept, newest first`));

      await page.getByRole('button', { name: 'Import' }).click();
      await shows(heading(page, /^Imported as evidence \d+$/));
      await shows(heading(page, `${FILES + 1} files kept, newest first`));
      await shows(page.getByRole('rowheader', { name: /^demo new\.csv/ }));
      await page.getByRole('button', { name: 'Preview' }).click();
      await shows(heading(page, 'This file is already there: it changes nothing'));

      await page.goto('/DEMO/duties?asOf=2023-01-13&status=open&duty=account.disable');
      await shows(heading(page, '2 open duties as of January 13, 2023'));
      await shows(page.getByRole('link', { name: '<img src=x onerror=alert(1)>' }));
    });
  });

  const ACCOUNTS = 'account,name,component,privileged,created,last_login,status,status_changed,note';

  async function choose(page: Page, name: string, text: string): Promise<void> {
    const buffer = Buffer.from(text);
    await page.getByLabel('File to bring in').setInputFiles({ name, mimeType: 'text/csv', buffer });
    await page.getByLabel('Observed on').fill('2022-10-14');
    await page.getByLabel('System', { exact: false }).selectOption('ECM');
    await page.getByLabel('Component').selectOption('on-premises');
  }

  it('a file that is refused is answered with line and column, and nothing is kept', async () => {
    const refusals = ['422 POST /api/agencies/DEMO/evidence?dryRun=true'];
    await walk(
      '/DEMO/evidence',
      async (page, visitor) => {
        const kept = await heading(page, /files kept/).innerText();
        await choose(page, 'demo bad.csv', `${ACCOUNTS}\nbad,Demo User,,no,2022-09-01,10/03/2022,active,,\n`);
        await page.getByRole('button', { name: 'Preview' }).click();
        const alert = page.getByRole('alert');
        await shows(alert.getByText(/^demo bad\.csv/));
        const [where, why] = await alert
          .getByRole('table', { name: 'Refused' })
          .getByRole('cell')
          .allInnerTexts();
        assert.match(where ?? '', /line 2\b.*last_login/);
        assert.match(why ?? '', /YYYY-MM-DD/);
        assert.equal(
          await page.getByRole('button', { name: 'Import' }).getAttribute('aria-disabled'),
          'true',
        );
        await assertAccessible(visitor, 'a refused file');
        await assertNarrow(visitor, 'a refused file');
        await page.reload();
        assert.equal(await heading(page, /files kept/).innerText(), kept);
      },
      refusals,
    );
  });

  it('the rulebooks are read beside their citations', async () => {
    await walk('/DEMO/rulebooks', async (page) => {
      const cloud = page.getByRole('region', { name: /^irm-10\.8\.24:/ });
      const rules = cloud.getByRole('table', { name: 'Rules of irm-10.8.24' });
      const [deadline, binds, cites, aside] = await cellsOf(rules, /disable-inactive/);
      assert.match(deadline ?? '', /90/);
      assert.match(binds ?? '', /./);
      assert.match(cites ?? '', /TIGTA 2023-20-018, p\. 8/);
      assert.match(aside ?? '', /irm-10\.8\.1\/disable-inactive/);
      await cloud.getByText('The document as adopted (YAML)').click();
      await shows(cloud.getByText(/rulebook: irm-10\.8\.24/));
    });
  });

  it('a long list is read page after page, and back', async () => {
    await walk(JULY_OVERDUE, async (page) => {
      const seen: string[][] = [];
      const next = page.getByRole('link', { name: 'Next' });
      for (;;) {
        await shows(subjects(page).first());
        seen.push(await subjects(page).allInnerTexts());
        if ((await next.count()) === 0) break;
        const before = seen.at(-1)?.[0] ?? '';
        await next.click();
        await page.getByRole('link', { name: before }).waitFor({ state: 'detached' });
      }
      assert.deepEqual(
        seen.map((names) => names.length),
        [50, 50, 50, 50, 50, 50, 19],
      );
      assert.equal(new Set(seen.flat()).size, 319);
      assert.ok(
        await heading(page, /^319 overdue duties/).evaluate((element) => element === document.activeElement),
      );
      await page.goBack();
      await shows(page.getByRole('link', { name: seen[5]?.[0] ?? '' }));
      await page.getByRole('link', { name: 'Back to the first' }).click();
      await shows(page.getByRole('link', { name: seen[0]?.[0] ?? '' }));
      assert.deepEqual(await subjects(page).allInnerTexts(), seen[0]);
    });
  });

  it('a person with a keyboard alone gets to a duty and back', async () => {
    await walk(JULY_OVERDUE, async (page) => {
      await shows(subjects(page).first());
      const account = await subjects(page).first().innerText();
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'Skip to main content');
      await page.keyboard.press('Enter');
      await tabTo(page, account);
      await page.keyboard.press('Enter');
      await shows(heading(page, `Disable an inactive account: ${account}`, 1));
      await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
      await tabTo(page, /^Show line/);
      await page.keyboard.press('Space');
      await shows(page.getByRole('table', { name: /^Line \d+ of/ }).first());
      await tabTo(page, 'All duties', 'Shift+Tab');
      await page.keyboard.press('Enter');
      await shows(heading(page, '319 overdue duties as of July 8, 2022'));
    });
  });

  it('an agency of its own is empty at first, and not a demonstration', async () => {
    const north = await newAgency(stage.house, 'NORTH');
    const note = (page: Page) => page.getByRole('complementary', { name: 'Demonstration' });
    const own = async (page: Page, visitor: Visit) => {
      await shows(heading(page, /^0 duties as of/));
      assert.equal(await note(page).count(), 0);
      await assertAccessible(visitor, 'an agency without duties');
      await page.goto('/NORTH/audit');
      await shows(page.getByText('There is no system yet. Import an inventory first.'));
    };
    await stage.walk('/NORTH/duties', own, [], await signedIn(stage.house, north, EVERYTHING));
    await walk('/DEMO/audit', async (page) => shows(note(page)));
  });

  it('nothing of the above would go unnoticed: the watch over a page sees what it is for', async () => {
    const visitor = await visit(stage.browser, stage.address, { person: stage.person });
    const { page } = visitor;
    await page.goto('/DEMO/systems');
    await shows(heading(page, 'Systems', 1));
    await page.evaluate(() => {
      const script = document.createElement('script');
      script.append('globalThis.broken = true');
      const picture = document.createElement('img');
      picture.src = 'https://muster.example/a.png';
      picture.style.minWidth = '500px';
      document.body.append(script, picture);
    });
    await assert.rejects(assertAccessible(visitor, 'a page with a picture without words'), /image-alt/);
    await assert.rejects(assertNarrow(visitor, 'a page with a wide picture'), /pixels wide in 360/);
    await visitor.close();
    const told = visitor.faults.join('\n');
    assert.match(told, /policy: require-trusted-types-for/);
    assert.match(told, /policy: img-src https:\/\/muster\.example/);
    assert.match(told, /console: /);
  });
});
