export type { Question } from './candidate.ts';
export type { Considered, Verdict } from './consider.ts';
export { type GoverningDue, dutyStatus, governingDue } from './due.ts';
export { type AdoptedRulebook, triggerBreaks } from './edition.ts';
export { type Governance, type Governed, type SetAside, type Undetermined, govern } from './govern.ts';
export { lintRulebooks } from './lint.ts';
export { loadRulebook } from './load.ts';
export {
  type Citation,
  type DutyStatus,
  type Edition,
  type Facts,
  type Force,
  type Problem,
  type Rule,
  type Rulebook,
  type RulebookTest,
  type Scope,
  type SettingAside,
  type Value,
  type Vocabulary,
  renderCitation,
} from './rulebook.ts';
export { type TestResult, runRulebookTests } from './run-tests.ts';
export { couldBindAgency } from './scope.ts';
