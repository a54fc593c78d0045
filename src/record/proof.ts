import { readCount } from './checkpoint.ts';
import { fromBase64 } from './note.ts';
import { HASH_BYTES } from './tree.ts';

/** That an entry is in a log, in one file (C2SP tlog-proof). */
export interface LoggedProof {
  /** The entry itself, in the `extra` line. It is to be trusted only once its hash is proved. */
  readonly leaf?: Buffer;
  /** The entry's place in the tree, from 0. */
  readonly index: number;
  /** The inclusion proof, the leaf's sibling first. */
  readonly hashes: readonly Buffer[];
  /** The checkpoint as the log signed it, unread. */
  readonly checkpoint: string;
}

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
/** A tree of 2^63 leaves, the largest with tiles, needs no longer proof. */
const MOST_HASHES = 63;

/** The proof as its file holds it. */
export function proofText(proof: LoggedProof): string {
  const extra = proof.leaf === undefined ? [] : [`extra ${proof.leaf.toString('base64')}`];
  const hashes = proof.hashes.map((hash) => hash.toString('base64'));
  return [FIRST_LINE, ...extra, `index ${proof.index}`, ...hashes, '', proof.checkpoint].join('\n');
}

/** Reads a proof, strictly; its checkpoint is left as it is. Anything else is undefined. */
export function readProof(text: string): LoggedProof | undefined {
  const division = text.indexOf('\n\n');
  if (division < 0) return undefined;
  const [first, ...lines] = text.slice(0, division).split('\n');
  const extra = lines[0]?.startsWith('extra ') ? lines.shift()?.slice('extra '.length) : undefined;
  const place = lines.shift() ?? '';
  const index = place.startsWith('index ') ? readCount(place.slice('index '.length)) : undefined;
  const leaf = extra === undefined ? undefined : fromBase64(extra);
  const hashes = readHashes(lines);
  if (first !== FIRST_LINE || index === undefined || !hashes) return undefined;
  if (extra !== undefined && !leaf) return undefined;
  return { ...(leaf && { leaf }), index, hashes, checkpoint: text.slice(division + 2) };
}

function readHashes(lines: readonly string[]): Buffer[] | undefined {
  if (lines.length > MOST_HASHES) return undefined;
  const hashes = lines.map(fromBase64).filter((hash) => hash?.length === HASH_BYTES);
  const read = hashes.filter((hash) => hash !== undefined);
  return read.length === lines.length ? read : undefined;
}
