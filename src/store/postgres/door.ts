import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { writeFile } from 'node:fs/promises';
import { codeOf } from './binaries.ts';
import { MusterError } from '../../errors/index.ts';

const SQLITE_BUSY = 5;
const PATIENCE_MS = 150_000;
const SAY_AFTER_MS = 3_000;

/**
 * Does `work` while no other process is inside the door of this data folder. Whoever comes and
 * whoever goes does so through the door, so that nobody enters a database that is being stopped.
 *
 * The lock is SQLite's on an empty file: the operating system drops it when its holder dies,
 * which a lock made of a file's mere existence does not do.
 */
export async function throughDoor<T>(
  file: string,
  log: (line: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const door = await lock(file, log);
  try {
    return await work();
  } finally {
    door.close();
  }
}

async function lock(file: string, log: (line: string) => void): Promise<DatabaseSync> {
  await makeLockFile(file);
  const started = Date.now();
  let said = false;
  for (;;) {
    const door = tryLock(file);
    if (door !== undefined) return door;
    const waited = Date.now() - started;
    if (waited > PATIENCE_MS) {
      throw new MusterError(
        'DATA_IN_USE',
        `another Muster has been starting or stopping the database for ${PATIENCE_MS / 1000} seconds (it holds ${file})`,
      );
    }
    if (waited > SAY_AFTER_MS && !said) {
      said = true;
      log('waiting for another Muster that is starting or stopping the database');
    }
    await sleep(20);
  }
}

/**
 * INVARIANT: a lock file that exists is opened by SQLite alone. To close any other handle on it
 * would drop this process's lock, which is how POSIX locks work.
 */
async function makeLockFile(file: string): Promise<void> {
  await writeFile(file, '', { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
}

function tryLock(file: string): DatabaseSync | undefined {
  const door = new DatabaseSync(file, { timeout: 0 });
  try {
    door.exec('begin exclusive');
    return door;
  } catch (error) {
    door.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
