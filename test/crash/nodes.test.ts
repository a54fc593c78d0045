import assert from 'node:assert/strict';
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PoolConfig } from 'pg';
import { openKeyring } from '../../src/log/index.ts';
import { openDatabase, type Database } from '../../src/store/postgres/index.ts';
import { connected } from '../../src/store/trial.ts';
import type { Token } from '../people.ts';
import { clearAway, newDataFolder, serve, type Running } from '../process/muster.ts';
import { createPoam, importAsset, keepAt, Ledger, type Work } from './clients.ts';
import { Collected } from './collected.ts';
import type { Place } from './place.ts';
import { checkIn, inHouse } from './record.ts';
import { furnish } from './rounds.ts';

/*
 * Two application nodes on one database, and sixteen clients who each go to either node in turn, for
 * a minute: over sixteen agencies, and all on one. CLIENTS_SECONDS sets another time.
 */

const SECONDS = Number(process.env['CLIENTS_SECONDS'] ?? 60);
const CLIENTS = 16;
const NODES = 2;
/** A node takes in three files at once and asks others to wait. */
const IMPORTERS = 3 * NODES;
const IMPORT_EVERY = 4;

let database: Database;
let place: Place;
let nodes: Running[] = [];

before(async () => {
  const dataDir = await newDataFolder();
  // Held by this process: for the nodes it is a database that somebody else runs.
  database = await openDatabase({ dataDir, as: 'command' });
  const env = {
    DATABASE_URL: addressOf(database.application),
    DATABASE_OWNER_URL: addressOf(database.owner ?? {}),
    MUSTER_ENVIRONMENT: 'on-premises',
    // One installation, one key.
    MUSTER_KEY_FILE: join(dataDir, 'checkpoint-key.pem'),
  };
  await openKeyring({ file: env.MUSTER_KEY_FILE, isMade: true });
  place = { dataDir, env, witnesses: [], collected: new Collected() };
});
after(async () => {
  for (const node of nodes) node.signal('SIGTERM');
  await Promise.all(nodes.map((node) => node.ended));
  await database?.close();
  await clearAway();
});

function addressOf({ user, host, port, database }: PoolConfig): string {
  return `postgresql://${user}@/${database}?host=${encodeURIComponent(host ?? '')}&port=${port}`;
}

async function startNodes(): Promise<Running[]> {
  const started: Running[] = [];
  for (let node = 0; node < NODES; node += 1) {
    const own = await newDataFolder();
    const witness = join(dirname(own), 'witness');
    await mkdir(witness);
    place = { ...place, witnesses: [...place.witnesses, witness] };
    started.push(serve(own, { ...place.env, MUSTER_WITNESS_DIRS: witness }));
  }
  await Promise.all(started.map((node) => node.address()));
  return started;
}

/** Creates plans, and imports where it may, at one node and then at the other. */
function workOf(client: number, addresses: readonly string[]): Work {
  let done = client;
  return async (desk) => {
    const node = (done += 1) % NODES;
    // One who imports does so at its own node, so that no node has more than it takes.
    const imports = client < IMPORTERS && node === client % NODES && done % IMPORT_EVERY < NODES;
    return (imports ? importAsset : createPoam)({ ...desk, address: addresses[node] ?? desk.address });
  };
}

/** Sixteen clients for the time set, each for its agency; what each agency was told. */
async function work(agencyOf: (client: number) => string): Promise<Map<string, Ledger>> {
  const agencies = [...new Set(Array.from({ length: CLIENTS }, (_, client) => agencyOf(client)))];
  const tokens = new Map<string, Token>();
  await inHouse(place, async (house) => {
    for (const agency of agencies) tokens.set(agency, await furnish(house, agency, 10));
  });
  nodes = await startNodes();
  const addresses = await Promise.all(nodes.map((node) => node.address()));
  const ledgers = new Map(agencies.map((agency) => [agency, new Ledger()]));
  const stop = AbortSignal.timeout(SECONDS * 1000);
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, client) => {
      const agency = agencyOf(client);
      const ledger = ledgers.get(agency) ?? new Ledger();
      const token = tokens.get(agency);
      assert.ok(token);
      const desk = { address: '', agency, token, ledger };
      await keepAt(workOf(client, addresses), desk, { stop, mayFail: () => false });
    }),
  );
  assert.ok(stop.aborted, 'a node went away');
  return ledgers;
}

async function checkAll(ledgers: ReadonlyMap<string, Ledger>): Promise<number> {
  for (const node of nodes) node.signal('SIGTERM');
  for (const node of nodes) {
    const { code, stderr } = await node.ended;
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
  }
  let acknowledged = 0;
  await inHouse(place, async (house) => {
    for (const [agency, ledger] of ledgers) {
      await checkIn(house, place, agency, ledger.acknowledged);
      assert.deepEqual([ledger.failed, ledger.busy], [0, 0], 'a request failed or was sent away');
      acknowledged += ledger.acknowledged.size;
      for (const witness of place.witnesses.slice(-NODES))
        assert.ok((await readdir(join(witness, 'muster'))).some((log) => log.startsWith(`${agency}-`)));
    }
  });
  assert.equal(await deadlocks(), 0, 'PostgreSQL found a deadlock');
  return acknowledged;
}

async function deadlocks(): Promise<number> {
  // PostgreSQL counts a moment later.
  await sleep(1500);
  return connected(database.owner ?? {}, async (client) => {
    const { rows } = await client.query<{ deadlocks: string }>(
      'select deadlocks from pg_stat_database where datname = current_database()',
    );
    return Number(rows[0]?.deadlocks);
  });
}

test(`two nodes, ${CLIENTS} clients over ${CLIENTS} agencies: no gap, no fork, no deadlock`, async (t) => {
  const done = await checkAll(await work((client) => `OF-${client + 1}`));
  t.diagnostic(`${done} acknowledged in ${SECONDS} s`);
});

test(`two nodes, ${CLIENTS} clients on one agency: no gap, no fork, no deadlock`, async (t) => {
  const done = await checkAll(await work(() => 'ONE'));
  t.diagnostic(`${done} acknowledged in ${SECONDS} s`);
});
