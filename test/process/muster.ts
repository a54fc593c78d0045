import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { builtWeb } from '../../src/doors/web/index.ts';
import { packageFolder } from '../../src/doors/settings.ts';
import { openDatabase } from '../../src/store/postgres/index.ts';
import { isPostmaster, readPostmaster } from '../../src/store/postgres/postmaster.ts';

/** How a process ended and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the first signal sent with `signal` to the end; 0 where none was. */
  readonly tookMs: number;
}

/** A process of Muster's and all that it starts, in a group of their own as in a terminal. */
export class Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';
  #signalled: number | undefined;

  constructor(command: string, args: readonly string[], options: Options = {}) {
    this.child = spawn(command, args, {
      cwd: options.cwd ?? packageFolder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: cleanEnvironment(options.env),
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('exit', (code, signal) => {
        const tookMs = this.#signalled === undefined ? 0 : Date.now() - this.#signalled;
        // What holds its output open longer than it lives is not waited for.
        const finish = () => resolve({ code, signal, stdout: this.stdout, stderr: this.stderr, tookMs });
        const late = setTimeout(finish, 500);
        this.child.once('close', () => {
          clearTimeout(late);
          finish();
        });
      });
    });
    all.add(this);
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('the process was not started');
    return this.child.pid;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Sends a signal to the process alone, or as a terminal does to its whole group. */
  signal(signal: NodeJS.Signals, to: 'process' | 'group' = 'process'): void {
    this.#signalled ??= Date.now();
    try {
      process.kill(to === 'group' ? -this.pid : this.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }

  /** The address that the server prints. Throws where it ends without one, with what it said. */
  async address(): Promise<string> {
    const until = Date.now() + 60_000;
    for (;;) {
      const found = /Muster is at (https?:\S+)/.exec(this.stdout)?.[1];
      if (found !== undefined) return found;
      if (this.hasEnded || Date.now() > until) {
        throw new Error(`no address: ${JSON.stringify([this.stdout, this.stderr])}`);
      }
      await sleep(10);
    }
  }
}

interface Options {
  readonly cwd?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

const all = new Set<Running>();
const folders = new Set<string>();

/** The settings of whoever runs the tests must not reach into them, nor must npm's for its scripts. */
function cleanEnvironment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !/^(PORT|HOST|DATA_DIR|DATABASE_URL|DATABASE_OWNER_URL|MUSTER_.*|NODE_TEST_CONTEXT|npm_(package|lifecycle|command).*)$/i.test(
        name,
      ),
  );
  return { ...Object.fromEntries(own), MUSTER_OPERATOR: 'test', ...more };
}

/** `./muster` of this clone, as people call it. */
export function muster(args: readonly string[], options: Options = {}): Running {
  return new Running(join(packageFolder, 'muster'), args, options);
}

/** A server on a data folder and a port that is free. */
export function serve(dataDir: string, env: NodeJS.ProcessEnv = {}): Running {
  return muster(['serve'], { env: { PORT: '0', DATA_DIR: dataDir, ...env } });
}

/** Runs a command to its end. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return muster(args, { env }).ended;
}

/** A data folder of its own, with the web page built as a second start finds it. */
export async function newDataFolder(): Promise<string> {
  const scratch = await mkdtemp(join(tmpdir(), 'muster-test-'));
  folders.add(scratch);
  const dataDir = join(scratch, 'data');
  const built = await builtWeb(
    join(packageFolder, 'node_modules', '.cache', 'muster-test-web'),
    () => undefined,
  );
  await cp(built, join(dataDir, 'web', built.split('/').at(-1) ?? ''), { recursive: true });
  return dataDir;
}

/** The process of the PostgreSQL that runs on a data folder, undefined where none does. */
export async function postgresOf(dataDir: string): Promise<number | undefined> {
  const cluster = join(dataDir, 'postgres');
  const found = await readPostmaster(cluster);
  return found !== undefined && (await isPostmaster(found.pid, cluster)) ? found.pid : undefined;
}

/** Ends whatever a test left running, and removes its folders. For `after`. */
export async function clearAway(): Promise<void> {
  for (const running of all) {
    if (!running.hasEnded) running.signal('SIGKILL', 'group');
    await running.ended.catch(() => undefined);
  }
  for (const folder of folders) {
    const dataDir = join(folder, 'data');
    if (await stat(join(dataDir, 'postgres', 'postmaster.pid')).catch(() => undefined)) {
      await (await openDatabase({ dataDir, as: 'command' })).close();
    }
    await rm(folder, { recursive: true, force: true });
  }
}

/** One line for a person: what is wrong, where, and what to do. */
export function isOneLine(text: string): boolean {
  return /^muster: [^\n]+\n$/.test(text);
}
