import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, escapeIdentifier, type Pool, type PoolClient } from 'pg';
import { MusterError } from '../errors/index.ts';

// Advisory lock of the migrating: "must" and a number of its own.
const LOCK = [0x6d757374, 100] as const;
const APPLICATION_TOKEN = /"muster:app"/g;
const UNDEFINED_TABLE = '42P01';
const NOT_PRIVILEGED = '42501';

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
  readonly sql: string;
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly sha256: string;
}

/**
 * Applies what is missing of the migrations in `folder` (`000001-name.sql`), in order, each in a
 * transaction of its own with its row in `muster_migration`; `"muster:app"` in them stands for
 * the application's role. Several may run this at once. Gives the names applied here.
 * Throws DATA_NEWER where the database has a later migration than the folder, MIGRATION_REFUSED
 * where one fails or an applied one is not the file's any more.
 */
export async function migrate(
  owner: Client | Pool,
  folder: string,
  applicationRole: string,
): Promise<{ applied: string[] }> {
  const known = await readMigrations(folder);
  if (owner instanceof Client) return { applied: await applyAll(owner, known, applicationRole) };
  const connection = await owner.connect();
  try {
    return { applied: await applyAll(connection, known, applicationRole) };
  } finally {
    connection.release();
  }
}

type Connection = Client | PoolClient;

async function applyAll(
  connection: Connection,
  known: readonly Migration[],
  applicationRole: string,
): Promise<string[]> {
  const names: string[] = [];
  for (;;) {
    const name = await applyNext(connection, known, escapeIdentifier(applicationRole));
    if (name === undefined) return names;
    names.push(name);
  }
}

async function applyNext(
  connection: Connection,
  known: readonly Migration[],
  role: string,
): Promise<string | undefined> {
  await connection.query('begin');
  try {
    await connection.query('select pg_advisory_xact_lock($1, $2)', [...LOCK]);
    await makeLedger(connection, role);
    const next = nextOf(known, await readApplied(connection));
    if (next !== undefined) await apply(connection, next, role);
    await connection.query('commit');
    return next?.name;
  } catch (error) {
    await connection.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function makeLedger(connection: Connection, role: string): Promise<void> {
  const { rows } = await connection.query<{ there: boolean }>(
    `select to_regclass('public.muster_migration') is not null as there`,
  );
  if (rows[0]?.there === true) return;
  await connection.query(`
    create table public.muster_migration (
      number integer primary key,
      name text not null,
      sha256 text not null,
      applied timestamptz not null default now()
    );
    grant select on public.muster_migration to ${role}`);
}

async function readApplied(connection: Connection): Promise<Applied[]> {
  const { rows } = await connection.query<Applied>(
    'select number, name, sha256 from public.muster_migration order by number',
  );
  return rows;
}

/** The first of the known that is not applied. Throws where what is applied is not what is known. */
function nextOf(known: readonly Migration[], applied: readonly Applied[]): Migration | undefined {
  const byNumber = new Map(known.map((each) => [each.number, each]));
  const last = known.at(-1)?.number ?? 0;
  for (const done of applied) {
    const ours = byNumber.get(done.number);
    if (done.number > last) throw newer(done);
    if (ours?.sha256 !== done.sha256) throw changed(done);
  }
  const done = new Set(applied.map((each) => each.number));
  return known.find((each) => !done.has(each.number));
}

function newer(applied: Applied): MusterError {
  return new MusterError('DATA_NEWER', `the data was written by a newer Muster (migration ${applied.name})`);
}

function changed(applied: Applied): MusterError {
  return new MusterError(
    'MIGRATION_REFUSED',
    `the migration ${applied.name} in the database is not the one in this Muster: it was changed after it was applied`,
  );
}

async function apply(connection: Connection, migration: Migration, role: string): Promise<void> {
  await connection.query(migration.sql.replaceAll(APPLICATION_TOKEN, () => role)).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MusterError('MIGRATION_REFUSED', `the migration ${migration.name} failed: ${reason}`, [], {
      cause,
    });
  });
  await connection.query('insert into public.muster_migration (number, name, sha256) values ($1, $2, $3)', [
    migration.number,
    migration.name,
    migration.sha256,
  ]);
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(names.map((name) => readMigration(folder, name)));
  for (const [index, migration] of migrations.entries()) {
    if (migration.number === index + 1) continue;
    throw new MusterError(
      'FAULT',
      `the migration ${migration.name} should be number ${index + 1}: they are named 000001-name.sql and so on, without gaps`,
    );
  }
  return migrations;
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const sql = await readFile(join(folder, name), 'utf8');
  const sha256 = createHash('sha256').update(sql).digest('hex');
  return { number: Number(/^(\d{6})-[a-z0-9-]+\.sql$/.exec(name)?.[1]), name, sha256, sql };
}

/**
 * Looks, as the application, whether the database has exactly the migrations in `folder`: for a
 * server that does not know the owner. Throws DATABASE_NOT_MIGRATED, DATA_NEWER or
 * MIGRATION_REFUSED.
 */
export async function checkMigrated(application: Client | Pool, folder: string): Promise<void> {
  const known = await readMigrations(folder);
  const missing = nextOf(known, await readAsApplication(application));
  if (missing === undefined) return;
  throw new MusterError('DATABASE_NOT_MIGRATED', `the database lacks the migration ${missing.name}`);
}

async function readAsApplication(application: Client | Pool): Promise<Applied[]> {
  try {
    const { rows } = await application.query<Applied>(
      'select number, name, sha256 from public.muster_migration order by number',
    );
    return rows;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === UNDEFINED_TABLE) return [];
    if (code === NOT_PRIVILEGED) {
      throw new MusterError(
        'DATABASE_NOT_MIGRATED',
        'the role of DATABASE_URL may not read muster_migration: the database was migrated for another role',
      );
    }
    throw error;
  }
}
