import pg from 'pg';
import type { House } from '../src/doors/house.ts';
import { canonicalText } from '../src/record/index.ts';
import { appendEntry } from '../src/store/index.ts';
import { day } from '../src/time/index.ts';
import { benchAgency } from './house.ts';
import { median, type Measured } from './measure.ts';

const CLIENTS = 16;
const ROUNDS = 5;
const ROUND_MS = 2_000;
const body = { note: 'the same words again and again, '.repeat(9) };
const said = {
  kind: 'bench.said',
  subject: 'account:3.17',
  actor: 'operator:bench',
  effective: day('2022-07-08'),
  body,
};

/** Appending entries against inserting the same bytes into a table with the same key: what one takes, in turn. */
export async function measureAppend(house: House): Promise<Measured[]> {
  const agencies: number[] = [];
  for (let n = 0; n < CLIENTS; n += 1) agencies.push((await benchAgency(house, `APPEND-${n}`)).agency);
  const store = house.store.as(said.actor);
  const append = (of: (client: number) => number) => (client: number) =>
    store.write(agencies[of(client)] ?? 0, (tx) => appendEntry(tx, said));
  return withFloor(house, async (bare) => {
    const measured: Measured[] = [];
    for (const [what, clients, work, goal] of [
      ['one client', 1, append(() => 0), 2],
      [`${CLIENTS} clients over ${CLIENTS} agencies`, CLIENTS, append((client) => client), 2],
      [`${CLIENTS} clients on one agency`, CLIENTS, append(() => 0), null],
    ] as const) {
      const { floor, own, rows } = await inTurn(clients, bare, work);
      measured.push({
        what: `appending, ${what}: 1,000 entries`,
        rows,
        floor: 'bare inserts',
        floorMs: floor,
        ms: own,
        goal,
      });
    }
    return measured;
  });
}

type Work = (client: number) => Promise<unknown>;

/** Milliseconds for a thousand of each, by turns, so that a noisy machine is noisy for both. */
async function inTurn(
  clients: number,
  floor: Work,
  own: Work,
): Promise<{ floor: number; own: number; rows: number }> {
  const times: { floor: number[]; own: number[] } = { floor: [], own: [] };
  let rows = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    times.floor.push((await forAWhile(clients, floor)).ms);
    const done = await forAWhile(clients, own);
    times.own.push(done.ms);
    rows += done.rows;
  }
  return { floor: median(times.floor), own: median(times.own), rows };
}

async function forAWhile(clients: number, work: Work): Promise<{ ms: number; rows: number }> {
  let rows = 0;
  const started = performance.now();
  const busy = Array.from({ length: clients }, async (_, client) => {
    while (performance.now() - started < ROUND_MS) {
      await work(client);
      rows += 1;
    }
  });
  await Promise.all(busy);
  return { ms: ((performance.now() - started) / rows) * 1000, rows };
}

/** Inserts the same columns, each in a transaction of its own, into a table with nothing but its key. */
async function withFloor<T>(house: House, work: (bare: Work) => Promise<T>): Promise<T> {
  return house.asOwner(async (owner) => {
    await owner.query('create table bench_append (like entry including indexes)');
    const { host, port, database, user } = owner;
    // As many connections as the application has.
    const pool = new pg.Pool({ host, port, database, user, max: 8 });
    let index = 0;
    try {
      return await work((client) => {
        index += 1;
        const values = [client, index, said.kind, said.subject, said.actor, said.effective];
        return pool.query('insert into bench_append values ($1, $2, $3, $4, $5, $6, $7, $8)', [
          ...values,
          new Date().toISOString(),
          canonicalText(body),
        ]);
      });
    } finally {
      await pool.end();
      await owner.query('drop table bench_append');
    }
  });
}
