import { createPrivateKey, hash, type KeyObject } from 'node:crypto';
import {
  canonicalText,
  grow,
  headText,
  inclusionProof,
  leafHash,
  leafText,
  NO_EDGE,
  nodesFromTiles,
  proofText,
  type RecordSource,
  rootOfEdge,
  signNote,
  tilePath,
  verifierKeyOf,
  verifierKeyText,
  type Json,
} from '../../src/record/index.ts';
import { parseDay } from '../../src/time/index.ts';

/** Who signs checkpoints of a made record. */
export interface Signer {
  readonly key: ReturnType<typeof verifierKeyOf>;
  readonly privateKey: KeyObject;
  readonly vkey: string;
}

const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key that everybody knows: its private half is the hash of a sentence in this file. It protects nothing. */
export function testKey(origin: string, sentence: string): Signer {
  const seed = hash('sha256', sentence, 'buffer');
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_ED25519, seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const key = verifierKeyOf(origin, privateKey);
  return { key, privateKey, vkey: verifierKeyText(key) };
}

export const ORIGIN = 'muster/GOLDEN-0badcafe';
export const FIRST = testKey(ORIGIN, 'test key 1 of the golden log, known to everybody');
export const SECOND = testKey(ORIGIN, 'test key 2 of the golden log, known to everybody');

/** Entries of the golden log; of which there are checkpoints, and which one rotates the key. */
export const SIZE = 300;
export const ROTATED = 150;
export const SIZES: readonly number[] = [57, ROTATED, SIZE];

const START = Date.parse('2022-07-11T14:05:00.000Z');

/** What an entry of the golden log says; index from 1. */
export function bodyOf(index: number): Json {
  if (index === ROTATED) return { earlier: FIRST.vkey, key: SECOND.vkey };
  if (index === 7) return { text: 'é ü ß ñ Ω 監査 🧾 \u007f\u2028', ﬓ: 1, '😀': 2, é: 3, e: 4 };
  if (index === 8) return { escapes: '"\\/\b\f\n\r\t\u0001\u001f', empty: '', list: [], object: {} };
  if (index === 9)
    return [0, -1, 0.1, 1.5e-7, 1e21, 123456789012345680000, 9007199254740991, -2.5e-300, 1e-6, true, null];
  if (index === 10) return { long: 'of the record, '.repeat(3000), end: true };
  if (index === 11) return 'a text alone';
  if (index === 12) return null;
  return { comment: `entry ${index} of the golden log`, days: index % 91, done: index % 2 === 0 };
}

/** The leaf of an entry, from fixed instants and fixed words. */
export function goldenLeaf(index: number): string {
  const day = parseDay('2022-07-11');
  if (day === undefined) throw new Error('no such day');
  return leafText({
    index,
    kind: index === ROTATED ? 'record.key-rotated' : 'account.disabled',
    subject: index === ROTATED ? 'record' : `account:3.${index}`,
    actor: 'operator:demo',
    effective: day,
    recorded: new Date(START + Math.floor(index / 2) * 61_007).toISOString(),
    body: canonicalText(bodyOf(index)),
  });
}

export function goldenLeaves(): string[] {
  return Array.from({ length: SIZE }, (_, at) => goldenLeaf(at + 1));
}

/** A record made in memory: what an export or a verifier asks of one, and the leaves to change. */
export interface Made extends RecordSource {
  readonly texts: readonly string[];
}

export interface Making {
  readonly origin?: string;
  readonly leaves?: readonly string[];
  readonly sizes?: readonly number[];
  readonly keys?: readonly string[];
  /** Who signs the checkpoint of a size. */
  readonly signers?: (size: number) => readonly Signer[];
}

/** In the order in which a seal writes them: the key in force first. */
export function goldenSigners(size: number): readonly Signer[] {
  if (size === ROTATED) return [SECOND, FIRST];
  return size < ROTATED ? [FIRST] : [SECOND];
}

/** The golden record, or one that is other in what is given. */
export function makeRecord(making: Making = {}): Made {
  const {
    origin = ORIGIN,
    leaves = goldenLeaves(),
    sizes = SIZES,
    keys = [FIRST.vkey, SECOND.vkey],
    signers = goldenSigners,
  } = making;
  const hashes = leaves.map((leaf) => leafHash(Buffer.from(leaf)));
  const reach = sizes.at(-1) ?? 0;
  const { tiles } = grow(NO_EDGE, Buffer.concat(hashes.slice(0, reach)));
  const byPath = new Map(tiles.map((tile) => [tilePath(tile), tile.hashes]));
  const texts = sizes.map((size) => {
    const root = rootOfEdge(grow(NO_EDGE, Buffer.concat(hashes.slice(0, size))).edge);
    return signNote(headText({ origin, size, root }), signers(size));
  });
  return {
    texts: leaves,
    keys,
    latest: texts.at(-1) ?? '',
    tile: async (tile) => byPath.get(tilePath(tile)),
    // eslint-disable-next-line typescript/require-await -- it is what a source is
    checkpoints: async function* checkpoints() {
      yield* texts;
    },
    // eslint-disable-next-line typescript/require-await -- it is what a source is
    leaves: async function* lines() {
      for (let at = 0; at < leaves.length; at += 100)
        yield Buffer.from(
          leaves
            .slice(at, at + 100)
            .map((leaf) => `${leaf}\n`)
            .join(''),
        );
    },
  };
}

/** The proof that an entry is in a made record, by its latest checkpoint. */
export async function prove(made: Made, entry: number): Promise<string> {
  const size = made.texts.length;
  const nodeAt = nodesFromTiles(async (level, number) => {
    const width = Math.min(256, Math.floor(size / 256 ** level) - number * 256);
    const hashes = await made.tile({ level, number, width });
    if (hashes === undefined) throw new Error('there is no such tile');
    return hashes;
  });
  return proofText({
    leaf: Buffer.from(made.texts[entry - 1] ?? ''),
    index: entry - 1,
    hashes: await inclusionProof(entry - 1, size, nodeAt),
    checkpoint: made.latest,
  });
}
