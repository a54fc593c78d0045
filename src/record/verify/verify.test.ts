import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { leafHash } from '../tree.ts';
import {
  checkpointOf,
  ORIGIN,
  rotationLine,
  sourceOf,
  tilesOf,
  trialKey,
  trialLine,
  type TrialRecord,
  trialRecord,
} from './trial.ts';
import { type Verified, verifyRecord, type VerifyOptions } from './verify.ts';

const [KEY, NEXT, STRANGER] = [trialKey(1), trialKey(2), trialKey(3)];
const LINES = Array.from({ length: 600 }, (_, i) => trialLine(i + 1));
const SIZES = [41, 57, 97, 300, 512, 600];

/** What is found in the record of 600 entries after `tamper` had its way with it, however it is cut into chunks. */
async function found(tamper: (record: TrialRecord) => void, options: VerifyOptions = {}): Promise<string[]> {
  const record = trialRecord(LINES, SIZES);
  tamper(record);
  const all = await Promise.all([1, 100, 600].map((lines) => verifyRecord(sourceOf(record, lines), options)));
  for (const each of all) assert.deepEqual(each.faults, all[0]?.faults);
  return (all[0]?.faults ?? []).map((fault) => fault.says);
}

const changed = (index: number): string => trialLine(index, { body: { note: 'changed' } });
const agreesWithTile = (entry: number, size: number): string =>
  `entry ${entry} was changed after it was hashed: tile/0/000 holds another hash, and the checkpoint of size ${size} agrees with that`;

test('a record as it was signed has no fault', async () => {
  const record = trialRecord(LINES, SIZES);
  const verified = await verifyRecord(sourceOf(record));
  assert.deepEqual(
    { ...verified, root: undefined },
    {
      origin: ORIGIN,
      size: 600,
      root: undefined,
      checkpoints: 6,
      keys: [KEY.text],
      trusted: 'brought',
      faults: [],
    },
  );
  assert.equal((await verifyRecord(sourceOf(record), { keys: [STRANGER.text, KEY.text] })).trusted, 'given');
});

test('so has one of any size with checkpoints anywhere, cut into any chunks', async () => {
  const sizes = fc.uniqueArray(fc.integer({ min: 0, max: 600 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 600 }),
      sizes,
      fc.integer({ min: 1, max: 700 }),
      async (size, sizes, chunk) => {
        const record = trialRecord(
          LINES.slice(0, size),
          sizes.filter((at) => at <= size).sort((a, b) => a - b),
        );
        const against = checkpointOf(LINES, Math.floor(size / 2), [KEY]);
        const verified = await verifyRecord(sourceOf(record, chunk), { against });
        assert.deepEqual(verified.faults, []);
        assert.equal(verified.size, size);
      },
    ),
    { numRuns: 60 },
  );
});

test('a flipped bit of any entry is found and the entry named', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 599 }),
      fc.nat(),
      fc.integer({ min: 0, max: 6 }),
      async (index, at, bit) => {
        const record = trialRecord(LINES, [600]);
        const bytes = Buffer.from(record.lines[index] ?? '');
        bytes[at % bytes.length] = (bytes[at % bytes.length] ?? 0) ^ (1 << bit);
        if (bytes.includes(0x0a)) return;
        const source = {
          ...sourceOf(record),
          leaves: () => chunksOf(record.lines.map((line, i) => (i === index ? bytes : Buffer.from(line)))),
        };
        const { faults } = await verifyRecord(source);
        assert.deepEqual(
          faults.map(({ entry }) => entry),
          [index + 1],
        );
      },
    ),
    { numRuns: 60 },
  );
});

async function* chunksOf(lines: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\n')]));
}

test('changed, backdated or taken from another record: the entry is named', async () => {
  const others = LINES.map((line) => line.replace('operator:demo', 'operator:other'));
  const tampers: ((record: TrialRecord) => string)[] = [
    () => changed(57),
    () => trialLine(57, { recorded: '2026-01-01T00:00:00.000Z' }),
    () => trialLine(57, { recorded: '2027-01-01T00:00:00.000Z' }),
    () => trialLine(58, { body: {} }),
    () => (LINES[56] ?? '').replace('2026-03-02"', '2025-03-02"'),
    () => others[56] ?? '',
    () => 'no entry at all',
    () => '',
  ];
  for (const tamper of tampers) {
    const faults = await found((record) => (record.lines[56] = tamper(record)));
    assert.equal(faults[0], agreesWithTile(57, 57));
  }
});

test('deleted, inserted, reordered, cut off, added: what is missing or too much is named', async () => {
  assert.deepEqual(await found(({ lines }) => lines.splice(56, 1)), [
    'entry 57 is missing: entry 58 stands in its place',
  ]);
  assert.deepEqual(await found(({ lines }) => lines.splice(56, 300)), [
    'entries 57 to 356 are missing: entry 357 stands in their place',
  ]);
  const inserted = 'entry 57 stands in line 58: a line was inserted, or the order was changed';
  assert.deepEqual(await found(({ lines }) => lines.splice(56, 0, changed(57))), [
    agreesWithTile(57, 57),
    inserted,
  ]);
  assert.deepEqual(await found(({ lines }) => lines.splice(56, 0, LINES[56] ?? '')), [inserted]);
  assert.deepEqual(await found(({ lines }) => lines.splice(56, 2, LINES[57] ?? '', LINES[56] ?? '')), [
    'entry 57 is missing: entry 58 stands in its place',
    inserted,
  ]);
  assert.deepEqual(await found(({ lines }) => lines.splice(590)), [
    'entries 591 to 600 are missing: the latest checkpoint (size 600) covers them',
  ]);
  assert.deepEqual(await found(({ lines }) => lines.push(trialLine(601))), [
    'entry 601 is covered by no checkpoint: the latest covers 600',
  ]);
});

test('entries that were changed, and the tiles to fit, are narrowed to two checkpoints', async () => {
  const rewritten = (lines: string[]) => (record: TrialRecord) => {
    record.lines = lines;
    record.tiles = tilesOf(lines);
  };
  assert.deepEqual(await found(rewritten(LINES.with(49, changed(50)))), [
    'one of the entries 42 to 57 was changed: the checkpoint of size 41 agrees with the entries, the checkpoint of size 57 does not',
  ]);
  assert.deepEqual(await found(rewritten(LINES.with(0, changed(1)))), [
    'one of the entries 1 to 41 was changed: the checkpoint of size 41 does not agree with the entries',
  ]);
  const reindexed = LINES.toSpliced(49, 1).map((line, i) => line.replace(/"index":\d+/, `"index":${i + 1}`));
  assert.match(
    (await found(rewritten([...reindexed, changed(600)])))[0] ?? '',
    /^one of the entries 42 to 57 was changed/,
  );
});

test('entries that say what no honest record says are named, though all of it is signed', async () => {
  const signed = async (lines: string[]): Promise<string[]> => {
    const verified = await verifyRecord(sourceOf(trialRecord(lines, SIZES)));
    return verified.faults.map((fault) => fault.says);
  };
  assert.deepEqual(await signed(LINES.with(56, trialLine(57, { recorded: '2026-03-02T09:00:00.000Z' }))), [
    'entry 57 says that it was recorded (2026-03-02T09:00:00.000Z) before entry 56 (2026-03-02T09:00:56.504Z)',
  ]);
  assert.deepEqual(await signed(LINES.with(56, trialLine(58))), ['entry 57 says that it is entry 58']);
  assert.deepEqual(await signed(LINES.with(56, '{"actor":1}')), [
    'entry 57 cannot be read: it has no member "body"',
  ]);
  const doubled = (LINES[56] ?? '').replace('"index":57', '"index":56,"index":57');
  assert.deepEqual(await signed(LINES.with(56, doubled)), [
    'entry 57 cannot be read: it is not in canonical form',
  ]);
});

test('of a body only the bytes are bound: its form is not read, however the lines are cut', async () => {
  const odd = LINES.with(4, (LINES[4] ?? '').replace('"body":{', '"body":{ '));
  for (const chunk of [1, 3, 100, 600]) {
    const record = trialRecord(odd.with(59, rotationLine(60, KEY, NEXT)), []);
    record.checkpoints.set(60, checkpointOf(record.lines, 60, [KEY, NEXT]));
    Object.assign(record, { latest: checkpointOf(record.lines, 600, [NEXT]), keys: [KEY.text, NEXT.text] });
    assert.deepEqual((await verifyRecord(sourceOf(record, chunk))).faults, [], String(chunk));
  }
  assert.match((await found((record) => (record.lines = odd)))[0] ?? '', /^entry 5 was changed/);
});

/** What may become of one line of a record. */
const ODD: ((line: string) => string)[] = [
  (line) => line.replace('"body":{', '"body":{ '),
  (line) => line.replace('"actor":', '"actor":"x","actor":'),
  (line) => line.replace('"index":', '"index":1'),
  (line) => line.replace('operator:demo', String.raw`operator:\u0041`),
  (line) => line.replace(/T09:..:../, 'T09:00:01'),
  (line) => line.replace(/T09:..:../, 'T09:09:59'),
  (line) => line.replace(/T09:..:../, 'T09:61:00'),
  (line) => line.replace('2026-03-02"', '2026-02-30"'),
  (line) => line.replace('Demo', 'Demo Demo'),
  (line) => line.replace('account.seen', 'record.key-rotated'),
  () => 'no entry',
  () => '',
];

test('the verdict is the same however the lines are cut into chunks, on good records and odd ones', async () => {
  const place = fc.integer({ min: 1, max: 600 });
  const edit = fc.tuple(place, fc.constantFrom(...ODD));
  const move = fc.tuple(place, fc.constantFrom('delete', 'double', 'swap', 'rotate'));
  const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), place), { minLength: 1, maxLength: 9 });
  await fc.assert(
    fc.asyncProperty(
      // Signed as it stands; changed afterwards; whether the tiles fit; how it is cut.
      fc.array(fc.oneof(edit, move), { maxLength: 3 }),
      fc.array(fc.oneof(edit, move), { maxLength: 4 }),
      fc.constantFrom('', 'tile/0/000', 'tile/0/001', 'tile/1/000.p/2'),
      fc.tuple(cuts, cuts),
      async (signed, changed, missing, [one, other]) => {
        const record = trialRecord(edited(LINES, signed), [41, 300, 512]);
        record.lines = edited(record.lines, changed);
        record.tiles.delete(missing);
        const all = [1, 3, 600, one, other].map((cut) => verifyRecord(sourceOf(record, cut), { threads: 0 }));
        for (const each of all) assert.deepEqual(await each, await all[0]);
      },
    ),
    { numRuns: 60 },
  );
});

type Edit = readonly [place: number, how: string | ((line: string) => string)];

function edited(lines: readonly string[], edits: readonly Edit[]): string[] {
  const all = [...lines];
  for (const [place, how] of edits) {
    const line = all[place - 1] ?? '';
    if (how === 'rotate') all[place - 1] = rotationLine(place, KEY, NEXT);
    else if (how === 'delete') all.splice(place - 1, 1);
    else if (how === 'double') all.splice(place - 1, 0, line);
    else if (how === 'swap') all.splice(place - 1, 2, all[place] ?? '', line);
    else if (typeof how === 'function') all[place - 1] = how(line);
  }
  return all;
}

test('a tile that was damaged is told from an entry that was changed', async () => {
  const first = LINES.map((line) => leafHash(Buffer.from(line)));
  first[56] = leafHash(Buffer.from('x'));
  assert.deepEqual(await found(({ tiles }) => tiles.set('tile/0/000', Buffer.concat(first.slice(0, 256)))), [
    'tile/0/000 was changed: it holds another hash for entry 57, which the checkpoint of size 57 shows to be as signed',
  ]);
  assert.deepEqual(await found(({ tiles }) => tiles.set('tile/1/000.p/2', Buffer.alloc(64))), [
    'tile/1/000 was changed: it holds another hash for entries 1 to 256, which the checkpoint of size 300 shows to be as signed',
    'tile/1/000 was changed: it holds another hash for entries 257 to 512, which the checkpoint of size 512 shows to be as signed',
  ]);
  assert.deepEqual(await found(({ tiles }) => tiles.delete('tile/0/001')), [
    'tile/0/001 is missing: it holds the hashes of entries 257 to 512',
  ]);
  assert.deepEqual(await found(({ tiles }) => tiles.set('tile/0/002.p/88', Buffer.alloc(5))), [
    'tile/0/002.p/88 has a wrong length: it holds the hashes of entries 513 to 600',
  ]);
});

test('where only the tiles of the leaves were rewritten, the tile above them tells', async () => {
  const faults = await found((record) => {
    record.lines[49] = changed(50);
    record.tiles.set('tile/0/000', tilesOf(record.lines).get('tile/0/000') ?? Buffer.alloc(0));
  });
  assert.deepEqual(faults, [
    'one of the entries 1 to 256 was changed after it was hashed: tile/1/000 holds another hash, and the checkpoint of size 300 agrees with that',
    'one of the entries 42 to 57 was changed: the checkpoint of size 41 agrees with the entries, the checkpoint of size 57 does not',
  ]);
});

test('a checkpoint of another key, of another record or of another history is named', async () => {
  const put = (size: number, checkpoint: string) => (record: TrialRecord) =>
    record.checkpoints.set(size, checkpoint);
  const unsigned = 'bears no good signature of the key that was in force then';
  assert.deepEqual(await found(put(97, checkpointOf(LINES, 97, [STRANGER]))), [
    `the checkpoint of size 97 ${unsigned}`,
  ]);
  assert.deepEqual(await found(put(97, checkpointOf(LINES.with(3, 'x'), 97, [KEY]))), [
    'the checkpoint of size 97 was signed for another record: the entries agree with the checkpoint of size 300',
  ]);
  assert.deepEqual(
    await found(
      put(97, checkpointOf(LINES, 97, [trialKey(1, 'muster/OTHER-00000000')], 'muster/OTHER-00000000')),
    ),
    ['the checkpoint of size 97 is of another record, muster/OTHER-00000000'],
  );
  assert.deepEqual(await found(put(97, 'no checkpoint')), [
    'the checkpoint after that of size 57 cannot be read',
  ]);
  assert.deepEqual(await found(put(97, checkpointOf(LINES, 7, [KEY]))), [
    'the checkpoint of size 7 stands after that of size 57',
  ]);
  const longer = [...LINES, trialLine(601), trialLine(602)];
  assert.deepEqual(await found(put(602, checkpointOf(longer, 602, [KEY]))), [
    'entries 601 to 602 are missing: the checkpoint of size 602 covers them',
  ]);
  assert.deepEqual(await found((record) => (record.latest = checkpointOf(LINES, 600, [STRANGER]))), [
    `the latest checkpoint (size 600) ${unsigned}`,
  ]);
  assert.deepEqual(await found((record) => (record.latest = '')), ['the latest checkpoint cannot be read']);
});

test('what the operator rewrote and signed anew, a checkpoint kept elsewhere tells', async () => {
  const kept = checkpointOf(LINES, 97, [KEY]);
  const forge = (lines: string[]) => (record: TrialRecord) =>
    Object.assign(record, trialRecord(lines, SIZES));
  const rewritten = LINES.with(60, changed(61));
  assert.deepEqual(await found(forge(rewritten)), []);
  assert.deepEqual(await found(forge(rewritten), { against: kept }), [
    'one of the entries 1 to 97 is not the one that was signed: the checkpoint you gave (size 97) does not agree with the entries',
  ]);
  assert.deepEqual(await found(forge(rewritten), { against: [kept, checkpointOf(LINES, 57, [KEY])] }), [
    'one of the entries 58 to 97 is not the one that was signed: the checkpoint you gave (size 57) agrees with the entries, the checkpoint you gave (size 97) does not',
  ]);
  const cut = (record: TrialRecord): unknown => Object.assign(record, trialRecord(LINES.slice(0, 41), [41]));
  assert.deepEqual(await found(cut), []);
  assert.deepEqual(await found(cut, { against: kept }), [
    'entries 42 to 97 are missing: the checkpoint you gave (size 97) covers them',
  ]);
});

test('a checkpoint kept elsewhere that is not of this record is said to be none', async () => {
  const nothing = (): undefined => undefined;
  assert.deepEqual(await found(nothing, { against: 'x' }), ['a checkpoint you gave cannot be read']);
  assert.deepEqual(await found(nothing, { against: checkpointOf(LINES, 97, [STRANGER]) }), [
    'the checkpoint you gave (size 97) bears no good signature of the key that was in force then',
  ]);
  assert.match(
    (await found(nothing, { against: checkpointOf(LINES, 97, [KEY], 'muster/OTHER-00000000') }))[0] ?? '',
    /is of another record, muster\/OTHER-00000000/,
  );
});

/** A record whose key is rotated in entry 60; the checkpoint of that size bears these signatures. */
function rotated(signers = [KEY, NEXT], lost = false): TrialRecord {
  const lines = LINES.with(59, rotationLine(60, KEY, NEXT, lost));
  const record = trialRecord(lines, [41]);
  record.checkpoints.set(60, checkpointOf(lines, 60, signers));
  record.checkpoints.set(97, checkpointOf(lines, 97, [NEXT]));
  return { ...record, latest: checkpointOf(lines, 600, [NEXT]), keys: [KEY.text, NEXT.text] };
}

const verifiedWith = (record: TrialRecord, ...keys: string[]): Promise<Verified> =>
  verifyRecord(sourceOf(record), keys.length > 0 ? { keys } : {});
const saysOf = async (record: TrialRecord, ...keys: string[]): Promise<string[]> =>
  (await verifiedWith(record, ...keys)).faults.map((fault) => fault.says);

test('a rotated key: whoever trusts either one trusts the record', async () => {
  for (const keys of [[], [KEY.text], [NEXT.text]]) {
    const verified = await verifiedWith(rotated(), ...keys);
    assert.deepEqual(verified.faults, []);
    assert.deepEqual(verified.keys, [KEY.text, NEXT.text]);
    assert.equal(verified.checkpoints, 4);
    assert.equal(verified.trusted, keys.length > 0 ? 'given' : 'brought');
  }
  assert.deepEqual(await saysOf(rotated(), STRANGER.text), ['the record is signed by no key you gave']);
  assert.deepEqual(await saysOf(rotated(), 'x'), ['a key you gave cannot be read: x']);
});

test('a lost key: only who trusts the new one trusts the record', async () => {
  const lost = rotated([NEXT], true);
  assert.deepEqual(await saysOf(lost), []);
  assert.deepEqual(await saysOf(lost, NEXT.text), []);
  assert.match(
    (await saysOf(lost, KEY.text))[0] ?? '',
    /signed by no key you gave: in entry 60 .* could not vouch/,
  );
});

test('a rotation that the earlier key does not vouch for is named', async () => {
  const says =
    'the key that entry 60 put in force is vouched for by no checkpoint of size 60 that the key before it signed';
  assert.deepEqual(await saysOf(rotated([NEXT])), [says]);
  const without = rotated();
  without.checkpoints.delete(60);
  assert.deepEqual(await saysOf(without), [says]);
  const earlierAlone = await saysOf(rotated([KEY]));
  assert.deepEqual(earlierAlone, [
    'the checkpoint of size 60 bears no good signature of the key that was in force then',
    says,
  ]);
});

test('after a rotation the earlier key signs nothing more', async () => {
  const record = rotated();
  record.latest = checkpointOf(record.lines, 600, [KEY]);
  assert.deepEqual(await saysOf(record), [
    'the latest checkpoint (size 600) bears no good signature of the key that was in force then',
  ]);
});

test('a rotation to nothing, of another key or under another name is named', async () => {
  const rotatedBy = async (line: string): Promise<string | undefined> =>
    (await saysOf(trialRecord(LINES.with(59, line), [])))[0];
  assert.equal(
    await rotatedBy(rotationLine(60, STRANGER, NEXT)),
    'entry 60 rotates a key that was not in force',
  );
  const kind = 'record.key-rotated';
  for (const body of [
    null,
    {},
    { key: 'x', earlier: KEY.text },
    { key: NEXT.text, earlier: KEY.text, lost: false },
  ]) {
    const line = trialLine(60, { kind, body });
    assert.equal(await rotatedBy(line), 'entry 60 rotates the key, but to none that could be read');
  }
  const named = rotationLine(60, KEY, trialKey(2, 'muster/OTHER-00000000'));
  assert.equal(
    await rotatedBy(named),
    'entry 60 rotates the key to one with another name, muster/OTHER-00000000',
  );
});

test('a record that brings another key than its entries put in force is not verified', async () => {
  const says = ['the record brings other keys than its entries put in force'];
  assert.deepEqual(await found((record) => record.keys.push(NEXT.text)), says);
  assert.deepEqual(await saysOf({ ...rotated(), keys: [KEY.text] }), says);
  assert.deepEqual(await saysOf({ ...rotated(), keys: [KEY.text, STRANGER.text] }, KEY.text), says);
});

test('a record without a key of its own is not verified', async () => {
  const faults = await found((record) => (record.keys = []));
  assert.equal(faults[0], 'the record brings no key that could be read');
  const other = trialKey(1, 'muster/OTHER-00000000').text;
  assert.match(
    (await found((record) => (record.keys = [other])))[0] ?? '',
    /is named muster\/OTHER-00000000/,
  );
});

test('it stops at twenty faults and can be stopped', async () => {
  const faults = await found((record) => (record.lines = record.lines.map((_, i) => changed(i + 1))));
  assert.equal(faults.length, 20);
  const source = sourceOf(trialRecord(LINES, []));
  await assert.rejects(verifyRecord(source, { signal: AbortSignal.abort() }), { name: 'AbortError' });
  const told: number[] = [];
  await verifyRecord(source, { progress: (entries, size) => told.push(entries / size) });
  assert.equal(told.at(-1), 1);
});

test('a checkpoint of an absurd size ends soon', async () => {
  const faults = await found((record) => {
    const text = checkpointOf(LINES, 600, [KEY]).replace('\n600\n', '\n9000000000000000\n');
    record.latest = text;
  });
  assert.ok(faults.length > 1);
});
