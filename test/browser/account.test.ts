import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { ask, Browser } from '../sign-in/browser.ts';
import {
  codeAt,
  DAY,
  entriesOf,
  MINUTE,
  newLocal,
  over,
  refusalOf,
  SECOND,
  signIn,
  whoAmI,
  type Local,
} from '../sign-in/world.ts';
import type { Visit } from './browser.ts';
import { assertReadable, button, openEntrance, readNotice, signInOn, type Entrance } from './entrance.ts';
import { focused, heading, shows, skip } from './stage.ts';

// What a person does about their own sign-in, on the page of their account.

let entrance: Entrance;

before(async () => {
  // As long as it takes to come to the time after which changes want a sign-in anew.
  if (skip === false) entrance = await openEntrance({ settings: { idleMinutes: 60 } });
});
after(() => entrance?.close());

/** Someone on the page of their account. */
async function atAccount(local: Local): Promise<Visit> {
  const visitor = await entrance.open();
  await visitor.page.goto('/sign-in?to=/account');
  await readNotice(visitor.page);
  await signInOn(visitor.page, entrance, local);
  await shows(part(visitor.page, 'API tokens'));
  return visitor;
}

function part(page: Page, name: string): Locator {
  return page.getByRole('region', { name });
}

async function close(visitor: Visit, refusals: readonly string[] = []): Promise<void> {
  await visitor.close();
  assert.deepEqual([visitor.faults, visitor.refusals], [[], refusals]);
}

/** How the server answers a program that has only a token. */
async function byToken(token: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  return refusalOf(await ask(entrance.world.address, 'GET', '/api/agencies/NORTH/systems', headers));
}

describe('in the browser, tokens', { skip }, () => {
  async function make(page: Page, { name, days }: { name: string; days: string }): Promise<string> {
    const tokens = part(page, 'API tokens');
    const form = tokens.getByRole('form', { name: 'Make a token' });
    if (!(await form.isVisible())) await tokens.getByText('Make a token', { exact: true }).click();
    await form.getByLabel('What to call it').fill(name);
    await form.getByText('ISSO', { exact: true }).click();
    await form.getByLabel('Days').fill(days);
    await button(form, 'Make the token').click();
    await shows(heading(page, `The token ${name}`));
    return tokens.locator('pre').innerText();
  }

  it('one is made, shown once, used, revoked, and refused then', async () => {
    const { world } = entrance;
    const { local } = await newLocal(world, over('isso', 'system-owner'));
    const visitor = await atAccount(local);
    const { page } = visitor;
    const tokens = part(page, 'API tokens');
    await shows(tokens.getByText('You have none.'));
    await tokens.getByText('Make a token', { exact: true }).click();
    await button(tokens, 'Make the token').click();
    assert.deepEqual(await tokens.getByRole('alert').getByRole('link').allInnerTexts(), [
      'What to call it: is missing',
      'Roles: is missing',
    ]);
    await assertReadable(visitor, 'a token to make');
    const token = await make(page, { name: 'demo import', days: '30' });
    assert.match(token, /^muster_\S{40,}$/);
    assert.match(await focused(page), /Copy it now: it will not be shown again/);
    await assertReadable(visitor, 'a token that is shown once');
    assert.equal(await byToken(token), '200');

    await page.reload();
    await shows(tokens.getByRole('rowheader', { name: 'demo import' }));
    assert.ok(!(await page.content()).includes(token));
    const row = tokens.getByRole('row').filter({ hasText: 'demo import' });
    await shows(row.getByRole('cell', { name: 'ISSO', exact: true }));
    await shows(row.getByRole('cell', { name: 'wherever your roles reach' }));
    await assertReadable(visitor, 'the tokens');

    await row.getByRole('button', { name: /^Revoke/ }).click();
    assert.match(await focused(page), /^Revoke for good/);
    await row.getByRole('button', { name: /^Keep/ }).click();
    assert.equal(await byToken(token), '200');
    await row.getByRole('button', { name: /^Revoke/ }).click();
    await row.getByRole('button', { name: /^Revoke for good/ }).click();
    await shows(tokens.getByText('You have none.'));
    assert.equal(await byToken(token), '401 SIGN_IN_REQUIRED');
    await close(visitor);
    assert.equal((await entriesOf(world, 'token.made', local)).length, 1);
    assert.equal((await entriesOf(world, 'token.revoked', local)).length, 1);
  });

  it('one whose days are over is refused', async () => {
    const { local } = await newLocal(entrance.world, over('isso'));
    const visitor = await atAccount(local);
    const token = await make(visitor.page, { name: 'demo day', days: '1' });
    assert.equal(await byToken(token), '200');
    await entrance.forward(DAY);
    assert.equal(await byToken(token), '401 SIGN_IN_REQUIRED');
    await close(visitor);
  });

  it('a quarter of an hour after signing in it wants a sign-in anew, and the page leads there and back', async () => {
    const { local } = await newLocal(entrance.world, over('isso'));
    const visitor = await atAccount(local);
    const { page } = visitor;
    const tokens = part(page, 'API tokens');
    await tokens.getByText('Make a token', { exact: true }).click();
    await tokens.getByLabel('What to call it').fill('demo late');
    await tokens.getByText('ISSO', { exact: true }).click();
    await entrance.forward(16 * MINUTE, visitor);
    await button(tokens, 'Make the token').click();
    await shows(tokens.getByRole('alert').getByText(/within 15 minutes of signing in/));
    await assertReadable(visitor, 'a change that wants a sign-in anew');
    await page.getByRole('link', { name: 'Sign in again and come back to this page' }).click();
    await readNotice(page);
    await signInOn(page, entrance, local);
    await shows(heading(page, 'Your account', 1));
    await shows(tokens.getByText('You have none.'));
    // The session of before ended with that sign-in.
    const rows = part(page, 'Where you are signed in')
      .getByRole('row')
      .filter({ hasText: 'Chrome on Linux' });
    await shows(rows.first());
    assert.equal(await rows.count(), 1);
    await make(page, { name: 'demo late', days: '1' });
    await close(visitor, ['403 POST /api/me/tokens']);
  });
});

describe('in the browser, sessions', { skip }, () => {
  it('are listed, and one ends another; the other page is told when it asks', async () => {
    const { local } = await newLocal(entrance.world, over('isso'));
    const first = await atAccount(local);
    const second = await atAccount(local);
    const sessions = part(second.page, 'Where you are signed in');
    const rows = sessions.getByRole('row').filter({ hasText: 'Chrome on Linux' });
    await shows(rows.first());
    assert.equal(await rows.count(), 2);
    await shows(rows.filter({ hasText: 'this one' }));
    await assertReadable(second, 'two sessions');
    await rows.getByRole('button', { name: /^End the session from 127\.0\.0\.1$/ }).click();
    await rows.nth(1).waitFor({ state: 'detached' });
    await shows(rows.filter({ hasText: 'this one' }));
    await first.page.getByRole('link', { name: 'Rulebooks' }).click();
    await shows(first.page.getByText('Your session has ended. Sign in again to go on where you were.'));
    await first.close();
    assert.deepEqual(first.faults, []);
    await close(second);
  });

  it('all end at once, this one too', async () => {
    const { local, browser } = await newLocal(entrance.world, over('isso'));
    const visitor = await atAccount(local);
    assert.equal(await whoAmI(browser), '200');
    await button(visitor.page, 'Sign out everywhere').click();
    await shows(heading(visitor.page, 'Before you sign in', 1));
    assert.equal(await whoAmI(browser), '401 SIGN_IN_REQUIRED');
    await close(visitor);
  });
});

describe('in the browser, a password', { skip }, () => {
  const NEW = 'violet harbor 12 engine';

  it('is changed by whoever knows the one before; other sessions end', async () => {
    const { world } = entrance;
    const { local, browser } = await newLocal(world, over('isso'));
    const visitor = await atAccount(local);
    const { page } = visitor;
    await page.getByText('Change your password', { exact: true }).click();
    const form = page.getByRole('form', { name: 'Change your password' });
    const change = async (current: string, password: string, again = password) => {
      await form.getByLabel('Password until now').fill(current);
      await form.getByLabel('New password', { exact: true }).fill(password);
      await form.getByLabel('New password again').fill(again);
      await button(form, 'Change the password').click();
    };
    await change(local.password, 'short', 'other');
    await shows(form.getByRole('heading', { name: /^Correct \d fields?$/ }));
    await change('not the one before', NEW);
    await shows(
      form.getByRole('link', { name: /^Password until now: is not your password, or the account/ }),
    );
    await assertReadable(visitor, 'a password that is not changed');
    await change(local.password, NEW);
    await shows(page.getByText('Your password is changed.'));
    assert.equal(await focused(page), 'Your password is changed.');
    assert.equal(await form.getByLabel('New password', { exact: true }).inputValue(), '');
    await assertReadable(visitor, 'a password that is changed');
    assert.equal(await whoAmI(browser), '401 SIGN_IN_REQUIRED');
    const renewed = await signIn(world, { ...local, password: NEW }, new Browser(world.address));
    assert.equal(await whoAmI(renewed), '200');
    await close(visitor, ['400 POST /api/me/password']);
  });

  it('goes with an authenticator app that can be replaced; the one before is good until then', async () => {
    const { world } = entrance;
    const { local } = await newLocal(world, over('isso'));
    const visitor = await atAccount(local);
    const { page } = visitor;
    await button(page, 'Set up another authenticator app').click();
    await shows(page.getByText('The app that you have is good until the new one has shown its code.'));
    const totp = (await page.locator('.mu-authenticator pre').innerText()).replaceAll(/\s/g, '');
    assert.notEqual(totp, local.totp);
    await assertReadable(visitor, 'another authenticator app');
    assert.equal(await whoAmI(await signIn(world, local)), '200');
    world.clock.forward(30 * SECOND);
    const form = page.getByRole('form', { name: 'Confirm the authenticator app' });
    await form.getByRole('textbox', { name: /^Code/ }).fill(codeAt(totp, world.clock.now()));
    await button(form, 'Confirm').click();
    await shows(page.getByText('Your authenticator app is set up.'));
    assert.equal(await whoAmI(await signIn(world, { ...local, totp })), '200');
    await close(visitor);
  });
});
