import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readers, recogniseReader } from './index.ts';
import { sampleOf, trialOf } from './trial.ts';

for (const reader of readers) {
  const sample = await sampleOf(reader);
  if (sample.kind !== 'xml') continue;
  const { read, onlyRefusal, refusedFor } = trialOf(reader, sample.context);
  const { plain } = sample;
  const root = /<([A-Za-z]\w*)/.exec(plain)?.[1] ?? '';
  const body = plain.slice(plain.indexOf(`<${root}`));
  const within = (text: string) => plain.replace(`<${root}>`, `<${root}>${text}`);

  describe(`XML reader ${reader.name}`, () => {
    it('says the same with other line ends, without a declaration, with blanks, comments and unknown elements', async () => {
      const expected = (await read(plain)).observations;
      for (const file of [
        plain.replaceAll('\n', '\r\n'),
        plain.replaceAll('\n', '\r'),
        `${plain}\n<!-- end -->\n`,
      ]) {
        assert.deepEqual((await read(file)).observations, expected);
      }
      const unlined = (file: readonly object[]) => file.map((seen) => ({ ...seen, line: 0 }));
      for (const file of [
        body,
        `<?xml version='1.0' encoding='us-ascii' standalone="yes"?>${body}`,
        `<?xml version="1.1" encoding="UTF8"?>\n<!-- <!DOCTYPE a> --><?x <!DOCTYPE a>?>\n\n${body}`,
        within('<unknown a="1"><deeper>text &amp; text</deeper><![CDATA[<a>]]></unknown>'),
        plain.replaceAll('>\n', ' \n>\n').replace(' \n>', '>'),
      ]) {
        assert.deepEqual(unlined((await read(file)).observations), unlined(expected));
      }
    });

    for (const { text, instead, refused } of sample.wrongTexts) {
      it(`refuses ${text} as ${JSON.stringify(instead.slice(0, 40))}`, async () => {
        assert.ok(plain.includes(text));
        await onlyRefusal(
          plain.replace(text, () => instead),
          refused,
        );
      });
    }

    it('refuses a file that is cut off anywhere', async () => {
      const end = plain.trimEnd().length;
      for (let length = 1; length < end; length += 1 + (length % 3)) {
        const refused = await refusedFor(plain.slice(0, length));
        assert.equal(refused.length, 1);
        assert.match(refused[0] ?? '', /^(?:line \d+|file): .*(?:cut off|no element|does not begin as XML)/);
      }
    });

    it('refuses another root element, and says what it is', async () => {
      for (const other of [sample.otherRoot, 'html', 'report', 'constructor', '__proto__']) {
        await onlyRefusal(plain.replaceAll(root, other), /^line 2: the root element is `\w+`/);
      }
      await onlyRefusal(
        plain.replaceAll(root, 'x'.repeat(300)),
        /^line 2: the root element is `x{39}…`, and/,
      );
    });

    it('refuses what is not XML', async () => {
      for (const [file, refused] of [
        ['{"a": ["<b>"]}', /^line 1: the file is JSON/],
        ['[1]', /^line 1: the file is JSON/],
        ['<!DOCTYPE html>\n<html><body></body></html>', /^line 1: the file is an HTML page/],
        ['<!doctype html>\n<p>a<br>b', /^line 1: the file is an HTML page/],
        ['<html><p></html>', /^line 1: the root element is `html`: the file is an HTML page/],
        ['a,b,c\n1,2,3\n', /^line 1: the file does not begin as XML does/],
        ['+ADw-?xml', /^line 1: the file does not begin as XML does/],
        [' '.repeat(70_000), /^line 1: has no element in its first 64 KiB/],
        ['\n', /^line 2: has no element/],
        ['<?xml version="1.0"?>', /^line 1: has no element/],
      ] as const) {
        await onlyRefusal(file, refused);
      }
    });

    it('refuses a DOCTYPE wherever it stands and whatever is in it', async () => {
      const bomb = `<!DOCTYPE a [<!ENTITY a "${'ha'.repeat(50)}">${Array.from(
        { length: 30 },
        (_, level) => `<!ENTITY a${level} "${`&a${level || ''};`.repeat(10)}">`,
      ).join('\n')}]>`;
      for (const doctype of [
        '<!DOCTYPE a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE a PUBLIC "-//A//B" "http://192.0.2.1/a.dtd">',
        '<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE a [<!ENTITY % e SYSTEM "http://192.0.2.1/a.dtd"> %e;]>',
        '<!DOCTYPE a [',
        `<!DOCTYPE a [${' '.repeat(200_000)}`,
        '<!doctype a>',
        bomb,
      ]) {
        await onlyRefusal(`${doctype}${body}`, /^line 1: has a DOCTYPE/);
        await onlyRefusal(`<?xml version="1.0"?>\n<!-- a -->\n${doctype}${body}`, /^line 3: has a DOCTYPE/);
        if (doctype === doctype.toUpperCase()) await onlyRefusal(within(doctype), /^line 2: has a DOCTYPE/);
        for (const mark of ['', '\uFEFF']) {
          const wide = Buffer.from(`${mark}${doctype}${body}`, 'utf16le');
          await onlyRefusal(wide, /^file: the file is encoded as UTF-16: /);
          await onlyRefusal(Buffer.from(wide).swap16(), /^file: the file is encoded as UTF-16: /);
        }
      }
      await onlyRefusal(`${plain}<!DOCTYPE a>`, /^line \d+: has a DOCTYPE/);
      await onlyRefusal(
        `<?xml version="1.0" encoding="UTF-7"?>\n+ADwAIQ-DOCTYPE a+AD4-${body}`,
        /^line 1: the file says that it is encoded as `UTF-7`: /,
      );
    });

    it('refuses every encoding but UTF-8', async () => {
      for (const encoding of ['ISO-8859-1', 'windows-1252', 'UTF-16', 'utf-7', 'x'.repeat(100)]) {
        await onlyRefusal(
          `<?xml version="1.0" encoding="${encoding}"?>${body}\xE9`,
          /^line 1: the file says that it is encoded as `[^`]{1,40}`: save it as UTF-8/,
        );
      }
      for (const mark of ['', '\uFEFF']) {
        const narrow = `${mark}${plain}`;
        const wide = Buffer.from(
          Array.from(narrow).flatMap((letter) =>
            [letter.codePointAt(0) ?? 0, 0].flatMap((unit) => [unit & 0xff, unit >> 8]),
          ),
        );
        await onlyRefusal(wide, /^file: the file is encoded as UTF-32: /);
        await onlyRefusal(Buffer.from(wide).swap32(), /^file: the file is encoded as UTF-32: /);
        const utf16 = Buffer.from(narrow, 'utf16le');
        await onlyRefusal(utf16, /^file: the file is encoded as UTF-16: save it as UTF-8/);
        assert.equal(recogniseReader(utf16), reader);
        await onlyRefusal(utf16.swap16(), /^file: the file is encoded as UTF-16: save it as UTF-8/);
        assert.equal(recogniseReader(utf16), reader);
      }
    });

    it('refuses bytes that are no text', async () => {
      const at = Buffer.from(plain).indexOf(`<${root}`) + root.length + 2;
      const spoilt = (...bytes: number[]) =>
        Buffer.concat([
          Buffer.from(plain).subarray(0, at),
          Buffer.from(bytes),
          Buffer.from(plain).subarray(at),
        ]);
      await onlyRefusal(spoilt(0), new RegExp(`^line 2: byte ${at} of the file is a NUL byte`));
      for (const bytes of [[0xe9], [0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80]]) {
        await onlyRefusal(spoilt(...bytes), new RegExp(`^line 2: byte ${at} of the file is no UTF-8`));
      }
      for (const bytes of [[1], [8], [0x1b], [0xef, 0xbf, 0xbe], [0xef, 0xbf, 0xbf]]) {
        await onlyRefusal(spoilt(...bytes), /^line 2: has a character that XML does not allow/);
      }
    });

    it('refuses entities and characters that XML does not have', async () => {
      for (const text of [
        '&a;',
        '&nbsp;',
        '&xxe;',
        '&toString;',
        '&__proto__;',
        `&${'a'.repeat(100_000)};`,
      ]) {
        await onlyRefusal(within(text), /^line 2: refers to an entity, and none are read but XML's own five/);
      }
      for (const text of [
        '&;',
        '& a;',
        '&#0;',
        '&#xD800;',
        '&#x110000;',
        '&#99999999999999999999;',
        '&#x;',
      ]) {
        await onlyRefusal(within(text), /^line 2: (?:has a `&` that starts no|refers to an entity)/);
      }
    });

    it('refuses what is not well formed, and shows nothing of it', async () => {
      for (const [text, refused] of [
        ['<a>', /closes an element that is not the one that is open|cut off/],
        ['</a>', /closes an element/],
        ['<a b="1" b="2"/>', /the same attribute twice/],
        ['<a b=1/>', /tag that is not well formed/],
        ['<a b/>', /tag that is not well formed/],
        ['<a b="1"c="2"/>', /tag that is not well formed/],
        ['<a b="<"/>', /character that XML does not allow/],
        ['<a / >', /tag that is not well formed/],
        ['<1/>', /tag that is not well formed/],
        ['< a/>', /tag that is not well formed/],
        ['a ]]> b', /]]>/],
        ['<!-- a -- b -->', /comment or an instruction/],
        ['<?xml version="1.0"?>', /XML declaration/],
        ['<? a?>', /comment or an instruction/],
        ['<!ELEMENT a>', /not well-formed XML/],
      ] as const) {
        await onlyRefusal(within(text.replaceAll('a', 'hidden')), refused);
        assert.doesNotMatch((await refusedFor(within(text.replaceAll('a', 'hidden')))).join(), /hidden/);
      }
      await onlyRefusal(`${plain}<hidden/>`, /^line \d+: has a second root element/);
      await onlyRefusal(`${plain}hidden`, /^line \d+: has text after the end of its root element/);
      await onlyRefusal(`\n${plain}`, /^line 2: has an XML declaration/);
    });

    it('refuses elements 20,000 deep, 10,000,000 attributes and endless names, texts and tags, in time and memory', async () => {
      const before = process.memoryUsage().rss;
      const started = performance.now();
      const MIB = 1024 * 1024;
      const open = plain.slice(0, plain.indexOf(`<${root}>`) + root.length + 2);
      for (const [start, piece, times, refused] of [
        [open, '<a>', 20_000, /more than 100 deep/],
        [`${open}<a `, '', 10_000_000, /more than 100 attributes/],
        [open, '<a', 1e9, /tag that is not|MiB|more than/],
        [`${open}<`, 'a', 1e9, /more than 2 MiB/],
        [`${open}<a b="`, 'b', 1e9, /more than 1 MiB/],
        [`${open}<a b="`, '&lt;', 1e9, /more than 1 MiB/],
        [`${open}<a `, 'b', 1e9, /more than 1 MiB/],
        [open, 'text ', 1e9, /more than 16 MiB/],
        [open, '&', 1e9, /MiB|`&`/],
        [`${open}a<![CDATA[<b>`, ']x', 1e9, /more than 2 MiB/],
        [`${open}<![CDATA[`, ']x', 1e9, /more than 2 MiB/],
        [`${open}<!--`, '-x', 1e9, /more than 2 MiB/],
        [`${open}<?a`, ' ?', 1e9, /more than 2 MiB/],
        ['<!--', '-x', 1e9, /first 64 KiB/],
        ['<?xml version="', '1', 1e9, /first 64 KiB/],
      ] as const) {
        let sent = 0;
        async function* endless(): AsyncGenerator<Uint8Array> {
          yield Buffer.from(start);
          const block = piece.repeat(10_000);
          for (let count = 0; count < times; count += 10_000) {
            const next =
              piece === ''
                ? Array.from({ length: 10_000 }, (_, index) => `a${count + index}="" `).join('')
                : block;
            sent += next.length;
            yield Buffer.from(next);
          }
        }
        const reading = reader.read(endless(), sample.context);
        let next = await reading.next();
        while (!next.done) next = await reading.next();
        assert.equal(next.value.refused.length, 1);
        assert.match(next.value.refused[0]?.reason ?? '', refused, `${start.slice(-20)}${piece}`);
        assert.ok(sent < 17 * MIB, `${piece} was refused after ${sent} bytes`);
      }
      assert.ok(performance.now() - started < 20_000);
      assert.ok(process.memoryUsage().rss - before < 300 * MIB);
    });
  });
}
