import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MusterError } from '../errors/index.ts';

/** What the environment says; docs/operate.md tells what each means. */
export interface Settings {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly ownerUrl: string | undefined;
  /** The person at the keyboard: named in every entry until there is sign-in. */
  readonly operator: string;
  /** The keys that sign checkpoints: as PEM, which goes first, or the file that holds them. */
  readonly checkpointKey: string | undefined;
  readonly keyFile: string;
  /** Folders that checkpoints are copied to. */
  readonly witnesses: readonly string[];
}

export const DEFAULT_PORT = 1075;

/** Reads the settings; `data` overrides DATA_DIR. Throws USAGE for what cannot be. */
export function readSettings(environment: NodeJS.ProcessEnv, data?: string): Settings {
  const dataDir = resolve(data ?? (environment['DATA_DIR'] || defaultDataDir(environment)));
  return {
    port: readPort(environment['PORT']),
    host: readHost(environment['HOST']),
    dataDir,
    databaseUrl: environment['DATABASE_URL'] || undefined,
    ownerUrl: environment['DATABASE_OWNER_URL'] || undefined,
    operator: environment['MUSTER_OPERATOR'] || localUser(),
    checkpointKey: environment['MUSTER_CHECKPOINT_KEY'] || undefined,
    keyFile: resolve(environment['MUSTER_KEY_FILE'] || join(dataDir, 'checkpoint-key.pem')),
    witnesses: (environment['MUSTER_WITNESS_DIRS'] ?? '')
      .split(delimiter)
      .filter((folder) => folder !== '')
      .map((folder) => resolve(folder)),
  };
}

function readPort(text: string | undefined): number {
  if (text === undefined || text === '') return DEFAULT_PORT;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new MusterError('USAGE', `PORT is ${text.slice(0, 20)}: give a number from 0 to 65535`);
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** INVARIANT: until there is sign-in, nobody but the people at this machine reaches the server. */
function readHost(text: string | undefined): string {
  if (text === undefined || text === '') return '127.0.0.1';
  if (LOOPBACK.includes(text)) return text;
  throw new MusterError(
    'USAGE',
    `HOST is ${text.slice(0, 60)}: without sign-in Muster listens on loopback only (${LOOPBACK.join(', ')})`,
  );
}

function localUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'local';
  }
}

/** The folder that holds the package: rulebooks/, migrations/ and, in a clone, web/. */
export const packageFolder: string = findPackage(dirname(fileURLToPath(import.meta.url)));

function findPackage(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findPackage(dirname(folder));
}

function defaultDataDir(environment: NodeJS.ProcessEnv): string {
  const isInstalled = packageFolder.split(/[\\/]/).includes('node_modules');
  if (!isInstalled) return join(packageFolder, 'data');
  return join(environment['XDG_DATA_HOME'] || join(homedir(), '.local', 'share'), 'muster');
}
