import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connectStore, type Store, type Writing } from '../store/index.ts';
import { onEveryPostgres, type TrialDatabase } from '../store/trial.ts';
import { supersede } from './supersede.ts';

/** Kept rows of things: thing, day, place, state and remark; from which entry to which. */
type Kept = [number, string, number, string, string | null, number, number | null];
type Told = [number, string, number, string, string | null];

onEveryPostgres((open) => {
  let database: TrialDatabase;
  let store: Store;
  let agency = 0;
  before(async () => {
    database = await open();
    store = connectStore(database.application);
    agency = await store.found('NORTH', async (tx) => tx.agency);
  });
  after(async () => {
    await store?.close();
    await database?.close();
  });

  /** What is kept after the things touched were told anew by entry 9. */
  async function retold(kept: readonly Kept[], touched: readonly number[], told: readonly Told[]) {
    return store.write(agency, async (tx) => {
      const columns = 'thing bigint, day date, place bigint, state text, remark text';
      await tx.run(
        `create temporary table kept (agency_id integer, ${columns}, known_from bigint, known_until bigint,
           primary key (agency_id, thing, day, known_from)) on commit drop`,
      );
      await tx.run(`create temporary table told (extra integer, ${columns}) on commit drop`);
      await tx.run('create temporary table touched (thing bigint) on commit drop');
      for (const row of kept)
        await tx.run('insert into kept values ($8, $1, $2, $3, $4, $5, $6, $7)', [...row, agency]);
      // Another agency's is left alone, whatever is told of this one.
      for (const row of kept)
        await tx.run('insert into kept values ($8, $1, $2, $3, $4, $5, $6, $7)', [...row, -1]);
      for (const row of told) await tx.run('insert into told values (0, $1, $2, $3, $4, $5)', row);
      for (const thing of touched) await tx.run('insert into touched values ($1)', [thing]);
      await supersede(tx, 9, {
        table: 'kept',
        told: 'told',
        key: ['thing', 'day'],
        fixed: ['place'],
        facts: ['state', 'remark'],
        touched: (row) => `${row}.thing in (select thing from touched)`,
      });
      assert.deepEqual(await rowsOf(tx, -1), kept);
      return rowsOf(tx, agency);
    });
  }

  async function rowsOf(tx: Writing, of: number): Promise<Kept[]> {
    const rows = await tx.rows<{ row: Kept }>(
      `select json_build_array(thing, day, place, state, remark, known_from, known_until) as row from kept
       where agency_id = $1 order by thing, day, known_from`,
      [of],
    );
    return rows.map(({ row }) => row);
  }

  test('what still holds stays as it is, what does not is closed, what is new is added', async () => {
    const [one, two] = ['2022-01-01', '2022-02-02'];
    const kept: Kept[] = [
      [1, one, 5, 'open', null, 3, null],
      [1, two, 5, 'open', 'x', 3, null],
      [2, one, 5, 'open', null, 3, null],
      [3, one, 5, 'open', null, 3, null],
    ];
    const told: Told[] = [
      [1, one, 5, 'open', null],
      [1, two, 5, 'open', null],
      [2, two, 5, 'done', 'y'],
    ];
    assert.deepEqual(await retold(kept, [1, 2, 4], told), [
      [1, one, 5, 'open', null, 3, null],
      [1, two, 5, 'open', 'x', 3, 9],
      [1, two, 5, 'open', null, 9, null],
      [2, one, 5, 'open', null, 3, 9],
      [2, two, 5, 'done', 'y', 9, null],
      [3, one, 5, 'open', null, 3, null],
    ]);
  });

  test('what held once and was closed is added anew, and stays closed as it was', async () => {
    const on = '2022-01-01';
    const kept: Kept[] = [
      [1, on, 5, 'open', null, 2, 3],
      [1, on, 5, 'done', null, 3, null],
    ];
    assert.deepEqual(await retold(kept, [1], [[1, on, 5, 'open', null]]), [
      [1, on, 5, 'open', null, 2, 3],
      [1, on, 5, 'done', null, 3, 9],
      [1, on, 5, 'open', null, 9, null],
    ]);
  });

  test('what is fixed is not compared; nothing told closes everything touched', async () => {
    const on = '2022-01-01';
    const kept: Kept[] = [[1, on, 5, 'open', 'x', 2, null]];
    assert.deepEqual(await retold(kept, [1], [[1, on, 6, 'open', 'x']]), kept);
    assert.deepEqual(await retold(kept, [1], []), [[1, on, 5, 'open', 'x', 2, 9]]);
    assert.deepEqual(await retold(kept, [], []), kept);
  });
});
