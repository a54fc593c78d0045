import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MusterError } from '../../errors/index.ts';

/** Builds kept beside the newest, for a server that still serves one of them. */
const KEPT = 3;
const ABANDONED_MILLISECONDS = 3_600_000;

/**
 * The folder with the built web application. In a clone it is built at the first start, and again
 * when its sources or dependencies change, into `cacheDir`; a package brings it ready in `dist/web`.
 * `log` is told one line when there is something to wait for; `signal` stops the building.
 */
export async function builtWeb(
  cacheDir: string,
  log: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  signal?.throwIfAborted();
  const root = packageRoot();
  const sources = join(root, 'web');
  const isEmitted = !import.meta.url.endsWith('.ts');
  if (isEmitted || !existsSync(join(sources, 'index.html'))) return shippedWeb(root);
  const target = join(cacheDir, `web-${await fingerprint(root, sources)}`);
  if (existsSync(join(target, 'index.html'))) return target;
  log('building the web page, once …');
  await mkdir(cacheDir, { recursive: true });
  const building = join(cacheDir, `building-${randomUUID()}`);
  try {
    await buildWeb(building, signal);
    await moveInto(building, target);
  } finally {
    await rm(building, { recursive: true, force: true });
  }
  await forgetOld(cacheDir, target);
  return target;
}

/** Builds the web application into `outDir`, in a process of its own: the bundler's memory goes with it. */
export function buildWeb(outDir: string, signal?: AbortSignal): Promise<void> {
  const script = fileURLToPath(new URL('build.ts', import.meta.url));
  const child = spawn(process.execPath, [script, outDir], {
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal && { signal }),
  });
  const stop = () => child.kill();
  process.once('exit', stop);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  return new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new MusterError('FAULT', `the web page could not be built: ${said.trim() || 'it was stopped'}`),
        );
    });
  }).finally(() => process.off('exit', stop));
}

function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

function shippedWeb(root: string): string {
  const shipped = join(root, 'dist', 'web');
  if (existsSync(join(shipped, 'index.html'))) return shipped;
  throw new MusterError('FAULT', 'the web page is missing from this installation; install it again');
}

/** A name for exactly these sources with exactly these dependencies. */
async function fingerprint(root: string, sources: string): Promise<string> {
  const hash = createHash('sha256');
  const files = (await readdir(sources, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const lock = join(root, 'package-lock.json');
  for (const file of existsSync(lock) ? [...files, lock] : files) {
    const bytes = await readFile(file);
    hash.update(`${file.slice(root.length)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}

async function moveInto(building: string, target: string): Promise<void> {
  try {
    await rename(building, target);
  } catch (fault) {
    // Another start was faster: its build has the same sources, so it is as good.
    if (!existsSync(join(target, 'index.html'))) throw fault;
  }
}

async function forgetOld(cacheDir: string, current: string): Promise<void> {
  const folders = (await readdir(cacheDir)).filter((name) => /^(web|building)-/.test(name));
  const aged = await Promise.all(
    folders.map(async (name) => {
      const path = join(cacheDir, name);
      const since = await stat(path).catch(() => undefined);
      return { path, abandoned: name.startsWith('building-'), changed: since?.mtimeMs ?? 0 };
    }),
  );
  const builds = aged.filter(({ abandoned, path }) => !abandoned && path !== current);
  const old = builds.sort((one, other) => other.changed - one.changed).slice(KEPT);
  const dead = aged.filter(
    ({ abandoned, changed }) => abandoned && changed < Date.now() - ABANDONED_MILLISECONDS,
  );
  await Promise.all([...old, ...dead].map(({ path }) => rm(path, { recursive: true, force: true })));
}
