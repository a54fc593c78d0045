import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  cp,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { MusterError } from '../src/errors/index.ts';
import { verifyExport, writeExport } from '../src/log/index.ts';
import { FIRST, goldenLeaf, makeRecord, ROTATED, type Made } from './golden-log/make.ts';
import { GOLDEN_EXPORT } from './golden-log/write.ts';
import { secondVerifier } from './second-verifier.ts';

let scratch = '';
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'muster-export-'));
});
after(async () => {
  await rm(scratch, { recursive: true, force: true });
});

const refusedWith = (code: string, says: RegExp) => (error: unknown) => {
  assert.ok(error instanceof MusterError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, says);
  return true;
};

describe('writing an export', () => {
  let place = '';
  let count = 0;
  const next = async (): Promise<string> => {
    place = join(scratch, `write-${++count}`);
    await mkdir(place);
    return join(place, 'out');
  };

  test('a folder that is empty is filled; what is there is not touched', async () => {
    const out = await next();
    await mkdir(out);
    await writeExport(makeRecord(), out);
    assert.deepEqual((await verifyExport(out)).faults, []);
    await assert.rejects(writeExport(makeRecord(), out), refusedWith('EXPORT_REFUSED', /is not empty/));
    assert.deepEqual((await verifyExport(out)).faults, []);
    assert.deepEqual(await readdir(place), ['out']);
  });

  test('a file in its place is refused, and so is a place that does not exist', async () => {
    const out = await next();
    await writeFile(out, 'mine');
    await assert.rejects(writeExport(makeRecord(), out), refusedWith('EXPORT_REFUSED', /is no folder/));
    assert.equal(await readFile(out, 'utf8'), 'mine');
    const nowhere = join(place, 'nowhere', 'out');
    await assert.rejects(writeExport(makeRecord(), nowhere), refusedWith('EXPORT_REFUSED', /ENOENT/));
    assert.deepEqual(await readdir(place), ['out']);
  });

  test('nothing is left of one that is stopped, wherever it is', async () => {
    for (const where of ['leaves', 'checkpoints', 'tile'] as const) {
      const out = await next();
      const stopping = new AbortController();
      const made = makeRecord();
      const source: Made = {
        ...made,
        [where]: (...args: never[]) => {
          stopping.abort(new MusterError('STOPPED', 'the command was stopped'));
          return (made[where] as (...args: never[]) => never)(...args);
        },
      };
      await assert.rejects(
        writeExport(source, out, { signal: stopping.signal }),
        refusedWith('STOPPED', /was stopped/),
      );
      assert.deepEqual(await readdir(place), []);
    }
  });

  test('nothing is left where the source fails', async () => {
    const out = await next();
    const source: Made = {
      ...makeRecord(),
      tile: async () => Promise.reject(new Error('the database went away')),
    };
    await assert.rejects(writeExport(source, out), /the database went away/);
    assert.deepEqual(await readdir(place), []);
  });

  test('a record of any size is exported and verified by both: 0, 1, 255, 256, 257 entries', async () => {
    for (const size of [0, 1, 255, 256, 257]) {
      const out = await next();
      const leaves = Array.from({ length: size }, (_, at) =>
        at + 1 === ROTATED ? goldenLeaf(at + 2).replaceAll('151', '150') : goldenLeaf(at + 1),
      );
      const keys = [FIRST.vkey];
      const told: number[] = [];
      const exported = await writeExport(
        makeRecord({ leaves, sizes: [size], keys, signers: () => [FIRST] }),
        out,
        { progress: (entries) => told.push(entries) },
      );
      assert.deepEqual(exported, { origin: 'muster/GOLDEN-0badcafe', size, checkpoints: 1 });
      assert.equal(told.at(-1) ?? 0, size);
      const verified = await verifyExport(out, { keys });
      assert.deepEqual(verified.faults, [], String(size));
      assert.equal(verified.recorded === null, size === 0);
      const said = await secondVerifier(out, '--key', FIRST.vkey);
      assert.equal(said.code, 0, said.line);
    }
  });
});

describe('a folder that somebody made to do harm', () => {
  let folder = '';
  let count = 0;
  const copy = async (): Promise<string> => {
    folder = join(scratch, `hostile-${++count}`);
    await cp(GOLDEN_EXPORT, folder, { recursive: true });
    return folder;
  };
  const faultsOf = async (): Promise<string> =>
    (await verifyExport(folder)).faults.map(({ says }) => says).join('\n');

  test('what is no export is said not to be one', async () => {
    await assert.rejects(verifyExport(join(scratch, 'none')), refusedWith('NOT_VERIFIABLE', /is missing/));
    await assert.rejects(verifyExport(scratch), refusedWith('NOT_VERIFIABLE', /keys is missing/));
    for (const name of ['keys', 'checkpoint', 'entries.jsonl', 'checkpoints']) {
      await copy();
      await rm(join(folder, name), { recursive: true });
      await assert.rejects(
        verifyExport(folder),
        refusedWith('NOT_VERIFIABLE', new RegExp(`: ${name} is missing`)),
      );
    }
  });

  test('a folder where a file should be, and a file where a folder should be', async () => {
    for (const name of ['keys', 'checkpoint', 'entries.jsonl']) {
      await copy();
      await rm(join(folder, name));
      await mkdir(join(folder, name));
      await assert.rejects(
        verifyExport(folder),
        refusedWith('NOT_VERIFIABLE', new RegExp(`${name} is no plain file`)),
      );
    }
    await copy();
    await rm(join(folder, 'checkpoints'), { recursive: true });
    await writeFile(join(folder, 'checkpoints'), '');
    await assert.rejects(verifyExport(folder), refusedWith('NOT_VERIFIABLE', /checkpoints is no folder/));
    await copy();
    await rm(join(folder, 'tile/0/000'));
    await mkdir(join(folder, 'tile/0/000'));
    assert.match(await faultsOf(), /tile\/0\/000 is no plain file/);
    await copy();
    await rm(join(folder, 'tile'), { recursive: true });
    await writeFile(join(folder, 'tile'), '');
    assert.match(await faultsOf(), /tile\/0\/000/);
  });

  test('no link is followed, and no pipe waited for', async () => {
    const secret = join(scratch, 'secret');
    await cp(GOLDEN_EXPORT, secret, { recursive: true });
    for (const name of ['keys', 'checkpoint', 'entries.jsonl', 'checkpoints']) {
      await copy();
      await rm(join(folder, name), { recursive: true });
      await symlink(join(secret, name), join(folder, name));
      await assert.rejects(verifyExport(folder), refusedWith('NOT_VERIFIABLE', /is a link/));
    }
    for (const name of ['tile', 'tile/0', 'tile/0/000', 'checkpoints/57']) {
      await copy();
      await rm(join(folder, name), { recursive: true });
      await symlink(join(secret, name), join(folder, name));
      assert.match(await faultsOf(), /is a link, and no link is followed/, name);
    }
    await copy();
    await rm(join(folder, 'entries.jsonl'));
    await promisify(execFile)('mkfifo', [join(folder, 'entries.jsonl')]);
    await assert.rejects(verifyExport(folder), refusedWith('NOT_VERIFIABLE', /is no plain file/));
  });

  test('neither verifier waits for a pipe', { timeout: 60_000 }, async () => {
    for (const name of ['keys', 'checkpoint', 'entries.jsonl', 'tile/0/000', 'checkpoints/57']) {
      await copy();
      await rm(join(folder, name));
      await promisify(execFile)('mkfifo', [join(folder, name)]);
      const found = await faultsOf().catch((error: Error) => error.message);
      assert.match(found, new RegExp(`${name} .*is no plain file`));
      const { code, line } = await secondVerifier(folder);
      assert.equal(code, 1);
      assert.match(line, new RegExp(`${name} is missing, or no plain file`));
    }
  });

  test('in what the verifiers differ, as the README of the second one has it', async () => {
    const made = async (entry: number, from: string, to: string): Promise<[faults: string, code: number]> => {
      folder = join(scratch, `differ-${++count}`);
      const leaves = Array.from({ length: 300 }, (_, at) => goldenLeaf(at + 1));
      leaves[entry - 1] = (leaves[entry - 1] ?? '').replace(from, to);
      await writeExport(makeRecord({ leaves }), folder);
      return [await faultsOf(), (await secondVerifier(folder)).code];
    };
    assert.deepEqual(await made(200, '"body":{', '"body":{ '), ['', 1], 'the form of a body');
    assert.deepEqual(await made(200, '"days":18', '"days":18.0'), ['', 0], 'a number of a body');
    const last = 'entry 300 cannot be read: it is not in canonical form';
    assert.deepEqual(await made(300, '"body":{', '"body":{ '), [last, 1], 'the last entry is read');
    assert.deepEqual(await made(300, '"days":27', '"days":27.0'), [last, 0], 'and its numbers');
    await copy();
    await rename(join(folder, 'tile/0/000'), join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), join(folder, 'tile/0/000'));
    assert.match(await faultsOf(), /is a link/);
    assert.equal((await secondVerifier(folder)).code, 0, 'a link');
  });

  test('the folder itself may be reached by a link', async () => {
    await copy();
    await symlink(folder, join(scratch, 'linked'));
    assert.deepEqual((await verifyExport(join(scratch, 'linked'))).faults, []);
  });

  test('an entry of more than 64 MiB is not read on', async () => {
    await copy();
    const file = await open(join(folder, 'entries.jsonl'), 'a');
    await file.truncate(65 * 1024 * 1024 + (await file.stat()).size);
    await file.close();
    assert.match(await faultsOf(), /entry 301 is longer than 64 MiB/);
  });

  test('files longer than they can be are not read', async () => {
    for (const [name, says] of [
      ['keys', /keys of .* is longer than 1048576 bytes/],
      ['checkpoint', /checkpoint of .* is longer than 262144 bytes/],
    ] as const) {
      await copy();
      await writeFile(join(folder, name), Buffer.alloc(2 * 1024 * 1024, 'x'));
      await assert.rejects(verifyExport(folder), refusedWith('NOT_VERIFIABLE', says));
    }
    await copy();
    await writeFile(join(folder, 'tile/0/000'), Buffer.alloc(9000));
    assert.match(await faultsOf(), /tile\/0\/000 has a wrong length/);
    await copy();
    await writeFile(join(folder, 'checkpoints/57'), Buffer.alloc(1024 * 1024, 'x'));
    assert.match(await faultsOf(), /checkpoints\/57 is no checkpoint/);
  });

  test('sizes that cannot be', async () => {
    for (const size of ['99999999999999999999', '999999999999999', '-1', '0x10', '0300', '3e2', '']) {
      await copy();
      const file = join(folder, 'checkpoint');
      await writeFile(file, (await readFile(file, 'utf8')).replace('\n300\n', `\n${size}\n`));
      assert.match(await faultsOf(), /checkpoint/, size);
    }
  });

  test('foreign names among the checkpoints are not looked at, and named', async () => {
    await copy();
    for (const name of [
      '.DS_Store',
      'latest',
      '007',
      '57.old',
      '５７',
      '1e3',
      '../x'.replace('/', '_'),
      '99999999999999999999',
    ])
      await writeFile(join(folder, 'checkpoints', name), 'anything');
    const { faults, ignored } = await verifyExport(folder);
    assert.deepEqual(faults, []);
    assert.equal((await secondVerifier(folder)).code, 0);
    assert.equal(ignored.length, 5);
    assert.ok(ignored.includes('.DS_Store'));
  });

  test('a checkpoint under another name', async () => {
    await copy();
    await rename(join(folder, 'checkpoints/57'), join(folder, 'checkpoints/58'));
    assert.match(await faultsOf(), /checkpoints\/58 is of size 57/);
  });

  test('bytes that are no UTF-8, NUL bytes, no newline at the end, deep nesting', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const edits: readonly (readonly [(text: string) => string, RegExp, BufferEncoding])[] = [
      [(text) => text.replace('entry 57', 'entry \u00ff\u00ff'), /entry 57/, 'latin1'],
      [(text) => text.replace('entry 57', 'entry \0\0'), /entry 57/, 'latin1'],
      [(text) => text.slice(0, -1), /entry 300 is cut off/, 'latin1'],
      [(text) => text.replace('"entry 57 of the golden log"', deep), /entry 57/, 'latin1'],
      [(text) => `\n\n\n${text}`, /entry 1 |line 1/, 'latin1'],
      [(text) => text.replaceAll('\n', '\r\n'), /entry 1 /, 'latin1'],
      [(text) => `\u00ef\u00bb\u00bf${text}`, /entry 1 /, 'latin1'],
    ];
    for (const [edit, says, encoding] of edits) {
      await copy();
      const file = join(folder, 'entries.jsonl');
      await writeFile(file, edit(await readFile(file, encoding)), encoding);
      assert.match(await faultsOf(), says);
      assert.equal((await secondVerifier(folder)).code, 1);
    }
  });
});
