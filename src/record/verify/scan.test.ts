import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { subtreeRoot } from '../subtree.ts';
import { HASH_BYTES, leafHash } from '../tree.ts';
import { glance, linesOf, scan, type Stretch } from './scan.ts';
import { scanned } from './scan-threads.ts';
import { rotationLine, sourceOf, trialKey, trialLine, trialRecord } from './trial.ts';
import { verifyRecord } from './verify.ts';

const chunkOf = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));
const lines = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => trialLine(from + i));
const stretchesOf = (...lines: string[]): readonly Stretch[] => scan(chunkOf(lines)).stretches;
const runOf = (line: string): unknown => stretchesOf(line)[0]?.run;

test('it hashes lines of any bytes and length as leaves', () => {
  const line = fc
    .uint8Array({ maxLength: 6000, size: 'max' })
    .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0x0a)));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const chunk = Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
      assert.deepEqual(scan(chunk).hashes, Buffer.concat(lines.map(leafHash)));
      assert.deepEqual(linesOf(chunk), lines);
    }),
    { numRuns: 40 },
  );
});

test('it reads where a run begins and ends, and the roots of the tiles in it', () => {
  const { stretches, roots, hashes } = scan(chunkOf(lines(200, 800)));
  const run = { first: 200, from: '2026-03-02T09:03:21.800Z', to: '2026-03-02T09:13:27.200Z' };
  assert.deepEqual(stretches, [{ lines: 601, run }]);
  const tile = (from: number): Buffer =>
    subtreeRoot(hashes.subarray((from - 200) * HASH_BYTES, (from + 56) * HASH_BYTES));
  assert.deepEqual(roots, Buffer.concat([tile(257), tile(513)]));
});

test('a chunk is divided where a line does not follow the one before', () => {
  const [one, two] = [trialLine(1), trialLine(2)];
  const divided = (...lines: string[]): (readonly [number, number | undefined])[] =>
    stretchesOf(...lines).map(({ lines, run }) => [lines, run?.first]);
  assert.deepEqual(divided(one, two), [[2, 1]]);
  assert.deepEqual(divided(one, trialLine(2, { recorded: '2026-03-02T09:00:01.009Z' })), [[2, 1]]);
  assert.deepEqual(divided(one, trialLine(2, { recorded: '2026-03-02T09:00:01.008Z' })), [
    [1, 1],
    [1, 2],
  ]);
  assert.deepEqual(divided(one, trialLine(3), one, two), [
    [1, 1],
    [1, 3],
    [2, 1],
  ]);
  const rotation = rotationLine(3, trialKey(1), trialKey(2));
  assert.deepEqual(divided(one, two, rotation, '', trialLine(5), trialLine(6)), [
    [2, 1],
    [2, undefined],
    [2, 5],
  ]);
  assert.deepEqual(divided(), []);
});

test('the roots are those of the tiles in each run', () => {
  const all = lines(1, 1200).with(299, '');
  const { roots, hashes } = scan(chunkOf(all));
  const tile = (number: number): Buffer =>
    subtreeRoot(hashes.subarray(number * 256 * HASH_BYTES, (number + 1) * 256 * HASH_BYTES));
  assert.deepEqual(roots, Buffer.concat([tile(0), tile(2), tile(3)]));
});

test('what needs to be parsed is none, whatever stands before it', () => {
  const [one, two] = [trialLine(1), trialLine(2)];
  const odd: [what: string, line: string][] = [
    ['an instant without its hour', trialLine(2, { recorded: '2026-03-02T24:00:00.000Z' })],
    ['an instant of 60 minutes', trialLine(2, { recorded: '2026-03-02T09:60:00.000Z' })],
    ['an instant of 60 seconds', trialLine(2, { recorded: '2026-03-02T09:00:60.000Z' })],
    ['an instant in letters', trialLine(2, { recorded: '2026-03-02T09:00:0x.000Z' })],
    ['another zone', trialLine(2, { recorded: '2026-03-02T09:00:09.000+' })],
    ['no day', two.replace('2026-03-02"', '2026-02-30"')],
    ['a rotation', rotationLine(2, trialKey(1), trialKey(2))],
    ['an escape in the kind', trialLine(2, { kind: String.raw`record.key\rotated` })],
    ['an escape in the subject', two.replace('"subject":"', String.raw`"subject":"\"`)],
    ['an escape in the actor', two.replace('"actor":"', String.raw`"actor":"\u0041`)],
    ['a control character in the actor', two.replace('"actor":"', '"actor":"\t')],
    ['a control character in the subject', two.replace('"subject":"', '"subject":"\t')],
    ['two actors', two.replace('"actor":', '"actor":"x","actor":')],
    ['an actor that is no text', two.replace('"operator:demo"', '1')],
    ['no actor', two.replace('"actor":"operator:demo",', '')],
    ['a member before the body', two.replace('"body":', '"bodx":1,"body":')],
    ['no body', two.replace(/"body":\{[^}]*\},/, '')],
    ['an empty body', two.replace(/"body":\{[^}]*\}/, '"body":')],
    ['a leading zero', two.replace('"index":2', '"index":02')],
    ['a fraction', two.replace('"index":2', '"index":1.2')],
    ['a blank', two.replace('"index":2', '"index": 2')],
    ['a member too many', two.replace('"index":2', '"index":2,"x":1')],
    ['something before', ` ${two}`],
    ['something after', `${two} `],
    ['no line', ''],
  ];
  for (const [what, line] of odd) {
    assert.deepEqual(
      stretchesOf(one, line, trialLine(3)).map(({ lines, run }) => [lines, run?.first]),
      [
        [1, 1],
        [1, undefined],
        [1, 3],
      ],
      what,
    );
    assert.equal(glance(Buffer.from(line)), undefined, what);
  }
  const bad = Buffer.concat([chunkOf([one]), Buffer.from(`${two.replace('Demo', 'De\u00ffo')}\n`, 'latin1')]);
  assert.deepEqual(
    scan(bad).stretches.map(({ run }) => run?.first),
    [1, undefined],
    'no UTF-8',
  );
});

test('a line says the same of itself alone and among others', () => {
  const days = fc.constantFrom(
    '2026-03-02T09:00:01.008Z',
    '2026-03-02T09:60:00.000Z',
    '2026-03-03T09:00:00.000Z',
  );
  const line = fc.oneof(
    fc.integer({ min: 1, max: 4 }).map((index) => trialLine(index)),
    fc.tuple(fc.integer({ min: 1, max: 4 }), days).map(([index, recorded]) => trialLine(index, { recorded })),
    fc.constantFrom('', '{}', rotationLine(2, trialKey(1), trialKey(2)), trialLine(2).replace('{"', '{ "')),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const among = stretchesOf(...lines).flatMap(({ lines, run }) =>
        Array.from({ length: lines }, (_, i) => run && run.first + i),
      );
      assert.deepEqual(
        among,
        lines.map((line) => glance(Buffer.from(line))?.index),
      );
    }),
  );
});

test('whatever is inside a body, the run is that of the leaf', () => {
  const hostile = fc.constantFrom(
    ',"effective":"2026-01-01","index":9,"kind":"x","recorded":"2026-01-01T00:00:00.000Z","subject":"s"}',
    '"index":9',
    '\\',
    '"',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(hostile, fc.string())), (parts) => {
      const body = parts.map((part) => ({
        [part.replaceAll('\0', '')]: part.replaceAll('\0', ''),
        index: 9,
        subject: 'x',
      }));
      assert.deepEqual(runOf(trialLine(5, { body })), runOf(trialLine(5)));
    }),
  );
});

test('with other threads helping, chunks come in their order and the verdict is the same', async () => {
  const filler = 'x'.repeat(8000);
  const all = Array.from({ length: 6000 }, (_, i) => trialLine(i + 1, { body: filler }));
  const record = trialRecord(all, [2000, 5000]);
  record.lines[5555] = trialLine(5556, { body: 'changed' });
  record.lines.splice(3333, 1);
  const verified = await Promise.all([0, 2].map((threads) => verifyRecord(sourceOf(record), { threads })));
  assert.deepEqual(verified[0], verified[1]);
  assert.deepEqual(
    verified[0]?.faults.map(({ entry }) => entry),
    [3334, 5556],
  );
  const firsts: (number | undefined)[] = [];
  for await (const { scan } of scanned(sourceOf(trialRecord(all, [])).leaves(), 2))
    firsts.push(scan.stretches[0]?.run?.first);
  assert.deepEqual(
    firsts,
    Array.from({ length: 60 }, (_, i) => i * 100 + 1),
  );
});
