import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { verifyExport, writeExport } from '../../src/log/index.ts';
import { verifyProof } from '../../src/record/index.ts';
import { SCRIPT, secondVerifier } from '../second-verifier.ts';
import { FIRST, makeRecord, ORIGIN, prove, SECOND, SIZE } from './make.ts';
import { GOLDEN_EXPORT, GOLDEN_PROOF, PROVED } from './write.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-golden-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function filesOf(path: string): Promise<string[]> {
  const found = await readdir(path, { recursive: true, withFileTypes: true });
  return found
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).slice(path.length + 1))
    .sort();
}

test('the golden log is written today as it is committed, byte for byte', async () => {
  const written = join(folder, 'export');
  await writeExport(makeRecord(), written);
  const committed = await filesOf(GOLDEN_EXPORT);
  assert.deepEqual(await filesOf(written), committed);
  for (const name of committed) {
    const [now, then] = await Promise.all([written, GOLDEN_EXPORT].map((each) => readFile(join(each, name))));
    assert.ok(now?.equals(then ?? Buffer.alloc(0)), `${name} is not what it was: old exports would be lost`);
  }
});

test('the golden proof is made today as it is committed', async () => {
  assert.equal(await prove(makeRecord(), PROVED), await readFile(GOLDEN_PROOF, 'utf8'));
});

test('both verifiers verify the golden log, with its key and without', async () => {
  for (const keys of [undefined, [FIRST.vkey], [SECOND.vkey]]) {
    const verified = await verifyExport(GOLDEN_EXPORT, keys ? { keys } : {});
    assert.deepEqual(verified.faults, []);
    assert.equal(verified.origin, ORIGIN);
    assert.equal(verified.size, SIZE);
    assert.equal(verified.checkpoints, 3);
    assert.equal(verified.trusted, keys ? 'given' : 'brought');
    const said = await secondVerifier(GOLDEN_EXPORT, ...(keys ? ['--key', keys[0] ?? ''] : []));
    assert.equal(said.code, 0, said.line);
    assert.match(
      said.line,
      /^VERIFIED: 300 entries of muster\/GOLDEN-0badcafe, the last of 2022-07-11T16:37/,
    );
    assert.ok(said.line.includes(SECOND.vkey));
  }
});

test('both verifiers verify it against each checkpoint that it ever had', async () => {
  for (const name of await readdir(join(GOLDEN_EXPORT, 'checkpoints'))) {
    const kept = join(GOLDEN_EXPORT, 'checkpoints', name);
    const verified = await verifyExport(GOLDEN_EXPORT, { against: await readFile(kept, 'utf8') });
    assert.deepEqual(verified.faults, []);
    assert.equal((await secondVerifier(GOLDEN_EXPORT, '--against', kept)).code, 0);
  }
});

test('both verifiers verify the golden proof, and refuse it without the key', async () => {
  const text = await readFile(GOLDEN_PROOF, 'utf8');
  const proved = verifyProof(text, { keys: [SECOND.vkey] });
  assert.equal(proved.fault, undefined);
  assert.equal(proved.fault === undefined && proved.entry.index, PROVED);
  assert.notEqual(verifyProof(text, { keys: [FIRST.vkey] }).fault, undefined);
  const said = await secondVerifier(GOLDEN_PROOF, '--key', join(GOLDEN_EXPORT, 'keys'));
  assert.equal(said.code, 0, said.line);
  assert.match(said.line, /^VERIFIED: entry 57 of muster\/GOLDEN-0badcafe/);
  for (const args of [[], ['--key', FIRST.vkey]]) {
    const without = await secondVerifier(GOLDEN_PROOF, ...args);
    assert.equal(without.code, 1);
    assert.match(without.line, /^NOT VERIFIED: .*no key you gave/);
  }
});

test('the commands of README.txt work as they stand', async () => {
  const copy = join(folder, 'by-hand');
  await cp(GOLDEN_EXPORT, copy, { recursive: true });
  const readme = await readFile(join(copy, 'README.txt'), 'utf8');
  const byHand = readme.slice(readme.indexOf('By hand'));
  const commands = byHand.split('\n').flatMap((line) => (line.startsWith('    ') ? [line.trim()] : []));
  const { stdout } = await promisify(execFile)('sh', ['-e', '-c', commands.join('\n')], {
    cwd: copy,
    env: { PATH: process.env['PATH'], TMPDIR: folder },
  });
  const hashes = [...stdout.matchAll(/[0-9a-f]{64}/g)].map(([each]) => each);
  assert.equal(hashes.length, 2);
  assert.equal(hashes[0], hashes[1]);
  assert.match(stdout, /Signature Verified Successfully/);
});

test('the second verifier can be read: 150 lines at most, of the standard library alone', async () => {
  const text = await readFile(SCRIPT, 'utf8');
  const lines = text.trimEnd().split('\n');
  assert.ok(lines.length <= 150, `${lines.length} lines`);
  assert.ok(lines.every((line) => line.length <= 120));
  const modules = [...text.matchAll(/^(?:import|from) (.+?)(?: import .*)?$/gm)].flatMap(([, names = '']) =>
    names.split(', '),
  );
  const standard = [
    'argparse',
    'base64',
    'datetime',
    'hashlib',
    'json',
    'pathlib',
    're',
    'subprocess',
    'sys',
    'tempfile',
  ];
  assert.deepEqual(modules.sort(), standard);
});
