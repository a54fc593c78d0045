import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, type PoolConfig } from 'pg';
import { migrate } from './migrate.ts';
import { minimalEnvironment } from './postgres/binaries.ts';
import { ADMINISTRATOR } from './postgres/cluster.ts';
import { openDatabase } from './postgres/index.ts';
import { chooseRunner, commandFor } from './postgres/runner.ts';

/*
 * For tests: the same suite against every PostgreSQL that Muster must run on.
 */

const run = promisify(execFile);

/** Debian's PostgreSQL 15, undefined where it is not installed. */
export const postgres15: string | undefined = [
  process.env['POSTGRES_15_BIN'] ?? '',
  '/usr/lib/postgresql/15/bin',
].find((folder) => folder !== '' && existsSync(join(folder, 'postgres')));

/** Why a test against PostgreSQL 15 is skipped, false where it is not. */
export const without15 = postgres15 === undefined && 'PostgreSQL 15 is not installed (set POSTGRES_15_BIN)';

/** A migrated database of its own, gone when closed. */
export interface TrialDatabase {
  /** What it must be: 15 or 18. */
  readonly major: number;
  readonly application: PoolConfig & { readonly user: string };
  readonly owner: PoolConfig;
  readonly superuser: PoolConfig;
  close(): Promise<void>;
}

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));

/** Runs a suite against the embedded PostgreSQL 18, and against 15 started by us and by somebody else. */
export function onEveryPostgres(suite: (open: () => Promise<TrialDatabase>) => void): void {
  describe('the embedded PostgreSQL 18', () => suite(() => openOwn(18, undefined)));
  describe('PostgreSQL 15, embedded', { skip: without15 }, () => suite(() => openOwn(15, postgres15)));
  describe('PostgreSQL 15 by its address', { skip: without15 }, () => suite(openOthers));
}

async function openOwn(major: number, binDir: string | undefined): Promise<TrialDatabase> {
  const scratch = await mkdtemp(join(tmpdir(), 'muster-test-'));
  const database = await openDatabase({ dataDir: join(scratch, 'data'), as: 'server', binDir });
  if (database.owner === undefined) throw new Error('an embedded database has an owner');
  const close = async () => {
    await database.close();
    await rm(scratch, { recursive: true, force: true });
  };
  const { application, owner } = database;
  return migrated({ major, application, owner, superuser: { ...owner, user: ADMINISTRATOR }, close });
}

async function openOthers(): Promise<TrialDatabase> {
  const server = await startServer(postgres15 ?? '');
  const { databaseUrl, ownerUrl } = server;
  const database = await openDatabase({ dataDir: '', as: 'server', databaseUrl, ownerUrl });
  if (database.owner === undefined) throw new Error('an owner was given');
  return migrated({
    major: 15,
    application: database.application,
    owner: database.owner,
    superuser: { connectionString: server.superuserUrl },
    close: () => server.stop(),
  });
}

async function migrated(database: TrialDatabase): Promise<TrialDatabase> {
  await asOwner(database, (client) => migrate(client, migrations, database.application.user));
  return database;
}

/** Works as the superuser, whom row-level security does not hold back. */
export async function asSuperuser<T>(
  database: Pick<TrialDatabase, 'superuser'>,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  return connected(database.superuser, work);
}

/** The superuser of an embedded database, by the connection of its owner. */
export function superuserOf({ host, port, database = '' }: Client): PoolConfig {
  return { host, port, database, user: ADMINISTRATOR };
}

/** Works as the owner of the tables. */
export async function asOwner<T>(
  database: Pick<TrialDatabase, 'owner'>,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  return connected(database.owner, work);
}

/** Works on a connection of its own. */
export async function connected<T>(config: PoolConfig, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(config);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A PostgreSQL as an administrator would give it to Muster: a port, two roles with passwords, a database. */
export interface Server {
  readonly databaseUrl: string;
  readonly ownerUrl: string;
  readonly superuserUrl: string;
  stop(): Promise<void>;
}

/** Starts a PostgreSQL of the programs in `binDir` that has nothing to do with any data folder. */
export async function startServer(binDir: string): Promise<Server> {
  const scratch = await mkdtemp(join(tmpdir(), 'muster-test-'));
  const runner = await chooseRunner(scratch, binDir, undefined);
  const folder = join(scratch, 'cluster');
  const password = join(scratch, 'password');
  await mkdir(folder, { mode: 0o700 });
  await writeFile(password, 'administrator\n');
  if (runner.user) await chown(folder, runner.user.uid, runner.user.gid);
  const environment = { ...runner.user, cwd: '/', env: minimalEnvironment() };
  const initdb = ['-D', folder, '-U', 'administrator', '-A', 'scram-sha-256', '--pwfile', password];
  await run(
    ...commandFor(runner, join(binDir, 'initdb'), [...initdb, '-E', 'UTF8', '--no-sync']),
    environment,
  );
  const port = await freePort();
  const log = await open(join(scratch, 'log'), 'a');
  const settings = ['listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories='];
  const command = ['-D', folder, ...settings.flatMap((setting) => ['-c', setting])];
  const child = spawn(...commandFor(runner, join(binDir, 'postgres'), command), {
    ...environment,
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  const address = (role: string, database: string) =>
    `postgresql://${role}:${role}@127.0.0.1:${port}/${database}`;
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    if (child.exitCode === null && child.kill('SIGINT')) await ended;
    await rm(scratch, { recursive: true, force: true });
  };
  try {
    await furnish(address('administrator', 'postgres'));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    databaseUrl: address('muster_web', 'muster'),
    ownerUrl: address('muster_admin', 'muster'),
    superuserUrl: address('administrator', 'muster'),
    stop,
  };
}

const STARTING_MS = 20_000;

async function furnish(administrator: string): Promise<void> {
  const until = Date.now() + STARTING_MS;
  for (;;) {
    try {
      await connected({ connectionString: administrator }, async (client) => {
        await client.query(`create role muster_admin login password 'muster_admin'`);
        await client.query(`create role muster_web login password 'muster_web'`);
        await client.query(`create database muster owner muster_admin encoding 'UTF8' template template0`);
        await client.query('revoke all on database muster from public');
        await client.query('grant connect, temporary on database muster to muster_web');
      });
      return;
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(50);
    }
  }
}

/** A port of 127.0.0.1 that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
