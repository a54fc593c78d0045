import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Client } from 'pg';
import { copyInto } from './copy.ts';
import { connectStore, type Store } from './transaction.ts';
import { asSuperuser, connected, onEveryPostgres, type TrialDatabase } from './trial.ts';

/*
 * The tables come from the catalogue: one that is added tomorrow is held to the same.
 */

/** Tables that are not an agency's, or whose rows others may know to exist. */
const SHARED = ['agency', 'muster_migration'];
const APPEND_ONLY = [
  'agency_secret',
  'entry',
  'artifact',
  'artifact_part',
  'observation_part',
  'checkpoint',
  'checkpoint_key',
];
/** What may only grow: the columns that may change; no row may go. */
const GROWING: Readonly<Record<string, readonly string[]>> = {
  log_head: ['size', 'note'],
  log_tile: ['hashes'],
};
const DENIED = '42501';
/** Whom each entry of these tests names, and for whom its transaction is. */
const ACTOR = 'operator:test';

interface Table {
  readonly name: string;
  /** The columns of the primary key. */
  readonly key: string;
  readonly columns: readonly string[];
  /** SQL of a value for each column, the agency's apart. */
  readonly values: readonly string[];
}

onEveryPostgres((open) => {
  let database: TrialDatabase;
  let store: Store;
  let north = 0;
  let south = 0;
  let tables: readonly Table[] = [];

  before(async () => {
    database = await open();
    store = connectStore(database.application).as(ACTOR);
    north = await store.found('NORTH', async (tx) => tx.agency);
    south = await store.found('SOUTH', async (tx) => tx.agency);
    await asSuperuser(database, async (client) => {
      tables = await tablesOfAgencies(client);
      for (const table of tables) {
        for (const agency of [north, south]) {
          await client.query(`${insertion(table, agency)} on conflict (${table.key}) do nothing`);
        }
      }
    });
  });
  after(async () => {
    await store?.close();
    await database?.close();
  });

  function inNorth(work: (client: Client) => Promise<void>): Promise<void> {
    return connected(database.application, async (client) => {
      await client.query('begin');
      await client.query(
        `select set_config('muster.agency', $1, true), set_config('muster.person', $2, true)`,
        [String(north), ACTOR],
      );
      await work(client);
    });
  }

  /** What became of a statement: the rows it changed, or the code of its refusal. */
  async function outcome(client: Client, sql: string): Promise<number | string> {
    await client.query('savepoint before');
    try {
      return (await client.query(sql)).rowCount ?? 0;
    } catch (error) {
      await client.query('rollback to before');
      return (error as { code: string }).code;
    }
  }

  test('there are tables, and a row of each agency in each', async () => {
    assert.ok(tables.length >= 18, `only ${tables.length}`);
    await asSuperuser(database, async (client) => {
      for (const { name } of tables) {
        const { rows } = await client.query(`select agency_id from ${name} order by agency_id`);
        assert.deepEqual(rows, [{ agency_id: north }, { agency_id: south }], name);
      }
    });
  });

  test('an agency sees its own rows and no others', async () => {
    for (const { name } of tables) {
      const seen = await store.read(north, (tx) => tx.rows(`select agency_id from ${name}`));
      assert.deepEqual(seen, [{ agency_id: north }], name);
      const others = await store.read(north, (tx) =>
        tx.rows(`select agency_id from ${name} where agency_id = $1`, [south]),
      );
      assert.deepEqual(others, [], name);
    }
  });

  test('with no agency chosen nothing is seen', async () => {
    for (const { name } of tables) {
      assert.deepEqual(await store.read(0, (tx) => tx.rows(`select * from ${name}`)), [], name);
    }
    await connected(database.application, async (client) => {
      for (const { name } of tables) {
        assert.deepEqual((await client.query(`select * from ${name}`)).rows, [], name);
        await client.query('begin');
        assert.equal(await outcome(client, insertion({ ...fresh(tables, name) }, north)), DENIED, name);
        await client.query('rollback');
      }
    });
  });

  test('an agency changes and removes no row of another', async () => {
    await inNorth(async (client) => {
      for (const { name, columns } of tables) {
        const isKept = APPEND_ONLY.includes(name) || name in GROWING;
        for (const column of columns) {
          const isFree = !isKept || GROWING[name]?.includes(column) === true;
          assert.equal(
            await outcome(client, `update ${name} set ${column} = ${column} where agency_id = ${south}`),
            isFree ? 0 : DENIED,
            `${name}.${column}`,
          );
        }
        assert.equal(
          await outcome(client, `delete from ${name} where agency_id = ${south}`),
          isKept ? DENIED : 0,
          name,
        );
      }
    });
  });

  test('no row is put among those of another agency, nor moved there', async () => {
    await inNorth(async (client) => {
      for (const { name } of tables) {
        const table = fresh(tables, name);
        assert.equal(await outcome(client, insertion(table, south)), DENIED, name);
        assert.equal(await outcome(client, `update ${name} set agency_id = ${south}`), DENIED, name);
        const upsert = `${insertion(fresh(tables, name, 0), south)} on conflict do nothing`;
        assert.equal(await outcome(client, upsert), DENIED, name);
      }
    });
  });

  test('an agency puts in its own rows', async () => {
    await inNorth(async (client) => {
      for (const { name, key } of tables) {
        // Of what an agency has but one of, there is no second.
        const expected = key === 'agency_id' ? '23505' : 1;
        assert.equal(await outcome(client, insertion(fresh(tables, name), north)), expected, name);
      }
      await client.query('rollback');
    });
  });

  test('the head of another agency cannot be moved, and its code not changed', async () => {
    await inNorth(async (client) => {
      assert.equal(await outcome(client, 'update agency set next_entry = next_entry'), 1);
      assert.equal(
        await outcome(client, `update agency set next_entry = next_entry + 5 where agency_id = ${south}`),
        0,
      );
      for (const change of [`code = 'OTHER'`, `agency_id = 99`]) {
        assert.equal(await outcome(client, `update agency set ${change}`), DENIED, change);
      }
      assert.equal(await outcome(client, 'delete from agency'), DENIED);
    });
  });

  test('COPY into any table is refused', async () => {
    for (const { name, columns } of tables) {
      await assert.rejects(
        store.write(north, (tx) => copyInto(tx, name, ['agency_id', ...columns], 'x\n')),
        { code: '0A000' },
        name,
      );
    }
  });

  test('what is append-only is so for the application, by privilege', async () => {
    await inNorth(async (client) => {
      for (const { name, key, columns } of tables.filter((table) => APPEND_ONLY.includes(table.name))) {
        const column = columns[0] ?? 'agency_id';
        for (const sql of [
          `update ${name} set ${column} = ${column}`,
          `delete from ${name}`,
          `truncate ${name}`,
          `${insertion(fresh(tables, name, 0), north)} on conflict (${key}) do update set ${column} = excluded.${column}`,
          `merge into ${name} t using (select 1) s on true when matched then delete`,
          `select 1 from ${name} for update`,
          `lock table ${name} in exclusive mode`,
          `create trigger spy before insert on ${name} for each row execute function suppress_redundant_updates_trigger()`,
          `alter table ${name} disable row level security`,
          `drop table ${name}`,
        ]) {
          assert.equal(await outcome(client, sql), DENIED, sql);
        }
      }
    });
  });

  test('a full tile of the tree stays as it is, and no tile goes', async () => {
    await inNorth(async (client) => {
      const tile = (bytes: number) => `decode(repeat('ab', ${bytes}), 'hex')`;
      const insert = `insert into log_tile (agency_id, level, number, hashes) values (${north}, 0, 7, ${tile(32)})`;
      const set = (bytes: number) =>
        `update log_tile set hashes = ${tile(bytes)} where level = 0 and number = 7`;
      assert.equal(await outcome(client, insert), 1);
      assert.equal(await outcome(client, set(64)), 1);
      assert.equal(await outcome(client, set(8192)), 1);
      assert.equal(await outcome(client, set(64)), 0, 'it is not seen by an update any more');
      assert.equal(await outcome(client, set(8192)), 0);
      const upsert = `${insert} on conflict (agency_id, level, number) do update set hashes = excluded.hashes`;
      assert.equal(await outcome(client, upsert), DENIED);
      for (const sql of ['delete from log_tile', 'delete from log_head', 'truncate log_tile'])
        assert.equal(await outcome(client, sql), DENIED, sql);
      await client.query('rollback');
    });
  });

  test('no table is the application’s to truncate, reference or watch', async () => {
    await asSuperuser(database, async (client) => {
      const { rows } = await client.query(
        `select c.relname, p.privilege from pg_class c cross join unnest(array['truncate', 'references', 'trigger']) as p(privilege)
         where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and has_table_privilege($1, c.oid, p.privilege)`,
        [database.application.user],
      );
      assert.deepEqual(rows, []);
      assert.ok(APPEND_ONLY.every((name) => tables.some((table) => table.name === name)));
    });
  });

  test('every table has row-level security and a key that starts with its agency', async () => {
    await asSuperuser(database, async (client) => {
      const { rows } = await client.query<{
        name: string;
        secured: boolean;
        forced: boolean;
        key: string[] | null;
        unique: string[];
      }>(
        `select c.relname as name, c.relrowsecurity as secured, c.relforcerowsecurity as forced,
           (select array_agg(a.attname::text order by k.at) from pg_index i cross join unnest(i.indkey) with ordinality as k(attnum, at)
             join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum where i.indrelid = c.oid and i.indisprimary) as key,
           array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
             where i.indrelid = c.oid) as unique
         from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`,
      );
      const own = rows.filter(({ name }) => !SHARED.includes(name));
      assert.deepEqual(
        own.map(({ name }) => name),
        tables.map(({ name }) => name),
        'a table without agency_id must be among the shared ones',
      );
      for (const { name, secured, key, unique } of own) {
        assert.equal(secured, true, name);
        assert.equal(key?.[0], 'agency_id', name);
        assert.ok(
          unique.every((first) => first === 'agency_id'),
          `${name}: an index does not start with agency_id`,
        );
      }
      assert.deepEqual(
        rows.filter(({ secured }) => !secured).map(({ name }) => name),
        ['muster_migration'],
      );
      assert.ok(
        rows.every(({ forced, secured }) => forced === secured),
        'it holds the owner, too',
      );
    });
  });

  test('every policy is of the cheap kind, and none lets rows through unasked', async () => {
    await asSuperuser(database, async (client) => {
      const { rows } = await client.query<{
        table: string;
        command: string;
        using: string;
        check: string | null;
        roles: string;
        permissive: string;
      }>(
        `select tablename as table, cmd as command, qual as using, with_check as check, roles::text, permissive
         from pg_policies where schemaname = 'public' order by tablename`,
      );
      const restricting = rows.filter(({ permissive }) => permissive === 'RESTRICTIVE');
      assert.deepEqual(
        restricting.map(({ table, command, using }) => [table, command, using]),
        [
          ['entry', 'INSERT', null],
          ['log_tile', 'UPDATE', '(length(hashes) < 8192)'],
        ],
      );
      assert.match(
        restricting[0]?.check ?? '',
        /^\(actor = \( SELECT NULLIF\(current_setting\('muster\.person'/,
      );
      for (const policy of rows.filter((row) => row.table !== 'agency' && !restricting.includes(row))) {
        assert.match(
          policy.using,
          /^\(agency_id = \( SELECT .*current_setting\('muster\.agency'/s,
          policy.table,
        );
        assert.equal(policy.command, 'ALL', policy.table);
        assert.equal(policy.roles, `{${database.application.user}}`, policy.table);
      }
      assert.equal(rows.length, tables.length + 3 + restricting.length);
    });
  });

  test('a setting that is no number lets nobody in', async () => {
    await connected(database.application, async (client) => {
      for (const setting of ['x', '1 or true', `${north},${south}`]) {
        await client.query(`select set_config('muster.agency', $1, false)`, [setting]);
        await assert.rejects(client.query('select * from entry'), { code: '22P02' });
      }
      await client.query(`select set_config('muster.agency', '', false)`);
      assert.deepEqual((await client.query('select * from entry')).rows, []);
    });
  });
});

async function tablesOfAgencies(client: Client): Promise<Table[]> {
  const { rows } = await client.query<{ name: string; key: string; column: string; value: string }>(
    `select c.relname as name, a.attname as column,
       (select string_agg(k.attname, ', ') from pg_index i join pg_attribute k on k.attrelid = c.oid and k.attnum = any(i.indkey)
         where i.indrelid = c.oid and i.indisprimary) as key,
       case when t.typtype = 'e' then (select quote_literal(enumlabel) from pg_enum where enumtypid = t.oid order by enumsortorder limit 1)
         when allowed.value is not null then quote_literal(allowed.value)
         when a.attname = 'actor' then '''${ACTOR}'''
         when t.typcategory = 'N' then '{n}'
         when t.typname = 'date' then '''2022-01-01''::date + {n}'
         when t.typcategory = 'D' then 'now()'
         when t.typcategory = 'B' then 'true'
         when t.typcategory = 'A' then '''{}'''
         when t.typname = 'bytea' then 'decode(lpad(to_hex({n}), 64, ''0''), ''hex'')'
         when t.typname = 'jsonb' then '''{}'''
         else '''text {n}''' end as value
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     join pg_type t on t.oid = a.atttypid
     left join lateral (
       select substring(pg_get_constraintdef(k.oid) from '''([^'']+)''::text') as value from pg_constraint k
       where k.conrelid = c.oid and k.contype = 'c' and k.conkey = array[a.attnum]) allowed on true
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> 'agency' and a.attname <> 'agency_id'
       and exists (select from pg_attribute o where o.attrelid = c.oid and o.attname = 'agency_id')
     order by c.relname, a.attnum`,
  );
  return [...Map.groupBy(rows, (row) => row.name)].map(([name, columns]) => ({
    name,
    key: columns[0]?.key ?? '',
    columns: columns.map(({ column }) => column),
    values: columns.map(({ value }) => value),
  }));
}

function insertion({ name, columns, values }: Table, agency: number, n = 1): string {
  const filled = values.map((value) => value.replaceAll('{n}', String(n)));
  return `insert into ${name} (agency_id, ${columns.join(', ')}) values (${agency}, ${filled.join(', ')})`;
}

/** The table with values of a row that is not there yet; with `n` 0 of the row that is. */
function fresh(tables: readonly Table[], name: string, n = 1000): Table {
  const table = tables.find((candidate) => candidate.name === name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return { ...table, values: table.values.map((value) => value.replaceAll('{n}', String(n || 1))) };
}
