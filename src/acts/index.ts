export { compose } from './compose.ts';
export * from './declarations.ts';
export {
  EVIDENCE_IMPORTED,
  evidenceImported,
  importEvidence,
  type ImportRequest,
  type ImportResult,
} from './import.ts';
export { parseInput, performAct, recordEntry, requireRole } from './perform.ts';
export { rebuild, type Difference, type Rebuilt } from './rebuild.ts';
export { supersede } from './supersede.ts';
