import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { setUpAgency } from '../../src/doors/house.ts';
import { offerSetUp } from '../../src/doors/sign-in/set-up.ts';
import type { AgencyFacts } from '../../src/programs/inventory/index.ts';
import { dayIn } from '../../src/time/index.ts';
import { importText, INVENTORY, newAgency } from '../house.ts';
import { addPerson, signedInAs } from '../people.ts';
import { HOUR, letIn, newLocal, operate, over, PASSWORD, type Local } from '../sign-in/world.ts';
import { assertSound, type Visit } from './browser.ts';
import {
  assertReadable,
  openEntrance,
  readNotice,
  signInOn,
  typePassword,
  walked,
  type Entrance,
} from './entrance.ts';
import { heading, shows, skip } from './stage.ts';

// What a person comes to: what their roles reach today, in their own agency, and nothing else.

let entrance: Entrance;
let south: AgencyFacts;

before(async () => {
  if (skip !== false) return;
  entrance = await openEntrance({ settings: { idleMinutes: 24 * 60, sessionHours: 24 * 7 } });
  const { house, north } = entrance.world;
  south = await newAgency(house, 'SOUTH');
  await importText(house, north, INVENTORY);
  await importText(house, south, INVENTORY.replaceAll('ECM', 'SOUTHERN'));
});
after(() => entrance?.close());

/** A page of someone who is signed in. */
async function openAs({ agency, key }: Pick<Local, 'agency' | 'key'>): Promise<Visit> {
  return entrance.open({ person: await signedInAs(entrance.world.house, agency, key) });
}

function ways(page: Page): Promise<string[]> {
  return page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts();
}

describe('in the browser, a role', { skip }, () => {
  it('whose last day is over shows and does nothing from midnight on where the agency is', async () => {
    const { world } = entrance;
    const { local } = await letIn(world, over('manager'));
    const until = dayIn(world.clock.now().toISOString(), 'America/New_York');
    await operate(world, 'grant.give', {
      person: local.person,
      role: 'program-office',
      over: 'agency',
      until,
    });
    const visitor = await openAs(local);
    const { page } = visitor;
    await page.goto('/NORTH/lists/people');
    await shows(heading(page, /found as of/));
    // What the role lets a person see, but not do, says for whom it is.
    assert.ok(await page.getByRole('button', { name: 'Add a person' }).isDisabled());
    await shows(page.getByText('This is for administrator.'));
    assert.ok((await ways(page)).includes('People'));
    await assertReadable(visitor, 'a list with an act of another role');

    // From noon to midnight, and a second.
    await entrance.forward(12 * HOUR + 1000, visitor);
    await page.reload();
    await shows(page.getByRole('alert'));
    assert.deepEqual(await ways(page), ['Rulebooks']);
    assert.equal(await page.getByRole('table').count(), 0);
    await page.getByRole('link', { name: 'Your account' }).click();
    await shows(page.getByText('Manager, for the whole agency'));
    assert.equal(await page.getByText(/Program office/).count(), 0);
    assertSound(visitor, ['403 GET /api/agencies/NORTH/people']);
    await visitor.close();
  });

  it('that ends while its page is open leaves nothing of it after the next question', async () => {
    const { world } = entrance;
    const { local } = await letIn(world, []);
    const { index } = await operate(world, 'grant.give', {
      person: local.person,
      role: 'ciso',
      over: 'agency',
    });
    const visitor = await openAs(local);
    const { page } = visitor;
    await page.goto('/NORTH/lists/people');
    await shows(heading(page, /found as of/));
    await operate(world, 'grant.end', { grant: `${index}.1`, reason: 'moved to another office' });
    await page.getByLabel('Role').selectOption({ label: 'CISO' });
    await shows(page.getByRole('alert'));
    assert.equal(await page.getByRole('table').count(), 0);
    await page.getByRole('link', { name: 'Rulebooks' }).waitFor({ state: 'detached' });
    assert.deepEqual(await ways(page), []);
    await page.getByRole('link', { name: 'Muster' }).click();
    await shows(heading(page, 'Nothing to read yet', 1));
    await assertReadable(visitor, 'a person without a role');
    await visitor.close();
    assert.deepEqual(visitor.faults, []);
  });

  it('over one system shows that system alone', async () => {
    const { house, north } = entrance.world;
    await importText(house, north, INVENTORY.replaceAll('ECM', 'OTHER'));
    const key = await addPerson(house, north, [{ role: 'isso', reach: { over: 'system', system: 'ECM' } }]);
    await walked(await openAs({ agency: north, key }), async (page) => {
      await page.goto('/');
      await shows(heading(page, 'Duties', 1));
      await page.getByRole('link', { name: 'Systems' }).click();
      await shows(page.getByRole('link', { name: 'ECM', exact: true }));
      assert.equal(await page.getByText('OTHER').count(), 0);
      await page.getByRole('link', { name: 'Your account' }).click();
      await shows(page.getByText('ISSO, for the system ECM'));
    });
  });
});

describe('in the browser, someone of two systems', { skip }, () => {
  it('is told of both, looks at either, and is refused nothing on the way', async () => {
    const { house, north } = entrance.world;
    const [one, two, other] = ['FIRST', 'SECOND', 'THIRD'];
    for (const system of [one, two, other])
      await importText(house, north, INVENTORY.replaceAll('ECM', system), { file: `${system}.csv` });
    const over = (role: 'isso' | 'system-owner', system: string) =>
      ({ role, reach: { over: 'system', system } }) as const;
    const key = await addPerson(house, north, [over('system-owner', one), over('isso', two)]);
    const visitor = await openAs({ agency: north, key });
    const { page } = visitor;
    const way = (name: string) =>
      page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
    const choices = (label: string) =>
      page.getByRole('combobox', { name: label, exact: true }).getByRole('option').allInnerTexts();
    await page.goto('/');
    await shows(heading(page, 'Duties', 1));
    await way('Systems');
    for (const system of [one, two]) await shows(page.getByRole('link', { name: system, exact: true }));
    await assertReadable(visitor, 'two systems');
    for (const place of ['Duties', 'Audit']) {
      await way(place);
      await shows(page.getByRole('combobox', { name: 'System' }));
      await page.getByRole('option', { name: two }).waitFor({ state: 'attached' });
      assert.deepEqual(await choices('System'), [one, two], place);
      await page.getByLabel('System', { exact: true }).selectOption(two);
      await page.waitForURL(/system=SECOND/);
    }
    await way('Findings');
    await shows(heading(page, /found as of/));
    await way('Evidence');
    await shows(heading(page, 'Evidence', 1));
    await assertReadable(visitor, 'evidence of two systems');
    assert.equal(await page.getByText(other).count(), 0);
    await visitor.close();
    assert.deepEqual([visitor.faults, visitor.refusals], [[], []]);
  });
});

describe('in the browser, a demonstration', { skip }, () => {
  it('alone lets a person do without an authenticator app', async () => {
    const { house, address } = entrance.world;
    const wanted = { code: 'DEMO', kind: 'irs', timeZone: 'America/New_York', demonstration: true } as const;
    const demo = await setUpAgency(house, wanted);
    const key = await addPerson(house, demo, over('isso'), 'demo.lone');
    const { token } = await offerSetUp(house, demo, house.operator, key);
    await walked(await entrance.open(), async (page) => {
      await page.goto(`${address}/set-up#${token}`);
      await readNotice(page);
      await page.getByText('With a password and an authenticator app').click();
      await shows(page.getByText(/This is a demonstration: without them the password does alone/));
      await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
      await page.getByLabel('New password again').fill(PASSWORD);
      await page.getByRole('button', { name: 'Set up and sign in' }).click();
      await page.getByRole('button', { name: 'Sign out', exact: true }).click();
      await readNotice(page);
      await page.getByRole('button', { name: 'NORTH' }).click();
      assert.equal(await page.getByLabel('Code').getAttribute('aria-required'), 'true');
      assert.equal(await page.getByText(/Leave it empty if you have none/).count(), 0);
      await page.getByRole('button', { name: 'Choose another agency' }).click();
      await page.getByRole('button', { name: 'DEMO' }).click();
      await shows(page.getByText(/Leave it empty if you have none/));
      await typePassword(page, { signInName: 'demo.lone', password: PASSWORD });
      await shows(page.getByRole('complementary', { name: 'Demonstration' }));
    });
  });
});

describe('in the browser, two agencies in one Muster', { skip }, () => {
  it('each lets in its own people alone, by names that may be the same', async () => {
    const { world } = entrance;
    const signInName = 'demo.both';
    const north = await newLocal(world, over('isso'), { signInName });
    const other = await newLocal(world, over('isso'), { signInName, agency: south });
    const visitor = await entrance.open();
    const { page } = visitor;
    await page.goto('/sign-in');
    await readNotice(page);
    await shows(heading(page, 'Which agency are you of?', 1));
    await assertReadable(visitor, 'a choice of agencies');
    await page.getByRole('button', { name: 'SOUTH' }).click();
    await shows(heading(page, 'Sign in to SOUTH', 1));
    await signInOn(page, entrance, { ...north.local, totp: north.local.totp });
    await shows(page.getByRole('alert').getByText(/^the sign-in was refused/));
    await page.getByRole('button', { name: 'Choose another agency' }).click();
    await page.getByRole('button', { name: 'SOUTH' }).click();
    await signInOn(page, entrance, other.local);
    await shows(page.getByRole('region', { name: 'Signed in' }).getByText('(SOUTH)'));
    await page.getByRole('link', { name: 'Systems' }).click();
    await shows(page.getByRole('link', { name: 'SOUTHERN', exact: true }));
    assert.equal(await page.getByText('ECM').count(), 0);
    assertSound(visitor, ['401 POST /api/sign-in/password']);
    await visitor.close();
  });

  it('the address of the other is not found, as one of nobody is, and nothing is asked of it', async () => {
    const { local } = await letIn(entrance.world, over('isso'));
    const visitor = await openAs(local);
    const { page } = visitor;
    const shown = async (agency: string) => {
      await page.goto(`/${agency}/systems`);
      await shows(heading(page, 'There is no such page', 1));
      return (await page.getByRole('main').innerText()).replaceAll(agency, 'CODE');
    };
    await page.goto('/NORTH/rulebooks');
    await page.getByRole('button', { name: /^Dismiss/ }).click();
    assert.equal(await shown('SOUTH'), await shown('NOWHERE'));
    assert.deepEqual((await ways(page)).slice(0, 3), ['Duties', 'Audit', 'Systems']);
    const asked = (agency: string) =>
      page.evaluate(async (code) => {
        const answer = await fetch(`/api/agencies/${code}/systems`);
        return `${answer.status} ${(await answer.text()).replaceAll(code, 'CODE')}`;
      }, agency);
    const ofSouth = await asked('SOUTH');
    assert.match(ofSouth, /^404 .*NOT_FOUND/);
    assert.equal(ofSouth, await asked('NOWHERE'));
    await assertReadable(visitor, 'an agency that is not one’s own');
    assertSound(
      visitor,
      ['SOUTH', 'NOWHERE'].map((code) => `404 GET /api/agencies/${code}/systems`),
    );
    await visitor.close();
  });
});
