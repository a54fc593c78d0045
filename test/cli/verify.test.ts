import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { FIRST, goldenLeaves, makeRecord, SECOND, testKey } from '../golden-log/make.ts';
import { writeExport } from '../../src/log/index.ts';
import { GOLDEN_EXPORT, GOLDEN_PROOF } from '../golden-log/write.ts';
import { root } from '../docs/markdown.ts';

/*
 * `muster verify` of an export and of a proof: in a process of its own and an empty environment, with
 * a database that nobody can reach and a data folder that must not come into being.
 */

const MAIN = join(root, 'src', 'doors', 'cli', 'main.ts');
const UNREACHABLE = 'postgres://nobody@127.0.0.1:1/nothing';

let folder = '';
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-verify-'));
});
after(async () => {
  await rm(folder, { recursive: true, force: true });
});

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function verify(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
  const result = await promisify(execFile)(process.execPath, [MAIN, 'verify', ...args], {
    env,
    cwd: folder,
  }).then(
    (said) => ({ code: 0, ...said }),
    (error: Result) => error,
  );
  return { code: result.code, stdout: result.stdout, stderr: result.stderr };
}

async function forged(): Promise<string> {
  const forged = join(folder, 'forged');
  await cp(GOLDEN_EXPORT, forged, { recursive: true });
  const file = join(forged, 'entries.jsonl');
  await writeFile(file, (await readFile(file, 'utf8')).replace('entry 57 of', 'entry 75 of'));
  return forged;
}

test('an export is verified without environment, database and data folder', async () => {
  const bare = await verify([GOLDEN_EXPORT]);
  assert.equal(bare.code, 0, bare.stderr);
  assert.equal(bare.stderr, '');
  assert.match(bare.stdout, /^VERIFIED: the record muster\/GOLDEN-0badcafe, 300 entries\n/);
  assert.match(bare.stdout, /3 signed checkpoints agree.*entry 300, recorded 2022-07-11T16:37:31\.050Z/);
  assert.ok(bare.stdout.includes(SECOND.vkey));
  assert.match(bare.stdout, /The export brings that key: compare it/);
  assert.match(bare.stdout, /Not proved: /);
  const dataDir = join(folder, 'data');
  const unreachable = await verify([GOLDEN_EXPORT], {
    DATABASE_URL: UNREACHABLE,
    DATABASE_OWNER_URL: UNREACHABLE,
    DATA_DIR: dataDir,
    PORT: 'no port',
  });
  assert.deepEqual(unreachable, bare);
  assert.deepEqual(await readdir(folder), []);
});

test('with a key and an earlier checkpoint it says that they hold', async () => {
  const kept = join(GOLDEN_EXPORT, 'checkpoints', '57');
  for (const key of [FIRST.vkey, SECOND.vkey, join(GOLDEN_EXPORT, 'keys')]) {
    const { code, stdout } = await verify([GOLDEN_EXPORT, '--key', key, '--against', kept]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /A key you gave vouches for it/);
    assert.match(stdout, /It begins with what the checkpoint .*57 covers/);
  }
});

test('as JSON', async () => {
  const { code, stdout } = await verify([GOLDEN_EXPORT, '--key', FIRST.vkey, '--json']);
  assert.equal(code, 0);
  const said = JSON.parse(stdout) as Record<string, unknown>;
  assert.deepEqual(
    { ...said, root: typeof said['root'] },
    {
      verified: true,
      origin: 'muster/GOLDEN-0badcafe',
      size: 300,
      root: 'string',
      recorded: '2022-07-11T16:37:31.050Z',
      checkpoints: 3,
      keys: [FIRST.vkey, SECOND.vkey],
      trusted: 'given',
      faults: [],
      ignored: [],
    },
  );
});

test('a forged one is not verified, and the entry is named', async () => {
  const path = await forged();
  const { code, stdout, stderr } = await verify([path]);
  assert.equal(code, 1);
  assert.equal(stderr, '');
  assert.match(stdout, /^NOT VERIFIED: .*\n {2}entry 57 was changed after it was hashed/);
  const json = await verify([path, '--json']);
  assert.equal(json.code, 1);
  const said = JSON.parse(json.stdout) as { verified: boolean; faults: { entry: number; says: string }[] };
  assert.equal(said.verified, false);
  assert.equal(said.faults[0]?.entry, 57);
  await rm(path, { recursive: true });
});

test('a key that it is not signed with', async () => {
  const stranger = testKey('muster/GOLDEN-0badcafe', 'a key that no golden log has ever had');
  const { code, stdout } = await verify([GOLDEN_EXPORT, '--key', stranger.vkey]);
  assert.equal(code, 1);
  assert.match(stdout, /signed by no key you gave/);
});

test('a proof, with the key that one was told', async () => {
  const proved = await verify([GOLDEN_PROOF, '--key', SECOND.vkey]);
  assert.equal(proved.code, 0, proved.stdout + proved.stderr);
  assert.match(proved.stdout, /^VERIFIED: entry 57 of the record muster\/GOLDEN-0badcafe\n/);
  assert.match(proved.stdout, /recorded 2022-07-11T14:33:28\.196Z/);
  const json = await verify([GOLDEN_PROOF, '--key', SECOND.vkey, '--json']);
  const said = JSON.parse(json.stdout) as { verified: boolean; size: number; entry: { index: number } };
  assert.deepEqual([said.verified, said.size, said.entry.index], [true, 300, 57]);
  const stranger = await verify([GOLDEN_PROOF, '--key', FIRST.vkey]);
  assert.equal(stranger.code, 1);
  assert.match(stranger.stdout, /^NOT VERIFIED: /);
});

test('an entry whose form is not canonical, though it is signed: the last one is read and named', async () => {
  const odd = join(folder, 'odd');
  const leaves = goldenLeaves();
  leaves[299] = (leaves[299] ?? '').replace('"body":{', '"body":{ ');
  await writeExport(makeRecord({ leaves }), odd);
  const { code, stdout, stderr } = await verify([odd]);
  assert.deepEqual([code, stderr], [1, '']);
  assert.match(stdout, /entry 300 cannot be read: it is not in canonical form/);
  await rm(odd, { recursive: true });
});

test('what cannot be verified is refused in one line', async () => {
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [['nowhere'], 3, /nowhere is missing/],
    [[folder], 3, /is no export that can be verified: keys is missing/],
    [[GOLDEN_EXPORT, '--key', 'nonsense'], 2, /--key: nonsense/],
    [[GOLDEN_EXPORT, '--key', MAIN], 2, /--key: .*holds what is no verifier key/],
    [[GOLDEN_EXPORT, '--against', 'nowhere'], 2, /--against: there is no file nowhere: .*file of a witness/],
    [[GOLDEN_EXPORT, '--against', MAIN], 2, /--against: .*main\.ts is no checkpoint: .*file of a witness/],
    [[GOLDEN_EXPORT, '--against', folder], 2, /--against: .* cannot be read \(EISDIR\)/],
    [[GOLDEN_EXPORT, '--key', folder], 2, /--key: .* cannot be read \(EISDIR\): a key looks like/],
    [[GOLDEN_PROOF], 2, /--key/],
    [[GOLDEN_PROOF, '--key', SECOND.vkey, '--against', join(GOLDEN_EXPORT, 'checkpoint')], 2, /--against/],
  ];
  for (const [args, code, says] of cases) {
    const said = await verify(args);
    assert.equal(said.code, code, said.stderr);
    assert.match(said.stderr, says);
    assert.match(said.stderr, /^muster: [^\n]+\n$/);
    assert.equal(said.stdout, '');
  }
});
