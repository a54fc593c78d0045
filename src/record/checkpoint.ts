import { fromBase64, readNote, type SignedNote } from './note.ts';
import { HASH_BYTES } from './tree.ts';

/** What a checkpoint says: of which log, how many entries, and the root of the tree over them. */
export interface TreeHead {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** A checkpoint that could be read; whether it is signed by whom it should, `signedBy` says. */
export interface Checkpoint {
  readonly head: TreeHead;
  readonly note: SignedNote;
}

/** The text that is signed: origin, size and root, a line each (C2SP tlog-checkpoint). */
export function headText(head: TreeHead): string {
  return `${head.origin}\n${head.size}\n${head.root.toString('base64')}\n`;
}

/** Reads a checkpoint: a signed note of exactly three lines. Anything else is undefined. */
export function readCheckpoint(text: string): Checkpoint | undefined {
  const note = readNote(text);
  const [origin = '', size = '', encoded = '', ...more] = note?.text.slice(0, -1).split('\n') ?? [];
  const root = fromBase64(encoded);
  if (!note || origin === '' || more.length > 0 || root?.length !== HASH_BYTES) return undefined;
  const count = readCount(size);
  return count === undefined ? undefined : { head: { origin, size: count, root }, note };
}

/** The number that ASCII digits write without leading zeroes, or undefined. */
export function readCount(digits: string): number | undefined {
  if (!/^(0|[1-9]\d{0,15})$/.test(digits)) return undefined;
  const count = Number(digits);
  return Number.isSafeInteger(count) ? count : undefined;
}
