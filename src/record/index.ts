export { canonicalText, type Json } from './canonical.ts';
export { type Checkpoint, headText, readCheckpoint, type TreeHead } from './checkpoint.ts';
export { keyBase, keyText, parseKey, ROWS_AN_ENTRY, type Entry, type NewEntry } from './entry.ts';
export { type Leaf, leafOf, leafText } from './leaf.ts';
export {
  type NoteSignature,
  readVerifierKey,
  signedBy,
  type SignedNote,
  signNote,
  type VerifierKey,
  verifierKeyOf,
  verifierKeyText,
} from './note.ts';
export { type LoggedProof, proofText } from './proof.ts';
export {
  type Edge,
  grow,
  type Grown,
  NO_EDGE,
  nodesFromTiles,
  readEdge,
  rootOfEdge,
  type Tile,
  TILE_WIDTH,
  type TileId,
  tilePath,
  tilesFor,
} from './tiles.ts';
export {
  append,
  EMPTY,
  type Frontier,
  HASH_BYTES,
  inclusionProof,
  leafHash,
  type NodeAt,
  rootAt,
  rootFromInclusion,
  rootOf,
} from './tree.ts';
export { type Fault } from './verify/faults.ts';
export { ROTATION } from './verify/key-chain.ts';
export { type Proved, verifyProof } from './verify/prove.ts';
export { type RecordSource, type Verified, verifyRecord, type VerifyOptions } from './verify/verify.ts';
