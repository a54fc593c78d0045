import { createHash } from 'node:crypto';
import { chown, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MusterError } from '../../errors/index.ts';
import { codeOf } from './binaries.ts';

/** The port is only a part of the socket's name: PostgreSQL listens on no network address. */
export const PORT = 5432;
const NAME = `/.s.PGSQL.${PORT}`;
// sun_path holds 108 bytes on Linux and 104 on macOS, with the final NUL.
const LONGEST = 103;

/**
 * The folder for the socket of a data folder (a real path): within it where the name fits,
 * else a private one in the system's folder for temporary files.
 */
export function socketFolder(dataDir: string): string {
  const hash = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  const choices = [join(dataDir, 'socket'), join(tmpdir(), `muster-${hash}`), join('/tmp', `muster-${hash}`)];
  return choices.find((folder) => Buffer.byteLength(folder + NAME) <= LONGEST) ?? choices[2] ?? '/tmp';
}

/** Makes the folder for `owner` alone, or refuses one that somebody else prepared. */
export async function makePrivate(folder: string, owner: { uid: number; gid: number }): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
    if (process.geteuid?.() === 0) await chown(folder, owner.uid, owner.gid);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  await checkPrivate(folder, owner.uid);
}

/**
 * INVARIANT: whoever reaches the socket is trusted, so its folder is a real folder, of the user
 * who runs PostgreSQL, that nobody else may enter. In a sticky folder nobody else can replace it.
 */
export async function checkPrivate(folder: string, uid: number): Promise<void> {
  const found = await lstat(folder);
  if (found.isDirectory() && found.uid === uid && (found.mode & 0o077) === 0) return;
  throw new MusterError(
    'DATA_UNUSABLE',
    `${folder} is not a private folder of user ${uid}: somebody else made or changed it; remove it`,
  );
}
