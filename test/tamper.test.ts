import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { verifyExport, writeExport } from '../src/log/index.ts';
import { verifyProof } from '../src/record/index.ts';
import { FIRST, goldenLeaf, goldenLeaves, makeRecord, SECOND } from './golden-log/make.ts';
import { GOLDEN_EXPORT, GOLDEN_PROOF, PROVED } from './golden-log/write.ts';
import { secondVerifier } from './second-verifier.ts';
import { checkpoint, OTHER, OTHERS, STRANGER, TAMPERINGS, type Tampering } from './tamperings.ts';

describe('an export that was tampered with', () => {
  let scratch = '';
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'muster-tamper-'));
  });
  after(async () => {
    await rm(scratch, { recursive: true, force: true });
  });

  test('the control: an export that was not verifies, as it is and made anew', async () => {
    const folder = await prepare({ change: async () => undefined });
    const again = await prepare({ made: {} });
    for (const each of [folder, again]) {
      const { faults } = await verifyExport(each, {
        keys: [FIRST.vkey],
        against: await readFile(checkpoint(57), 'utf8'),
      });
      assert.deepEqual(faults, []);
      const said = await secondVerifier(each, '--key', FIRST.vkey, '--against', checkpoint(57));
      assert.equal(said.code, 0, said.line);
    }
  });

  for (const tampering of TAMPERINGS) {
    test(tampering.what, async () => {
      const { key, against, says, python = says } = tampering;
      const folder = await prepare(tampering);
      const [{ faults }, said] = await Promise.all([
        verifyExport(folder, {
          ...(key !== undefined && { keys: [key] }),
          ...(against !== undefined && { against: await readFile(against, 'utf8') }),
        }),
        secondVerifier(
          folder,
          ...(key === undefined ? [] : ['--key', key]),
          ...(against === undefined ? [] : ['--against', against]),
        ),
      ]);
      assert.match(faults.map((fault) => fault.says).join('\n'), says);
      assert.equal(said.code, 1, said.line);
      assert.match(said.line, python);
      await rm(folder, { recursive: true });
    });
  }

  test('two agencies’ entries changed places', async () => {
    const leaves = goldenLeaves().slice(0, 100);
    const ours = await prepare({ change: async () => undefined });
    const theirs = await prepare({
      made: {
        origin: OTHER,
        keys: [OTHERS.vkey],
        leaves: leaves.map((leaf) => leaf.replace('account:3.', 'account:9.')),
        sizes: [100],
        signers: () => [OTHERS],
      },
    });
    assert.deepEqual((await verifyExport(theirs)).faults, []);
    await swapLines(57, ours, theirs);
    for (const each of [ours, theirs]) {
      const { faults } = await verifyExport(each);
      assert.match(
        faults.map(({ says }) => says).join('\n'),
        /^entry 57 was changed after it was hashed[^\n]*$/,
      );
      const said = await secondVerifier(each);
      assert.equal(said.code, 1);
      assert.match(said.line, /entry 57 was changed after it was hashed/);
    }
  });

  async function swapLines(entry: number, ...folders: readonly [string, string]): Promise<void> {
    const files = folders.map((folder) => join(folder, 'entries.jsonl'));
    const [ours = [], theirs = []] = await Promise.all(
      files.map(async (file) => (await readFile(file, 'utf8')).split('\n')),
    );
    const [one = '', other = ''] = [ours[entry - 1], theirs[entry - 1]];
    assert.notEqual(one, other);
    [ours[entry - 1], theirs[entry - 1]] = [other, one];
    await Promise.all([ours, theirs].map((lines, at) => writeFile(files[at] ?? '', lines.join('\n'))));
  }

  async function prepare({ change, made }: Pick<Tampering, 'change' | 'made'>): Promise<string> {
    const folder = join(await mkdtemp(join(scratch, 'case-')), 'export');
    if (made) await writeExport(makeRecord(made), folder);
    else await cp(GOLDEN_EXPORT, folder, { recursive: true });
    await change?.(folder);
    return folder;
  }
});

describe('a proof that was tampered with', () => {
  const changes: readonly (readonly [string, (proof: string) => string])[] = [
    ['the entry is another', (text) => text.replace(/^extra .*$/m, () => extraOf(goldenLeaf(58)))],
    [
      'the entry is changed',
      (text) => text.replace(/^extra .*$/m, () => extraOf(goldenLeaf(57).replace('57 of', '75 of'))),
    ],
    ['the index is another', (text) => text.replace('index 56', 'index 57')],
    ['the index is beyond', (text) => text.replace('index 56', 'index 300')],
    ['a hash is missing', (text) => text.replace(/(index 56\n)[^\n]+\n/, '$1')],
    [
      'a hash is another',
      (text) => text.replace(/(index 56\n)[^\n]+\n/, `$1${Buffer.alloc(32).toString('base64')}\n`),
    ],
    [
      'a hash too many',
      (text) => text.replace('index 56\n', `index 56\n${Buffer.alloc(32).toString('base64')}\n`),
    ],
    ['the checkpoint is of another size', (text) => text.replace('\n300\n', '\n299\n')],
    [
      'the checkpoint is of another key',
      (text) =>
        `${text.slice(0, text.indexOf('\n\n'))}\n\n${makeRecord({ signers: () => [STRANGER] }).latest}`,
    ],
    ['there is no entry', (text) => text.replace(/^extra .*\n/m, '')],
    ['there is nothing', () => ''],
  ];
  const extraOf = (leaf: string): string => `extra ${Buffer.from(leaf).toString('base64')}`;

  for (const [what, change] of changes) {
    test(what, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'muster-tamper-'));
      try {
        const file = join(folder, `entry-${PROVED}.tlog-proof`);
        const text = change(await readFile(GOLDEN_PROOF, 'utf8'));
        assert.notEqual(text, await readFile(GOLDEN_PROOF, 'utf8'));
        await writeFile(file, text);
        assert.notEqual(verifyProof(text, { keys: [SECOND.vkey] }).fault, undefined);
        assert.equal((await secondVerifier(file, '--key', SECOND.vkey)).code, 1);
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }
});
