import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { subtreeRoot } from '../subtree.ts';
import { HASH_BYTES, leafHash } from '../tree.ts';
import { linesOf, scan } from './scan.ts';
import { scanned } from './scan-threads.ts';
import { rotationLine, sourceOf, trialKey, trialLine, trialRecord } from './trial.ts';
import { verifyRecord } from './verify.ts';

const chunkOf = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));
const lines = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => trialLine(from + i));
const runOf = (...lines: string[]): unknown => scan(chunkOf(lines)).run;

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
  const { run, roots, hashes } = scan(chunkOf(lines(200, 800)));
  assert.deepEqual(run, { first: 200, from: '2026-03-02T09:03:21.800Z', to: '2026-03-02T09:13:27.200Z' });
  const tile = (from: number): Buffer =>
    subtreeRoot(hashes.subarray((from - 200) * HASH_BYTES, (from + 56) * HASH_BYTES));
  assert.deepEqual(roots, Buffer.concat([tile(257), tile(513)]));
});

test('what does not follow, or needs to be read, is no run', () => {
  const [one, two] = [trialLine(1), trialLine(2)];
  assert.ok(runOf(one, two));
  assert.ok(runOf(one, trialLine(2, { recorded: '2026-03-02T09:00:01.009Z' })), 'the same instant');
  const none: [what: string, line: string][] = [
    ['another index', trialLine(3)],
    ['the same index', one],
    ['an earlier instant', trialLine(2, { recorded: '2026-03-02T09:00:01.008Z' })],
    ['an instant without its hour', trialLine(2, { recorded: '2026-03-02T24:00:00.000Z' })],
    ['an instant of 60 minutes', trialLine(2, { recorded: '2026-03-02T09:60:00.000Z' })],
    ['an instant of 60 seconds', trialLine(2, { recorded: '2026-03-02T09:00:60.000Z' })],
    ['an instant in letters', trialLine(2, { recorded: '2026-03-02T09:00:0x.000Z' })],
    ['another zone', trialLine(2, { recorded: '2026-03-02T09:00:09.000+' })],
    ['no day', two.replace('2026-03-02"', '2026-02-30"')],
    ['a rotation', rotationLine(2, trialKey(1), trialKey(2))],
    ['an escape in the kind', trialLine(2, { kind: String.raw`record.key\rotated` })],
    ['an escape in the subject', two.replace('"subject":"', String.raw`"subject":"\"`)],
    ['a leading zero', two.replace('"index":2', '"index":02')],
    ['a fraction', two.replace('"index":2', '"index":1.2')],
    ['a blank', two.replace('"index":2', '"index": 2')],
    ['a member too many', two.replace('"index":2', '"index":2,"x":1')],
    ['something before', ` ${two}`],
    ['something after', `${two} `],
    ['no line', ''],
  ];
  for (const [what, line] of none) assert.equal(runOf(one, line), undefined, what);
  const bad = Buffer.concat([chunkOf([one]), Buffer.from(`${two.replace('Demo', 'De\u00ffo')}\n`, 'latin1')]);
  assert.equal(scan(bad).run, undefined, 'no UTF-8');
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
    firsts.push(scan.run?.first);
  assert.deepEqual(
    firsts,
    Array.from({ length: 60 }, (_, i) => i * 100 + 1),
  );
});
