import assert from 'node:assert/strict';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openHouse } from '../../src/doors/house.ts';
import { readSettings } from '../../src/doors/settings.ts';
import { openDatabase } from '../../src/store/postgres/index.ts';
import { connected, freePort, postgres15, startServer, without15 } from '../../src/store/trial.ts';
import { newAgency } from '../house.ts';
import { tokenFor, type Token } from '../people.ts';
import {
  clearAway,
  isOneLine,
  muster,
  newDataFolder,
  postgresOf,
  run,
  Running,
  serve,
  type Ended,
} from './muster.ts';

const INVENTORY = `system,component,environment,impact,fti,asset,fqdn,ip,platform,role
ECM,cloud,cloud,moderate,yes,web-1,web-1.example,192.0.2.1,Linux,production
`;
const STOPS_WITHIN_MS = 10_000;

after(clearAway);

async function stopped(running: Running, dataDir: string): Promise<Ended> {
  const ended = await running.ended;
  assert.ok(ended.tookMs < STOPS_WITHIN_MS, `it took ${ended.tookMs} ms`);
  assert.equal(await postgresOf(dataDir), undefined, 'PostgreSQL is left behind');
  return ended;
}

function assertDone(ended: Ended): void {
  assert.deepEqual([ended.code, ended.signal], [0, null], ended.stderr);
  assert.doesNotMatch(ended.stderr, /muster:|fault/);
}

function assertFails(ended: Ended, pattern: RegExp, code = 1): void {
  assert.equal(ended.code, code, ended.stderr);
  assert.ok(isOneLine(ended.stderr), ended.stderr);
  assert.match(ended.stderr, pattern);
  assert.equal(ended.stdout, '');
}

/** What a server says to whoever has not signed in. */
async function offerAt(address: string): Promise<{ readonly agencies: readonly object[] }> {
  return (await (await fetch(`${address}/api/sign-in`)).json()) as { agencies: object[] };
}

/** A program that may bring in evidence of the agency NORTH, which is made for it, in a data folder. */
async function tokenIn(dataDir: string): Promise<Token> {
  const house = await openHouse(readSettings({ MUSTER_OPERATOR: 'test' }, dataDir), 'command');
  try {
    return await tokenFor(house, await newAgency(house, 'NORTH'));
  } finally {
    await house.close();
  }
}

describe('a server', () => {
  test('says where it is, answers there with page and API, and ends on SIGTERM', async () => {
    const dataDir = await newDataFolder();
    const server = serve(dataDir);
    const address = await server.address();
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.partialDeepStrictEqual(await offerAt(address), { agencies: [], setUp: true });
    assert.equal((await fetch(`${address}/api/status`)).status, 401);
    const page = await (await fetch(`${address}/`)).text();
    assert.match(page, /<div id="root">|<script type="module"/);
    assert.match(server.stdout, /agency create/);
    server.signal('SIGTERM');
    assertDone(await stopped(server, dataDir));
  });

  test('keeps its data from one start to the next', async () => {
    const dataDir = await newDataFolder();
    for (const expected of [0, 1]) {
      const server = serve(dataDir);
      assert.equal((await offerAt(await server.address())).agencies.length, expected);
      if (expected === 0) {
        const created = await run(['agency', 'create', 'NORTH', '--kind', 'irs', '--data', dataDir]);
        assert.deepEqual([created.code, created.stderr], [0, '']);
      }
      server.signal('SIGTERM');
      assertDone(await stopped(server, dataDir));
    }
  });

  test('ends on Ctrl-C, however often it is pressed, with a request under way', async () => {
    const dataDir = await newDataFolder();
    const token = await tokenIn(dataDir);
    for (const again of [0, 1, 3]) {
      const server = serve(dataDir);
      const address = await server.address();
      const idle = await fetch(`${address}/api/sign-in`);
      const hanging = hang(address, token);
      server.signal('SIGINT', 'group');
      for (let pressed = 0; pressed < again; pressed += 1) {
        await sleep(15);
        server.signal('SIGINT', 'group');
      }
      const { code, signal, stderr } = await stopped(server, dataDir);
      // One that comes when all is done and the process is on its way out ends it as any other.
      assert.ok(code === 0 || (again > 0 && signal === 'SIGINT'), `${code} ${signal} ${stderr}`);
      await Promise.all([idle.text(), hanging]);
    }
  });

  /** An upload that never comes to its end. */
  function hang(address: string, token: Token): Promise<void> {
    const headers = { ...token, 'content-type': 'multipart/form-data; boundary=x' };
    const upload = request(`${address}/api/agencies/NORTH/evidence`, { method: 'POST', headers });
    upload.write('--x\r\n');
    return new Promise((resolve) => upload.once('error', () => resolve()).once('close', resolve));
  }

  test('ends when it is told to while it starts', async () => {
    const dataDir = await newDataFolder();
    for (const delay of [150, 300, 500, 700, 1000, 1300]) {
      const server = serve(dataDir);
      await sleep(delay);
      server.signal('SIGTERM', 'group');
      const ended = await server.ended;
      assert.ok(ended.tookMs < STOPS_WITHIN_MS, `it took ${ended.tookMs} ms`);
      assert.ok(ended.code === 0 || ended.signal === 'SIGTERM', JSON.stringify(ended));
      if (ended.code === 0) assert.equal(await postgresOf(dataDir), undefined);
    }
    const next = serve(dataDir);
    await next.address();
    next.signal('SIGTERM');
    assertDone(await stopped(next, dataDir));
  });

  test('ends when it is told to while it builds its page', async () => {
    const dataDir = await newDataFolder();
    await rm(join(dataDir, 'web'), { recursive: true });
    for (const to of ['process', 'group'] as const) {
      const server = muster(['serve', '--demo'], { env: { PORT: '0', DATA_DIR: dataDir } });
      while (!server.hasEnded && !server.stderr.includes('building the web page')) await sleep(20);
      await sleep(300);
      server.signal('SIGTERM', to);
      assertDone(await stopped(server, dataDir));
      assert.equal(server.stdout, '');
      assert.deepEqual(await readdir(join(dataDir, 'web')), []);
    }
  });

  test('refuses settings that cannot be', async () => {
    const dataDir = await newDataFolder();
    const refused = async (env: NodeJS.ProcessEnv, pattern: RegExp) =>
      assertFails(await serve(dataDir, env).ended, pattern, 2);
    await refused({ PORT: 'http' }, /PORT is http/);
    await refused({ PORT: '70000' }, /PORT is 70000/);
    await refused({ HOST: '0.0.0.0' }, /HOST is 0\.0\.0\.0: beyond loopback/);
    assert.equal(await postgresOf(dataDir), undefined);
  });

  test('whose port is taken says so and leaves nothing running', async () => {
    const dataDir = await newDataFolder();
    const other = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
    try {
      assertFails(
        await serve(dataDir, { PORT: String(port) }).ended,
        new RegExp(`port ${port} .*taken.*PORT`),
      );
      assert.equal(await postgresOf(dataDir), undefined);
    } finally {
      other.close();
    }
  });

  test('on the data of another says whose it is; a command beside it works', async () => {
    const dataDir = await newDataFolder();
    const first = serve(dataDir);
    const address = await first.address();
    const second = serve(dataDir);
    assertFails(
      await second.ended,
      new RegExp(`served by another Muster server, process ${first.pid} .*DATA_DIR`),
    );
    const created = await run(['agency', 'create', 'NORTH', '--kind', 'irs', '--data', dataDir, '--json']);
    assert.deepEqual([created.code, created.stderr], [0, '']);
    assert.partialDeepStrictEqual(await offerAt(address), { agencies: [{ code: 'NORTH' }] });
    first.signal('SIGTERM');
    assertDone(await stopped(first, dataDir));
  });

  test('takes one of many imports of the same file at once, and tells the others', async () => {
    const dataDir = await newDataFolder();
    const headers = await tokenIn(dataDir);
    const server = serve(dataDir);
    const address = await server.address();
    const answers = await Promise.all(
      Array.from({ length: 6 }, async () => {
        for (;;) {
          const form = new FormData();
          form.set('file', new Blob([INVENTORY]), 'inventory.csv');
          const response = await fetch(`${address}/api/agencies/NORTH/evidence`, {
            method: 'POST',
            headers,
            body: form,
          });
          const answer = (await response.json()) as { evidence: number; repeated: boolean };
          if (response.status !== 503) return answer;
          // So many at once are too many; those are to try again.
          await sleep(20);
        }
      }),
    );
    assert.equal(new Set(answers.map(({ evidence }) => evidence)).size, 1);
    assert.equal(answers.filter(({ repeated }) => !repeated).length, 1);
    server.signal('SIGTERM');
    assertDone(await stopped(server, dataDir));
  });

  test('whose command is still at work leaves PostgreSQL to it', async () => {
    const dataDir = await newDataFolder();
    const server = serve(dataDir);
    await server.address();
    const beside = await openDatabase({ dataDir, as: 'command' });
    server.signal('SIGTERM');
    assertDone(await server.ended);
    assert.ok(await postgresOf(dataDir));
    await connected(beside.application, (client) => client.query('select 1'));
    await beside.close();
    assert.equal(await postgresOf(dataDir), undefined);
  });

  test('goes on when its PostgreSQL is killed, and ends when its data is taken away', async () => {
    const dataDir = await newDataFolder();
    const server = serve(dataDir);
    const address = await server.address();
    const answers = async () => (await fetch(`${address}/api/sign-in`).catch(() => undefined))?.status;
    const killed = await postgresOf(dataDir);
    assert.ok(killed);
    process.kill(killed, 'SIGKILL');
    // A backend outlives its postmaster by a moment, and may still answer: so for a second on end.
    const until = Date.now() + 2 * STOPS_WITHIN_MS;
    let next: number | undefined;
    for (let steady = 0; steady < 20 && Date.now() < until; await sleep(50)) {
      const found = await postgresOf(dataDir);
      const isBack = found !== killed && (await answers()) === 200;
      steady = isBack && found === next ? steady + 1 : 0;
      next = isBack ? found : undefined;
    }
    assert.ok(next, 'PostgreSQL was not started again');
    // All at once: PostgreSQL ends by itself when it misses a file.
    await rename(join(dataDir, 'postgres'), join(dataDir, 'taken-away'));
    process.kill(next, 'SIGQUIT');
    const { code, stderr } = await server.ended;
    assert.equal(code, 1);
    assert.match(stderr, /muster: the database .* is gone \(.*DATA_DIR/);
  });

  test('refuses the data of a newer version and of an unknown one', async () => {
    const dataDir = await newDataFolder();
    assert.equal((await run(['agency', 'list', '--data', dataDir])).code, 0);
    const change = async (sql: string) => {
      const database = await openDatabase({ dataDir, as: 'command' });
      await connected(database.owner ?? {}, (client) => client.query(sql));
      await database.close();
    };
    await change(
      `insert into muster_migration (number, name, sha256) values (999999, '999999-later.sql', '')`,
    );
    assertFails(await serve(dataDir).ended, /newer Muster \(migration 999999-later\.sql\)/);
    assertFails(await run(['duties', '--data', dataDir]), /newer Muster/);
    await change(`delete from muster_migration where number = 999999`);
    await change(`update muster_migration set sha256 = 'other' where number = 1`);
    assertFails(await serve(dataDir).ended, /000001-record\.sql.*changed/);
    assert.equal(await postgresOf(dataDir), undefined);
  });

  test('refuses a data folder that cannot be one', async () => {
    const dataDir = await newDataFolder();
    const file = join(dirname(dataDir), 'file');
    await writeFile(file, '');
    assertFails(await serve(file).ended, /data folder .*file cannot be used \(ENOTDIR\)/);
    await mkdir(join(dataDir, 'postgres'));
    assertFails(await serve(dataDir).ended, /is no PostgreSQL database/);
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '99\n');
    assertFails(await serve(dataDir).ended, /made by PostgreSQL 99/);
  });
});

describe('a server with DATABASE_URL', () => {
  test('that cannot be reached says so, without the password', async () => {
    const dataDir = await newDataFolder();
    const port = await freePort();
    const bad = [
      [`postgresql://role:hidden-word@127.0.0.1:${port}/muster`, /DATABASE_URL.*ECONNREFUSED/],
      ['postgresql://role:hidden-word@nowhere.invalid/muster', /DATABASE_URL.*(ENOTFOUND|EAI_AGAIN)/],
      ['mysql://role:hidden-word@127.0.0.1/muster', /DATABASE_URL is not an address/],
    ] as const;
    for (const [DATABASE_URL, pattern] of bad) {
      const ended = await serve(dataDir, { DATABASE_URL }).ended;
      assertFails(ended, pattern);
      assert.doesNotMatch(ended.stderr, /hidden-word/);
    }
  });

  test('is one of any number on it, and needs the owner only to migrate', { skip: without15 }, async () => {
    const [one, other] = [await newDataFolder(), await newDataFolder()];
    const database = await startServer(postgres15 ?? '');
    const { databaseUrl: DATABASE_URL, ownerUrl: DATABASE_OWNER_URL } = database;
    try {
      assertFails(await serve(one, { DATABASE_URL }).ended, /lacks the migration 000001.*DATABASE_OWNER_URL/);
      assertFails(await serve(one, { DATABASE_URL: DATABASE_OWNER_URL }).ended, /owns the database/);
      const first = serve(one, { DATABASE_URL, DATABASE_OWNER_URL });
      await first.address();
      const second = serve(other, { DATABASE_URL });
      await second.address();
      assert.match(second.stdout, /PostgreSQL 15\.\d+ .*at 127\.0\.0\.1/);
      assert.doesNotMatch(first.stdout + second.stdout, /muster_web|muster_admin/);
      for (const server of [first, second]) {
        server.signal('SIGTERM');
        assertDone(await server.ended);
      }
    } finally {
      await database.stop();
    }
  });
});

describe('npm start', () => {
  test('loads the demonstration, says what to look at first, and ends on SIGTERM to npm', async () => {
    const dataDir = await newDataFolder();
    const npm = new Running('npm', ['start'], { env: { PORT: '0', DATA_DIR: dataDir } });
    const address = await npm.address();
    assert.partialDeepStrictEqual(await offerAt(address), {
      agencies: [{ code: 'DEMO', demonstration: true }],
    });
    // Its people's passwords take a moment.
    const until = Date.now() + 60_000;
    while (!npm.stdout.includes('without it') && Date.now() < until) await sleep(50);
    assert.match(npm.stdout, /overdue on 8 July 2022: http.*\n[^]*without it/);
    npm.signal('SIGTERM');
    const ended = await npm.ended;
    assert.ok(ended.tookMs < STOPS_WITHIN_MS, `it took ${ended.tookMs} ms`);
    await gone(address, dataDir);
  });

  test('ends on Ctrl-C, which reaches npm and Muster and is passed on by npm', async () => {
    const dataDir = await newDataFolder();
    const npm = new Running('npm', ['start'], { env: { PORT: '0', DATA_DIR: dataDir } });
    const address = await npm.address();
    npm.signal('SIGINT', 'group');
    const ended = await npm.ended;
    assert.ok(ended.tookMs < STOPS_WITHIN_MS, `it took ${ended.tookMs} ms`);
    await gone(address, dataDir);
  });

  /** npm may end a moment before what it started. */
  async function gone(address: string, dataDir: string): Promise<void> {
    const until = Date.now() + STOPS_WITHIN_MS;
    while ((await postgresOf(dataDir)) !== undefined && Date.now() < until) await sleep(50);
    assert.equal(await postgresOf(dataDir), undefined, 'PostgreSQL is left behind');
    await assert.rejects(fetch(`${address}/api/sign-in`));
  }
});
