import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before } from 'node:test';
import { builtWeb } from './index.ts';

let cache = '';
before(async () => {
  cache = await mkdtemp(join(tmpdir(), 'muster-web-'));
});
after(() => rm(cache, { recursive: true }));

test('two first starts at once build one page; a later one finds it built', async () => {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const [one, other] = await Promise.all([builtWeb(cache, log), builtWeb(cache, log)]);
  assert.equal(one, other);
  assert.deepEqual(await readdir(cache), [one.slice(cache.length + 1)]);
  lines.length = 0;
  assert.equal(await builtWeb(cache, log), one);
  assert.deepEqual(lines, []);
});

test('what an interrupted start left behind is cleared away by a later build', async () => {
  const other = await mkdtemp(join(cache, 'other-'));
  const abandoned = join(other, 'building-abandoned');
  await mkdtemp(`${abandoned}-`);
  const [left] = await readdir(other);
  await utimes(join(other, left ?? ''), 0, 0);
  const built = await builtWeb(other, () => undefined);
  assert.deepEqual(await readdir(other), [built.slice(other.length + 1)]);
});

test('the page keeps to a strict content security policy: all its parts are files of its own', async () => {
  const built = await builtWeb(cache, () => undefined);
  const page = await readFile(join(built, 'index.html'), 'utf8');
  assert.doesNotMatch(page, /<style|\sstyle=|\son\w+=|https?:|data:/);
  assert.doesNotMatch(page, /<script(?![^>]*\ssrc="\/assets\/)/);
  const styles = (await readdir(join(built, 'assets'))).find((name) => name.endsWith('.css'));
  const text = await readFile(join(built, 'assets', styles ?? ''), 'utf8');
  assert.doesNotMatch(text, /url\(["']?(?:data:|https?:|\/\/)/);
});
