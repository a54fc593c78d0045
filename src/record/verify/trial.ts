import { createPrivateKey, type KeyObject } from 'node:crypto';
import { day } from '../../time/index.ts';
import { canonicalText, type Json } from '../canonical.ts';
import { headText } from '../checkpoint.ts';
import { leafText } from '../leaf.ts';
import { signNote, type VerifierKey, verifierKeyOf, verifierKeyText } from '../note.ts';
import { grow, NO_EDGE, rootOfEdge, tilePath, type TileId } from '../tiles.ts';
import { leafHash } from '../tree.ts';
import { ROTATION } from './key-chain.ts';
import type { RecordSource } from './verify.ts';

/** A key of a test: the same for the same number. */
export interface TrialKey {
  readonly privateKey: KeyObject;
  readonly key: VerifierKey;
  readonly text: string;
}

export const ORIGIN = 'muster/TRIAL-0a1b2c3d';

/** The Ed25519 key whose secret is 32 times the same byte (PKCS #8, RFC 8410). */
export function trialKey(number: number, origin = ORIGIN): TrialKey {
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.alloc(32, number),
  ]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const key = verifierKeyOf(origin, privateKey);
  return { privateKey, key, text: verifierKeyText(key) };
}

/** A record in memory, each part of which a test may change. */
export interface TrialRecord {
  lines: string[];
  tiles: Map<string, Buffer>;
  checkpoints: Map<number, string>;
  keys: string[];
  latest: string;
}

/** The line of entry `index`; what is given stands in place of what a test entry has. */
export function trialLine(
  index: number,
  changed: { kind?: string; recorded?: string; body?: Json } = {},
): string {
  return leafText({
    index,
    kind: changed.kind ?? 'account.seen',
    subject: `account:3.${index}`,
    actor: 'operator:demo',
    effective: day('2026-03-02'),
    recorded: changed.recorded ?? new Date(Date.UTC(2026, 2, 2, 9) + index * 1009).toISOString(),
    body: canonicalText(changed.body ?? { note: `Demo “${index}”` }),
  });
}

/** The line of an entry that rotates the key. */
export function rotationLine(index: number, earlier: TrialKey, next: TrialKey, lost = false): string {
  const body = { earlier: earlier.text, key: next.text, ...(lost && { lost }) };
  return trialLine(index, { kind: ROTATION, body });
}

/** A checkpoint over the first `size` lines. */
export function checkpointOf(
  lines: readonly string[],
  size: number,
  signers: readonly TrialKey[],
  origin = ORIGIN,
): string {
  const root = rootOfEdge(grow(NO_EDGE, hashesOf(lines.slice(0, size))).edge);
  return signNote(headText({ origin, size, root }), signers);
}

/** The tiles over all lines, by path. */
export function tilesOf(lines: readonly string[]): Map<string, Buffer> {
  return new Map(grow(NO_EDGE, hashesOf(lines)).tiles.map((tile) => [tilePath(tile), tile.hashes]));
}

/** A record over these lines with a checkpoint at each of these sizes (the last is all), by the first key. */
export function trialRecord(
  lines: readonly string[],
  sizes: readonly number[],
  key = trialKey(1),
): TrialRecord {
  const checkpoints = new Map(sizes.map((size) => [size, checkpointOf(lines, size, [key])]));
  const latest = checkpoints.get(lines.length) ?? checkpointOf(lines, lines.length, [key]);
  return { lines: [...lines], tiles: tilesOf(lines), checkpoints, keys: [key.text], latest };
}

/** The record as the verifier reads it, in chunks of so many lines: the same number each, or these one after the other, over and over. */
export function sourceOf(record: TrialRecord, linesAChunk: number | readonly number[] = 100): RecordSource {
  const cuts = [linesAChunk].flat();
  return {
    keys: record.keys,
    latest: record.latest,
    async *leaves() {
      for (let [i, cut] = [0, 0]; i < record.lines.length; cut++) {
        const lines = record.lines.slice(i, i + (cuts[cut % cuts.length] ?? 1));
        yield Buffer.from(lines.map((line) => `${line}\n`).join(''));
        i += lines.length;
      }
    },
    tile: (tile: TileId) => Promise.resolve(record.tiles.get(tilePath(tile))),
    async *checkpoints() {
      yield* record.checkpoints.values();
    },
  };
}

function hashesOf(lines: readonly string[]): Buffer {
  return Buffer.concat(lines.map((line) => leafHash(Buffer.from(line))));
}
