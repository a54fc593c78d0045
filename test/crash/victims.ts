import { readdir, readFile } from 'node:fs/promises';

/** A process of PostgreSQL's, with what it calls itself: `checkpointer`, `muster_app muster [local] idle`. */
export interface Victim {
  readonly pid: number;
  readonly name: string;
}

/** The children of a postmaster. Linux only: it reads /proc. */
export async function childrenOf(postmaster: number): Promise<Victim[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => Number.isInteger(pid));
  const found = await Promise.all(
    pids.map(async (pid) => ((await parentOf(pid)) === postmaster ? [{ pid, name: await nameOf(pid) }] : [])),
  );
  return found.flat();
}

async function parentOf(pid: number): Promise<number | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name, between brackets, may hold anything; state and parent follow its last bracket.
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

async function nameOf(pid: number): Promise<string> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return command
    .replaceAll('\0', ' ')
    .replace(/^postgres: /, '')
    .trim();
}

/** What sort of process it is, whatever it does at the moment. */
export function sortOf({ name }: Victim): string {
  const backend = /^(muster_app|muster_owner|postgres) /.exec(name)?.[1];
  return backend === undefined ? name.replace(/ \d+$/, '') : `backend of ${backend}`;
}

/** Kills a process at once; false where it is gone already. */
export function killAtOnce(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
