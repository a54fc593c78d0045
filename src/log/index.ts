export { writeExport, type Exported, type ExportOptions } from './export.ts';
export { verifyExport, type VerifiedExport } from './folder.ts';
export { readLog, readLogTables, type LogState, type LogTables, type SignedHead } from './heads.ts';
export { createKeyFile, newKey, openKeyring, readKeyFile, type KeyPlace, type Keyring } from './keys.ts';
export { liveRecord, type LiveRecord } from './live.ts';
export { proveEntry } from './prove.ts';
export { rotateKeys, type RotationRequest } from './rotation.ts';
export { rotateKey, seal, type Rotated, type Rotation, type Sealed, type SeenHead } from './seal.ts';
export { createSealer, type Sealer, type SealerSettings } from './sealer.ts';
