import { readCheckpoint, type TreeHead } from '../checkpoint.ts';
import type { Entry } from '../entry.ts';
import { leafOf } from '../leaf.ts';
import { readVerifierKey, signedBy } from '../note.ts';
import { readProof } from '../proof.ts';
import { leafHash, rootFromInclusion } from '../tree.ts';

/** An entry of which it is proved that it is in a signed record, and by which key; or why it is not. */
export type Proved =
  | { readonly entry: Entry; readonly head: TreeHead; readonly key: string; readonly fault?: undefined }
  | { readonly fault: string };

/**
 * Verifies a proof that an entry is in a record, from its text and the verifier keys (as texts) that
 * are trusted. The checkpoint in it must be signed by one of them.
 */
export function verifyProof(text: string, { keys }: { readonly keys: readonly string[] }): Proved {
  const proof = readProof(text);
  if (!proof) return { fault: 'it is not a proof: it has to begin with c2sp.org/tlog-proof@v1' };
  if (!proof.leaf) return { fault: 'the proof does not hold the entry it is about' };
  const checkpoint = readCheckpoint(proof.checkpoint);
  if (!checkpoint) return { fault: 'the checkpoint in the proof cannot be read' };
  const { head, note } = checkpoint;
  const key = keys.find((text) => {
    const read = readVerifierKey(text);
    return read?.name === head.origin && signedBy(note, read);
  });
  if (key === undefined) return { fault: 'the checkpoint in the proof is signed by no key you gave' };
  const root = rootFromInclusion(proof.index, head.size, leafHash(proof.leaf), proof.hashes);
  if (!root?.equals(head.root)) {
    return { fault: `the entry in the proof is not entry ${proof.index + 1} of the record that was signed` };
  }
  return readEntry(proof.leaf, proof.index, head, key);
}

function readEntry(leaf: Buffer, index: number, head: TreeHead, key: string): Proved {
  try {
    const entry = leafOf(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(leaf));
    if (entry.index !== index + 1)
      return { fault: `entry ${index + 1} says that it is entry ${entry.index}` };
    return { entry, head, key };
  } catch (error) {
    const why = error instanceof RangeError ? error.message : 'it is not UTF-8';
    return { fault: `entry ${index + 1} was signed, but cannot be read: ${why}` };
  }
}
