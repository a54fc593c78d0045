export { appendEntry, entriesAfter, entriesAt, lastEntryBy } from './append.ts';
export {
  bindArtifact,
  entriesOfSameBytes,
  keepArtifact,
  keepObservations,
  observationAt,
  observationsOf,
  type KeptArtifact,
  type Observed,
} from './artifacts.ts';
export { copyRows, type Cell } from './copy.ts';
export { connectStore, discard, type Reading, type Store, type Writing } from './transaction.ts';
