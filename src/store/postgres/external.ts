import { Client, type PoolConfig } from 'pg';
import { MusterError } from '../../errors/index.ts';
import { codeOf } from './binaries.ts';
import type { Database } from './embedded.ts';

const OLDEST = 150_000;
const CONNECT_MS = 10_000;

/**
 * Looks at a PostgreSQL that somebody else runs and refuses what would be unsafe. Throws
 * DATABASE_UNREACHABLE, DATABASE_TOO_OLD, DATABASE_UNSAFE; no message holds a password.
 */
export async function openExternal(databaseUrl: string, ownerUrl: string | undefined): Promise<Database> {
  const application = configOf(databaseUrl, 'DATABASE_URL');
  const owner = ownerUrl === undefined ? undefined : configOf(ownerUrl, 'DATABASE_OWNER_URL');
  const seen = await look(application, 'DATABASE_URL', ownsNothing);
  if (owner !== undefined) {
    const ownerSeen = await look(owner, 'DATABASE_OWNER_URL', () => Promise.resolve());
    await checkPair(application, seen, ownerSeen);
  }
  return {
    application: { ...application, user: seen.role },
    owner,
    describe: `PostgreSQL ${seen.version} at ${seen.where}`,
    close: () => Promise.resolve(),
  };
}

interface Seen {
  readonly version: string;
  readonly where: string;
  readonly role: string;
  readonly database: string;
  readonly started: string;
}

async function look(
  config: PoolConfig,
  setting: string,
  check: (connection: Client, role: string) => Promise<void>,
): Promise<Seen> {
  const connection = new Client(config);
  connection.on('error', () => undefined);
  const where = `${connection.host}:${connection.port}/${connection.database ?? ''}`;
  try {
    await connection.connect();
    const { rows } = await connection.query<Omit<Seen, 'where'> & { number: number }>(
      `select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
              current_user as role, current_database() as database, pg_postmaster_start_time()::text as started`,
    );
    const [seen] = rows;
    if (seen === undefined) throw new MusterError('FAULT', 'the database did not say who it is');
    checkVersion(seen.number, seen.version);
    await check(connection, seen.role);
    return { ...seen, where };
  } catch (error) {
    if (error instanceof MusterError) throw error;
    throw unreachable(setting, where, error);
  } finally {
    await connection.end().catch(() => undefined);
  }
}

function unreachable(setting: string, where: string, error: unknown): MusterError {
  const reason = (error instanceof Error && error.message) || codeOf(error) || 'no answer';
  return new MusterError(
    'DATABASE_UNREACHABLE',
    `the database of ${setting} (${where}) cannot be reached: ${reason}`,
  );
}

/** Reads an address; an unreadable one is not repeated in the message, for it may hold a password. */
function configOf(url: string, setting: string): PoolConfig {
  const config = { connectionString: url, application_name: 'muster', connectionTimeoutMillis: CONNECT_MS };
  const scheme = /^postgres(?:ql)?:\/\//.test(url);
  if (scheme) {
    try {
      // Connecting is what reads the address; nothing is sent yet.
      const readable = new Client(config);
      if (readable.host) return config;
    } catch {
      // said below, without what it quotes
    }
  }
  throw new MusterError(
    'DATABASE_UNREACHABLE',
    `${setting} is not an address of the form postgresql://role:password@host:port/database`,
  );
}

/** Throws DATABASE_TOO_OLD below PostgreSQL 15. `number` is server_version_num, 150006 for 15.6. */
export function checkVersion(number: number, version: string): void {
  if (number >= OLDEST) return;
  throw new MusterError('DATABASE_TOO_OLD', `the database is PostgreSQL ${version}`);
}

/**
 * INVARIANT: the application's role cannot step around row-level security or append-only
 * privileges: neither it nor a role it is a member of is superuser, has BYPASSRLS or owns anything.
 */
async function ownsNothing(connection: Client, role: string): Promise<void> {
  const { rows } = await connection.query<{ why: string }>(
    `select case when rolsuper then 'is a superuser' else 'bypasses row-level security' end as why
       from pg_roles where (rolsuper or rolbypassrls) and pg_has_role(current_user, oid, 'member')
     union all
     select 'owns the database' from pg_database
      where datname = current_database() and pg_has_role(current_user, datdba, 'member')
     union all
     select format('owns %s', c.oid::regclass) from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
        and pg_has_role(current_user, c.relowner, 'member')
     limit 1`,
  );
  const [found] = rows;
  if (found === undefined) return;
  throw new MusterError('DATABASE_UNSAFE', `the role ${role} of DATABASE_URL ${found.why}`);
}

async function checkPair(config: PoolConfig, application: Seen, owner: Seen): Promise<void> {
  if (application.database !== owner.database || application.started !== owner.started) {
    throw new MusterError('DATABASE_UNSAFE', 'DATABASE_URL and DATABASE_OWNER_URL are not the same database');
  }
  await look(config, 'DATABASE_URL', async (connection, role) => {
    const { rows } = await connection.query<{ same: boolean }>(
      `select pg_has_role(current_user, $1::name, 'member') as same`,
      [owner.role],
    );
    if (rows[0]?.same !== true) return;
    throw new MusterError(
      'DATABASE_UNSAFE',
      `the role ${role} of DATABASE_URL is, or is a member of, the owner's`,
    );
  });
}
