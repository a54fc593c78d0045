import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { codeAt, entriesOf, MINUTE, newLocal, over, SECOND, whoAmI, type Local } from '../sign-in/world.ts';
import { Browser } from '../sign-in/browser.ts';
import { assertSound, type Visit } from './browser.ts';
import {
  addAuthenticator,
  assertReadable,
  button,
  openEntrance,
  readNotice,
  signInOn,
  typePassword,
  walked,
  type Entrance,
} from './entrance.ts';
import { focused, heading, shows, skip, tabTo } from './stage.ts';

// How a person gets in, is kept out, and is signed out: what they see of it.

let entrance: Entrance;

before(async () => {
  if (skip === false) entrance = await openEntrance();
});
after(() => entrance?.close());

/** What is asked without a session is refused once, before the page of signing in is shown. */
const REFUSED_AT_FIRST = /^401 GET \/api\/(?:status|views|acts|readers|duty-types|me)$/;

function refusalsOf({ refusals }: Visit): string[] {
  return refusals.filter((refusal) => !REFUSED_AT_FIRST.test(refusal));
}

async function isSignedIn(page: Page): Promise<void> {
  await shows(page.getByRole('region', { name: 'Signed in' }));
}

/** The session of a page, for asking the server without the page's knowing. */
async function sessionOf({ page }: Visit): Promise<Browser> {
  const browser = new Browser(entrance.world.address);
  for (const { name, value } of await page.context().cookies()) browser.cookies.set(name, value);
  return browser;
}

describe('in the browser, the page of signing in', { skip }, () => {
  it('comes first wherever a person wanted to go, with the notice before it, and leads back there', async () => {
    const { local } = await newLocal(entrance.world, over('isso'));
    const visitor = await entrance.open();
    const { page } = visitor;
    await page.goto('/NORTH/systems?asOf=2026-01-05');
    await shows(heading(page, 'Before you sign in', 1));
    assert.equal(await page.title(), 'Before you sign in · Muster');
    assert.equal(new URL(page.url()).searchParams.get('to'), '/NORTH/systems?asOf=2026-01-05');
    assert.equal(await page.getByText('Your session has ended').count(), 0);
    await shows(page.getByText(/may be monitored, recorded and audited/));
    await assertReadable(visitor, 'the notice');
    await readNotice(page);
    await shows(heading(page, 'Sign in to NORTH', 1));
    await assertReadable(visitor, 'the page of signing in');
    await signInOn(page, entrance, local);
    await shows(heading(page, 'Systems', 1));
    assert.equal(new URL(page.url()).pathname, '/NORTH/systems');
    assert.equal(new URL(page.url()).search, '?asOf=2026-01-05');
    await visitor.close();
    assert.deepEqual([visitor.faults, refusalsOf(visitor)], [[], []]);
  });

  it('is worked by keyboard alone, and says what lacks', async () => {
    const { local } = await newLocal(entrance.world, over('isso'));
    await walked(await entrance.open(), async (page) => {
      await page.goto('/sign-in');
      await tabTo(page, 'I have read this: continue');
      await page.keyboard.press('Enter');
      await shows(heading(page, 'Sign in to NORTH', 1));
      await tabTo(page, 'Sign in');
      await page.keyboard.press('Enter');
      await shows(heading(page, 'Correct 3 fields'));
      assert.deepEqual(await page.getByRole('alert').getByRole('link').allInnerTexts(), [
        'Sign-in name: is missing',
        'Password: is missing',
        'Code: is missing',
      ]);
      await tabTo(page, 'Sign-in name: is missing');
      await page.keyboard.press('Enter');
      await page.keyboard.type(local.signInName);
      await page.keyboard.press('Tab');
      await page.keyboard.type(local.password);
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'Show password');
      await page.keyboard.press('Space');
      assert.equal(await page.getByLabel('Password', { exact: true }).getAttribute('type'), 'text');
      await page.keyboard.press('Tab');
      entrance.world.clock.forward(30 * SECOND);
      const code = codeAt(local.totp, entrance.world.clock.now());
      await page.keyboard.type(`${code.slice(0, 3)} ${code.slice(3)}`);
      await page.keyboard.press('Enter');
      await isSignedIn(page);
      await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
    });
  });

  it('signing out in one tab signs out the others', async () => {
    const { local } = await newLocal(entrance.world, over('isso'));
    const visitor = await entrance.open();
    const { page } = visitor;
    await page.goto('/sign-in?to=/NORTH/rulebooks');
    await readNotice(page);
    await signInOn(page, entrance, local);
    await isSignedIn(page);
    await page.getByRole('link', { name: 'Systems' }).click();
    await shows(heading(page, 'Systems', 1));
    const other = await page.context().newPage();
    await other.goto('/NORTH/systems');
    await isSignedIn(other);
    const session = await sessionOf(visitor);
    assert.equal(await whoAmI(session), '200');
    await tabTo(page, 'Sign out');
    await page.keyboard.press('Enter');
    await shows(heading(page, 'Before you sign in', 1));
    assert.equal(page.url(), `${entrance.world.address}/sign-in`);
    await shows(heading(other, 'Before you sign in', 1));
    assert.equal(await whoAmI(session), '401 SIGN_IN_REQUIRED');
    assert.deepEqual(await page.context().cookies(), []);
    await page.goBack();
    await page.waitForURL(/\/sign-in\?to=%2FNORTH%2Frulebooks$/);
    await shows(heading(page, 'Before you sign in', 1));
    await visitor.close();
    assert.deepEqual([visitor.faults, refusalsOf(visitor)], [[], []]);
  });
});

describe('in the browser, passkeys', { skip }, () => {
  it('one that is made on the page of the account signs in, after signing out too; none without the person', async () => {
    const { local } = await newLocal(entrance.world, over('isso'));
    const visitor = await entrance.open();
    const { page } = visitor;
    const keys = await addAuthenticator(page);
    const signIn = button(page, 'Sign in with a passkey');
    await page.goto('/sign-in?to=/account');
    await readNotice(page);
    await signInOn(page, entrance, local);
    await page.getByText('Make a passkey', { exact: true }).click();
    await page.getByLabel('What to call this passkey').fill('demo key');
    await button(page, 'Make the passkey').click();
    await shows(page.getByText('The passkey is made: you can sign in with it.'));
    const row = page.getByRole('row').filter({ hasText: 'demo key' });
    await shows(row.getByText('never'));
    assert.equal(await keys.count(), 1);
    await assertReadable(visitor, 'an account with a passkey');

    await button(page, 'Sign out').click();
    await readNotice(page);
    await tabTo(page, 'Sign in with a passkey');
    await page.keyboard.press('Enter');
    await isSignedIn(page);
    await shows(page.getByText(/^You last signed in at .* by password and code/));
    await button(page, 'Sign out').click();

    await readNotice(page);
    await keys.verify(false);
    await signIn.click();
    await shows(page.getByRole('alert').getByText(/^no passkey was used: it was cancelled/));
    await assertReadable(visitor, 'a passkey without the person');
    assert.equal(await whoAmI(await sessionOf(visitor)), '401 SIGN_IN_REQUIRED');
    await keys.verify(true);
    await signIn.click();
    await isSignedIn(page);

    await page.goto('/account');
    await page.getByRole('button', { name: 'Remove the passkey demo key' }).click();
    await page.getByRole('button', { name: 'Remove for good the passkey demo key' }).click();
    await shows(page.getByText('You have none.').first());
    await button(page, 'Sign out').click();
    await readNotice(page);
    await signIn.click();
    await shows(page.getByRole('alert').getByText(/^the sign-in was refused/));
    await visitor.close();
    assert.deepEqual(visitor.faults, []);
    assert.deepEqual(refusalsOf(visitor), ['401 POST /api/sign-in/passkey/finish']);
    const ways = (await entriesOf(entrance.world, 'person.signed-in', local)).map(
      ({ body }) => (body as { way: string }).way,
    );
    assert.deepEqual(ways, ['password and code', 'password and code', 'passkey', 'passkey']);
  });
});

describe('in the browser, an account that is locked', { skip }, () => {
  it('lets nobody in after three wrong passwords, and the person again after its time, who is told', async () => {
    const { world } = entrance;
    const { local } = await newLocal(world, over('isso'));
    const visitor = await entrance.open();
    const { page } = visitor;
    const refused = page
      .getByRole('alert')
      .getByText(/^the sign-in was refused: .* or the account is locked/);
    const tryOnce = async (password: string) => {
      world.clock.forward(30 * SECOND);
      const answered = page.waitForResponse('**/api/sign-in/password');
      await typePassword(page, { ...local, password, code: codeAt(local.totp, world.clock.now()) });
      await answered;
      await shows(refused);
    };
    await page.goto('/sign-in');
    await readNotice(page);
    for (const wrong of ['wrong lantern 1', 'wrong lantern 2', 'wrong lantern 3']) await tryOnce(wrong);
    await assertReadable(visitor, 'a refused sign-in');
    assert.equal(await page.getByLabel('Sign-in name').inputValue(), local.signInName);
    await shows(page.getByText('Try again, or ask an administrator of the agency.'));
    assert.equal((await entriesOf(world, 'person.locked', local)).length, 1);
    // What is right is refused in the same words while it is locked.
    await tryOnce(local.password);
    world.clock.forward(15 * MINUTE);
    await signInOn(page, entrance, local);
    await isSignedIn(page);
    await shows(
      page.getByText(
        /^You last signed in at .* Since then 4 attempts to sign in with your name failed\. If that was not you/,
      ),
    );
    await assertReadable(visitor, 'attempts that failed');
    await page.getByRole('button', { name: /^Dismiss/ }).click();
    await page.reload();
    await isSignedIn(page);
    assert.equal(await page.getByText('Since then 4 attempts').count(), 0);
    await visitor.close();
    assert.deepEqual(visitor.faults, []);
    assert.deepEqual(
      refusalsOf(visitor),
      Array.from({ length: 4 }, () => '401 POST /api/sign-in/password'),
    );
  });
});

describe('in the browser, a session that nobody uses', { skip }, () => {
  const IDLE = 5 * MINUTE;
  let short: Entrance;
  let local: Local;
  before(async () => {
    short = await openEntrance({ settings: { idleMinutes: 5 } });
    ({ local } = await newLocal(short.world, over('isso')));
  });
  after(() => short?.close());

  const dialog = (page: Page) =>
    page.getByRole('alertdialog', { name: /^You will be signed out at \d\d:\d\d/ });

  /** All that the page asks when it is opened has come: what comes later would put the end off. */
  async function hasAnswered(page: Page): Promise<void> {
    await shows(heading(page, /^irm-10\.8\.24:/));
    await shows(page.getByText(/^You last signed in at /));
  }

  async function signedIn(): Promise<Visit> {
    const visitor = await short.open();
    await visitor.page.goto('/sign-in?to=/NORTH/rulebooks%3FasOf=2026-01-05');
    await readNotice(visitor.page);
    await signInOn(visitor.page, short, local);
    await hasAnswered(visitor.page);
    return visitor;
  }

  it('is warned of two minutes before, and goes on where the person stays', async () => {
    await walked(await signedIn(), async (page) => {
      const visitor = { page };
      await short.forward(IDLE - 2 * MINUTE - 30 * SECOND, visitor);
      await page.clock.runFor(2 * SECOND);
      assert.equal(await dialog(page).count(), 0);
      await short.forward(30 * SECOND, visitor);
      await shows(dialog(page));
      assert.equal(await focused(page), 'Stay signed in');
      await shows(dialog(page).getByText('What you have written and not sent would be lost.'));
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'Sign out now');
      await page.keyboard.press('Tab');
      assert.equal(await focused(page), 'Stay signed in');
      const answered = page.waitForResponse('**/api/status');
      await page.keyboard.press('Enter');
      assert.equal((await answered).status(), 200);
      await dialog(page).waitFor({ state: 'detached' });
      // Longer than the session would have lasted without that.
      await short.forward(IDLE - 2 * MINUTE - 30 * SECOND, visitor);
      await page.getByRole('link', { name: 'Systems' }).click();
      await shows(heading(page, 'Systems', 1));
    });
  });

  it('ends where the person does nothing, says so, and signing in comes back to the page', async () => {
    const visitor = await signedIn();
    const { page } = visitor;
    await short.forward(IDLE - MINUTE, visitor);
    await shows(dialog(page));
    await assertReadable(visitor, 'a session that ends soon');
    await short.forward(MINUTE, visitor);
    await shows(heading(page, 'Before you sign in', 1));
    await shows(page.getByText('Your session has ended. Sign in again to go on where you were.'));
    assert.equal(await dialog(page).count(), 0);
    assert.equal(await page.getByText('Demo Person').count(), 0);
    await readNotice(page);
    await signInOn(page, short, local);
    await shows(heading(page, 'Rulebooks', 1));
    assert.equal(new URL(page.url()).search, '?asOf=2026-01-05');
    assertSound(visitor);
    await visitor.close();
  });

  it('a page that slept is told by the server, whatever its own clock says', async () => {
    const visitor = await signedIn();
    const { page } = visitor;
    await short.forward(IDLE);
    await page.getByRole('link', { name: 'Systems' }).click();
    await shows(page.getByText('Your session has ended. Sign in again to go on where you were.'));
    assert.equal(new URL(page.url()).searchParams.get('to'), '/NORTH/systems?asOf=2026-01-05');
    assert.deepEqual(visitor.faults, []);
    await visitor.close();
  });
});
