import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { packageFolder } from '../../src/doors/settings.ts';
import { clearAway, postgresOf, Running, type Ended } from './muster.ts';

/*
 * The package as npm makes it, installed where nothing else is: what runs there is the emitted
 * JavaScript on the Node.js that comes with it.
 */

const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED/;

let scratch = '';
let tarball = '';
let installed = '';
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'muster-test-'));
});
after(async () => {
  await clearAway();
  await rm(scratch, { recursive: true, force: true });
});

/** A copy of the clone, so that its own dist/ is left alone; what is installed is shared. */
async function copyClone(): Promise<string> {
  const clone = join(scratch, 'clone');
  const apart = new Set(['.git', '.muster', 'data', 'dist', 'node_modules']);
  await mkdir(clone);
  for (const name of await readdir(packageFolder)) {
    if (!apart.has(name)) await cp(join(packageFolder, name), join(clone, name), { recursive: true });
  }
  await symlink(join(packageFolder, 'node_modules'), join(clone, 'node_modules'));
  return clone;
}

async function done(running: Running): Promise<Ended> {
  const ended = await running.ended;
  assert.equal(ended.code, 0, `${ended.stdout}\n${ended.stderr}`);
  return ended;
}

test('npm pack gives a package with what it needs and nothing of the tests', async () => {
  const cwd = await copyClone();
  const packing = new Running('npm', ['pack', '--json', '--pack-destination', scratch], { cwd });
  const { stdout } = await done(packing);
  const [made] = JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as {
    filename: string;
    files: { path: string }[];
  }[];
  assert.ok(made);
  tarball = join(scratch, made.filename);
  const paths = made.files.map(({ path }) => path);
  for (const needed of [
    'bin/muster',
    'scripts/runtime.sh',
    'dist/src/doors/cli/main.js',
    'dist/web/index.html',
    'migrations/000001-record.sql',
    'rulebooks/irm-10.8.24.yaml',
    'package.json',
  ]) {
    assert.ok(paths.includes(needed), `${needed} is missing`);
  }
  const foreign = paths.filter((path) =>
    /\.test\.|^(test|bench|src|\.ci)\/|^dist\/(test|bench)\/|tsbuildinfo/.test(path),
  );
  assert.deepEqual(foreign, []);
});

test('it installs into an empty folder', async (t: TestContext) => {
  if (tarball === '') return t.skip('there is no package');
  const cwd = join(scratch, 'empty');
  await mkdir(cwd);
  await writeFile(join(cwd, 'package.json'), '{ "private": true }\n');
  const options = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  const ended = await new Running('npm', ['install', ...options, tarball], { cwd }).ended;
  if (ended.code !== 0 && OFFLINE.test(ended.stderr)) return t.skip('npm’s registry is not reachable');
  assert.equal(ended.code, 0, ended.stderr);
  installed = join(cwd, 'node_modules', '.bin', 'muster');
});

test('what is installed works: commands, rulebooks, the demonstration and its page', async (t: TestContext) => {
  if (installed === '') return t.skip('the package is not installed');
  const dataDir = join(scratch, 'data');
  const muster = (args: readonly string[]) =>
    new Running(installed, args, { cwd: scratch, env: { DATA_DIR: dataDir, PORT: '0' } });
  assert.match((await done(muster(['--version']))).stdout, /^\d+\.\d+\.\d+\n$/);
  assert.match((await done(muster(['rulebook', 'test']))).stdout, /^(\d+) of \1 tests of \d+ rulebooks hold/);
  await done(muster(['agency', 'create', 'NORTH', '--kind', 'irs']));

  const server = muster(['serve', '--demo']);
  const address = await server.address();
  assert.doesNotMatch(server.stderr, /building/);
  const page = await (await fetch(`${address}/DEMO/duties?asOf=2022-07-08`)).text();
  const script = /<script[^>]* src="([^"]+)"/.exec(page)?.[1];
  assert.ok(script, page);
  const code = await fetch(new URL(script, address));
  assert.equal(code.status, 200);
  assert.match(code.headers.get('content-type') ?? '', /javascript/);
  const audit = await done(
    muster(['audit', '--agency', 'DEMO', '--system', 'ECM', '--as-of', '2022-07-08', '--json']),
  );
  const { rows } = JSON.parse(audit.stdout) as { rows: { class: string; overdue: number }[] };
  assert.equal(rows.find((row) => row.class === 'user')?.overdue, 315);
  server.signal('SIGTERM');
  assert.equal((await server.ended).code, 0);
  assert.equal(await postgresOf(dataDir), undefined);
});
