import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createTemporary, fillTemporary, freeTemporary } from './temporary.ts';
import { connectStore, type Store, type Writing } from './transaction.ts';
import { onEveryPostgres, type TrialDatabase } from './trial.ts';

onEveryPostgres((open) => {
  let database: TrialDatabase;
  let store: Store;
  before(async () => {
    database = await open();
    store = connectStore({ ...database.application, max: 1 });
  });
  after(async () => {
    await store?.close();
    await database?.close();
  });

  const numbers = (tx: Writing, table: string) =>
    tx.rows<{ n: number; text: string }>(`select n, text from ${table} order by n`);

  test('a table that was freed is empty when it is taken again', async () => {
    await store.write(0, async (tx) => {
      for (const [from, to] of [
        [1, 3],
        [5, 5],
        [1, 0],
      ] as const) {
        const query = `select n, n::text as text from generate_series($1::int, $2::int) n`;
        assert.equal(await fillTemporary(tx, 'filled', query, [from, to]), to - from + 1);
        await createTemporary(tx, 'made', 'n int not null, text text');
        await tx.run('create index if not exists made_n on made (n)');
        assert.deepEqual(await numbers(tx, 'made'), []);
        await tx.run('insert into made select * from filled');
        assert.deepEqual(await numbers(tx, 'made'), await numbers(tx, 'filled'));
        assert.equal((await numbers(tx, 'made')).length, to - from + 1);
        freeTemporary(tx, 'made', 'filled');
      }
    });
  });

  test('what is taken is not taken twice, and what is free not freed', async () => {
    await store.write(0, async (tx) => {
      await createTemporary(tx, 'made', 'n int');
      await assert.rejects(createTemporary(tx, 'made', 'n int'), /made is taken/);
      await assert.rejects(fillTemporary(tx, 'made', 'select 1 as n'), /made is taken/);
      assert.throws(() => freeTemporary(tx, 'other'), /other is not taken/);
      freeTemporary(tx, 'made');
      assert.throws(() => freeTemporary(tx, 'made'), /made is not taken/);
    });
  });

  test('nothing of it outlives the transaction', async () => {
    for (const word of ['first', 'second']) {
      await store.write(0, async (tx) => {
        await fillTemporary(tx, 'filled', `select 1 as n, $1::text as text`, [word]);
        assert.deepEqual(await numbers(tx, 'filled'), [{ n: 1, text: word }]);
        freeTemporary(tx, 'filled');
      });
    }
  });

  test('used often it holds no more locks than used twice', async () => {
    await store.write(0, async (tx) => {
      const use = async () => {
        await createTemporary(tx, 'made', 'n int, text text');
        await fillTemporary(
          tx,
          'filled',
          `select n, repeat('x', 100000) as text from generate_series(1, 3) n`,
        );
        await tx.run('insert into made select * from filled');
        await tx.run('analyze made');
        freeTemporary(tx, 'made', 'filled');
        const counted = await tx.row<{ n: number }>(
          'select count(*) as n from pg_locks where pid = pg_backend_pid()',
        );
        return counted.n;
      };
      await use();
      const twice = await use();
      let often = 0;
      for (let n = 0; n < 50; n += 1) often = await use();
      assert.equal(often, twice);
    });
  });
});
