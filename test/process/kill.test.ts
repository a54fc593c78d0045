import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountsOf, SYSTEM } from '../crash/clients.ts';
import { placeOf, type Place } from '../crash/place.ts';
import { newSeed } from '../crash/random.ts';
import { checkRecord, inHouse, recordOf } from '../crash/record.ts';
import { furnish, killInRounds } from '../crash/rounds.ts';
import { childrenOf, killAtOnce, sortOf } from '../crash/victims.ts';
import type { Token } from '../people.ts';
import { clearAway, muster, newDataFolder, postgresOf, run, serve } from './muster.ts';

/*
 * A server, or PostgreSQL, that is killed in the midst of imports and acts: the next server adopts
 * the PostgreSQL left behind, the same server goes on with a PostgreSQL that came back, and what was
 * acknowledged is there. `npm run test:crash` does as many rounds as one likes.
 */

const ROUNDS = 20;
const AGENCY = 'NORTH';
const HANGS_MS = 10_000;
const NOTHING = new Map<number, string>();

let place: Place;
let token: Token;
before(async () => {
  place = await placeOf(await newDataFolder());
  token = await inHouse(place, (house) => furnish(house, AGENCY, 400));
});
after(clearAway);

async function entries(): Promise<number> {
  return (await recordOf(place, AGENCY)).length;
}

test('killed again and again, Muster loses nothing that it acknowledged', async (t) => {
  await killInRounds({ rounds: ROUNDS, seed: newSeed(), log: (line) => t.diagnostic(line) });
});

test('an import that is killed or stopped half-way is there whole or not at all', async () => {
  const file = join(dirname(place.dataDir), 'many.csv');
  await writeFile(file, accountsOf(60_000));
  const said = ['--system', SYSTEM, '--component', 'cloud', '--observed', '2022-07-15'];
  const before = await entries();
  for (const [signal, delay] of [
    ['SIGKILL', 700],
    ['SIGKILL', 1200],
    ['SIGINT', 900],
    ['SIGTERM', 600],
  ] as const) {
    const importing = muster(['import', file, ...said], { env: { DATA_DIR: place.dataDir } });
    await sleep(delay);
    importing.signal(signal);
    const ended = await importing.ended;
    const now = await entries();
    if (ended.code === 0) return assert.equal(now, before + 1);
    assert.equal(now, before, `${signal} after ${delay} ms: ${ended.stderr}`);
    if (ended.code !== null) assert.match(ended.stderr, /stopped.*nothing was changed/);
  }
  const done = await run(['import', file, ...said], { DATA_DIR: place.dataDir });
  assert.equal(done.code, 0, done.stderr);
  assert.equal(await checkRecord(place, AGENCY, NOTHING), before + 1);
});

async function uploadMany(address: string): Promise<Response> {
  const form = new FormData();
  form.set('system', SYSTEM);
  form.set('component', 'cloud');
  form.set('observed', '2022-07-22');
  form.set('file', new Blob([accountsOf(250_000)]), 'more.csv');
  return fetch(`${address}/api/agencies/${AGENCY}/evidence`, {
    method: 'POST',
    headers: token,
    body: form,
  });
}

test('a large import whose PostgreSQL is killed fails at once, changes nothing, and the server goes on', async () => {
  const before = await entries();
  const server = serve(place.dataDir, place.env);
  const address = await server.address();
  for (const delay of [400, 1000, 1600]) {
    const upload = uploadMany(address);
    await sleep(delay);
    const busy = (await childrenOf((await postgresOf(place.dataDir)) ?? 0)).filter((child) =>
      sortOf(child).startsWith('backend'),
    );
    assert.ok(busy.length > 1, 'the import is under way');
    killAtOnce(busy.at(-1)?.pid ?? 0);
    const killed = Date.now();
    const { status } = await upload;
    assert.ok(status >= 500, `after ${delay} ms the server answered ${status}`);
    assert.ok(Date.now() - killed < HANGS_MS, `it took ${Date.now() - killed} ms`);
    while ((await fetch(`${address}/api/status`, { headers: token })).status !== 200) await sleep(50);
  }
  assert.equal(await checkRecord(place, AGENCY, NOTHING), before);
  server.signal('SIGTERM');
  assert.equal((await server.ended).code, 0);
});

test('a server that is told to stop in the midst of a large import ends in time', async () => {
  const before = await entries();
  const server = serve(place.dataDir);
  const address = await server.address();
  const upload = uploadMany(address).then(
    (response) => response.ok,
    () => false,
  );
  await sleep(1500);
  server.signal('SIGTERM');
  const ended = await server.ended;
  assert.ok(ended.tookMs < 10_000, `it took ${ended.tookMs} ms`);
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(await postgresOf(place.dataDir), undefined);
  assert.equal(await entries(), before + ((await upload) ? 1 : 0));
});
