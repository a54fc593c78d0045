import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { MusterError } from '../../errors/index.ts';
import { isAlive } from './postmaster.ts';

// Advisory locks of the administrator's own database: first number "must", second what is held.
const SPACE = 0x6d757374;
const PRESENCE = 1;
const SERVING = 2;
const DYING_MS = 3_000;

export type Holder = 'server' | 'command';

/** What a holder is called among the database's connections: says its process to others. */
export function holderName(as: Holder): string {
  return `muster ${as} ${process.pid}`;
}

/**
 * Holds the data folder on this connection until it ends: shared by all who use it, and a second
 * lock for the one server. Throws DATA_IN_USE, naming the process of the server that has it.
 */
export async function hold(connection: Client, as: Holder, dataDir: string): Promise<void> {
  await connection.query('select pg_advisory_lock_shared($1, $2)', [SPACE, PRESENCE]);
  if (as === 'command') return;
  const began = Date.now();
  while (!(await trySole(connection))) {
    const pid = await servingProcess(connection);
    // The connection of a server that was killed lives a moment longer than it.
    const dying = pid === undefined || !isAlive(pid);
    if (!dying || Date.now() - began > DYING_MS) throw inUse(dataDir, pid);
    await sleep(50);
  }
}

function inUse(dataDir: string, pid: number | undefined): MusterError {
  const who = pid === undefined ? 'another Muster server' : `another Muster server, process ${pid}`;
  return new MusterError('DATA_IN_USE', `the data folder ${dataDir} is served by ${who}`);
}

async function trySole(connection: Client): Promise<boolean> {
  const { rows } = await connection.query<{ got: boolean }>('select pg_try_advisory_lock($1, $2) as got', [
    SPACE,
    SERVING,
  ]);
  return rows[0]?.got === true;
}

const HELD = `
  from pg_locks l left join pg_stat_activity a using (pid)
  where l.locktype = 'advisory' and l.granted and l.classid = $1 and l.objid = $2
    and l.database = (select oid from pg_database where datname = current_database())
    and l.pid <> pg_backend_pid()`;

async function servingProcess(connection: Client): Promise<number | undefined> {
  const { rows } = await connection.query<{ name: string | null }>(
    `select a.application_name as name ${HELD}`,
    [SPACE, SERVING],
  );
  const pid = /^muster \w+ (\d+)$/.exec(rows[0]?.name ?? '')?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/** How many others hold the data folder. */
export async function otherHolders(connection: Client): Promise<number> {
  const { rows } = await connection.query<{ others: number }>(`select count(*)::int as others ${HELD}`, [
    SPACE,
    PRESENCE,
  ]);
  return rows[0]?.others ?? 0;
}
