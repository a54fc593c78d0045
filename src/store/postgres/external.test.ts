import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Client } from 'pg';
import { MusterError } from '../../errors/index.ts';
import { type Database, openEmbedded } from './embedded.ts';
import { checkVersion } from './external.ts';
import { openDatabase } from './index.ts';

// A server of somebody else's, played by an embedded one that is reached by its address.
const scratch = await mkdtemp(join(tmpdir(), 'muster-test-'));
let server: Database;

before(async () => {
  server = await openEmbedded({ dataDir: join(scratch, 'data'), as: 'command' });
  await asAdministrator(`create role bypasser login bypassrls; create role kin login in role muster_owner;
    create role outsider login; create database elsewhere`);
});

after(async () => {
  await server.close();
  await rm(scratch, { recursive: true, force: true });
});

async function asAdministrator(sql: string): Promise<void> {
  const client = new Client({ ...server.application, user: 'postgres', database: 'postgres' });
  await client.connect();
  // Not one simple query: CREATE DATABASE refuses to be in a transaction with others.
  for (const statement of sql.split(';')) await client.query(statement);
  await client.end();
}

function address(role: string, database = 'muster'): string {
  const host = encodeURIComponent(String(server.application.host));
  return `postgresql://${role}:hidden-word@/${database}?host=${host}&port=5432`;
}

async function refused(code: string, pattern: RegExp, databaseUrl: string, ownerUrl?: string): Promise<void> {
  await assert.rejects(openDatabase({ dataDir: scratch, as: 'server', databaseUrl, ownerUrl }), (error) => {
    assert.ok(error instanceof MusterError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, pattern);
    assert.doesNotMatch(JSON.stringify([error.message, error.stack, error.cause]), /hidden-word/);
    return true;
  });
}

test('two roles of one database are taken, by any number of servers', async () => {
  const settings = {
    dataDir: scratch,
    as: 'server',
    databaseUrl: address('muster_app'),
    ownerUrl: address('muster_owner'),
  } as const;
  const [first, second] = await Promise.all([openDatabase(settings), openDatabase(settings)]);
  assert.match(first.describe, /^PostgreSQL 18.* at .*\/muster$/);
  assert.doesNotMatch(first.describe, /hidden-word/);
  assert.equal(first.application.user, 'muster_app');
  const client = new Client(first.application);
  await client.connect();
  assert.deepEqual((await client.query('select current_user::text as role')).rows, [{ role: 'muster_app' }]);
  await client.end();
  await Promise.all([first.close(), second.close()]);
});

test('the owner may be unknown', async () => {
  const database = await openDatabase({
    dataDir: scratch,
    as: 'server',
    databaseUrl: address('muster_app'),
    ownerUrl: '',
  });
  assert.equal(database.owner, undefined);
  await database.close();
});

test('an application role that could step around the rules is refused', async () => {
  await refused('DATABASE_UNSAFE', /postgres .* is a superuser/, address('postgres'));
  await refused('DATABASE_UNSAFE', /bypasser .* bypasses row-level security/, address('bypasser'));
  await refused('DATABASE_UNSAFE', /muster_owner .* owns the database/, address('muster_owner'));
  await refused('DATABASE_UNSAFE', /kin .* owns the database/, address('kin'));
  await refused('DATABASE_UNSAFE', /owner/, address('outsider'), address('outsider'));
});

test('an application role that owns a table is refused', async () => {
  await asAdministrator('create role maker login; grant create on database muster to maker');
  const client = new Client({ ...server.application, user: 'maker' });
  await client.connect();
  await client.query('create schema made; create table made.thing (n int)');
  await client.end();
  await refused('DATABASE_UNSAFE', /maker .* owns made\.thing/, address('maker'));
});

test('two addresses must lead to one database', async () => {
  await refused(
    'DATABASE_UNSAFE',
    /not the same database/,
    address('muster_app'),
    address('postgres', 'elsewhere'),
  );
});

test('a database that cannot be reached is said so, without its password', async () => {
  await refused('DATABASE_UNREACHABLE', /ECONNREFUSED/, 'postgresql://role:hidden-word@127.0.0.1:1/muster');
  await refused('DATABASE_UNREACHABLE', /does not exist/, address('muster_app', 'missing'));
  await refused('DATABASE_UNREACHABLE', /DATABASE_OWNER_URL/, address('muster_app'), address('missing'));
  for (const bad of [
    'muster:hidden-word',
    'https://role:hidden-word@host/db',
    'postgresql://role:hidden-word@ho st:x/db',
  ]) {
    await refused('DATABASE_UNREACHABLE', /DATABASE_URL/, bad);
  }
});

test('PostgreSQL before 15 is refused', () => {
  assert.throws(() => checkVersion(140_012, '14.12'), {
    code: 'DATABASE_TOO_OLD',
    message: /PostgreSQL 14\.12/,
  });
  checkVersion(150_000, '15.0');
});
