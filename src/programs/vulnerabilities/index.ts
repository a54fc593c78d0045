import type { Program } from '../../acts/index.ts';
import { declareUnfixable, findingDeclared } from './acts.ts';
import { countFindings, remediateDuty } from './duties.ts';
import { nessusIntake } from './intake.ts';
import { scanDuty } from './scanning.ts';
import { findingsView, findingView } from './views.ts';

export type { FindingAnswer, FindingRow, FindingsAnswer } from './views.ts';
export { remediateDuty } from './duties.ts';
export { coverFindings, findingRelations, plansSql, type FindingRelations, type PlanCover } from './plans.ts';

/** Vulnerabilities: what scans find on assets, and whether it is remediated in time. */
export const vulnerabilities: Program = {
  program: 'vulnerabilities',
  scales: {
    severity: {
      ranks: ['critical', 'high', 'medium', 'low'],
      raters: { nessus: ['critical', 'high', 'medium', 'low'] },
    },
  },
  entryKinds: [findingDeclared],
  intakes: [nessusIntake],
  acts: [declareUnfixable],
  views: [findingsView, findingView],
  dutyTypes: [remediateDuty, scanDuty],
  holdings: countFindings,
  tables: {
    asset_scan: ['asset_key', 'scan_key'],
    scan_family: ['known_from', 'family'],
    plugin: ['plugin', 'known_from'],
    finding: ['finding_key'],
    finding_state: ['finding_key', 'scan_key'],
    finding_spell: ['finding_key', 'trigger', 'holds_from', 'known_from'],
    informational_item: ['asset_key', 'plugin', 'port', 'protocol'],
    finding_plan: ['plan_key', 'plugin', 'known_from'],
    finding_declaration: ['finding_key', 'known_from'],
  },
};
