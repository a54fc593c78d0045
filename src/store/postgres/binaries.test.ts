import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { linkLibraries } from './binaries.ts';

const scratch = await mkdtemp(join(tmpdir(), 'muster-test-'));
after(() => rm(scratch, { recursive: true, force: true }));

async function packageAt(name: string): Promise<string> {
  const native = join(scratch, name, 'native');
  await mkdir(join(native, 'lib'), { recursive: true });
  await writeFile(join(native, 'lib', 'libone.so.1.2'), 'one');
  const links = [{ source: 'native/lib/libone.so.1.2', target: 'native/lib/libone.so.1' }];
  await writeFile(join(native, 'pg-symlinks.json'), JSON.stringify(links));
  return native;
}

test('links that npm could not carry are made in the package, once, by several at a time', async () => {
  const native = await packageAt('writable');
  const spare = join(scratch, 'spare-unused');
  const made = await Promise.all([1, 2, 3].map(() => linkLibraries(native, spare)));
  assert.deepEqual(made, [undefined, undefined, undefined]);
  assert.equal(await readFile(join(native, 'lib', 'libone.so.1'), 'utf8'), 'one');
});

test('where the package cannot be written they go to the spare folder', async (t) => {
  const native = await packageAt('read-only');
  const spare = join(scratch, 'spare');
  if (process.geteuid?.() === 0) {
    // Root writes anywhere, but not what is marked immutable, and not every file system has the mark.
    const mark = (flag: string): boolean => {
      try {
        execFileSync('chattr', [flag, join(native, 'lib')], { stdio: 'ignore' });
        return true;
      } catch {
        return false;
      }
    };
    if (!mark('+i')) return t.skip('root can write everywhere here');
    t.after(() => mark('-i'));
  } else {
    await chmod(join(native, 'lib'), 0o500);
    t.after(() => chmod(join(native, 'lib'), 0o700));
  }
  assert.equal(await linkLibraries(native, spare), spare);
  assert.equal(await readFile(join(spare, 'libone.so.1'), 'utf8'), 'one');
});
