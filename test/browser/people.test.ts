import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Locator, Page } from 'playwright-core';
import { day } from '../../src/time/index.ts';
import { accountsCsv, INVENTORY } from '../house.ts';
import { clearAway, newDataFolder, run, serve, type Running } from '../process/muster.ts';
import { codeAt, PASSWORD, wrongCode } from '../sign-in/world.ts';
import { assertSound, findBrowser, openBrowser, visit, type Visit } from './browser.ts';
import { addAuthenticator, assertReadable, button, readNotice, typePassword } from './entrance.ts';
import { cellsOf, heading, openAct, shows, skip, tabTo } from './stage.ts';

/*
 * From the first start to the second person: the process that a person starts, the link that it prints,
 * and everything after that in browsers.
 */

let server: Running;
let dataDir = '';
let browser: Browser;
let administrator: Visit;
let analyst: Visit;
/** The link that the administrator made, and the authenticator's secret that came with it. */
let link = '';
let totp = '';

/** The server's address by its number, as it prints it, and by its name. */
const numbered = async () => server.address();
const named = async () => (await numbered()).replace('127.0.0.1', 'localhost');

/** Where the pages lead through, from every one of them. */
function ways(page: Page): Promise<string[]> {
  return page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts();
}

/** The button that does an act. */
function record(form: Locator): Locator {
  return form.getByRole('button', { name: /^Record/ });
}

async function firstLink(): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    const [, printed] = /(http:\S+\/set-up#first\.\S+)/.exec(server.stdout) ?? [];
    if (printed !== undefined && server.stdout.includes('Ctrl-C')) return printed;
    assert.ok(tries < 1200 && !server.hasEnded, server.stderr);
    await sleep(50);
  }
}

async function imported(name: string, text: string, ...said: readonly string[]): Promise<void> {
  const file = join(dataDir, '..', name);
  await writeFile(file, text);
  const { code, stderr } = await run(['import', file, ...said, '--data', dataDir]);
  assert.equal(code, 0, stderr);
}

describe('in the browser, the first people', { skip }, () => {
  before(async () => {
    dataDir = await newDataFolder();
    server = serve(dataDir, { MUSTER_ENVIRONMENT: 'on-premises' });
    browser = await openBrowser(findBrowser() ?? '');
    administrator = await visit(browser, await named(), { alsoAt: [await numbered()] });
    analyst = await visit(browser, await named());
  });
  after(async () => {
    await browser?.close();
    await clearAway();
  });

  it('whoever has the printed link makes the first agency, by keyboard too', async () => {
    const { page } = administrator;
    await page.goto(await firstLink());
    await readNotice(page);
    await shows(heading(page, 'Set up the first agency', 1));
    assert.equal(page.url(), `${await numbered()}/set-up`, 'the secret has left the address');
    const form = page.getByRole('form', { name: 'Set up the first agency' });
    await form.getByLabel('Code of the agency').fill('north');
    await form.getByLabel('Time zone').selectOption('America/New_York');
    await button(form, 'Create the agency').click();
    const summary = form.getByRole('alert');
    await shows(summary.getByRole('heading', { name: 'Correct 4 fields' }));
    await assertReadable(administrator, 'the first agency, with what lacks');
    await form.getByLabel('Code of the agency').fill('NORTH');
    await form.getByLabel('Kind of agency').selectOption('irs');
    await form.getByLabel('Your name').fill('Demo Administrator');
    await form.getByLabel('Your sign-in name').fill('demo.administrator');
    await tabTo(page, 'Create the agency');
    await page.keyboard.press('Enter');
    await shows(heading(page, 'Set up how you sign in', 1));
    await shows(page.getByText('You are Demo Administrator of the agency NORTH.'));
  });

  it('at a number there is no passkey; the page leads to where there is, and one is made', async () => {
    const { page } = administrator;
    assert.ok(await page.getByLabel('With a password and an authenticator app').isChecked());
    await page.getByText('With a passkey').click();
    await assertReadable(administrator, 'why there is no passkey');
    await page.getByRole('link', { name: /^Open localhost:\d+ to use one$/ }).click();
    await readNotice(page);
    assert.equal(page.url(), `${await named()}/set-up`);
    const keys = await addAuthenticator(page);
    await page.getByText('With a passkey').click();
    await button(page, 'Make the passkey').click();
    await shows(page.getByRole('link', { name: /is missing$/ }));
    await assertReadable(administrator, 'a passkey to make');
    await page.getByLabel('What to call this passkey').fill('demo key');
    await page.keyboard.press('Enter');
    await shows(heading(page, 'People', 1));
    assert.equal(await keys.count(), 1);
    await shows(page.getByText('You are signed in for the first time.'));
    await shows(page.getByRole('region', { name: 'Signed in' }).getByText('Demo Administrator (NORTH)'));
    assert.deepEqual(await ways(page), ['Systems', 'People', 'Rulebooks', 'Record']);
    await page.goto('/set-up#first.spent-long-ago');
    await readNotice(page);
    await shows(heading(page, 'Set up the first agency', 1));
    await page.goBack();
  });

  it('the administrator adds a person, grants a role and makes a link', async () => {
    const { page } = administrator;
    await page.goto('/NORTH/lists/people');
    await shows(heading(page, /^1 found as of/));
    const people = page.getByRole('table');
    assert.equal((await cellsOf(people, 'Demo Administrator'))[2], 'Administrator');
    await assertReadable(administrator, 'the people');
    const add = await openAct(page, 'Add a person');
    await add.getByLabel('Name', { exact: true }).fill('Demo Analyst');
    await add.getByLabel('Sign-in name').fill('demo.analyst');
    await assertReadable(administrator, 'a person to add');
    await record(add).click();
    await shows(heading(page, /^Recorded as entry \d+$/));
    await shows(heading(page, /^2 found as of/));
    await page.getByRole('rowheader').getByRole('link', { name: 'Demo Analyst' }).click();
    await shows(heading(page, 'The roles granted to a person: Demo Analyst', 1));
    await shows(page.getByText('No role has been granted to them.'));
    const grant = await openAct(page, 'Grant a role');
    await grant.getByLabel('Role').selectOption({ label: 'Data security analyst' });
    await grant.getByLabel('Over').selectOption('agency');
    await assertReadable(administrator, 'a role to grant');
    await record(grant).click();
    await shows(heading(page, /^1 found as of/));
    const [role, reach, , , inForce] = await cellsOf(page.getByRole('table'), /^\d+\.1$/);
    assert.deepEqual([role, reach, inForce], ['Data security analyst', 'the agency', 'yes']);
    await button(page, 'Make a set-up link').click();
    const shown = page.locator('pre', { hasText: '/set-up#' });
    await shows(shown);
    link = await shown.innerText();
    assert.match(link, new RegExp(`^${await named()}/set-up#\\S{40,}$`));
    await assertReadable(administrator, 'a link that is shown once');
    await page.reload();
    await shows(button(page, 'Make a set-up link'));
    assert.equal(await shown.count(), 0);
  });

  it('nobody makes a link for themselves, nor grants themselves a role', async () => {
    const { page } = administrator;
    await page.goto('/NORTH/lists/people');
    await page.getByRole('rowheader').getByRole('link', { name: 'Demo Administrator' }).click();
    await shows(heading(page, 'How you sign in', 2));
    assert.equal(await button(page, 'Make a set-up link').count(), 0);
    const grant = await openAct(page, 'Grant a role');
    await grant.getByLabel('Role').selectOption('ciso');
    await grant.getByLabel('Over').selectOption('agency');
    await record(grant).click();
    await shows(grant.getByRole('alert').getByText(/^nobody grants a role to themselves/));
    assertSound(administrator, ['409 POST /api/agencies/NORTH/acts/grant.give']);
  });

  it('the person sets a password and an authenticator app, after a code that was wrong', async () => {
    const { page } = analyst;
    await page.goto(link);
    await readNotice(page);
    await shows(heading(page, 'Set up how you sign in', 1));
    await assertReadable(analyst, 'the ways to sign in');
    await page.getByText('With a password and an authenticator app').click();
    await shows(page.getByRole('img', { name: /^QR code for an authenticator app/ }));
    await assertReadable(analyst, 'a password and an authenticator app');
    totp = (await page.locator('.mu-authenticator pre').innerText()).replaceAll(/\s/g, '');
    const form = page.getByRole('form', { name: 'Set up a password' });
    await form.getByLabel('New password', { exact: true }).fill('short');
    await form.getByLabel('New password again').fill('shorter');
    await button(form, 'Set up and sign in').click();
    await shows(form.getByRole('heading', { name: /^Correct \d fields$/ }));
    await form.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await form.getByLabel('New password again').fill(PASSWORD);
    await form.getByRole('textbox', { name: /^Code/ }).fill(wrongCode(totp, new Date()));
    await button(form, 'Set up and sign in').click();
    await shows(form.getByRole('link', { name: /^Code: is not the code that the authenticator app shows/ }));
    await assertReadable(analyst, 'a code that is wrong');
    await form.getByRole('textbox', { name: /^Code/ }).fill(codeAt(totp, new Date()));
    await page.keyboard.press('Enter');
    await shows(page.getByRole('region', { name: 'Signed in' }).getByText('Demo Analyst (NORTH)'));
    await shows(page.getByText('You are signed in for the first time.'));
    assertSound(analyst, ['400 POST /api/set-up/password']);
  });

  it('the link is spent', async () => {
    const late = await visit(browser, await named());
    await late.page.goto(link);
    await readNotice(late.page);
    await shows(heading(late.page, 'This link can no longer be used', 1));
    await assertReadable(late, 'a spent link');
    assertSound(late, ['410 POST /api/set-up/begin']);
    await late.close();
  });

  it('signs in with password and code, and sees what the role allows, and nothing else', async () => {
    const rows = ['demo-one', 'demo-two'].map((account) => ({
      account,
      component: 'cloud',
      privileged: false,
      created: day('2022-01-03'),
      lastLogin: day('2022-01-03'),
      status: 'active' as const,
      statusChanged: null,
    }));
    await imported('demo inventory.csv', INVENTORY);
    await imported('demo accounts.csv', accountsCsv(rows), '--system', 'ECM', '--observed', '2022-07-08');
    const { page } = analyst;
    await button(page, 'Sign out').click();
    await readNotice(page);
    // The code of this half minute is spent; the next one is taken already.
    await typePassword(page, {
      signInName: 'demo.analyst',
      password: PASSWORD,
      code: codeAt(totp, new Date(), 1),
    });
    await shows(page.getByText(/^You last signed in at .* by password and code\. No attempt has failed/));
    await shows(heading(page, 'Duties', 1));
    assert.deepEqual(await ways(page), ['Duties', 'Audit', 'Systems', 'Evidence', 'Rulebooks']);
    await assertReadable(analyst, 'the first page of a session');
    await page.goto('/NORTH/duties?asOf=2022-07-08&duty=account.disable');
    await page.getByRole('link', { name: 'demo-one' }).click();
    const accept = page.getByRole('button', { name: 'Accept the risk of a duty until a day' });
    assert.ok(await accept.isDisabled());
    await shows(page.getByText('This is for authorizing official.'));
    assert.ok(await page.getByRole('button', { name: 'Record that an account was disabled' }).isEnabled());
    await assertReadable(analyst, 'a duty of which a person may do a part');
  });

  it('a page of another role says calmly that it is not for them', async () => {
    const { page } = analyst;
    await page.goto('/NORTH/lists/people');
    await shows(
      page
        .getByRole('alert')
        .getByText(/administrator/)
        .first(),
    );
    assert.equal(await page.getByRole('table').count(), 0);
    await assertReadable(analyst, 'a page of another role');
    assert.deepEqual(await ways(page), ['Duties', 'Audit', 'Systems', 'Evidence', 'Rulebooks']);
    assertSound(analyst, ['400 POST /api/set-up/password', '403 GET /api/agencies/NORTH/people']);
  });
});
