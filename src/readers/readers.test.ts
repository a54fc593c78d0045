import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { Refusals } from './refusals.ts';
import { readers, recogniseReader } from './index.ts';
import { anyChange, changed } from './mutation.ts';
import type { Observation } from './reader.ts';
import { folderOf, type ReaderSample, sampleOf, trialOf } from './trial.ts';

interface Golden {
  /** As many as there are observations, if it is not said. */
  readonly rows?: number;
  readonly notices: readonly string[];
  readonly observations: readonly unknown[];
}

const MUTATIONS = 2000;

describe('every registered reader', () => {
  it('has a folder with its reader, schema, sample, golden output and tests, and every folder a reader', () => {
    for (const reader of readers) {
      for (const part of ['index.ts', 'schema.ts', 'sample.ts', 'golden.json', `${reader.name}.test.ts`]) {
        assert.ok(existsSync(new URL(part, folderOf(reader))), `${reader.name} lacks ${part}`);
      }
    }
    const folders = readdirSync(new URL('.', import.meta.url), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    assert.deepEqual(folders.map(({ name }) => name).sort(), readers.map(({ name }) => name).sort());
  });
});

for (const reader of readers) {
  const sample = await sampleOf(reader);
  const { read, onlyRefusal } = trialOf(reader, sample.context);
  const plain = Buffer.from(sample.plain);

  describe(`reader ${reader.name}`, () => {
    it('says what the golden output says', async () => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- compared whole below
      const golden = JSON.parse(readFileSync(new URL('golden.json', folderOf(reader)), 'utf8')) as Golden;
      const { outcome, observations } = await read(sample.file);
      assert.deepEqual(outcome, {
        rows: golden.rows ?? golden.observations.length,
        notices: golden.notices,
        refused: [],
      });
      assert.deepEqual(observations, golden.observations);
      for (const observation of observations) sample.check(observation);
    });

    it('says the same however the bytes are cut into chunks', async () => {
      const whole = await read(sample.file);
      for (const chunkBytes of [1, 2, 3, 7, 64]) assert.deepEqual(await read(sample.file, chunkBytes), whole);
    });

    it('says the same with a byte order mark', async () => {
      assert.deepEqual(
        (await read(`\uFEFF${sample.plain}`)).observations,
        (await read(sample.plain)).observations,
      );
    });

    it('recognises its own files and no other reader does', () => {
      for (const file of [sample.file, sample.plain]) {
        assert.deepEqual(
          readers.filter((each) => each.recognise(Buffer.from(file))).map(({ name }) => name),
          [reader.name],
        );
      }
      assert.equal(recogniseReader(Buffer.from(`\uFEFF${sample.plain}`, 'utf16le')), reader);
      assert.equal(recogniseReader(Buffer.from(`\uFEFF${sample.plain}`, 'utf16le').swap16()), reader);
      for (const file of ['', '\n', 'a,b,c\n1,2,3\n', '\0'.repeat(1000), '%PDF-1.7\n', '<a/>', '{"a": 1}']) {
        assert.equal(recogniseReader(Buffer.from(file)), undefined);
      }
    });

    it('refuses an empty file', async () => {
      for (const file of ['', '\uFEFF']) await onlyRefusal(file, /^file: the file is empty$/);
    });

    it('refuses files of other kinds', async () => {
      await onlyRefusal(Buffer.from(`\uFEFF${sample.plain}`, 'utf16le'), /^file: .*UTF-16/);
      await onlyRefusal(Buffer.from(`\uFEFF${sample.plain}`, 'utf16le').swap16(), /^file: .*UTF-16/);
      await onlyRefusal(
        Buffer.from(sample.plain, 'utf16le'),
        sample.kind === 'csv' ? /^line 1: byte 1 of the file.*NUL/ : /^file: .*UTF-16/,
      );
      await onlyRefusal(Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /^file: .*UTF-32/);
      await onlyRefusal('PK\u0003\u0004rest', /^file: .*Excel workbook/);
      await onlyRefusal('%PDF-1.7\n', /^file: .*PDF/);
      await onlyRefusal(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), /^file: .*PNG/);
      await onlyRefusal(Buffer.from([0x1f, 0x8b, 0x08, 0]), /^file: .*gzip/);
    });

    it('ends in a refusal or a sound reading whatever bytes are changed', async () => {
      const bytes = Buffer.from(sample.file);
      const anyChanges = fc.array(anyChange(bytes.length), { minLength: 1, maxLength: 6 });
      let sound = 0;
      await fc.assert(
        fc.asyncProperty(anyChanges, fc.constantFrom(5, 1 << 16), async (changes, chunkBytes) => {
          const { outcome, observations } = await read(changes.reduce(changed, bytes), chunkBytes);
          if (outcome.refused.length > 0) return;
          sound += 1;
          checkSound(sample, observations, outcome.rows);
        }),
        { numRuns: MUTATIONS },
      );
      assert.ok(
        sound > MUTATIONS / 40 && sound < (MUTATIONS * 39) / 40,
        `${sound} of ${MUTATIONS} were sound: the changes are too harsh or too mild`,
      );
    });

    it('passes on what the source throws, and lets go of the source when no longer read', async () => {
      const reading = reader.read(failingAfter(plain), sample.context);
      await assert.rejects(async () => {
        while (!(await reading.next()).done);
      }, /the disk is gone/);

      let released = false;
      async function* endless(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) yield Buffer.from('%PDF-1.7\n');
        } finally {
          released = true;
        }
      }
      const refused = reader.read(endless(), sample.context);
      assert.equal((await refused.next()).done, true);
      assert.equal(released, true);
    });
  });
}

/** Every observation has its shape, and they are numbered in the order of the file. */
function checkSound(sample: ReaderSample, observations: readonly Observation[], rows: number): void {
  for (const observation of observations) sample.check(observation);
  if (sample.kind === 'csv') {
    assert.equal(observations.length, rows);
    const lines = observations.map(({ line }) => line);
    assert.deepEqual(
      lines,
      [...new Set(lines)].sort((one, other) => one - other),
    );
  } else {
    assert.ok(observations.length >= rows);
    assert.deepEqual(
      observations.map((observation) => 'at' in observation && observation.at),
      observations.map((_, index) => index + 1),
    );
  }
}

async function* failingAfter(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw new Error('the disk is gone');
}

describe('refusals', () => {
  it('keeps what is refused twice alike once, and counts it', () => {
    const refusals = new Refusals();
    for (let at = 0; at < 30; at += 1) refusals.add('line 1', 'is wrong');
    for (let at = 0; at < 20; at += 1) refusals.add(`line ${at + 2}`, 'is wrong');
    const listed = refusals.list();
    assert.deepEqual(listed[0], { at: 'line 1', reason: 'is wrong (30 times)' });
    assert.deepEqual(listed.slice(-2), [
      { at: 'line 20', reason: 'is wrong' },
      { at: 'file', reason: '1 more place is refused' },
    ]);
  });
});
