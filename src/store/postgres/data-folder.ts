import { chown, mkdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { MusterError } from '../../errors/index.ts';
import { binariesFolder, codeOf } from './binaries.ts';
import { chooseRunner } from './runner.ts';

/**
 * Makes the data folder if it is missing and gives its real path. A folder that root makes
 * belongs to the user who will run PostgreSQL in it. Throws NO_WAY_TO_RUN_POSTGRES, or
 * DATA_UNUSABLE where the folder cannot be made or entered.
 */
export async function makeDataFolder(dataDir: string, binDir: string | undefined): Promise<string> {
  try {
    const { base, missing } = await nearestFolder(resolve(dataDir));
    if (missing.length > 0) await makeBelow(base, missing, binDir);
    return await realpath(dataDir);
  } catch (cause) {
    if (cause instanceof MusterError) throw cause;
    throw unusable(dataDir, cause);
  }
}

/** A data folder that cannot be made, entered or written, and why. */
export function unusable(dataDir: string, cause: unknown): MusterError {
  return new MusterError(
    'DATA_UNUSABLE',
    `the data folder ${dataDir} cannot be used (${codeOf(cause) || String(cause)})`,
    [],
    { cause },
  );
}

async function nearestFolder(path: string): Promise<{ base: string; missing: string[] }> {
  const missing: string[] = [];
  for (let base = path; ; base = dirname(base)) {
    if (await exists(base)) return { base, missing };
    missing.unshift(basename(base));
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

async function makeBelow(
  base: string,
  missing: readonly string[],
  binDir: string | undefined,
): Promise<void> {
  const { user } = await chooseRunner(base, binariesFolder(binDir), undefined);
  let folder = base;
  for (const name of missing) {
    folder = join(folder, name);
    if (!(await makeFolder(folder))) continue;
    if (user !== undefined) await chown(folder, user.uid, user.gid);
  }
}

/** False where it was there already: another process may be making the same one. */
async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}
