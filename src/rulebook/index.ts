export type { Question, RankQuestion } from './candidate.ts';
export type { Considered, Verdict } from './consider.ts';
export { type GoverningDue, dutyStatus, governingDue } from './due.ts';
export { type AdoptedRulebook, scaleBreaks, triggerBreaks } from './edition.ts';
export { type Governance, type Governed, type SetAside, type Undetermined, govern } from './govern.ts';
export { lintRulebooks } from './lint.ts';
export { loadRulebook } from './load.ts';
export {
  type Citation,
  type DutyStatus,
  type DutyWords,
  type Edition,
  type Facts,
  type Force,
  type Problem,
  type Rating,
  type Rule,
  type Rulebook,
  type RulebookTest,
  type Scale,
  type ScaleWords,
  type Scope,
  type SettingAside,
  type Value,
  type Vocabulary,
  type WhenScheduled,
  renderCitation,
} from './rulebook.ts';
export { type Ranking, rank } from './rank.ts';
export { scheduleKey } from './schedule.ts';
export { type TestResult, runRulebookTests } from './run-tests.ts';
export { couldBindAgency } from './scope.ts';
