import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { stringify } from 'yaml';
import { openProvider, type TestProvider } from '../openid.ts';
import { addPerson } from '../people.ts';
import { MINUTE, over, runningClock } from '../sign-in/world.ts';
import type { Visit } from './browser.ts';
import { assertReadable, button, openEntrance, readNotice, type Entrance } from './entrance.ts';
import { heading, shows, skip } from './stage.ts';

// Signing in at a real OpenID provider, that an agency demands a certain way of (`acr`), and out of it.

const PIV = 'urn:demo:piv';
const FILE = join(tmpdir(), `muster-test-providers-${process.pid}.yaml`);

let provider: TestProvider;
let entrance: Entrance;

function openVisit(): Promise<Visit> {
  return entrance.open({ alsoAt: [provider.issuer] });
}

/** Goes to the provider from the page that is shown, and signs in there by name. */
async function signInAtProvider(page: Page, account: string): Promise<void> {
  await readNotice(page);
  await page.getByRole('link', { name: 'Sign in with the agency' }).click();
  await shows(heading(page, 'Demo provider', 1));
  await page.getByLabel('Account').fill(account);
  await button(page, 'Sign in at the provider').click();
}

const refusal = (page: Page, words: RegExp) =>
  page.getByRole('alert').filter({ hasText: 'You are not signed in' }).getByText(words);

const NOT_LET_IN =
  /^What the provider says does not let you in: .* you did not sign in there as your agency asks/;

describe('in the browser, a provider of OpenID', { skip }, () => {
  before(async () => {
    provider = await openProvider({
      clientSecret: 'demo secret',
      accounts: [
        { name: 'demo.piv', acr: PIV },
        { name: 'demo.password', acr: 'urn:demo:password' },
        { name: 'demo.plain' },
        { name: 'demo.stranger', acr: PIV },
      ],
    });
    const known = {
      provider: 'agency-login',
      title: 'the agency',
      agency: 'NORTH',
      issuer: provider.issuer,
      clientId: provider.clientId,
      clientSecret: provider.clientSecret,
      acr: [PIV],
    };
    await writeFile(FILE, stringify([known]), { mode: 0o600 });
    // What the provider says holds for a while by the clock on the wall.
    entrance = await openEntrance({ clock: runningClock(), settings: { providersFile: FILE } });
    const { house, north, address } = entrance.world;
    provider.allow({
      redirectUri: `${address}/api/sign-in/answer/agency-login`,
      returnTo: `${address}/sign-in`,
    });
    for (const name of ['demo.piv', 'demo.password', 'demo.plain'])
      await addPerson(house, north, over('isso'), name);
  });
  after(async () => {
    await entrance?.close();
    await provider?.close();
    await rm(FILE, { force: true });
  });

  it('lets in whoever signed in there as the agency demands, to the page that they wanted', async () => {
    const visitor = await openVisit();
    const { page } = visitor;
    await page.goto('/NORTH/rulebooks?asOf=2026-01-05');
    await shows(heading(page, 'Before you sign in', 1));
    await button(page, 'I have read this: continue').click();
    await shows(page.getByRole('link', { name: 'Sign in with the agency' }));
    await assertReadable(visitor, 'signing in by a provider');
    await page.reload();
    await signInAtProvider(page, 'demo.piv');
    await shows(heading(page, 'Rulebooks', 1));
    assert.equal(new URL(page.url()).pathname, '/NORTH/rulebooks');
    assert.equal(new URL(page.url()).search, '?asOf=2026-01-05');
    await page.getByRole('link', { name: 'Your account' }).click();
    await shows(page.getByText("You sign in by your agency's provider. Muster holds no password of yours."));
    await shows(page.getByRole('cell', { name: 'agency login' }));
    assert.equal(await page.getByText('Change your password').count(), 0);
    await assertReadable(visitor, 'the account of someone whom a provider knows');

    await button(page, 'Sign out').click();
    await button(page, 'Sign out of the provider').click();
    await shows(heading(page, 'Before you sign in', 1));
    assert.equal(new URL(page.url()).pathname, '/sign-in');
    assert.deepEqual(
      (await page.context().cookies()).filter(({ name }) => name.startsWith('__Host-')),
      [],
    );
    // Signed out there too: the provider asks anew.
    await signInAtProvider(page, 'demo.piv');
    await shows(page.getByText(/^You last signed in at .* by agency login\. No attempt has failed/));
    await visitor.close();
    assert.deepEqual(visitor.faults, []);
  });

  for (const [account, what] of [
    ['demo.password', 'in another way'],
    ['demo.plain', 'in a way that the provider does not say'],
    ['demo.stranger', 'as someone whom the agency does not know'],
  ] as const) {
    it(`says why whoever signed in there ${what} is not let in`, async () => {
      const { world } = entrance;
      const visitor = await openVisit();
      const { page } = visitor;
      await page.goto('/sign-in?to=/NORTH/rulebooks');
      await signInAtProvider(page, account);
      await shows(refusal(page, NOT_LET_IN));
      assert.equal(new URL(page.url()).pathname, '/sign-in');
      await assertReadable(visitor, 'a refused answer of a provider');
      await page.goto('/NORTH/rulebooks');
      await shows(heading(page, 'Before you sign in', 1));
      await visitor.close();
      assert.deepEqual(visitor.faults, []);
      const told = world.logged.join('\n');
      assert.match(told, /^sign-in at a?/m);
      assert.ok(!told.includes(account) && !told.includes('demo secret'));
    });
  }

  it('comes back with a person who changed their mind there', async () => {
    const visitor = await openVisit();
    const { page } = visitor;
    await page.goto('/sign-in');
    await readNotice(page);
    await page.getByRole('link', { name: 'Sign in with the agency' }).click();
    await button(page, 'Cancel').click();
    await shows(refusal(page, /./).first());
    assert.equal(new URL(page.url()).pathname, '/sign-in');
    await visitor.close();
    assert.deepEqual(visitor.faults, []);
  });

  it('that does not answer is said to have failed', async () => {
    await provider.close();
    // What it said of itself is good for ten minutes.
    entrance.world.clock.forward(11 * MINUTE);
    const visitor = await openVisit();
    const { page } = visitor;
    await page.goto('/sign-in');
    await readNotice(page);
    await page.getByRole('link', { name: 'Sign in with the agency' }).click();
    await shows(refusal(page, /^The provider gave no answer that Muster can use/));
    assert.equal(new URL(page.url()).pathname, '/sign-in');
    await visitor.close();
    assert.deepEqual(visitor.faults, []);
  });
});
