import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LoggedProof, proofText } from '../proof.ts';
import { nodesFromTiles, tilePath } from '../tiles.ts';
import { inclusionProof } from '../tree.ts';
import { verifyProof } from './prove.ts';
import { trialKey, trialLine, trialRecord } from './trial.ts';

const KEY = trialKey(1);
const RECORD = trialRecord(
  Array.from({ length: 300 }, (_, i) => (i === 199 ? 'no entry' : trialLine(i === 99 ? 7 : i + 1))),
  [],
);

async function proofOf(index: number, changed: Partial<LoggedProof> = {}): Promise<string> {
  const nodeAt = nodesFromTiles((level, number) => {
    const path = [...RECORD.tiles.keys()].find((path) =>
      path.startsWith(tilePath({ level, number, width: 256 })),
    );
    return Promise.resolve(RECORD.tiles.get(path ?? '') ?? Buffer.alloc(0));
  });
  const hashes = await inclusionProof(index, 300, nodeAt);
  return proofText({
    leaf: Buffer.from(RECORD.lines[index] ?? ''),
    index,
    hashes,
    checkpoint: RECORD.latest,
    ...changed,
  });
}

test('a proof gives the entry, the head and the key that vouches for it', async () => {
  const proved = verifyProof(await proofOf(41), { keys: [trialKey(2).text, KEY.text] });
  assert.ok(proved.fault === undefined);
  assert.equal(proved.entry.index, 42);
  assert.equal(proved.head.size, 300);
  assert.equal(proved.key, KEY.text);
});

test('what does not prove says why', async () => {
  const fault = (text: string, keys = [KEY.text]): string | undefined => verifyProof(text, { keys }).fault;
  assert.match(fault('') ?? '', /not a proof/);
  assert.match(fault((await proofOf(41)).replace(/extra .*\n/, '')) ?? '', /does not hold the entry/);
  assert.match(fault(await proofOf(41, { checkpoint: 'x' })) ?? '', /checkpoint in the proof cannot be read/);
  assert.match(fault(await proofOf(41), [trialKey(2).text]) ?? '', /signed by no key you gave/);
  assert.match(fault(await proofOf(41), []) ?? '', /signed by no key you gave/);
  assert.match(
    fault(await proofOf(41, { leaf: Buffer.from(trialLine(43)) })) ?? '',
    /is not entry 42 of the record/,
  );
  assert.match(fault(await proofOf(41, { index: 42 })) ?? '', /is not entry 43 of the record/);
  assert.match(fault(await proofOf(41, { hashes: [] })) ?? '', /is not entry 42 of the record/);
  assert.match(fault(await proofOf(99)) ?? '', /entry 100 says that it is entry 7/);
  assert.match(fault(await proofOf(199)) ?? '', /entry 200 was signed, but cannot be read: it is not JSON/);
});
