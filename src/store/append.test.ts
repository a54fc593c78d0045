import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { day } from '../time/index.ts';
import { appendEntry, entriesAfter, entriesAt, lastEntryBy } from './append.ts';
import { connectStore, type Store } from './transaction.ts';
import { onEveryPostgres, type TrialDatabase } from './trial.ts';

const said = { kind: 'test.said', subject: 'agency', actor: 'operator:test', effective: day('2022-07-08') };
const WRITERS = 8;
const EACH = 25;

onEveryPostgres((open) => {
  let database: TrialDatabase;
  before(async () => {
    database = await open();
  });
  after(async () => {
    await database?.close();
  });

  async function withStore(now: () => Date, work: (store: Store) => Promise<void>): Promise<void> {
    const store = connectStore(database.application, now).as(said.actor);
    try {
      await work(store);
    } finally {
      await store.close();
    }
  }

  /** The whole record, checked: indexes from 1 without a gap, instants that never go back. */
  async function record(store: Store, agency: number) {
    const entries = await store.read(agency, (tx) => entriesAfter(tx, 0, 10_000));
    assert.deepEqual(
      entries.map(({ index }) => index),
      entries.map((_, at) => at + 1),
    );
    const instants = entries.map(({ recorded }) => recorded);
    assert.deepEqual(instants, instants.toSorted());
    return entries;
  }

  test('an entry comes back as it was appended', async () => {
    const now = new Date('2022-07-08T12:34:56.789Z');
    await withStore(
      () => now,
      async (store) => {
        const body = { b: [1, 'é\n\u{1F5C4}"\\', null], a: { nested: true }, absent: undefined };
        const agency = await store.found('SAME', async (tx) => {
          const entry = await appendEntry(tx, { ...said, body });
          assert.deepEqual(entry, { ...said, body, index: 1, recorded: now.toISOString() });
          return tx.agency;
        });
        const { absent: _, ...kept } = body;
        const expected = { ...said, body: kept, index: 1, recorded: now.toISOString() };
        assert.deepEqual(await store.read(agency, (tx) => entriesAt(tx, [7, 1])), [expected]);
        assert.deepEqual(await store.read(agency, (tx) => entriesAfter(tx, 1, 10)), []);
        const other = await store.found('OTHER', async (tx) => tx.agency);
        assert.deepEqual(await store.read(other, (tx) => entriesAt(tx, [1])), []);
      },
    );
  });

  test('many writers at once, some of whom give up, leave no gap and no instant that goes back', async () => {
    let tick = 0;
    // Each look at the clock gives another instant, now ahead, now behind.
    const jumpy = () => new Date(Date.UTC(2022, 6, 8) + ((++tick * 7919) % 10_007) - tick);
    await withStore(jumpy, async (store) => {
      const agency = await store.found('BUSY', async (tx) => tx.agency);
      const neighbour = await store.found('NEIGHBOUR', async (tx) => tx.agency);
      const writer = async (_: unknown, who: number) => {
        for (let n = 0; n < EACH; n += 1) {
          const giveUp = (n + who) % 5 === 0;
          await store
            .write(who % 4 === 0 && n % 3 === 0 ? neighbour : agency, async (tx) => {
              const entry = await appendEntry(tx, { ...said, body: { who, n } });
              if (giveUp) throw new Error('given up');
              return entry;
            })
            .catch((error: Error) => assert.equal(error.message, 'given up'));
        }
      };
      await Promise.all(Array.from({ length: WRITERS }, writer));
      const entries = [...(await record(store, agency)), ...(await record(store, neighbour))];
      assert.equal(entries.length, (WRITERS * EACH * 4) / 5);
      const bodies = new Set(entries.map(({ body }) => JSON.stringify(body)));
      assert.equal(bodies.size, entries.length);
    });
  });

  test('a clock that goes back does not take the record with it', async () => {
    const clock = ['2022-07-08T12:00:00.000Z', '2022-07-08T11:00:00.000Z', '2022-07-08T12:00:00.001Z'];
    let look = 0;
    await withStore(
      () => new Date(clock[look++] ?? 0),
      async (store) => {
        const agency = await store.found('CLOCK', async (tx) => tx.agency);
        for (const body of clock) await store.write(agency, (tx) => appendEntry(tx, { ...said, body }));
        const entries = await record(store, agency);
        assert.deepEqual(
          entries.map(({ recorded }) => recorded),
          ['2022-07-08T12:00:00.000Z', '2022-07-08T12:00:00.000Z', '2022-07-08T12:00:00.001Z'],
        );
        const by = (instant: string) => store.read(agency, (tx) => lastEntryBy(tx, instant));
        assert.deepEqual(
          await Promise.all(
            ['2022-07-08T11:59:59.999Z', '2022-07-08T12:00:00Z', '2022-07-08T08:00:00.001-04:00'].map(by),
          ),
          [0, 2, 3],
        );
      },
    );
  });

  test('a transaction that reads the head waits for the one that writes it', async () => {
    await withStore(
      () => new Date(),
      async (store) => {
        const agency = await store.found('QUEUE', async (tx) => tx.agency);
        const order: string[] = [];
        const holding = Promise.withResolvers<void>();
        const first = store.write(agency, async (tx) => {
          await appendEntry(tx, { ...said, body: 1 });
          holding.resolve();
          await tx.rows('select pg_sleep(0.1)');
          order.push('first');
        });
        await holding.promise;
        const second = store.write(agency, async (tx) => {
          const entry = await appendEntry(tx, { ...said, body: 2 });
          order.push('second');
          return entry.index;
        });
        await first;
        assert.equal(await second, 2);
        assert.deepEqual(order, ['first', 'second']);
      },
    );
  });

  test('what is not finite, or no day, is not written down', async () => {
    await withStore(
      () => new Date(),
      async (store) => {
        const agency = await store.found('STRICT', async (tx) => tx.agency);
        await assert.rejects(
          store.write(agency, (tx) => appendEntry(tx, { ...said, body: { n: Number.NaN } })),
          RangeError,
        );
        await assert.rejects(
          store.write(agency, (tx) => appendEntry(tx, { ...said, body: { text: 'a\0b' }, actor: 'a\0b' })),
        );
        assert.deepEqual(await record(store, agency), []);
      },
    );
  });
});
