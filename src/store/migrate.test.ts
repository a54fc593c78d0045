import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Client, Pool } from 'pg';
import { checkMigrated, migrate } from './migrate.ts';
import { type Database, openDatabase } from './postgres/index.ts';
import { postgres15, without15 } from './trial.ts';

const scratch = await mkdtemp(join(tmpdir(), 'muster-test-'));
after(() => rm(scratch, { recursive: true, force: true }));

const FIRST = 'create table thing (n int); grant select on thing to "muster:app";';
const SECOND = 'insert into thing values (1);';

async function folderOf(name: string, files: Record<string, string>): Promise<string> {
  const folder = join(scratch, name);
  await mkdir(folder, { recursive: true });
  for (const [file, sql] of Object.entries(files)) await writeFile(join(folder, file), sql);
  return folder;
}

suite('PostgreSQL 18', undefined, false);
suite('PostgreSQL 15', postgres15, without15);

function suite(name: string, binDir: string | undefined, skip: string | false): void {
  describe(name, { skip }, () => {
    const opened: Database[] = [];
    after(() => Promise.all(opened.map((each) => each.close())));

    async function fresh(): Promise<{
      database: Database;
      owner: Client;
      application: Client;
      end: () => Promise<void>;
    }> {
      const [database = await openDatabase({ dataDir: join(scratch, name), as: 'command', binDir })] = opened;
      if (opened.length === 0) opened.push(database);
      const owner = new Client(database.owner);
      await owner.connect();
      await owner.query(
        'drop schema public cascade; create schema public; grant usage on schema public to public',
      );
      const application = new Client(database.application);
      await application.connect();
      return {
        database,
        owner,
        application,
        end: async () => {
          await Promise.all([owner.end(), application.end()]);
        },
      };
    }

    test('migrations are applied in order, once, with rights for the application', async () => {
      const { owner, application, end } = await fresh();
      const folder = await folderOf('ordered', { '000002-second.sql': SECOND, '000001-first.sql': FIRST });
      await assert.rejects(checkMigrated(application, folder), {
        code: 'DATABASE_NOT_MIGRATED',
        message: /000001-first/,
      });
      assert.deepEqual(await migrate(owner, folder, 'muster_app'), {
        applied: ['000001-first.sql', '000002-second.sql'],
      });
      assert.deepEqual(await migrate(owner, folder, 'muster_app'), { applied: [] });
      assert.deepEqual((await application.query('select n from thing')).rows, [{ n: 1 }]);
      await checkMigrated(application, folder);
      await end();
    });

    test('several may migrate at once', async () => {
      const { database, end } = await fresh();
      const folder = await folderOf('ordered', { '000001-first.sql': FIRST, '000002-second.sql': SECOND });
      const pool = new Pool(database.owner);
      const outcomes = await Promise.all([1, 2, 3, 4].map(() => migrate(pool, folder, 'muster_app')));
      assert.equal(outcomes.flatMap((each) => each.applied).length, 2);
      await pool.end();
      await end();
    });

    test('a migration that fails leaves nothing of itself and keeps those before', async () => {
      const { owner, application, end } = await fresh();
      const folder = await folderOf('failing', {
        '000001-first.sql': FIRST,
        '000002-bad.sql': 'create table half (n int); select 1 / 0;',
      });
      await assert.rejects(migrate(owner, folder, 'muster_app'), {
        code: 'MIGRATION_REFUSED',
        message: /000002-bad.*division by zero/,
      });
      const { rows } = await owner.query(
        `select to_regclass('half') as half, to_regclass('thing')::text as thing`,
      );
      assert.deepEqual(rows, [{ half: null, thing: 'thing' }]);
      await assert.rejects(checkMigrated(application, folder), {
        code: 'DATABASE_NOT_MIGRATED',
        message: /000002-bad/,
      });
      await end();
    });

    test('a migration changed after it was applied is an error', async () => {
      const { owner, end } = await fresh();
      await migrate(owner, await folderOf('original', { '000001-first.sql': FIRST }), 'muster_app');
      const changed = await folderOf('changed', { '000001-first.sql': `${FIRST} -- and more` });
      await assert.rejects(migrate(owner, changed, 'muster_app'), {
        code: 'MIGRATION_REFUSED',
        message: /000001-first.*changed/,
      });
      await end();
    });

    test('the data of a newer Muster is refused', async () => {
      const { owner, application, end } = await fresh();
      const newer = await folderOf('ordered', { '000001-first.sql': FIRST, '000002-second.sql': SECOND });
      await migrate(owner, newer, 'muster_app');
      const older = await folderOf('older', { '000001-first.sql': FIRST });
      await assert.rejects(migrate(owner, older, 'muster_app'), {
        code: 'DATA_NEWER',
        message: /000002-second/,
      });
      await assert.rejects(checkMigrated(application, older), { code: 'DATA_NEWER' });
      await end();
    });

    test('a role name is quoted, whatever it holds', async () => {
      const { owner, end } = await fresh();
      const folder = await folderOf('original', { '000001-first.sql': FIRST });
      await assert.rejects(
        migrate(owner, folder, 'no"such $& role'),
        /role "no"such \$& role" does not exist/,
      );
      await end();
    });

    test('numbers must be without gaps', async () => {
      const { owner, end } = await fresh();
      const gap = await folderOf('gap', { '000001-first.sql': FIRST, '000003-third.sql': SECOND });
      await assert.rejects(migrate(owner, gap, 'muster_app'), {
        code: 'FAULT',
        message: /000003-third.*number 2/,
      });
      const misnamed = await folderOf('misnamed', { 'first.sql': FIRST });
      await assert.rejects(migrate(owner, misnamed, 'muster_app'), {
        message: /first\.sql should be number 1/,
      });
      await end();
    });
  });
}
