import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, day } from '../time/index.ts';
import { canonicalText, type Json } from './canonical.ts';
import type { Entry } from './entry.ts';
import { isInstant, leafOf, leafText } from './leaf.ts';

const text = fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0') && value.isWellFormed());
const body = fc
  .jsonValue({ stringUnit: 'grapheme' })
  .map((value) => JSON.parse(JSON.stringify(value)) as Json)
  .filter((value) => !/\\u0000|\\ud[89a-f]/.test(JSON.stringify(value)));
const entries: fc.Arbitrary<Entry> = fc.record(
  {
    index: fc.integer({ min: 1, max: 2 ** 48 }),
    kind: text,
    subject: text,
    actor: text,
    effective: fc.integer({ min: 0, max: 100_000 }).map((n) => addDays(day('1900-01-01'), n)),
    recorded: fc
      .date({
        noInvalidDate: true,
        min: new Date('1900-01-01T00:00:00Z'),
        max: new Date('2199-12-31T23:59:59Z'),
      })
      .map((date) => date.toISOString()),
    body,
  },
  { noNullPrototype: true },
);

test('a leaf is the canonical text of its entry and reads back as it, without a newline', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const line = leafText({ ...entry, body: canonicalText(entry.body) });
      assert.equal(line, canonicalText({ ...entry }));
      assert.ok(!line.includes('\n'));
      assert.deepEqual(leafOf(line), entry);
    }),
  );
});

const LINE =
  '{"actor":"operator:demo","body":{"a":1},"effective":"2026-03-02","index":7,"kind":"account.seen",' +
  '"recorded":"2026-03-02T09:00:00.000Z","subject":"account:3.7"}';

test('what is no leaf is refused, and why is said', () => {
  assert.equal(leafOf(LINE).index, 7);
  const refused: [line: string, says: RegExp][] = [
    ['', /not JSON/],
    ['[]', /not a JSON object/],
    ['null', /not a JSON object/],
    [LINE.slice(0, -1), /not JSON/],
    [LINE.replace('"index":7,', ''), /no member "index"/],
    [LINE.replace('{"actor"', '{"Actor":1,"actor"'), /a member "Actor" that no entry has/],
    [LINE.replace('7,', '0,'), /"index" is not a number counted from 1/],
    [LINE.replace('7,', '7.5,'), /"index" is not a number counted from 1/],
    [LINE.replace('7,', '"7",'), /"index" is not a number counted from 1/],
    [LINE.replace('2026-03-02"', '2026-02-30"'), /"effective" is not a day/],
    [LINE.replace('T09', 'T24'), /"recorded" is not an instant/],
    [LINE.replace('.000Z', 'Z'), /"recorded" is not an instant/],
    [LINE.replace('"account.seen"', '1'), /"kind" is not a text/],
    [LINE.replace('{"a":1}', '{"a":1.0}'), /not in canonical form/],
    [LINE.replace('{"a":1}', '{"b":1,"a":1}'), /not in canonical form/],
    [LINE.replace('"index":7', '"index":6,"index":7'), /not in canonical form/],
    [`${LINE} `, /not in canonical form/],
    [LINE.replace('account.seen', String.raw`account\u002eseen`), /not in canonical form/],
    [LINE.replace('account.seen', String.raw`\ud800`), /well-formed/],
  ];
  for (const [line, says] of refused)
    assert.throws(() => leafOf(line), { name: 'RangeError', message: says }, line);
});

test('an instant is one that exists, to the millisecond, in UTC', () => {
  assert.ok(isInstant('2024-02-29T23:59:59.999Z'));
  for (const text of [
    '2023-02-29T00:00:00.000Z',
    '2024-02-29T23:59:60.000Z',
    '2024-02-29',
    '2024-02-29T00:00:00.000+0',
  ]) {
    assert.ok(!isInstant(text), text);
  }
});
