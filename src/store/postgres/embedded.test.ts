import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type PoolConfig } from 'pg';
import { MusterError } from '../../errors/index.ts';
import { type Database, openEmbedded } from './embedded.ts';
import { openDatabase } from './index.ts';
import { isAlive, isPostmaster, readPostmaster } from './postmaster.ts';
import { socketFolder } from './socket.ts';
import { postgres15, without15 } from '../trial.ts';

const scratch = await mkdtemp(join(tmpdir(), 'muster-test-'));
const children = new Set<ChildProcess>();
const folders = new Set<string>();
const isRoot = process.geteuid?.() === 0;

after(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const folder of folders) await (await openEmbedded({ dataDir: folder, as: 'command' })).close();
  await rm(scratch, { recursive: true, force: true });
});

let folderCount = 0;

/** Short, so that its socket fits in it. */
function newFolder(): string {
  folderCount += 1;
  return join(scratch, String(folderCount));
}

async function ask<Row extends object>(config: PoolConfig | undefined, sql: string): Promise<Row[]> {
  const client = new Client(config);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A postmaster that ended may stay on the list of processes where nobody waits for orphans. */
async function runs(dataDir: string, pid: number): Promise<boolean> {
  return isPostmaster(pid, join(dataDir, 'postgres'));
}

async function postmasterOf(dataDir: string): Promise<number> {
  return (await readPostmaster(join(dataDir, 'postgres')))?.pid ?? 0;
}

/** A Muster in a process of its own: `ready` when it holds the database, or what it was refused. */
async function holderProcess(
  dataDir: string,
  as: 'server' | 'command',
): Promise<{ child: ChildProcess; said: string }> {
  const code = `
    const { openDatabase } = await import(${JSON.stringify(import.meta.resolve('./index.ts'))});
    try {
      const database = await openDatabase(${JSON.stringify({ dataDir, as })});
      process.once('SIGTERM', () => database.close());
      console.log('ready');
    } catch (error) {
      console.log(error.code + ' ' + error.message);
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  for await (const line of createInterface({ input: child.stdout })) return { child, said: line };
  return { child, said: '' };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise((resolve) => child.once('exit', resolve));
}

function refusal(code: string, pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof MusterError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, pattern);
    return true;
  };
}

test('a database is made once, keeps its data and stops with its last holder', async () => {
  const dataDir = newFolder();
  const first = await openDatabase({ dataDir, as: 'server' });
  await ask(first.owner, 'create table kept as select 7 as n');
  const pid = await postmasterOf(dataDir);
  await first.close();
  await first.close();
  assert.equal(await runs(dataDir, pid), false);

  const second = await openDatabase({ dataDir, as: 'server' });
  assert.deepEqual(await ask(second.owner, 'select n from kept'), [{ n: 7 }]);
  assert.match(second.describe, /^embedded PostgreSQL 18/);
  await second.close();
});

test('the application owns nothing and its socket is private', async () => {
  const dataDir = newFolder();
  const database = await openDatabase({ dataDir, as: 'command' });
  await assert.rejects(ask(database.application, 'create table mine (n int)'), /permission denied/);
  const [role] = await ask(
    database.application,
    'select rolsuper, rolbypassrls, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user',
  );
  assert.deepEqual(role, { rolsuper: false, rolbypassrls: false, rolcreatedb: false, rolcreaterole: false });
  assert.equal((await stat(String(database.application.host))).mode & 0o777, 0o700);
  assert.equal((await stat(dataDir)).mode & 0o777, 0o700);
  const [settings] = await ask(
    database.owner,
    `select current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit,
            current_setting('full_page_writes') as pages, current_setting('listen_addresses') as addresses`,
  );
  assert.deepEqual(settings, { fsync: 'on', commit: 'on', pages: 'on', addresses: '' });
  await database.close();
});

test('what a failing statement holds does not get into the log', async () => {
  const dataDir = newFolder();
  const database = await openDatabase({ dataDir, as: 'command' });
  await assert.rejects(ask(database.owner, `select 'SECRET-1'::date`));
  const client = new Client(database.owner);
  await client.connect();
  await assert.rejects(client.query('select $1::text::int', ['SECRET-2']));
  await client.end();
  await database.close();
  const log = await readFile(join(dataDir, 'postgres.log'), 'utf8');
  assert.match(log, /shut down/);
  assert.doesNotMatch(log, /SECRET/);
});

test('many may open a new folder at once and share one PostgreSQL', async () => {
  const dataDir = newFolder();
  const [other, ...mine] = await Promise.all([
    holderProcess(dataDir, 'command'),
    openDatabase({ dataDir, as: 'command' }),
    openDatabase({ dataDir, as: 'server' }),
  ]);
  assert.equal(other.said, 'ready');
  const pid = await postmasterOf(dataDir);
  await Promise.all(mine.map((database) => database.close()));
  assert.equal(await runs(dataDir, pid), true);
  other.child.kill('SIGTERM');
  await ended(other.child);
  assert.equal(await runs(dataDir, pid), false);
});

test('those who come and go at once never meet a database that stops', async () => {
  const dataDir = newFolder();
  async function comeAndGo(): Promise<void> {
    for (let round = 0; round < 4; round += 1) {
      const database = await openDatabase({ dataDir, as: 'command' });
      assert.deepEqual(await ask(database.application, 'select 1 as n'), [{ n: 1 }]);
      await database.close();
    }
  }
  await Promise.all([comeAndGo(), comeAndGo(), comeAndGo()]);
});

test('a second server is refused and told the process of the first', async () => {
  const dataDir = newFolder();
  const { child, said } = await holderProcess(dataDir, 'server');
  assert.equal(said, 'ready');
  await assert.rejects(
    openDatabase({ dataDir, as: 'server' }),
    refusal('DATA_IN_USE', new RegExp(`process ${child.pid}$`)),
  );
  const beside = await openDatabase({ dataDir, as: 'command' });
  child.kill('SIGTERM');
  await ended(child);
  assert.deepEqual(await ask(beside.application, 'select 1 as n'), [{ n: 1 }]);
  await beside.close();
});

test('the PostgreSQL of a killed server is adopted with what was acknowledged', async () => {
  const dataDir = newFolder();
  const { child } = await holderProcess(dataDir, 'server');
  const beside = await openDatabase({ dataDir, as: 'command' });
  const pid = await postmasterOf(dataDir);
  await ask(beside.owner, 'create table kept as select 1 as n');
  await beside.close();
  child.kill('SIGKILL');
  await ended(child);
  assert.equal(await runs(dataDir, pid), true);

  const next = await openDatabase({ dataDir, as: 'server' });
  assert.equal(await postmasterOf(dataDir), pid);
  assert.deepEqual(await ask(next.owner, 'select n from kept'), [{ n: 1 }]);
  await next.close();
  assert.equal(await runs(dataDir, pid), false);
});

async function commitThenKill(dataDir: string): Promise<Database> {
  folders.add(dataDir);
  const database = await openDatabase({ dataDir, as: 'server' });
  await ask(database.owner, 'create table kept (n int)');
  await ask(database.owner, 'insert into kept select generate_series(1, 1000)');
  return database;
}

test('acknowledged commits outlive the death of every PostgreSQL process, and the hold comes back', async () => {
  const dataDir = newFolder();
  const database = await commitThenKill(dataDir);
  const pid = await postmasterOf(dataDir);
  const backends = await ask<{ pid: number }>(database.owner, 'select pid from pg_stat_activity');
  for (const victim of [pid, ...backends.map((each) => each.pid)]) {
    if (isAlive(victim)) process.kill(victim, 'SIGKILL');
  }
  const beside = await openDatabase({ dataDir, as: 'command' });
  assert.notEqual(await postmasterOf(dataDir), pid);
  assert.deepEqual(await ask(beside.owner, 'select count(*)::int as n from kept'), [{ n: 1000 }]);
  await eventuallyServedBy(database, process.pid);
  await beside.close();
  await database.close();
  folders.delete(dataDir);
});

test('a server keeps its hold when one backend is killed and all connections with it', async () => {
  const dataDir = newFolder();
  const database = await commitThenKill(dataDir);
  const pid = await postmasterOf(dataDir);
  const [backend] = await ask<{ pid: number }>(
    database.owner,
    `select pid from pg_stat_activity where application_name = 'muster server ${process.pid}'`,
  );
  assert.ok(backend);
  process.kill(backend.pid, 'SIGKILL');
  await sleep(100);
  await eventuallyServedBy(database, process.pid);
  assert.equal(await postmasterOf(dataDir), pid);
  assert.deepEqual(await ask(database.owner, 'select count(*)::int as n from kept'), [{ n: 1000 }]);
  await database.close();
  assert.equal(await runs(dataDir, pid), false);
  folders.delete(dataDir);
});

/** Asks the database and not by trying to be a second server: that could come first. */
async function eventuallyServedBy(database: Database, pid: number): Promise<void> {
  const administrator = { ...database.application, user: 'postgres', database: 'postgres' };
  const until = Date.now() + 20_000;
  while (Date.now() < until) {
    const serving = await ask(
      administrator,
      `select a.application_name as name from pg_locks l join pg_stat_activity a using (pid)
       where l.locktype = 'advisory' and l.granted and l.objid = 2`,
    ).catch(() => []);
    if (serving.some((row) => 'name' in row && row.name === `muster server ${pid}`)) return;
    await sleep(50);
  }
  assert.fail(`process ${pid} did not take hold again`);
}

test('a server whose database is taken away is told so', async () => {
  const dataDir = newFolder();
  const lost = Promise.withResolvers<MusterError>();
  const database = await openDatabase({ dataDir, as: 'server', lost: lost.resolve });
  const pid = await postmasterOf(dataDir);
  await rm(join(dataDir, 'postgres'), { recursive: true });
  process.kill(pid, 'SIGQUIT');
  assert.match((await lost.promise).message, /is gone/);
  await database.close();
});

test('a lock file whose number belongs to another process now does not keep PostgreSQL from starting', async () => {
  const dataDir = newFolder();
  await (await openDatabase({ dataDir, as: 'command' })).close();
  const lockFile = `${process.pid}\n${dataDir}/postgres\n1\n5432\n${dataDir}/socket\n\n\nready\n`;
  await writeFile(join(dataDir, 'postgres', 'postmaster.pid'), lockFile);
  await mkdir(join(dataDir, 'socket'), { mode: 0o700 });
  await writeFile(join(dataDir, 'socket', '.s.PGSQL.5432.lock'), lockFile);
  await (await openDatabase({ dataDir, as: 'command' })).close();
});

test('a data folder deep below private folders gets its socket elsewhere', async () => {
  const top = newFolder();
  await mkdir(top, { mode: 0o700 });
  const dataDir = join(top, 'a'.repeat(60), 'b'.repeat(60), 'c'.repeat(60));
  const database = await openDatabase({ dataDir, as: 'command' });
  const folder = String(database.application.host);
  assert.ok(!folder.startsWith(dataDir));
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  assert.deepEqual(await ask(database.application, 'select 1 as n'), [{ n: 1 }]);
  await database.close();
  await assert.rejects(stat(folder), { code: 'ENOENT' });
});

test('a socket folder that somebody else prepared is refused', async () => {
  const dataDir = join(newFolder(), 'd'.repeat(120));
  const folder = socketFolder(dataDir);
  await mkdir(folder, { mode: 0o700 });
  await chmod(folder, 0o777);
  await assert.rejects(
    openDatabase({ dataDir, as: 'command' }),
    refusal('DATA_UNUSABLE', /is not a private folder/),
  );
  assert.ok((await lstat(folder)).isDirectory());
  await rm(folder, { recursive: true });
});

test('a data folder that cannot be one is refused', async () => {
  const file = newFolder();
  await writeFile(file, '');
  for (const dataDir of [file, join(file, 'below')]) {
    await assert.rejects(
      openDatabase({ dataDir, as: 'command' }),
      refusal('DATA_UNUSABLE', /the data folder .* cannot be used/),
    );
  }
});

test('the database of a newer PostgreSQL is refused untouched', async () => {
  const dataDir = newFolder();
  await mkdir(join(dataDir, 'postgres'), { recursive: true });
  await assert.rejects(
    openDatabase({ dataDir, as: 'command' }),
    refusal('DATA_UNUSABLE', /is no PostgreSQL database/),
  );
  await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '99\n');
  await assert.rejects(openDatabase({ dataDir, as: 'command' }), refusal('DATA_NEWER', /PostgreSQL 99/));
});

test('PostgreSQL 15 serves as well', { skip: without15 }, async () => {
  const dataDir = newFolder();
  const database = await openDatabase({ dataDir, as: 'server', binDir: postgres15 });
  assert.match(database.describe, /^embedded PostgreSQL 15/);
  assert.deepEqual(await ask(database.application, 'select 1 as n'), [{ n: 1 }]);
  await database.close();
  await assert.rejects(
    openDatabase({ dataDir, as: 'server' }),
    refusal('DATA_UNUSABLE', /made by PostgreSQL 15/),
  );
});

test('root runs PostgreSQL as the user whose private folder the data is in', { skip: !isRoot }, async (t) => {
  const home = newFolder();
  await mkdir(home, { mode: 0o700 });
  execFileSync('chown', ['nobody', home]);
  await chmod(scratch, 0o755);
  const dataDir = join(home, 'data');
  if (!enterable('nobody', process.cwd())) return t.skip('the programs are where no other user may go');
  const database = await openDatabase({ dataDir, as: 'command' });
  assert.deepEqual(await ask(database.application, 'select 1 as n'), [{ n: 1 }]);
  await database.close();
});

function enterable(user: string, folder: string): boolean {
  const uid = Number(execFileSync('id', ['-u', user], { encoding: 'utf8' }));
  try {
    execFileSync('test', ['-e', join(folder, '.')], { uid });
    return true;
  } catch {
    return false;
  }
}

test('root without user namespaces is refused, and told the way out', { skip: !isRoot }, async () => {
  const dataDir = newFolder();
  const code = `
    const { openDatabase } = await import(${JSON.stringify(import.meta.resolve('./index.ts'))});
    await openDatabase(${JSON.stringify({ dataDir, as: 'server' })}).catch((error) => console.log(error.code, error.message));`;
  const script = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$0" --input-type=module -e "$1"';
  const said = execFileSync('unshare', ['--map-root-user', 'sh', '-c', script, process.execPath, code], {
    encoding: 'utf8',
  });
  assert.match(said, /^NO_WAY_TO_RUN_POSTGRES .*user namespaces are refused/);
});
