import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { rebuild } from '../../src/acts/index.ts';
import { chooseAgency, openHouse, type House } from '../../src/doors/house.ts';
import { readSettings } from '../../src/doors/settings.ts';
import type { AgencyFacts } from '../../src/programs/inventory/index.ts';
import type { Entry } from '../../src/record/index.ts';
import { entriesAfter } from '../../src/store/index.ts';
import { clearAway, muster, newDataFolder, postgresOf, run, serve, type Running } from './muster.ts';

/*
 * A server that is killed in the midst of imports and acts: the next one adopts the PostgreSQL
 * left behind, and what was acknowledged is there.
 */

const ROUNDS = 5;
const ACCOUNTS = 400;

let dataDir = '';
before(async () => {
  dataDir = await newDataFolder();
  const folder = dirname(dataDir);
  await writeFile(join(folder, 'inventory.csv'), INVENTORY);
  await writeFile(join(folder, 'accounts.csv'), accountsOf(ACCOUNTS));
  const observed = ['--system', 'ECM', '--component', 'cloud', '--observed', '2022-07-08'];
  for (const args of [
    ['agency', 'create', 'NORTH', '--kind', 'irs'],
    ['import', join(folder, 'inventory.csv')],
    ['import', join(folder, 'accounts.csv'), ...observed],
  ]) {
    const { code, stderr } = await run(args, { DATA_DIR: dataDir });
    assert.equal(code, 0, stderr);
  }
});
after(clearAway);

const INVENTORY = `system,component,environment,impact,fti,asset,fqdn,ip,platform,role
ECM,cloud,cloud,moderate,yes,,,,,
`;

function accountsOf(count: number): string {
  const rows = Array.from(
    { length: count },
    (_, n) => `demo-${n},Demo User,cloud,no,2021-01-04,2022-01-03,active,`,
  );
  return `account,name,component,privileged,created,last_login,status,status_changed\n${rows.join('\n')}\n`;
}

async function inHouse<T>(work: (house: House, agency: AgencyFacts) => Promise<T>): Promise<T> {
  const house = await openHouse(readSettings({}, dataDir), 'command');
  try {
    return await work(house, await chooseAgency(house, 'NORTH'));
  } finally {
    await house.close();
  }
}

async function wholeRecord(): Promise<Entry[]> {
  return inHouse((house, agency) => house.store.read(agency.agency, (tx) => entriesAfter(tx, 0, 100_000)));
}

/** What the server said was done: the entry, and something that must be in its body. */
type Acknowledged = Map<number, string>;

let asset = 0;

async function importOne(address: string): Promise<[number, string]> {
  asset += 1;
  const name = `asset-${asset}.csv`;
  const form = new FormData();
  const row = `ECM,cloud,cloud,moderate,yes,asset-${asset},,,,`;
  form.set('file', new Blob([`${INVENTORY.split('\n')[0]}\n${row}\n`]), name);
  const response = await fetch(`${address}/api/agencies/NORTH/evidence`, { method: 'POST', body: form });
  const { evidence } = (await response.json()) as { evidence: number };
  assert.equal(response.status, 200);
  return [evidence, `"file":"${name}"`];
}

async function disableOne(address: string, duty: string): Promise<[number, string]> {
  const note = `disabled for ${duty}`;
  const response = await fetch(`${address}/api/agencies/NORTH/acts/account.record-disabled`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ duty, effective: '2022-07-11', note }),
  });
  const answer = (await response.json()) as { entry: number };
  assert.equal(response.status, 200, JSON.stringify(answer));
  return [answer.entry, note];
}

async function openDuties(address: string): Promise<string[]> {
  const response = await fetch(
    `${address}/api/agencies/NORTH/duties?asOf=2022-07-12&status=overdue&limit=1000`,
  );
  const { duties } = (await response.json()) as { duties: { id: string }[] };
  return duties.map(({ id }) => id);
}

/** Imports and acts without end, until the server does not answer any more. */
async function keepBusy(address: string, acknowledged: Acknowledged): Promise<void> {
  const duties = await openDuties(address);
  assert.ok(duties.length > 50, 'too few duties are left to act on');
  async function busy(one: (n: number) => Promise<[number, string]>): Promise<void> {
    for (let n = 0; ; n += 1) {
      let done: [number, string];
      try {
        done = await one(n);
      } catch (error) {
        // What fetch throws when the other end is gone; everything else is a failure.
        if (error instanceof TypeError || error instanceof SyntaxError) return;
        throw error;
      }
      acknowledged.set(...done);
    }
  }
  const half = Math.floor(duties.length / 2);
  await Promise.all([
    busy(() => importOne(address)),
    busy(() => importOne(address)),
    busy((n) => disableOne(address, duties[n] ?? '')),
    busy((n) => disableOne(address, duties[half + n] ?? '')),
  ]);
}

async function reached(acknowledged: Acknowledged, goal: number): Promise<void> {
  const until = Date.now() + 20_000;
  while (acknowledged.size < goal && Date.now() < until) await sleep(2);
}

test('a server killed again and again loses nothing that it acknowledged', async () => {
  const acknowledged: Acknowledged = new Map();
  let server: Running = serve(dataDir);
  for (let round = 0; round < ROUNDS; round += 1) {
    const address = await server.address();
    const goal = acknowledged.size + 3 + 9 * round;
    const working = keepBusy(address, acknowledged);
    // Which ends before the kill only where something is wrong.
    await Promise.race([working, reached(acknowledged, goal)]);
    process.kill(server.pid, 'SIGKILL');
    await working;
    const orphan = await postgresOf(dataDir);
    assert.ok(orphan, 'PostgreSQL outlives the server');
    server = serve(dataDir);
    await server.address();
    assert.equal(await postgresOf(dataDir), orphan, 'it is adopted, not started anew');
  }
  server.signal('SIGTERM');
  assert.equal((await server.ended).code, 0);
  assert.equal(await postgresOf(dataDir), undefined);

  const entries = await wholeRecord();
  assert.deepEqual(
    entries.map(({ index }) => index),
    entries.map((_, at) => at + 1),
  );
  for (const [index, part] of acknowledged) {
    assert.ok(JSON.stringify(entries[index - 1]?.body).includes(part), `entry ${index} is not ${part}`);
  }
  const { difference } = await inHouse((house, agency) =>
    rebuild(house.store, house.declarations, agency.agency, { check: true }),
  );
  assert.equal(difference, null);
});

test('an import that is killed or stopped half-way is there whole or not at all', async () => {
  const file = join(dirname(dataDir), 'many.csv');
  await writeFile(file, accountsOf(60_000));
  const said = ['--system', 'ECM', '--component', 'cloud', '--observed', '2022-07-15'];
  const before = (await wholeRecord()).length;
  for (const [signal, delay] of [
    ['SIGKILL', 700],
    ['SIGKILL', 1200],
    ['SIGINT', 900],
    ['SIGTERM', 600],
  ] as const) {
    const importing = muster(['import', file, ...said], { env: { DATA_DIR: dataDir } });
    await sleep(delay);
    importing.signal(signal);
    const ended = await importing.ended;
    const entries = await wholeRecord();
    if (ended.code === 0) return assert.equal(entries.length, before + 1);
    assert.equal(entries.length, before, `${signal} after ${delay} ms: ${ended.stderr}`);
    if (ended.code !== null) assert.match(ended.stderr, /stopped.*nothing was changed/);
  }
  const done = await run(['import', file, ...said], { DATA_DIR: dataDir });
  assert.equal(done.code, 0, done.stderr);
  assert.equal((await wholeRecord()).length, before + 1);
  const { difference } = await inHouse((house, agency) =>
    rebuild(house.store, house.declarations, agency.agency, { check: true }),
  );
  assert.equal(difference, null);
});

test('a server that is told to stop in the midst of a large import ends in time', async () => {
  const before = (await wholeRecord()).length;
  const server = serve(dataDir);
  const address = await server.address();
  const form = new FormData();
  form.set('system', 'ECM');
  form.set('component', 'cloud');
  form.set('observed', '2022-07-22');
  form.set('file', new Blob([accountsOf(250_000)]), 'more.csv');
  const upload = fetch(`${address}/api/agencies/NORTH/evidence`, { method: 'POST', body: form }).then(
    async (response) => response.ok,
    () => false,
  );
  await sleep(1500);
  server.signal('SIGTERM');
  const ended = await server.ended;
  assert.ok(ended.tookMs < 10_000, `it took ${ended.tookMs} ms`);
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(await postgresOf(dataDir), undefined);
  assert.equal((await wholeRecord()).length, before + ((await upload) ? 1 : 0));
});
