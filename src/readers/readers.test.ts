import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { type Reader, readers, recogniseReader } from './index.ts';
import { type ReaderSample, readWhole } from './trial.ts';

interface Golden {
  readonly notices: readonly string[];
  readonly observations: readonly unknown[];
}

const folder = (reader: Reader) => new URL(`./${reader.name}/`, import.meta.url);

describe('every registered reader', () => {
  it('has a folder with its reader, schema, sample, golden output and tests, and every folder a reader', () => {
    for (const reader of readers) {
      for (const part of ['index.ts', 'schema.ts', 'sample.ts', 'golden.json', `${reader.name}.test.ts`]) {
        assert.ok(existsSync(new URL(part, folder(reader))), `${reader.name} lacks ${part}`);
      }
    }
    const folders = readdirSync(new URL('.', import.meta.url), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    assert.deepEqual(folders.map(({ name }) => name).sort(), readers.map(({ name }) => name).sort());
  });

  it('tries a wrong cell for every column that can be wrong', async () => {
    for (const reader of readers) {
      const { wrongCells } = await sampleOf(reader);
      const tried = new Set(wrongCells.map(({ column }) => column));
      assert.deepEqual(
        reader.columns.filter((column) => !tried.has(column)),
        [],
        reader.name,
      );
    }
  });
});

for (const reader of readers) {
  const sample = await sampleOf(reader);
  const read = (file: string | Uint8Array, chunkBytes?: number) =>
    readWhole(reader, file, sample.context, chunkBytes);
  const refusedFor = async (file: string | Uint8Array) => {
    const { outcome, observations } = await read(file);
    assert.notEqual(outcome.refused.length, 0);
    assert.deepEqual(observations, []);
    return outcome.refused.map(({ at, reason }) => `${at}: ${reason}`);
  };
  const onlyRefusal = async (file: string | Uint8Array, expected: RegExp) => {
    const refused = await refusedFor(file);
    assert.equal(refused.length, 1, refused.join('\n'));
    assert.match(refused[0] ?? '', expected);
  };
  const lines = sample.plain.trimEnd().split('\n');
  const [header = '', first = ''] = lines;
  const plain = Buffer.from(sample.plain);

  describe(`reader ${reader.name}`, () => {
    it('says what the golden output says', async () => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- compared whole below
      const golden = JSON.parse(readFileSync(new URL('golden.json', folder(reader)), 'utf8')) as Golden;
      const { outcome, observations } = await read(sample.file);
      assert.deepEqual(outcome, { rows: golden.observations.length, notices: golden.notices, refused: [] });
      assert.deepEqual(observations, golden.observations);
      for (const observation of observations) sample.check(observation);
    });

    it('says the same however the bytes are cut into chunks', async () => {
      const whole = await read(sample.file);
      for (const chunkBytes of [1, 2, 3, 7, 64]) assert.deepEqual(await read(sample.file, chunkBytes), whole);
    });

    it('says the same with other line ends, without the last one, with a byte order mark', async () => {
      const expected = (await read(sample.plain)).observations;
      for (const file of [
        lines.join('\r\n'),
        lines.join('\r'),
        `${lines.join('\n')}\n\n\r\n \n`,
        `\uFEFF${lines.join('\n')}`,
      ]) {
        assert.deepEqual((await read(file)).observations, expected);
      }
    });

    it('passes over blank rows', async () => {
      const expected = (await read(sample.plain)).observations;
      const blank = ',  '.repeat(reader.columns.length - 1);
      assert.deepEqual((await read(`${lines.join('\n')}\n${blank}\n  \n"",\n`)).observations, expected);
    });

    it('says the same with the columns in any order and in any case', async () => {
      const expected = (await read(sample.plain)).observations;
      const order = fc.shuffledSubarray([...reader.columns.keys()], { minLength: reader.columns.length });
      await fc.assert(
        fc.asyncProperty(order, fc.boolean(), async (places, shout) => {
          const [top = '', ...rows] = lines.map((line) => {
            const cells = line.split(',');
            return places.map((place) => cells[place]).join(',');
          });
          const file = [shout ? top.toUpperCase() : ` ${top.replaceAll(',', ' , ')}`, ...rows].join('\n');
          assert.deepEqual((await read(file)).observations, expected);
        }),
        { numRuns: 50 },
      );
    });

    it('recognises its own files and no other reader does', () => {
      const ignored = header.split(',').slice(1).join(';');
      for (const file of [sample.file, sample.plain, header, ignored, header.toUpperCase()]) {
        assert.equal(recogniseReader(Buffer.from(file)), reader);
      }
      assert.equal(recogniseReader(Buffer.from(`\uFEFF${sample.plain}`, 'utf16le')), reader);
      for (const file of ['', '\n', 'a,b,c\n1,2,3\n', first, '\0'.repeat(1000), '%PDF-1.7\n']) {
        assert.equal(recogniseReader(Buffer.from(file)), undefined);
      }
    });

    for (const { column, cell, reason } of sample.wrongCells) {
      it(`refuses ${column} ${JSON.stringify(cell.slice(0, 20))}`, async () => {
        const cells = first.split(',').with(reader.columns.indexOf(column), cell);
        const { outcome, observations } = await read(
          [header, cells.join(','), ...lines.slice(2), ''].join('\n'),
        );
        assert.deepEqual(observations, []);
        const refused = outcome.refused[0];
        assert.match(refused?.at ?? '', new RegExp(`^line \\d, ${column}$`));
        assert.match(refused?.reason ?? '', reason);
      });
    }

    it('refuses an empty file and one without rows', async () => {
      for (const file of ['', '\uFEFF']) await onlyRefusal(file, /^file: the file is empty$/);
      for (const file of [header, `${header}\n`, `${header}\r\n\r\n`]) {
        await onlyRefusal(file, /^file: has a header and no rows below it$/);
      }
      await onlyRefusal(`\n${sample.plain}`, /^line 1: is not the header/);
    });

    it('refuses what is cut off', async () => {
      await onlyRefusal(
        `${sample.plain}"cut off, in a quo`,
        /^line \d, \w+: the file ends within a quoted cell/,
      );
      await onlyRefusal(
        `${sample.plain}a,b`,
        /^line \d: has 2 cells where the header has \d+ \(the file may be cut off\)$/,
      );
    });

    it('refuses a row with too many cells', async () => {
      await onlyRefusal(
        `${sample.plain}${first},more`,
        /^line \d: has \d+ cells where the header has \d+ \(a cell with a comma/,
      );
    });

    it('refuses stray quotes by line and column', async () => {
      const cells = first.split(',');
      const second = reader.columns[1] ?? '';
      await onlyRefusal(
        `${header}\n${cells.with(1, 'a "b" c').join(',')}\n`,
        new RegExp(`^line 2, ${second}: a cell with a quote`),
      );
      await onlyRefusal(
        `${header}\n${cells.with(1, '"a" b').join(',')}\n`,
        new RegExp(`^line 2, ${second}: a quote within`),
      );
    });

    it('counts the lines of cells with line breaks of every kind', async () => {
      const cells = [...first.split(','), '"one\r\ntwo\nthree\rfour"'];
      const row = `${cells.join(',')}\n\n`;
      const refused = await refusedFor(`${header},further\n${row}only\n`);
      assert.match(refused[0] ?? '', /^line 7: has 1 cell where/);
    });

    it('refuses missing, repeated and too many columns', async () => {
      const gone = reader.columns[2] ?? '';
      await onlyRefusal(
        sample.plain.replace(gone, 'something'),
        new RegExp(`^line 1: lacks the column ${gone}; there are \`.*\`something\``),
      );
      await onlyRefusal(
        sample.plain.replace(header, `${header},${gone.toUpperCase()}`),
        new RegExp(`^line 1: has the column \`${gone}\` more than once, as columns 3 and \\d+$`),
      );
      await onlyRefusal(
        sample.plain.replace(header, `${header}${',x'.repeat(60)}`),
        /^line 1: has \d+ columns; more than 64/,
      );
      await onlyRefusal(
        sample.plain.replaceAll(',', ';'),
        /^line 1: the columns are separated by semicolons/,
      );
      await onlyRefusal(sample.plain.replaceAll(',', '\t'), /^line 1: the columns are separated by tabs/);
    });

    it('shows nothing of a file without a header', async () => {
      await onlyRefusal(
        lines.slice(1).join('\n'),
        /^line 1: is not the header: it must name the columns \w+/,
      );
      assert.doesNotMatch((await refusedFor(lines.slice(1).join('\n'))).join(), /test/i);
    });

    it('notices further columns', async () => {
      const file = lines
        .map((line, index) => `${line},${index === 0 ? 'Extra \u001B[31m,' : 'x,'}`)
        .join('\n');
      const { outcome, observations } = await read(file);
      assert.deepEqual(outcome.refused, []);
      assert.equal(observations.length, lines.length - 1);
      assert.deepEqual(outcome.notices, [
        'column not read: `extra ?[31m`',
        'column without a name not read: 1',
      ]);
    });

    it('refuses what is no UTF-8 text', async () => {
      const at = plain.indexOf('\n', header.length + 1) + 3;
      const spoilt = (...bytes: number[]) =>
        Buffer.concat([plain.subarray(0, at), Buffer.from(bytes), plain.subarray(at)]);
      await onlyRefusal(spoilt(0), new RegExp(`^line 3: byte ${at} of the file, .* is a NUL byte`));
      for (const bytes of [
        [0xe9],
        [0xff],
        [0xc0, 0xaf],
        [0xed, 0xa0, 0x80],
        [0xf5, 0x80, 0x80, 0x80],
        [0x80],
      ]) {
        await onlyRefusal(spoilt(...bytes), new RegExp(`^line 3: byte ${at} of the file, .* not UTF-8`));
      }
      await onlyRefusal(
        Buffer.concat([plain, Buffer.from([0xe2, 0x82])]),
        new RegExp(`byte ${plain.length} of the file.*not UTF-8`),
      );
      const late = Buffer.concat([
        plain.subarray(0, plain.length - 1),
        Buffer.alloc(200_000, '\n'),
        Buffer.from([0xff]),
      ]);
      await onlyRefusal(late, new RegExp(`byte ${late.length - 1} of the file`));
    });

    it('refuses files of other kinds', async () => {
      await onlyRefusal(Buffer.from(`\uFEFF${sample.plain}`, 'utf16le'), /^file: .*UTF-16/);
      await onlyRefusal(Buffer.from(`\uFEFF${sample.plain}`, 'utf16le').swap16(), /^file: .*UTF-16/);
      await onlyRefusal(Buffer.from(sample.plain, 'utf16le'), /^line 1: byte 1 of the file.*NUL/);
      await onlyRefusal(Buffer.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0]), /^file: .*UTF-32/);
      await onlyRefusal('PK\u0003\u0004rest', /^file: .*Excel workbook/);
      await onlyRefusal('%PDF-1.7\n', /^file: .*PDF/);
      await onlyRefusal(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), /^file: .*PNG/);
      await onlyRefusal(Buffer.from([0x1f, 0x8b, 0x08, 0]), /^file: .*gzip/);
    });

    it('refuses a row longer than 64 KiB without holding it', async () => {
      for (const endless of [
        `"${'x'.repeat(300_000)}`,
        ','.repeat(3_000_000),
        'x'.repeat(70_000),
        '"'.repeat(300_001),
      ]) {
        const refused = await refusedFor(sample.plain + endless);
        assert.match(
          refused.join('\n'),
          new RegExp(`^line ${lines.length + 1}[^:]*: the row is longer than 64 KiB`, 'm'),
        );
      }
    });

    it('lists twenty refusals and how many more there are', async () => {
      const refused = await refusedFor(`${header}\n${'x\n'.repeat(1000)}`);
      assert.equal(refused.length, 21);
      assert.equal(refused[20], 'file: 980 more places are refused');
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
          assert.equal(observations.length, outcome.rows);
          let line = 1;
          for (const observation of observations) {
            sample.check(observation);
            assert.ok(observation.line > line);
            line = observation.line;
          }
        }),
        { numRuns: 2000 },
      );
      assert.ok(
        sound > 50 && sound < 1950,
        `${sound} of 2000 were sound: the changes are too harsh or too mild`,
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

type Change = { at: number; byte: number; how: 'set' | 'insert' | 'delete' | 'cut-off' };

function anyChange(length: number): fc.Arbitrary<Change> {
  const telling = fc.constantFrom(...Buffer.from('",\n\r;0\0-/ '));
  const how = { weight: 9, arbitrary: fc.constantFrom<Change['how'][]>('set', 'insert', 'delete') };
  return fc.record({
    at: fc.nat(length - 1),
    byte: fc.oneof(fc.nat(255), telling),
    how: fc.oneof(how, { weight: 1, arbitrary: fc.constant<Change['how']>('cut-off') }),
  });
}

function changed(file: Buffer, { at, byte, how }: Change): Buffer {
  const instead = how === 'set' || how === 'insert' ? [byte] : [];
  const rest = how === 'cut-off' ? file.length : how === 'insert' ? at : at + 1;
  return Buffer.concat([file.subarray(0, at), Buffer.from(instead), file.subarray(rest)]);
}

async function* failingAfter(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw new Error('the disk is gone');
}

async function sampleOf(reader: Reader): Promise<ReaderSample> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the name of the file is its contract
  const { sample } = (await import(new URL('sample.ts', folder(reader)).href)) as { sample: ReaderSample };
  return sample;
}
