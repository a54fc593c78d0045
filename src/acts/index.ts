export { compose } from './compose.ts';
export * from './declarations.ts';
export * from './grants.ts';
export * from './roles.ts';
export { couldReach, isBySystem, placeOf, type Where } from './where.ts';
export { checkEvidence, type CheckedEvidence } from './evidence.ts';
export {
  EVIDENCE_IMPORTED,
  everyImporter,
  evidenceImported,
  importEvidence,
  type ImportRequest,
  type ImportResult,
} from './import.ts';
export { parseInput, performAct, recordEntry, requireReach, requireRole, requireThere } from './perform.ts';
export { rebuild, type Difference, type Rebuilt } from './rebuild.ts';
export { supersede } from './supersede.ts';
export { daySchema, KNOWN_NOW, readTimes, timesSchema, type AnsweredTimes, type Times } from './times.ts';
