import { spawn, type SpawnOptions } from 'node:child_process';
import { appendFile, chown, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Client } from 'pg';
import { MusterError } from '../../errors/index.ts';
import { type Binaries, codeOf, majorOf, minimalEnvironment } from './binaries.ts';
import { commandFor, type Runner } from './runner.ts';

/** The cluster's own administrator: holds the folder, makes the roles, and does nothing else. */
export const ADMINISTRATOR = 'postgres';
export const OWNER = 'muster_owner';
export const APPLICATION = 'muster_app';
export const DATABASE = 'muster';

/**
 * Makes the cluster beside its place and moves it there when it is whole, so that one
 * interrupted half-way is never taken for one. Only to be called within the door.
 */
export async function makeCluster(
  dataDir: string,
  cluster: string,
  logFile: string,
  binaries: Binaries,
  runner: Runner,
): Promise<void> {
  await removeUnfinished(dataDir);
  const unfinished = join(dataDir, `${UNFINISHED}${process.pid}`);
  await mkdir(unfinished, { mode: 0o700 });
  if (runner.user !== undefined) await chown(unfinished, runner.user.uid, runner.user.gid);
  await initdb(unfinished, logFile, binaries, runner);
  await rename(unfinished, cluster);
  await syncFolder(dataDir);
}

const UNFINISHED = 'postgres.unfinished-';

async function removeUnfinished(dataDir: string): Promise<void> {
  const names = await readdir(dataDir);
  for (const name of names.filter((each) => each.startsWith(UNFINISHED))) {
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

async function initdb(folder: string, logFile: string, binaries: Binaries, runner: Runner): Promise<void> {
  const args = [
    `--pgdata=${folder}`,
    `--username=${ADMINISTRATOR}`,
    '--auth=trust', // of those who reach the socket's private folder; there is no other way in
    '--encoding=UTF8',
    '--no-locale', // text sorts by its bytes everywhere
    '--data-checksums',
    '--no-instructions',
  ];
  const said = await runApart(...commandFor(runner, binaries.initdb, args), {
    ...runner.user,
    cwd: '/',
    env: { ...minimalEnvironment(), ...binaries.environment },
  });
  if (said === undefined) return;
  await appendFile(logFile, `initdb: ${said}\n`, { mode: 0o600 });
  await rm(folder, { recursive: true, force: true });
  const line = said.split('\n').find((each) => each.includes('error:')) ?? said.split('\n')[0] ?? '';
  throw new MusterError(
    'EMBEDDED_POSTGRES_FAILED',
    `the database could not be made in ${folder}: ${line} (see ${logFile})`,
  );
}

/**
 * Runs a program in a process group of its own, so that Ctrl-C on the terminal does not reach it.
 * Gives what it said where it failed.
 */
async function runApart(program: string, args: string[], options: SpawnOptions): Promise<string | undefined> {
  const child = spawn(program, args, { ...options, detached: true, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said += text));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => {
      resolve(code === 0 ? undefined : said.trim() || `it ended with ${signal ?? `code ${code}`}`);
    });
  });
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The major version of PostgreSQL that made the cluster, undefined where there is no cluster. */
export async function clusterMajor(cluster: string): Promise<number | undefined> {
  try {
    return Number(await readFile(join(cluster, 'PG_VERSION'), 'utf8'));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Refuses a cluster that another major version made: PostgreSQL cannot read it. */
export async function checkMajor(made: number, cluster: string, binaries: Binaries): Promise<void> {
  const ours = await majorOf(binaries);
  if (made === ours) return;
  throw new MusterError(
    made > ours ? 'DATA_NEWER' : 'DATA_UNUSABLE',
    `${cluster} was made by PostgreSQL ${made} and this Muster carries ${ours}`,
  );
}

/** Makes the two roles and the database where they are missing; gives the server's version. */
export async function furnish(administrator: Client): Promise<string> {
  const { rows } = await administrator.query<{
    owner: boolean;
    application: boolean;
    database: boolean;
    version: string;
  }>(
    `select current_setting('server_version') as version,
            exists (select from pg_roles where rolname = $1) as owner,
            exists (select from pg_roles where rolname = $2) as application,
            exists (select from pg_database where datname = $3) as database`,
    [OWNER, APPLICATION, DATABASE],
  );
  const [found] = rows;
  if (!found?.owner) await administrator.query(`create role ${OWNER} login createdb`);
  if (!found?.application) await administrator.query(`create role ${APPLICATION} login`);
  if (!found?.database) await administrator.query(`create database ${DATABASE} owner ${OWNER}`);
  return found?.version ?? '';
}
