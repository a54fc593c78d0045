export { appendEntry, entriesAfter, entriesAt, holdHead, lastEntryBy } from './append.ts';
export {
  bindArtifact,
  entriesOfSameBytes,
  keepArtifact,
  keepObservations,
  observationAt,
  observationsOf,
  type KeptArtifact,
  type ObservationPart,
} from './artifacts.ts';
export { copyInto, copyText, type Cell } from './copy.ts';
export { connectStore, discard, type Reading, type Store, type Writing } from './transaction.ts';
