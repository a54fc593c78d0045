import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from 'pg';
import { day } from '../time/index.ts';
import { appendEntry } from './append.ts';
import { connectStore, type Store } from './transaction.ts';
import { asOwner, asSuperuser, connected, onEveryPostgres, type TrialDatabase } from './trial.ts';

/*
 * Somebody has got hold of the application's connection and tries what SQL can do. What it may do to the
 * rows of another agency, table by table, is in row-level-security.test.ts.
 */

const DENIED = '42501';
const ACTOR = 'person:1.1';
const said = { kind: 'test.said', subject: 'agency', actor: ACTOR, effective: day('2022-07-08') };

onEveryPostgres((open) => {
  let database: TrialDatabase;
  let store: Store;
  let agency = 0;
  let tables: readonly string[] = [];
  /** Statements that would drop each policy. */
  let policies: readonly string[] = [];

  before(async () => {
    database = await open();
    store = connectStore(database.application);
    agency = await store.as(ACTOR).found('NORTH', async (tx) => {
      await appendEntry(tx, { ...said, body: 'first' });
      return tx.agency;
    });
    tables = await asSuperuser(database, async (client) => {
      const { rows } = await client.query<{ name: string }>(
        `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname = 'agency_id' order by 1`,
      );
      return rows.map(({ name }) => name);
    });
    policies = await asSuperuser(database, async (client) => {
      const { rows } = await client.query<{ sql: string }>(
        `select format('drop policy %I on %I', policyname, tablename) as sql from pg_policies`,
      );
      return rows.map(({ sql }) => sql);
    });
  });
  after(async () => {
    await store?.close();
    await database?.close();
  });

  /** A connection of the application's, of the agency and for the person. */
  function asApplication(work: (client: Client) => Promise<void>): Promise<void> {
    return connected(database.application, async (client) => {
      await client.query(
        `select set_config('muster.agency', $1, false), set_config('muster.person', $2, false)`,
        [String(agency), ACTOR],
      );
      await work(client);
    });
  }

  /** What became of a statement, which is undone. */
  async function outcome(client: Client, sql: string): Promise<number | string> {
    await client.query('begin');
    try {
      return (await client.query(sql)).rowCount ?? 0;
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await client.query('rollback');
    }
  }

  async function refusesAll(statements: readonly string[]): Promise<void> {
    await asApplication(async (client) => {
      for (const sql of statements) assert.equal(await outcome(client, sql), DENIED, sql);
    });
  }

  const insertEntry = (actor: string) =>
    `insert into entry values (${agency}, 99, 'test.said', 'agency', ${actor}, '2022-07-08', now(), '1')`;

  test('it owns nothing, is nobody else, and nothing runs as another', async () => {
    await connected(database.application, async (client) => {
      const { rows } = await client.query(
        `select 'relation ' || relname as owned from pg_class where relowner = current_user::regrole
         union all select 'function ' || proname from pg_proc where proowner = current_user::regrole
         union all select 'type ' || typname from pg_type where typowner = current_user::regrole
         union all select 'schema ' || nspname from pg_namespace where nspowner = current_user::regrole
         union all select 'database ' || datname from pg_database where datdba = current_user::regrole
         union all select 'member of ' || roleid::regrole from pg_auth_members where member = current_user::regrole
         union all select 'attribute' from pg_roles where rolname = current_user
           and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)
         union all select 'runs as another: ' || proname from pg_proc p where prosecdef and pronamespace = 'public'::regnamespace
         union all select 'view past the policies: ' || relname from pg_class where relkind in ('v', 'm') and relnamespace = 'public'::regnamespace`,
      );
      assert.deepEqual(rows, []);
    });
  });

  test('an entry bears the name of whom the transaction is for, and no other', async () => {
    await asApplication(async (client) => {
      assert.equal(await outcome(client, insertEntry(`'${ACTOR}'`)), 1);
      for (const other of [`'person:1.2'`, `'${ACTOR}/token:1'`, `'operator:test'`, `'muster'`, `''`])
        assert.equal(await outcome(client, insertEntry(other)), DENIED, other);
    });
    const append = (of: Store, actor: string) =>
      of.write(agency, (tx) => appendEntry(tx, { ...said, actor, body: 1 }));
    assert.equal((await append(store.as('person:1.2'), 'person:1.2')).index, 2);
    await assert.rejects(append(store.as('person:1.2'), ACTOR), { code: DENIED });
    await assert.rejects(append(store, ACTOR), { code: DENIED });
    await assert.rejects(append(store, ''), { code: DENIED });
    const quoted = `person:' or true --`;
    assert.equal((await append(store.as(quoted), quoted)).actor, quoted);
  });

  test('where it is for nobody no entry is written, not even in nobody’s name', async () => {
    await connected(database.application, async (client) => {
      await client.query(`select set_config('muster.agency', $1, false)`, [String(agency)]);
      for (const actor of [`''`, `'${ACTOR}'`])
        assert.equal(await outcome(client, insertEntry(actor)), DENIED, actor);
      await client.query(`set muster.person = ''`);
      for (const actor of [`''`, `'${ACTOR}'`])
        assert.equal(await outcome(client, insertEntry(actor)), DENIED, actor);
    });
  });

  test('for whom one transaction was, the next on the same connection is not', async () => {
    const single = connectStore({ ...database.application, max: 1 });
    try {
      await single.as(ACTOR).write(agency, (tx) => appendEntry(tx, { ...said, body: 1 }));
      await assert.rejects(
        single.write(agency, (tx) => appendEntry(tx, { ...said, body: 1 })),
        {
          code: DENIED,
        },
      );
    } finally {
      await single.close();
    }
  });

  test('an entry is neither changed nor removed', async () => {
    await refusesAll([
      `update entry set body = '2'`,
      `update entry set actor = actor`,
      'delete from entry',
      'truncate entry',
      `insert into entry select * from entry on conflict (agency_id, index) do update set body = excluded.body`,
      'merge into entry e using (select 1) s on true when matched then delete',
      'select 1 from entry for update',
      'lock table entry in access exclusive mode',
    ]);
  });

  test('it becomes nobody else', async () => {
    const { rows } = await asSuperuser(database, (client) =>
      client.query<{ name: string }>(
        `select quote_ident(rolname) as name from pg_roles where rolname <> $1`,
        [database.application.user],
      ),
    );
    assert.ok(rows.length > 10);
    for (const { name } of rows)
      await refusesAll([`set role ${name}`, `set local role ${name}`, `set session authorization ${name}`]);
    await refusesAll([
      `create role mine superuser`,
      `alter role current_user bypassrls`,
      `alter role current_user superuser`,
      `alter role current_user createrole`,
      `grant pg_read_all_data to current_user`,
      `grant pg_read_server_files to current_user`,
    ]);
  });

  test('it switches off nothing that holds it back', async () => {
    await refusesAll([
      'set session_replication_role = replica',
      'set local session_replication_role = local',
      `select set_config('session_replication_role', 'replica', true)`,
      'set allow_system_table_mods = on',
      ...tables.flatMap((table) => [
        `alter table ${table} disable row level security`,
        `alter table ${table} no force row level security`,
        `create policy mine on ${table} using (true)`,
      ]),
      ...policies,
      'alter policy own_word on entry with check (true)',
    ]);
  });

  test('what it may it cannot pass on, and the server’s settings are not its own', async () => {
    await asApplication(async (client) => {
      await assert.rejects(client.query('alter system set fsync = off'), { code: DENIED });
      const { rows } = await client.query(
        `select table_name from information_schema.role_table_grants
         where grantee = current_user and is_grantable = 'YES'`,
      );
      assert.deepEqual(rows, []);
    });
  });

  test('without row-level security it is told nothing', async () => {
    await asApplication(async (client) => {
      await client.query('set row_security = off');
      // Every agency is listed to everyone.
      for (const table of tables)
        assert.equal(await outcome(client, `select * from ${table}`), DENIED, table);
      assert.equal(await outcome(client, insertEntry(`'${ACTOR}'`)), DENIED);
    });
  });

  test('it makes, changes and drops nothing that stays', async () => {
    await refusesAll([
      'create table mine (n int)',
      'create table mine as table entry',
      'select * into mine from entry',
      'create unlogged table public.mine (n int)',
      'create view mine as table entry',
      'create materialized view mine as table entry',
      'create sequence mine',
      'create type mine as (n int)',
      'create domain mine as int',
      'create schema mine',
      `create function mine() returns int language sql as 'select 1'`,
      `create function public.mine() returns trigger language plpgsql security definer as 'begin return null; end'`,
      `create procedure mine() language sql as 'select 1'`,
      'create extension pgcrypto',
      'create extension file_fdw',
      'create publication mine for all tables',
      'create index mine on entry (kind)',
      'create statistics mine on kind, subject from entry',
      'create rule mine as on insert to entry do instead nothing',
      'create trigger mine before insert on entry for each row execute function suppress_redundant_updates_trigger()',
      'alter table entry add column mine int',
      'alter table entry drop column body',
      'alter table entry disable trigger all',
      'alter table entry owner to current_user',
      'alter schema public rename to mine',
      `comment on table entry is 'mine'`,
      'drop table entry',
      'drop schema public cascade',
      'drop index entry_pkey',
      'reindex table entry',
      'cluster entry using entry_pkey',
      `select setval('session_session_id_seq', 1)`,
      'alter sequence session_session_id_seq restart',
    ]);
  });

  test('it reads and writes no file and runs no program', async () => {
    await refusesAll([
      `copy (select 1) to '/tmp/mine'`,
      `copy (select 1) to program 'cat'`,
      `create temporary table mine (t text); copy mine from '/etc/passwd'`,
      `select pg_read_file('/etc/passwd')`,
      `select pg_ls_dir('.')`,
      `select lo_import('/etc/passwd')`,
      `select lo_export(1, '/tmp/mine')`,
      `select * from pg_authid`,
      'checkpoint',
      `load 'auto_explain'`,
    ]);
  });

  test('an owner who is no superuser sees no agency’s rows, and puts none in', async () => {
    await asOwner(database, async (client) => {
      const { rows } = await client.query<{ super: boolean }>(
        'select rolsuper or rolbypassrls as super from pg_roles where rolname = current_user',
      );
      assert.deepEqual(rows, [{ super: false }]);
      for (const chosen of [false, true]) {
        if (chosen) await client.query(`select set_config('muster.agency', $1, false)`, [String(agency)]);
        for (const table of tables)
          assert.deepEqual((await client.query(`select * from ${table}`)).rows, [], table);
        assert.equal(await outcome(client, insertEntry(`'${ACTOR}'`)), DENIED);
      }
    });
  });
});
