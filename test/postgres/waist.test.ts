import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { rebuild } from '../../src/acts/index.ts';
import { auditView, dutiesView, type AuditAnswer, type DutiesAnswer } from '../../src/duties/index.ts';
import { loadDemonstration } from '../../src/doors/demonstration.ts';
import { chooseAgency, openHouse, type House } from '../../src/doors/house.ts';
import { readSettings } from '../../src/doors/settings.ts';
import { readView } from '../../src/doors/on-behalf.ts';
import type { AgencyFacts } from '../../src/programs/inventory/index.ts';
import { postgres15, startServer, without15, type Server } from '../../src/store/trial.ts';

/*
 * The whole way once, from files to figures, on the oldest PostgreSQL there may be and as an
 * administrator gives it: by its address, with two roles.
 */

describe('the waist on PostgreSQL 15', { skip: without15 }, () => {
  let scratch = '';
  let server: Server;
  let house: House;
  let agency: AgencyFacts;

  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'muster-test-'));
    server = await startServer(postgres15 ?? '');
    const { databaseUrl, ownerUrl } = server;
    const settings = readSettings({ DATABASE_URL: databaseUrl, DATABASE_OWNER_URL: ownerUrl }, scratch);
    house = await openHouse(settings, 'server');
    assert.equal(await loadDemonstration(house), true);
    agency = await chooseAgency(house, 'DEMO');
  });
  after(async () => {
    await house?.close();
    await server?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  async function audit(question: object) {
    const answer = (await readView(house, house.operator, agency, auditView, {
      system: 'ECM',
      ...question,
    })) as AuditAnswer;
    return new Map(answer.rows.map((row) => [row.class, row]));
  }

  test('it is PostgreSQL 15', () => {
    assert.match(house.database, /^PostgreSQL 15/);
  });

  test('the figures of 8 July 2022 are those of the audit', async () => {
    const users = (await audit({ asOf: '2022-07-08' })).get('user');
    assert.deepEqual(
      [users?.subjects, users?.fallenDue, users?.overdue, users?.met, users?.metLate, users?.open],
      [917, 401, 315, 53, 33, 516],
    );
    const { deactivated, quarantined } = users?.done ?? {};
    assert.deepEqual([deactivated, quarantined], [53, 33]);
    const privileged = (await audit({ asOf: '2022-10-14' })).get('privileged');
    assert.deepEqual([privileged?.subjects, privileged?.overdue], [4, 4]);
  });

  test('without the rulebook for the cloud fewer are overdue', async () => {
    const users = (await audit({ asOf: '2022-07-08', without: 'irm-10.8.24' })).get('user');
    assert.deepEqual([users?.subjects, users?.overdue], [917, 41]);
  });

  test('the pages of the overdue are all of them, the 315 and the four among them', async () => {
    let after: string | null = null;
    let total = 0;
    const ids = new Set<string>();
    do {
      const page = (await readView(house, house.operator, agency, dutiesView, {
        asOf: '2022-07-08',
        status: 'overdue',
        limit: 100,
        ...(after !== null && { after }),
      })) as DutiesAnswer;
      for (const { id } of page.duties) ids.add(id);
      after = page.next;
      total = page.total;
    } while (after !== null);
    assert.equal(ids.size, total);
    assert.equal([...ids].filter((id) => id.startsWith('account.disable:')).length, 319);
  });

  test('the tables follow from the record, and the same files again change nothing', async () => {
    assert.equal(await loadDemonstration(house), false);
    const checked = await rebuild(house.store, house.declarations, agency.agency, { check: true });
    assert.equal(checked.difference, null);
    assert.ok(checked.rows > 1000);
    await rebuild(house.store, house.declarations, agency.agency, { check: false });
    const again = await rebuild(house.store, house.declarations, agency.agency, { check: true });
    assert.deepEqual(again, checked);
  });
});
