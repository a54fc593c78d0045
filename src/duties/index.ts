import type { Program } from '../acts/index.ts';
import { rulebookAdopted } from './adoption.ts';
import { bindingView } from './binding.ts';
import {
  auditView,
  dutiesView,
  evidenceLineView,
  evidenceView,
  explainView,
  rulebooksView,
} from './views.ts';

export { adoptRulebooks, readRulebook, type RulebookFile } from './adoption.ts';
export type { AuditAnswer, AuditRow, Rate } from './audit.ts';
export { bindingView, type BindingAnswer } from './binding.ts';
export { cursorOf, pageSchema } from './paging.ts';
export { parseDutyId, type Duty, type DutyId } from './duty.ts';
export { atDuty, findDuty, lastDuties, type Explanation } from './explain.ts';
export type { DutiesAnswer } from './list.ts';
export type { Status } from './status.ts';
export { auditView, dutiesView, explainView, requireNamed, rulebooksView } from './views.ts';

/** What the waist itself declares: rulebooks adopted, and the questions to the one evaluator. */
export const duties: Program = {
  program: 'duties',
  entryKinds: [rulebookAdopted],
  views: [dutiesView, explainView, auditView, bindingView, rulebooksView, evidenceView, evidenceLineView],
  tables: { adoption: ['known_from'] },
};
