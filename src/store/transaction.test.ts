import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { appendEntry, entriesAfter } from './append.ts';
import { copyInto, copyText } from './copy.ts';
import { connectStore, discard, type Store } from './transaction.ts';
import { connected, onEveryPostgres, type TrialDatabase } from './trial.ts';
import { day } from '../time/index.ts';

const said = { kind: 'test.said', subject: 'agency', actor: 'operator:test', effective: day('2022-07-08') };

onEveryPostgres((open) => {
  let database: TrialDatabase;
  let store: Store;
  let agency = 0;
  before(async () => {
    database = await open();
    store = connectStore(database.application).as(said.actor);
    agency = await store.found('NORTH', async (tx) => tx.agency);
  });
  after(async () => {
    await store?.close();
    await database?.close();
  });

  async function count(): Promise<number> {
    return store.read(
      agency,
      async (tx) => (await tx.row<{ n: number }>('select count(*) as n from entry')).n,
    );
  }

  test('it is the PostgreSQL it should be', async () => {
    const rows = await store.read(agency, (tx) =>
      tx.rows<{ major: number }>(`select current_setting('server_version_num')::int / 10000 as major`),
    );
    assert.deepEqual(rows, [{ major: database.major }]);
  });

  test('a transaction that throws leaves nothing, whatever it did before', async () => {
    const before = await count();
    const own = new Error('of the work');
    await assert.rejects(
      store.write(agency, async (tx) => {
        await appendEntry(tx, { ...said, body: 1 });
        throw own;
      }),
      own,
    );
    await assert.rejects(
      store.write(agency, async (tx) => {
        await appendEntry(tx, { ...said, body: 2 });
        await tx.run('select 1 / 0');
      }),
      { code: '22012' },
    );
    assert.equal(await count(), before);
  });

  test('an error that the work swallows undoes the transaction all the same', async () => {
    const before = await count();
    await assert.rejects(
      store.write(agency, async (tx) => {
        await appendEntry(tx, { ...said, body: 1 });
        await tx.run('select 1 / 0').catch(() => undefined);
      }),
    );
    assert.equal(await count(), before);
  });

  test('discard gives a value and undoes what was done', async () => {
    const before = await count();
    const given = await store.write<object>(agency, async (tx) => {
      const entry = await appendEntry(tx, { ...said, body: 1 });
      return discard({ wouldBe: entry.index });
    });
    assert.deepEqual(given, { wouldBe: before + 1 });
    assert.equal(await count(), before);
  });

  test('an agency that is founded in a transaction that throws is not there', async () => {
    await assert.rejects(
      store.found('GONE', () => Promise.reject(new Error('no'))),
      /no/,
    );
    assert.ok((await store.found('GONE', async (tx) => tx.agency)) > 0);
    await assert.rejects(
      store.found('GONE', async () => undefined),
      { code: 'AGENCY_EXISTS' },
    );
  });

  test('a reading sees one snapshot', async () => {
    await store.read(agency, async (tx) => {
      const entries = async () => (await entriesAfter(tx, 0, 1000)).length;
      const first = await entries();
      await store.write(agency, (other) => appendEntry(other, { ...said, body: 'meanwhile' }));
      assert.equal(await entries(), first);
    });
  });

  test('a reading changes nothing', async () => {
    for (const sql of [
      `insert into entry select agency_id, 99, kind, subject, actor, effective, recorded, body from entry limit 1`,
      `update agency set next_entry = 99`,
      `select nextval('agency_agency_id_seq')`,
      `create table mine (n int)`,
    ]) {
      await assert.rejects(
        store.read(agency, (tx) => tx.rows(sql)),
        { code: '25006' },
        sql,
      );
    }
  });

  test('a trial may change what it likes, sees one snapshot, and leaves nothing behind', async () => {
    const before = await count();
    const seen = await store.trial(agency, async (tx) => {
      await tx.run('create temporary table tried (n int) on commit drop');
      const counted = () => tx.row<{ n: number }>('select count(*) as n from entry');
      const { n: first } = await counted();
      await store.write(agency, (other) => appendEntry(other, { ...said, body: 'meanwhile' }));
      await tx.run(
        `insert into entry select agency_id, 999999, kind, subject, actor, effective, recorded, body from entry limit 1`,
      );
      return (await counted()).n - first;
    });
    assert.equal(seen, 1);
    assert.equal(await count(), before + 1);
    await assert.rejects(
      store.trial(agency, () => Promise.reject(new Error('given up'))),
      /given up/,
    );
    const other = await store.found(`TRIED-${database.major}`, async (tx) => tx.agency);
    assert.deepEqual(await store.trial(other, (tx) => tx.rows('select 1 from entry')), []);
  });

  test('statements started without waiting run in turn, COPY among them', async () => {
    const seen = await store.write(agency, async (tx) => {
      const [, first, , second, , last] = await Promise.all([
        tx.run('create temporary table turn (n int) on commit drop'),
        tx.rows('select n from turn'),
        copyInto(tx, 'turn', ['n'], copyText([[1], [2]])),
        tx.rows('select n from turn order by n'),
        copyInto(tx, 'turn', ['n'], copyText([[3]])),
        tx.rows('select n from turn order by n'),
      ]);
      return [first, second, last];
    });
    assert.deepEqual(seen, [[], [{ n: 1 }, { n: 2 }], [{ n: 1 }, { n: 2 }, { n: 3 }]]);
  });

  test('what was started and never waited for is part of the transaction', async () => {
    const before = await count();
    await store.write(agency, async (tx) => {
      await appendEntry(tx, { ...said, body: 1 });
      await tx.run('create temporary table loose (n int) on commit drop');
      void copyInto(tx, 'loose', ['n'], copyText([[1]]));
      void tx.run('select pg_sleep(0.05)');
      void tx.run(
        `insert into entry select agency_id, index + 1, kind, subject, actor, effective, recorded, body
         from entry order by index desc limit 1`,
      );
      void tx.run('update agency set next_entry = next_entry + 1 where agency_id = $1', [agency]);
    });
    assert.equal(await count(), before + 2);
  });

  test('a transaction that is over takes no more statements', async () => {
    const kept = await store.write(agency, async (tx) => tx);
    await assert.rejects(kept.rows('select 1'));
    const failed = Promise.withResolvers<typeof kept>();
    await store
      .write(agency, async (tx) => {
        failed.resolve(tx);
        throw new Error('over');
      })
      .catch(() => undefined);
    await assert.rejects((await failed.promise).rows('select 1'));
  });

  test('days stay text, instants are ISO 8601, keys are numbers', async () => {
    const rows = await store.read(agency, (tx) =>
      tx.rows(`select '2022-07-08'::date as day, '2022-07-08 12:00:00.5-04'::timestamptz as instant,
        9007199254740991::bigint as key, null::bigint as none, 'infinity'::date as ever, '\\x00ff'::bytea as bytes`),
    );
    assert.deepEqual(rows, [
      {
        day: '2022-07-08',
        instant: '2022-07-08T16:00:00.500Z',
        key: Number.MAX_SAFE_INTEGER,
        none: null,
        ever: 'infinity',
        bytes: Buffer.from([0, 255]),
      },
    ]);
    await assert.rejects(
      store.read(agency, (tx) => tx.rows('select 9007199254740992::bigint')),
      RangeError,
    );
  });

  test('one row means one', async () => {
    await store.read(agency, async (tx) => {
      await assert.rejects(tx.row('select 1 where false'), /found 0/);
      await assert.rejects(tx.row('select generate_series(1, 2)'), /found 2/);
    });
  });

  test('many transactions at once wait for a connection and none is lost', async () => {
    const sums = await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        store.read(agency, async (tx) => (await tx.row<{ n: number }>('select $1::int + 1 as n', [n])).n),
      ),
    );
    assert.deepEqual(
      sums,
      Array.from({ length: 40 }, (_, n) => n + 1),
    );
  });

  test('a connection that the server ends is replaced', async () => {
    const before = await count();
    const pid = await store.read(
      agency,
      async (tx) => (await tx.row<{ pid: number }>('select pg_backend_pid() as pid')).pid,
    );
    await assert.rejects(
      store.write(agency, async (tx) => {
        await appendEntry(tx, { ...said, body: 1 });
        const own = await tx.row<{ pid: number }>('select pg_backend_pid() as pid');
        await end(own.pid);
        await tx.rows('select 1');
      }),
    );
    await end(pid);
    assert.equal(await count(), before);
  });

  /** Ends a backend of the application's, as its own role may. */
  async function end(pid: number): Promise<void> {
    await connected(database.application, (client) => client.query('select pg_terminate_backend($1)', [pid]));
  }

  test('closing waits for a transaction that is nearly done and cuts off one that is not', async () => {
    const before = await count();
    const closing = connectStore(database.application).as(said.actor);
    const work = (seconds: number) =>
      closing.write(agency, async (tx) => {
        await appendEntry(tx, { ...said, body: seconds });
        await tx.rows('select pg_sleep($1)', [seconds]);
      });
    const elsewhere = await store.found(`SLOW-${database.major}`, async (tx) => tx.agency);
    const slow = closing.write(elsewhere, (tx) => tx.rows('select pg_sleep(60)'));
    const quick = work(0.3);
    const outcomes = Promise.allSettled([quick, slow]);
    await setTimeout(100);
    const began = Date.now();
    await closing.close();
    assert.ok(Date.now() - began < 4000);
    assert.deepEqual(
      (await outcomes).map(({ status }) => status),
      ['fulfilled', 'rejected'],
    );
    assert.equal(await count(), before + 1);
    await assert.rejects(closing.read(agency, (tx) => tx.rows('select 1')));
  });

  test('a database that is gone is said so', async () => {
    const nowhere = connectStore({ ...database.application, connectionString: undefined, host: '/nowhere' });
    await assert.rejects(
      nowhere.read(agency, (tx) => tx.rows('select 1')),
      { code: 'DATABASE_UNREACHABLE' },
    );
    await nowhere.close();
  });

  test('no setting of a transaction outlives it', async () => {
    const single = connectStore({ ...database.application, max: 1 });
    await single.write(agency, (tx) => tx.run('set local enable_nestloop = off'));
    await single.write(agency, () => Promise.reject(new Error('no'))).catch(() => undefined);
    const seen = await single.read(0, (tx) =>
      tx.rows(
        `select current_setting('enable_nestloop') as loops, current_setting('muster.agency') as agency`,
      ),
    );
    assert.deepEqual(seen, [{ loops: 'on', agency: '0' }]);
    await single.close();
  });
});
