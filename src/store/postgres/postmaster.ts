import { type ChildProcess, spawn } from 'node:child_process';
import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MusterError } from '../../errors/index.ts';
import { type Binaries, codeOf, minimalEnvironment } from './binaries.ts';
import { commandFor, type Runner } from './runner.ts';
import { PORT } from './socket.ts';

const LOG_KEPT_BYTES = 16 * 1024 * 1024;
const FAST_SHUTDOWN_MS = 6_000;
const STOP_MS = 9_000;

/** What the postmaster of a cluster says of itself in its lock file. */
export interface Postmaster {
  readonly pid: number;
  readonly socketFolder: string;
}

/** The postmaster that the cluster's lock file names, alive or not. */
export async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const text = await readFile(lockFile(cluster), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  });
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return { pid, socketFolder: lines[4]?.split(',')[0]?.trim() ?? '' };
}

function lockFile(cluster: string): string {
  return join(cluster, 'postmaster.pid');
}

/**
 * Whether the process `pid` is a postmaster of this cluster. A number alone does not say: after a
 * restart of the machine it may be anybody's, and a dead process nobody waits for still answers.
 */
export async function isPostmaster(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    const [folder, itsFolder] = await Promise.all([stat(cluster), stat(`/proc/${pid}/cwd`)]);
    return folder.dev === itsFolder.dev && folder.ino === itsFolder.ino;
  } catch (error) {
    return !['ENOENT', 'ESRCH'].includes(codeOf(error));
  }
}

/** Whether a process with this number exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Removes the lock file of a postmaster that is gone. PostgreSQL does so itself unless another
 * process of the same user has its number now. Only to be called within the door.
 */
export async function removeStaleLock(cluster: string, socketsIn: string): Promise<void> {
  await rm(lockFile(cluster), { force: true });
  await rm(join(socketsIn, `.s.PGSQL.${PORT}.lock`), { force: true });
}

/** A postmaster that was started here and may still fail to come up. */
export interface Starting {
  readonly pid: number;
  /** Set once the process has ended: the last line it wrote. */
  failure(): Promise<string | undefined>;
}

/**
 * Starts the postmaster in a process group of its own, so that Ctrl-C on the terminal does not
 * reach it, and lets it outlive this process.
 */
export async function startPostmaster(
  cluster: string,
  socketsIn: string,
  logFile: string,
  binaries: Binaries,
  runner: Runner,
): Promise<Starting> {
  await turnOver(logFile);
  const log = await open(logFile, 'a', 0o600);
  try {
    const from = (await log.stat()).size;
    const child = launch(cluster, socketsIn, log, binaries, runner);
    let ended = false;
    child.once('exit', () => (ended = true));
    const pid = await started(child);
    return { pid, failure: async () => (ended ? await lastLine(logFile, from) : undefined) };
  } finally {
    await log.close();
  }
}

function launch(
  cluster: string,
  socketsIn: string,
  log: FileHandle,
  binaries: Binaries,
  runner: Runner,
): ChildProcess {
  const settings = Object.entries(settingsFor(socketsIn)).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  const command = commandFor(runner, binaries.postgres, ['-D', cluster, ...settings]);
  const child = spawn(...command, {
    ...runner.user,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
    env: { ...minimalEnvironment(), ...binaries.environment },
  });
  child.unref();
  return child;
}

async function started(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(
        new MusterError('EMBEDDED_POSTGRES_FAILED', `PostgreSQL did not start: ${cause.message}`, [], {
          cause,
        }),
      ),
    );
    child.once('spawn', () => resolve(child.pid ?? 0));
  });
}

function settingsFor(socketsIn: string): Record<string, string> {
  return {
    listen_addresses: '',
    port: String(PORT),
    unix_socket_directories: socketsIn,
    unix_socket_permissions: '0700',
    max_connections: '100',
    // fsync, full_page_writes and synchronous_commit stay on: what is acknowledged must survive.
    // No replica can exist, and a table filled in the transaction that makes it needs no WAL.
    wal_level: 'minimal',
    max_wal_senders: '0',
    // A bulk import should not force a checkpoint each few seconds; a crash replays at most this.
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    shared_buffers: '256MB',
    work_mem: '64MB',
    maintenance_work_mem: '256MB',
    effective_cache_size: '1GB',
    random_page_cost: '1.1',
    jit: 'off',
    // A statement whose client was killed ends, and its locks with it.
    ...(process.platform === 'linux' ? { client_connection_check_interval: '2s' } : {}),
    timezone: 'UTC',
    lc_messages: 'C',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_timezone: 'UTC',
    log_line_prefix: '%m [%p] ',
    // INVARIANT: no statement, parameter or value gets into the log, for it may name a person.
    // Errors quote values in their message; the application gets them and the log does not.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    log_statement: 'none',
    log_checkpoints: 'off',
    log_autovacuum_min_duration: '-1',
  };
}

async function turnOver(logFile: string): Promise<void> {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_KEPT_BYTES) await rename(logFile, `${logFile}.1`);
}

async function lastLine(logFile: string, from: number): Promise<string> {
  const bytes = await readFile(logFile);
  const lines = bytes.subarray(from).toString('utf8').trim().split('\n');
  const fatal =
    lines.findLast((line) => /FATAL|PANIC/.test(line) && !line.endsWith('is starting up')) ??
    lines.at(-1) ??
    '';
  return fatal.replace(/^.*?(?:FATAL|PANIC): +/, '');
}

/**
 * Stops a postmaster: open connections are ended and everything is written; if that takes too
 * long it ends at once, and the next start replays its log. Only to be called within the door.
 */
export async function stopPostmaster(pid: number, cluster: string): Promise<void> {
  const began = Date.now();
  let signal: 'SIGINT' | 'SIGQUIT' | undefined;
  while (await isPostmaster(pid, cluster)) {
    const passed = Date.now() - began;
    const wanted = passed < FAST_SHUTDOWN_MS ? 'SIGINT' : 'SIGQUIT';
    if (wanted !== signal) process.kill(pid, (signal = wanted));
    if (passed > STOP_MS) return;
    await sleep(20);
  }
}
