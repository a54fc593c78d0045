import assert from 'node:assert/strict';
import { cp, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeExport } from '../src/log/index.ts';
import { canonicalText, grow, type Json, leafHash, NO_EDGE, tilePath } from '../src/record/index.ts';
import {
  FIRST,
  goldenLeaf,
  goldenLeaves,
  goldenSigners,
  makeRecord,
  ROTATED,
  SECOND,
  SIZE,
  SIZES,
  testKey,
  type Making,
} from './golden-log/make.ts';
import { GOLDEN_EXPORT } from './golden-log/write.ts';

/*
 * What somebody with a hand on an export, or on the key, might do to it. Both verifiers must find
 * each, and name the entry, or the narrowest range that the checkpoints allow.
 */

export const STRANGER = testKey(FIRST.key.name, 'a key that no golden log has ever had');
export const OTHER = 'muster/OTHER-12345678';
export const OTHERS = testKey(OTHER, 'the key of another agency');

export interface Tampering {
  readonly what: string;
  /** What is done to a copy of the golden export. */
  readonly change?: (folder: string) => Promise<void>;
  /** Or how the record is made anew by someone who can sign. */
  readonly made?: Making;
  /** What both say; `python` where its words are others. */
  readonly says: RegExp;
  readonly python?: RegExp;
  /** What whoever verifies knows already. */
  readonly key?: string;
  readonly against?: string;
}

export const checkpoint = (size: number): string => join(GOLDEN_EXPORT, 'checkpoints', String(size));

/** Changes the lines of entries.jsonl; line n is entry n. */
function lines(edit: (lines: string[]) => void) {
  return async (folder: string): Promise<void> => {
    const file = join(folder, 'entries.jsonl');
    const all = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
    edit(all);
    await writeFile(file, all.map((line) => `${line}\n`).join(''));
  };
}

/** The same, and the tiles made to fit. */
function linesAndTiles(edit: (lines: string[]) => void) {
  return async (folder: string): Promise<void> => {
    await lines(edit)(folder);
    const all = (await readFile(join(folder, 'entries.jsonl'), 'utf8')).split('\n').slice(0, -1);
    const hashes = all.slice(0, SIZE).map((line) => leafHash(Buffer.from(line)));
    for (const tile of grow(NO_EDGE, Buffer.concat(hashes)).tiles)
      await writeFile(join(folder, tilePath(tile)), tile.hashes);
  };
}

const replaced = (entry: number, from: string | RegExp, to: string) => (all: string[]) => {
  const line = all[entry - 1] ?? '';
  assert.match(line, new RegExp(from));
  all[entry - 1] = line.replace(from, to);
};
const numbered = (leaf: string | undefined, index: number): string =>
  (leaf ?? '').replace(/"index":\d+,"kind"/, `"index":${index},"kind"`);
const changedLeaves = (edit: (lines: string[]) => void): string[] => {
  const all = goldenLeaves();
  edit(all);
  return all;
};

const rotationOf = (body: Json): string[] =>
  changedLeaves(replaced(ROTATED, /"body":\{[^}]*\}/, `"body":${canonicalText(body)}`));

export const TAMPERINGS: readonly Tampering[] = [
  {
    what: 'a letter of an entry is another',
    change: lines(replaced(57, 'entry 57', 'entry 75')),
    says: /entry 57 was changed after it was hashed/,
  },
  {
    what: 'an entry of the last, partial tile is another',
    change: lines(replaced(299, 'entry 299', 'entry 992')),
    says: /entry 299 was changed after it was hashed/,
  },
  {
    what: 'an entry is no JSON any more',
    change: lines(replaced(57, '"index"', '"index')),
    says: /entry 57 was changed/,
  },
  { what: 'an entry is taken out', change: lines((all) => all.splice(56, 1)), says: /entry 57 is missing/ },
  {
    what: 'the first entry is taken out',
    change: lines((all) => all.splice(0, 1)),
    says: /entry 1 is missing/,
  },
  {
    what: 'an entry is taken out and the next ones numbered anew',
    change: lines((all) => {
      all.splice(56, 1);
      for (let at = 56; at < all.length; at++) all[at] = numbered(all[at], at + 1);
    }),
    says: /entry 57 was changed after it was hashed/,
  },
  {
    what: 'an entry stands twice',
    change: lines((all) => all.splice(57, 0, all[56] ?? '')),
    says: /entry 57 stands (in line 58|once more)/,
    python: /entry 58 is missing or moved: entry 57 stands in its place/,
  },
  {
    what: 'an entry is put between',
    change: lines((all) => all.splice(57, 0, numbered(goldenLeaf(3), 58))),
    says: /entry 58 was changed after it was hashed/,
    python: /entry 58 was recorded 2022-07-11T14:06:01.007Z, and the one before it/,
  },
  {
    what: 'two entries changed places',
    change: lines((all) => all.splice(56, 2, all[57] ?? '', all[56] ?? '')),
    says: /entry 57 is missing/,
  },
  {
    what: 'two entries changed places and numbers',
    change: lines((all) => all.splice(56, 2, numbered(all[57], 57), numbered(all[56], 58))),
    says: /entry 57 was changed after it was hashed/,
  },
  {
    what: 'the last ten entries are gone',
    change: lines((all) => all.splice(290)),
    says: /entries 291 to 300 are missing/,
  },
  {
    what: 'the file ends within an entry',
    change: async (folder) => {
      const file = join(folder, 'entries.jsonl');
      const bytes = await readFile(file);
      await writeFile(file, bytes.subarray(0, -20));
    },
    says: /entry 300 is cut off/,
  },
  {
    what: 'there are no entries',
    change: lines((all) => all.splice(0)),
    says: /entries 1 to 300 are missing/,
  },
  {
    what: 'an entry more than was signed',
    change: lines((all) => all.push(goldenLeaf(301))),
    says: /entry 301 is covered by no checkpoint/,
    python: /goes on after entry 300/,
  },
  {
    what: 'an entry is backdated',
    change: lines(replaced(200, /"recorded":"[^"]+"/, `"recorded":"2022-07-11T14:05:00.000Z"`)),
    says: /entry 200 was changed after it was hashed/,
    python: /entry 200 was recorded 2022-07-11T14:05:00.000Z, and the one before it/,
  },
  {
    what: 'an entry is backdated between its neighbours',
    change: lines((all) => {
      const earlier = /"recorded":"([^"]+)"/.exec(all[198] ?? '')?.[1] ?? '';
      replaced(200, /"recorded":"[^"]+"/, `"recorded":"${earlier}"`)(all);
    }),
    says: /entry 200 was changed after it was hashed/,
  },
  {
    what: 'an entry takes effect earlier',
    change: lines(replaced(200, '"effective":"2022-07-11"', '"effective":"2022-07-01"')),
    says: /entry 200 was changed after it was hashed/,
  },
  {
    what: 'the tiles of an altered entry are made to fit',
    change: linesAndTiles(replaced(120, 'entry 120', 'entry 021')),
    says: /one of the entries 58 to 150 was changed/,
  },
  {
    what: 'the tiles of an altered entry are made to fit, and a checkpoint is taken away',
    change: async (folder) => {
      await linesAndTiles(replaced(120, 'entry 120', 'entry 021'))(folder);
      await unlink(join(folder, 'checkpoints', '57'));
    },
    says: /one of the entries 1 to 150 was changed/,
  },
  {
    what: 'an entry is taken out, the next ones numbered anew, and the tiles made to fit',
    change: linesAndTiles((all) => {
      all.splice(199, 1);
      for (let at = 199; at < all.length; at++) all[at] = numbered(all[at], at + 1);
      all.push(goldenLeaf(300));
    }),
    says: /one of the entries 151 to 300 was changed/,
  },
  {
    what: 'a hash of a tile is another',
    change: async (folder) => {
      const file = join(folder, 'tile/0/000');
      const bytes = await readFile(file);
      bytes[56 * 32] = (bytes[56 * 32] ?? 0) ^ 1;
      await writeFile(file, bytes);
    },
    says: /tile\/0\/000 was changed: it holds another hash for entry 57/,
    python: /entry 57 was changed after it was hashed: tile\/0\/000/,
  },
  {
    what: 'a hash of an upper tile is another',
    change: async (folder) => {
      const file = join(folder, 'tile/1/000.p/1');
      const bytes = await readFile(file);
      bytes[0] = (bytes[0] ?? 0) ^ 1;
      await writeFile(file, bytes);
    },
    says: /tile\/1\/000.* was changed: it holds another hash for entries 1 to 256/,
    python: /a tile of the entries up to 256 was changed after it was hashed: tile\/1\/000\.p\/1/,
  },
  {
    what: 'a tile is missing',
    change: (folder) => unlink(join(folder, 'tile/0/001.p/44')),
    says: /tile\/0\/001\.p\/44 is missing: it holds the hashes of entries 257 to 300/,
    python: /tile\/0\/001\.p\/44 is missing/,
  },
  {
    what: 'a tile is too short',
    change: async (folder) => {
      const file = join(folder, 'tile/0/001.p/44');
      await writeFile(file, (await readFile(file)).subarray(0, -32));
    },
    says: /tile\/0\/001\.p\/44 has a wrong length: it holds the hashes of entries 257 to 300/,
    python: /tile\/0\/001\.p\/44 is not of 44 hashes/,
  },
  {
    what: 'the record and its last checkpoint are made anew with another key',
    made: {
      leaves: changedLeaves(replaced(200, 'entry 200', 'entry 002')),
      signers: (size) => (size === SIZE ? [STRANGER] : goldenSigners(size)),
    },
    says: /checkpoint of size 300 bears no good signature/,
    python: /checkpoint is not signed by/,
  },
  {
    what: 'a checkpoint is forged with another key',
    change: async (folder) => {
      const made = makeRecord({ signers: () => [STRANGER] });
      const [first = ''] = await Array.fromAsync(made.checkpoints());
      await writeFile(join(folder, 'checkpoints', '57'), first);
    },
    says: /checkpoint of size 57 bears no good signature/,
    python: /checkpoints\/57 is not signed by/,
  },
  {
    what: 'a checkpoint bears the signature of another',
    change: async (folder) => {
      const [one, other] = await Promise.all([57, 300].map((size) => readFile(checkpoint(size), 'utf8')));
      const forged = [...(one ?? '').split('\n').slice(0, 4), ...(other ?? '').split('\n').slice(4)];
      await writeFile(join(folder, 'checkpoints', '57'), forged.join('\n'));
    },
    says: /checkpoint of size 57 bears no good signature/,
    python: /checkpoints\/57 is not signed by/,
  },
  {
    what: 'the latest checkpoint is that of earlier',
    change: (folder) => cp(checkpoint(ROTATED), join(folder, 'checkpoint')),
    says: /entry 151 is covered by no checkpoint|entries 151 to 300 are missing/,
    python: /entries 151 to 300 are missing/,
  },
  {
    what: 'the record ends earlier, later checkpoints are taken away, and one was kept',
    change: async (folder) => {
      await rm(folder, { recursive: true });
      await writeExport(
        makeRecord({ leaves: goldenLeaves().slice(0, ROTATED), sizes: SIZES.slice(0, 2) }),
        folder,
      );
    },
    against: checkpoint(SIZE),
    says: /entries 151 to 300 are missing/,
  },
  {
    what: 'the holder of the key wrote it anew, and one checkpoint was kept',
    made: { leaves: changedLeaves(replaced(100, 'entry 100', 'entry 001')) },
    against: checkpoint(ROTATED),
    says: /one of the entries 1 to 150 is not the one that was signed/,
    python: /one of the entries 58 to 150 was changed/,
  },
  {
    what: 'the holder of the key wrote it anew without the checkpoint that was kept',
    made: {
      leaves: changedLeaves(replaced(30, 'entry 30', 'entry 03')),
      sizes: [ROTATED, SIZE],
    },
    against: checkpoint(57),
    says: /one of the entries 1 to 57 is not the one that was signed/,
    python: /one of the entries 1 to 57 was changed/,
  },
  {
    what: 'the holder of the key backdated an entry',
    made: {
      leaves: changedLeaves(replaced(200, /"recorded":"[^"]+"/, `"recorded":"2022-07-11T14:05:00.000Z"`)),
    },
    says: /entry 200 (says that it )?was recorded/,
  },
  {
    what: 'the holder of the key numbered two entries alike',
    made: { leaves: changedLeaves((all) => (all[199] = numbered(all[199], 199))) },
    says: /entry 200 (says that it is|is missing or moved:) entry 199/,
  },
  {
    what: 'the holder of the key signed an entry that says two things',
    made: { leaves: changedLeaves(replaced(200, '"actor":', '"actor":"operator:nobody","actor":')) },
    says: /entry 200 /,
  },
  {
    what: 'the holder of the key signed a day that never was',
    made: { leaves: changedLeaves(replaced(200, '"effective":"2022-07-11"', '"effective":"2022-02-30"')) },
    says: /entry 200 (cannot be read: its "effective" is not a day|was changed)/,
  },
  {
    what: 'the holder of the key signed an instant in the digits of another script',
    made: { leaves: changedLeaves(replaced(200, '"recorded":"2022-', '"recorded":"２０２２-')) },
    says: /entry 200 (cannot be read: its "recorded" is not an instant|was changed)/,
  },
  {
    what: 'the holder of the key signed an instant with another zone',
    made: { leaves: changedLeaves(replaced(200, /"recorded":"([^"]+)Z"/, '"recorded":"$1+00:00Z"')) },
    says: /entry 200 (cannot be read: its "recorded" is not an instant|was changed)/,
  },
  ...['actor', 'kind', 'subject'].map((member): Tampering => ({
    what: `the holder of the key signed an entry whose ${member} is a number`,
    made: { leaves: changedLeaves(replaced(200, new RegExp(`"${member}":"[^"]+"`), `"${member}":7`)) },
    says: /entry 200 (cannot be read: its "\w+" is not a text|was changed)/,
  })),
  {
    what: 'the holder of the key signed a text with U+0000',
    made: { leaves: changedLeaves(replaced(200, 'operator:demo', String.raw`operator\u0000demo`)) },
    says: /entry 200 (cannot be read: a text in an entry must be|was changed)/,
  },
  ...[{ more: 1 }, { lost: false }, { lost: 1 }, { key: 7 }, { key: [SECOND.vkey] }].map(
    (other): Tampering => ({
      what: `the holder of the key signed a rotation with ${Object.entries(other).flat().join(' ')}`,
      made: {
        leaves: rotationOf({ earlier: FIRST.vkey, key: SECOND.vkey, ...other }),
      },
      says: /entry 150 rotates|is no verifier key|is no base64/,
    }),
  ),
  {
    what: 'a rotation to a key that is another log’s',
    made: {
      leaves: rotationOf({ earlier: FIRST.vkey, key: OTHERS.vkey }),
      keys: [FIRST.vkey, OTHERS.vkey],
      signers: (size) => (size < ROTATED ? [FIRST] : size === ROTATED ? [OTHERS, FIRST] : [OTHERS]),
    },
    says: /entry 150 rotates the key to one with another name|checkpoints\/150 is not signed by/,
  },
  {
    what: 'a checkpoint under the name of another size',
    change: (folder) => cp(checkpoint(57), join(folder, 'checkpoints', '58')),
    says: /checkpoints\/58 is of size 57/,
  },
  {
    what: 'the file of keys goes on after its last line',
    change: (folder) => writeFile(join(folder, 'keys'), `${FIRST.vkey}\n${SECOND.vkey}\n${STRANGER.vkey}`),
    says: /file keys/,
  },
  {
    what: 'a signature line that holds no base64',
    change: async (folder) => {
      const file = join(folder, 'checkpoints', '57');
      await writeFile(file, `${await readFile(file, 'utf8')}— somebody AAAAAAAAB===\n`);
    },
    says: /checkpoints\/57 is no checkpoint|base64/,
  },
  {
    what: 'the rotation names another key',
    change: linesAndTiles((all) => {
      all[ROTATED - 1] = (all[ROTATED - 1] ?? '').replace(SECOND.vkey, STRANGER.vkey);
    }),
    says: /150/,
    python: /checkpoint.*is not signed by muster/,
  },
  {
    what: 'a rotation to another key, signed by that alone',
    made: {
      leaves: changedLeaves((all) => {
        all[ROTATED - 1] = (all[ROTATED - 1] ?? '').replace(SECOND.vkey, STRANGER.vkey);
      }),
      keys: [FIRST.vkey, STRANGER.vkey],
      signers: (size) => (size < ROTATED ? [FIRST] : [STRANGER]),
    },
    says: /entry 150/,
    python: /checkpoints\/150 is not signed by/,
  },
  {
    what: 'a rotation that says the earlier key was lost, to someone who knows that one',
    made: {
      leaves: rotationOf({ earlier: FIRST.vkey, key: STRANGER.vkey, lost: true }),
      keys: [FIRST.vkey, STRANGER.vkey],
      signers: (size) => (size < ROTATED ? [FIRST] : [STRANGER]),
    },
    key: FIRST.vkey,
    says: /signed by no key you gave/,
  },
  {
    what: 'a rotation that was never entered',
    made: {
      leaves: changedLeaves((all) => (all[ROTATED - 1] = goldenLeaf(151).replace('151', '150'))),
      keys: [FIRST.vkey, SECOND.vkey],
    },
    says: /150|checkpoint/,
  },
  {
    what: 'the checkpoint of the rotation is taken away',
    change: (folder) => unlink(join(folder, 'checkpoints', String(ROTATED))),
    says: /entry 150/,
  },
  {
    what: 'the keys are another’s',
    change: (folder) => writeFile(join(folder, 'keys'), `${STRANGER.vkey}\n${SECOND.vkey}\n`),
    says: /entry 150|checkpoint/,
    python: /is not signed by/,
  },
  {
    what: 'a key more than the entries name',
    change: (folder) => writeFile(join(folder, 'keys'), `${FIRST.vkey}\n${SECOND.vkey}\n${STRANGER.vkey}\n`),
    says: /the record brings other keys than its entries|the file keys has other keys than the entries/,
  },
  {
    what: 'all of it is another’s, keys and all, and one knows the key',
    made: {
      keys: [STRANGER.vkey],
      leaves: goldenLeaves().slice(0, 57),
      sizes: [57],
      signers: () => [STRANGER],
    },
    key: FIRST.vkey,
    says: /signed by no key you gave/,
  },
  {
    what: 'it is the record of another agency',
    made: {
      origin: OTHER,
      keys: [OTHERS.vkey],
      leaves: goldenLeaves().slice(0, 57),
      sizes: [57],
      signers: () => [OTHERS],
    },
    against: checkpoint(57),
    says: /of another record|is of muster\/GOLDEN-0badcafe, not of/,
  },
  {
    what: 'a checkpoint of another agency lies among them',
    change: async (folder) => {
      const made = makeRecord({ origin: OTHER, sizes: [57], signers: () => [OTHERS] });
      await writeFile(join(folder, 'checkpoints', '57'), made.latest);
    },
    says: /57 is of another record|is of muster\/OTHER-12345678, not of/,
  },
];
