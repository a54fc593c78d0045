import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { findAgency } from '../../src/programs/inventory/index.ts';
import { readCheckpoint, readVerifierKey, signedBy, verifyProof } from '../../src/record/index.ts';
import { importText, INVENTORY } from '../house.ts';
import { assertAccessible, assertNarrow } from './browser.ts';
import { fact, focused, heading, openStage, shows, skip, tabTo, type Stage } from './stage.ts';

// What an auditor does with the record in the browser, from a record that nobody has signed yet on.

let stage: Stage;
/** The verifier key, once there is one: as it was shown. */
let key = '';

const walk: Stage['walk'] = (path, steps, refusals) => stage.walk(path, steps, refusals);

/** A file as the browser keeps it. */
interface Kept {
  readonly name: string;
  readonly text: string;
}

async function keeps(page: Page, act: () => Promise<void>): Promise<Kept> {
  const [download] = await Promise.all([page.waitForEvent('download'), act()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

function part(page: Page, name: string | RegExp): Locator {
  return page.getByRole('region', { name });
}

function button(page: Page, name: string): Locator {
  return page.getByRole('button', { name, exact: true });
}

/** Brings in an inventory of a system of that name: an entry. */
async function addEntry(system: string): Promise<number> {
  const { house } = stage;
  const agency = await findAgency(house.store, 'DEMO');
  assert.ok(agency);
  const { evidence } = await importText(house, agency, INVENTORY.replaceAll('ECM', system));
  assert.ok(evidence);
  return evidence;
}

async function countEntries(): Promise<number> {
  const { store } = stage.house;
  const agency = await findAgency(store, 'DEMO');
  assert.ok(agency);
  const { count } = await store.read(agency.agency, (tx) =>
    tx.row<{ count: number }>('select count(*)::int as count from entry where agency_id = $1', [tx.agency]),
  );
  return count;
}

describe('in the browser, the record', { skip }, () => {
  before(async () => {
    stage = await openStage();
  });
  after(() => stage?.close());

  it('says that nothing is signed, why, and that it is as soon as it is', async () => {
    const { house } = stage;
    const file = join(house.dataDir, 'checkpoint-key.pem');
    await writeFile(file, 'no key', { mode: 0o600 });
    await house.sealer.sign();
    await walk(`/DEMO/systems?asOf=2022-07-08`, async (page, visitor) => {
      const ways = page.getByRole('navigation', { name: 'Main' });
      assert.equal(await ways.getByRole('link', { name: 'Entries' }).count(), 0);
      await ways.getByRole('link', { name: 'Record' }).click();
      await shows(heading(page, 'Record', 1));
      await shows(page.getByText('The record is shown as it stands now'));
      assert.equal(await page.title(), 'Record · Muster');
      await shows(page.getByText(/Nothing is signed yet\./));
      await shows(part(page, 'The last checkpoint').getByText('There is no checkpoint yet.'));
      await shows(part(page, 'The verifier key').getByText('There is no key yet'));
      const alert = page.getByRole('alert').filter({ hasText: 'The record is not being signed' });
      await shows(alert.getByText(/checkpoint-key\.pem holds no private key/));
      await assertAccessible(visitor, 'a record that is not signed');
      await assertNarrow(visitor, 'a record that is not signed');
      await rm(file);
      await house.sealer.sign();
      await shows(page.getByText('All of them are signed.'));
      await alert.waitFor({ state: 'detached' });
    });
  });

  it('gives its checkpoint and its key away, and the one verifies the other', async () => {
    await stage.house.sealer.checkpoint();
    await walk('/DEMO/record', async (page, visitor) => {
      const checkpoint = part(page, 'The last checkpoint');
      await shows(checkpoint.getByText(/^It covers all \d+ entries and was written on/));
      const download = () => button(page, 'Download the checkpoint').click();
      const kept = await keeps(page, download);
      assert.equal(kept.text, await checkpoint.locator('pre').textContent());
      const keys = await keeps(page, () => button(page, 'Download the key').click());
      assert.equal(keys.name, 'DEMO-keys.txt');
      assert.match(keys.text, /^\S+\n$/);
      key = keys.text.trim();
      const read = readCheckpoint(kept.text);
      const verifier = readVerifierKey(key);
      assert.ok(read && verifier && signedBy(read.note, verifier));
      assert.equal(kept.name, `DEMO-${read.head.size}.checkpoint.txt`);
      await shows(page.getByText(`The record has ${read.head.size} entries. All of them are signed.`));
      await shows(
        part(page, 'How to check the record').getByText(
          `muster verify ./record --key DEMO-keys.txt --against ${kept.name}`,
        ),
      );
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await button(page, 'Copy the checkpoint').click();
      await shows(checkpoint.getByText('Copied.'));
      assert.equal(await page.evaluate(() => navigator.clipboard.readText()), kept.text);
      await assertAccessible(visitor, 'the record');
      await assertNarrow(visitor, 'the record');
    });
  });

  it('a person with a keyboard alone takes the checkpoint away', async () => {
    await walk('/DEMO/record', async (page) => {
      await shows(button(page, 'Download the checkpoint'));
      await tabTo(page, 'Download the checkpoint');
      const kept = await keeps(page, () => page.keyboard.press('Enter'));
      assert.ok(readCheckpoint(kept.text));
    });
  });

  it('leads to its entries, and each gives away a proof that verifies', async () => {
    const newest = await addEntry('PROVED');
    await stage.house.sealer.checkpoint();
    await walk('/DEMO/record', async (page, visitor) => {
      await page.getByRole('link', { name: 'Read the entries' }).click();
      await shows(heading(page, 'Entries of the record', 1));
      const first = page.getByRole('rowheader').getByRole('link').first();
      const index = Number(await first.innerText());
      assert.equal(index, newest);
      await first.click();
      await shows(heading(page, `Entry ${index}`, 1));
      await page.waitForFunction(() => document.activeElement?.tagName === 'H1');
      assert.equal(await focused(page), `Entry ${index}`);
      assert.equal(await page.title(), `Entry ${index} · Muster`);
      const kept = await keeps(page, () => button(page, 'Download the proof').click());
      assert.equal(kept.name, `entry-${index}.tlog-proof`);
      const proved = verifyProof(kept.text, { keys: [key] });
      if (proved.fault !== undefined) assert.fail(proved.fault);
      assert.equal(proved.entry.index, index);
      assert.equal(await fact(page, 'Kind'), proved.entry.kind);
      assert.equal(await fact(page, 'Subject'), proved.entry.subject);
      const body = await part(page, 'What was written down').locator('pre').innerText();
      assert.deepEqual(JSON.parse(body), proved.entry.body);
      await page.getByText('Show the proof').click();
      assert.equal(
        await part(page, /^The proof/)
          .locator('details pre')
          .textContent(),
        kept.text,
      );
      await shows(page.getByRole('link', { name: 'See it among the files of evidence' }));
      await assertAccessible(visitor, 'an entry');
      await assertNarrow(visitor, 'an entry');
      await page.getByRole('link', { name: 'All entries' }).click();
      await shows(heading(page, 'Entries of the record', 1));
      await page.getByRole('navigation', { name: 'Back' }).getByRole('link', { name: 'Record' }).click();
      await shows(heading(page, 'Record', 1));
    });
  });

  it('a list of entries that is longer than a page is read on', async () => {
    const count = await countEntries();
    await walk(`/DEMO/lists/entries?limit=${count - 5}`, async (page, visitor) => {
      await shows(heading(page, `${count} found`, 2));
      await page.getByRole('link', { name: 'Next' }).click();
      await shows(page.getByRole('rowheader').getByRole('link', { name: '1', exact: true }));
      await page.getByLabel('Kind').fill('agency.created');
      await page.getByRole('button', { name: 'Filter', exact: true }).click();
      await shows(heading(page, '1 found', 2));
      await assertAccessible(visitor, 'the entries');
      await assertNarrow(visitor, 'the entries');
    });
  });

  it('is read entry by entry, from the first to the last', async () => {
    await walk('/DEMO/entries/1', async (page, visitor) => {
      await shows(heading(page, 'Entry 1', 1));
      const ways = page.getByRole('navigation', { name: 'Entries before and after' });
      await ways.getByRole('link', { name: 'Entry 2' }).click();
      await shows(heading(page, 'Entry 2', 1));
      await shows(part(page, 'What was written down').getByRole('heading', { name: 'source, line by line' }));
      await assertAccessible(visitor, 'an entry with a document');
      await assertNarrow(visitor, 'an entry with a document');
      await ways.getByRole('link', { name: 'Entry 1' }).click();
      await shows(heading(page, 'Entry 1', 1));
      assert.deepEqual(await ways.getByRole('link').allInnerTexts(), ['Entry 2 ›']);
    });
  });

  it('an entry that is not signed yet has no proof, and has one as soon as it is', async () => {
    const index = await addEntry('RCD');
    await walk(`/DEMO/entries/${index}`, async (page) => {
      await shows(page.getByText('There is none yet: the entry is not signed.'));
      const ways = page.getByRole('navigation', { name: 'Entries before and after' });
      assert.deepEqual(await ways.getByRole('link').allInnerTexts(), [`‹ Entry ${index - 1}`]);
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Record' }).click();
      await shows(page.getByText(`The first ${index - 1} are signed.`));
      await page.goBack();
      await stage.house.sealer.sign();
      const kept = await keeps(page, () => button(page, 'Download the proof').click());
      assert.equal(verifyProof(kept.text, { keys: [key] }).fault, undefined);
      await page.goto('/DEMO/record');
      await shows(page.getByText(`It covers the first ${index - 1} of the ${index} entries`));
    });
  });

  it('an entry is reached from the duty, the rulebook and the file that it brought', async () => {
    await walk('/DEMO/rulebooks', async (page) => {
      await page.getByRole('link', { name: 'entry 2', exact: true }).click();
      await shows(heading(page, 'Entry 2', 1));
      await page.goto('/DEMO/evidence');
      await page.getByRole('link', { name: /^in the record ?: entry 6$/ }).click();
      await shows(heading(page, 'Entry 6', 1));
      await page.goto('/DEMO/duties?asOf=2022-07-08&status=overdue&duty=account.disable');
      await page.getByRole('rowheader').getByRole('link').first().click();
      const entries = part(page, 'Entries in the record').getByRole('rowheader').getByRole('link').first();
      const index = await entries.innerText();
      await entries.click();
      await shows(heading(page, `Entry ${index}`, 1));
      assert.equal(new URL(page.url()).search, '?asOf=2022-07-08');
    });
  });

  it('an entry that there is not is refused in words', async () => {
    const refusals = ['404 GET /api/agencies/DEMO/entries/9999'];
    const refused = async (page: Page) => shows(page.getByRole('alert').getByText('there is no entry 9999'));
    await walk('/DEMO/entries/9999', refused, refusals);
  });
});
