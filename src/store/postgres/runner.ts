import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { MusterError } from '../../errors/index.ts';

const run = promisify(execFile);

/** As whom PostgreSQL's programs are started: `prefix` goes before the command. */
export interface Runner {
  readonly prefix: readonly string[];
  /** Whose the files are, as seen from this process; undefined: this process's own. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
}

/** The program and arguments that run `command` as the runner does. */
export function commandFor(runner: Runner, command: string, args: readonly string[]): [string, string[]] {
  const [program, ...before] = runner.prefix;
  return program === undefined ? [command, [...args]] : [program, [...before, command, ...args]];
}

const SELF: Runner = { prefix: [], user: undefined };

/**
 * Chooses as whom PostgreSQL runs. PostgreSQL refuses to run as root, so root runs it
 * - as the user whom the data folder (or a folder above it) belongs to, or
 * - where that is root, as root's own files seen under another number, in a user namespace.
 *
 * `base` is the data folder or the nearest folder above it that exists; `clusterOwner` the user
 * whose an existing cluster is. Throws NO_WAY_TO_RUN_POSTGRES.
 */
export async function chooseRunner(
  base: string,
  binaries: string,
  clusterOwner: number | undefined,
): Promise<Runner> {
  const accounts = await readAccounts();
  const me = process.geteuid?.() ?? -1;
  if (me !== 0) return ordinaryRunner(me, accounts);
  const candidates =
    clusterOwner === undefined
      ? [...(await ownersAbove(base)), ...(await ownersAbove(binaries))]
      : [clusterOwner];
  const refusals: string[] = [];
  for (const uid of new Set([candidates[0] ?? 0, 0, ...candidates])) {
    if (uid === 0 && clusterOwner !== undefined && clusterOwner !== 0) continue;
    const runner =
      uid === 0 ? namespaceRunner(accounts) : { prefix: [], user: { uid, gid: groupOf(uid, accounts) } };
    const refusal = await whyNot(runner, uid, base, binaries);
    if (refusal === undefined) return runner;
    refusals.push(refusal);
  }
  throw new MusterError(
    'NO_WAY_TO_RUN_POSTGRES',
    `PostgreSQL cannot be run here as root: ${refusals.join('; ')}`,
  );
}

/** initdb insists on a user that has a name; a container started with a bare number has none. */
async function ordinaryRunner(me: number, accounts: readonly Account[]): Promise<Runner> {
  if (accounts.length === 0 || accounts.some((account) => account.uid === me)) return SELF;
  const runner = namespaceRunner(accounts);
  return (await namespaceRefused(runner)) ? SELF : runner;
}

/** In the namespace the one user there is (we) bears the number of an account that has a name. */
function namespaceRunner(accounts: readonly Account[]): Runner {
  const NOBODY = 65_534; // also what a foreign file's owner looks like in there
  const named = accounts.filter((account) => account.uid !== 0 && account.uid !== NOBODY);
  const uid = (named.find((account) => account.uid === 1000) ?? named[0])?.uid ?? 1000;
  return {
    prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${uid}`, '--'],
    user: undefined,
  };
}

async function namespaceRefused(runner: Runner): Promise<boolean> {
  return !(await succeeds(runner, 'true', []));
}

async function whyNot(
  runner: Runner,
  uid: number,
  base: string,
  binaries: string,
): Promise<string | undefined> {
  if (runner.prefix.length > 0 && (await namespaceRefused(runner))) return 'user namespaces are refused';
  for (const path of [base, binaries]) {
    // A folder's "." exists only for one who may enter every folder above it, and itself.
    if (!(await succeeds(runner, 'test', ['-e', join(path, '.')]))) {
      const who = uid === 0 ? 'root without its privileges' : `user ${uid}`;
      return `${who} may not enter ${path}`;
    }
  }
  return undefined;
}

async function succeeds(runner: Runner, command: string, args: readonly string[]): Promise<boolean> {
  return run(...commandFor(runner, command, args), { ...runner.user, cwd: '/' }).then(
    () => true,
    () => false,
  );
}

/** The owners of a folder and of all above it that are not root, nearest first; root's as 0 if nearest. */
async function ownersAbove(path: string): Promise<number[]> {
  const owners: number[] = [];
  for (let folder = path; ; folder = dirname(folder)) {
    const { uid } = await stat(folder);
    if (uid !== 0 || folder === path) owners.push(uid);
    if (folder === dirname(folder)) return owners;
  }
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

async function readAccounts(): Promise<Account[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return text
    .split('\n')
    .map((line) => line.split(':'))
    .filter((fields) => fields.length >= 4)
    .map((fields) => ({ uid: Number(fields[2]), gid: Number(fields[3]) }));
}

function groupOf(uid: number, accounts: readonly Account[]): number {
  return accounts.find((account) => account.uid === uid)?.gid ?? uid;
}
