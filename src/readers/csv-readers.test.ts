import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { readers, recogniseReader } from './index.ts';
import { sampleOf, trialOf } from './trial.ts';

for (const reader of readers) {
  const sample = await sampleOf(reader);
  if (sample.kind !== 'csv') continue;
  const { read, refusedFor, onlyRefusal } = trialOf(reader, sample.context);
  const lines = sample.plain.trimEnd().split('\n');
  const [header = '', first = ''] = lines;
  const plain = Buffer.from(sample.plain);

  describe(`CSV reader ${reader.name}`, () => {
    it('tries a wrong cell for every column', () => {
      const tried = new Set(sample.wrongCells.map(({ column }) => column));
      assert.deepEqual(
        reader.columns.filter((column) => !tried.has(column)),
        [],
      );
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

    it('recognises its header in any case, also without a column or separated otherwise', () => {
      const ignored = header.split(',').slice(1).join(';');
      for (const file of [header, ignored, header.toUpperCase()]) {
        assert.equal(recogniseReader(Buffer.from(file)), reader);
      }
      assert.equal(recogniseReader(Buffer.from(first)), undefined);
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

    it('refuses a file without rows or without a header', async () => {
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
  });
}
