import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { MusterError } from '../src/errors/index.ts';
import { verifyExport } from '../src/log/index.ts';
import { GOLDEN_EXPORT } from './golden-log/write.ts';

/*
 * Any byte of an export that is another, missing or too many is reported: every byte bears, but for
 * those of README.txt. And whatever is in the files, the verifier ends with a fault or a named error.
 */

const RUNS = Number(process.env['MUSTER_MUTATIONS'] ?? 300);

let folder = '';
let files: string[] = [];
before(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'muster-mutations-')), 'export');
  await cp(GOLDEN_EXPORT, folder, { recursive: true });
  files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).slice(folder.length + 1))
    .sort();
});
after(async () => {
  await rm(join(folder, '..'), { recursive: true, force: true });
});

/** Whether the folder was found wanting; an error without a name is none of the answers. */
async function isReported(): Promise<boolean> {
  try {
    return (await verifyExport(folder)).faults.length > 0;
  } catch (error) {
    if (error instanceof MusterError && error.code === 'NOT_VERIFIABLE') return true;
    throw error;
  }
}

/** Changes a file, asks, and puts it back. */
async function withChanged(name: string, change: (bytes: Buffer) => Buffer): Promise<boolean> {
  const file = join(folder, name);
  const bytes = await readFile(file);
  const changed = change(bytes);
  if (changed.equals(bytes)) return true;
  await writeFile(file, changed);
  try {
    return await isReported();
  } finally {
    await writeFile(file, bytes);
  }
}

const mutation = fc.oneof(
  fc.record({ how: fc.constant('flip' as const), with: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ how: fc.constant('delete' as const), with: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ how: fc.constant('insert' as const), with: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ how: fc.constant('cut' as const), with: fc.constant(0) }),
  fc.record({ how: fc.constant('repeat' as const), with: fc.integer({ min: 1, max: 2000 }) }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer Each> ? Each : never;

function mutate(bytes: Buffer, at: number, { how, with: value }: Mutation): Buffer {
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (how) {
    case 'flip':
      return Buffer.concat([head, Buffer.of((bytes[at] ?? 0) ^ value), tail.subarray(1)]);
    case 'delete':
      return Buffer.concat([head, tail.subarray(value)]);
    case 'insert':
      return Buffer.concat([head, Buffer.of(value), tail]);
    case 'cut':
      return head;
    default:
      return Buffer.concat([head, tail.subarray(0, value), tail]);
  }
}

test('the control: unchanged it verifies', async () => {
  assert.equal(await isReported(), false);
});

test('a byte of README.txt bears nothing', async () => {
  assert.equal(await withChanged('README.txt', () => Buffer.from('another text')), false);
});

test('every other byte bears: what is changed anywhere is reported', async () => {
  const bearing = files.filter((name) => name !== 'README.txt');
  assert.ok(bearing.length >= 9, bearing.join());
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...bearing),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      mutation,
      async (name, where, mutation) => {
        const reported = await withChanged(name, (bytes) =>
          mutate(bytes, Math.floor(where * bytes.length), mutation),
        );
        assert.ok(reported, `${name}, ${JSON.stringify(mutation)}`);
      },
    ),
    { numRuns: RUNS },
  );
});

test('each bit of the smaller files bears', async () => {
  for (const name of ['keys', 'checkpoint', 'checkpoints/57', 'checkpoints/150']) {
    const { length } = await readFile(join(folder, name));
    for (let at = 0; at < length; at++) {
      const reported = await withChanged(name, (bytes) =>
        mutate(bytes, at, { how: 'flip', with: 1 << (at % 8) }),
      );
      assert.ok(reported, `${name}, byte ${at}`);
    }
  }
});

test('files of any bytes at all end in a fault or a named error', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...files.filter((name) => name !== 'README.txt')),
      fc.oneof(fc.uint8Array({ maxLength: 3000 }), fc.string({ maxLength: 500, unit: 'binary' })),
      async (name, content) => {
        assert.ok(await withChanged(name, () => Buffer.from(content)));
      },
    ),
    { numRuns: Math.ceil(RUNS / 4) },
  );
});
