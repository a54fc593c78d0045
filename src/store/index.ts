export { appendEntry, entriesAfter, entriesAt, holdHead, lastEntryBy, lastEntryUpTo } from './append.ts';
export {
  bindArtifact,
  checkArtifact,
  entriesOfSameBytes,
  keepArtifact,
  observationAt,
  observationsOf,
  type CheckedArtifact,
  type Commitments,
  type Keeping,
  type KeptArtifact,
  type ObservationPart,
} from './artifacts.ts';
export { copyInto, copyText, type Cell } from './copy.ts';
export { createTemporary, fillTemporary, freeTemporary } from './temporary.ts';
export { connectStore, discard, type Reading, type Store, type Writing } from './transaction.ts';
