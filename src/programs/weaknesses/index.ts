import type { Program } from '../../acts/index.ts';
import { completePoam, reschedulePoam, updatePoam } from './acts.ts';
import { createPoam } from './create.ts';
import { completeDuty, countPoams, createDuty, updateDuty } from './duties.ts';
import {
  poamCompleted,
  poamCreated,
  poamRescheduled,
  poamsIntake,
  poamUpdated,
  poamUpdatesIntake,
} from './tables.ts';
import { poamsView, poamView } from './views.ts';

export { poamsView, poamView, type PoamAnswer, type PoamsAnswer } from './views.ts';

/** Weaknesses and the plans (POA&Ms) to mend them: created, updated and completed in time. */
export const weaknesses: Program = {
  program: 'weaknesses',
  entryKinds: [poamCreated, poamUpdated, poamRescheduled, poamCompleted],
  intakes: [poamsIntake, poamUpdatesIntake],
  acts: [createPoam, updatePoam, reschedulePoam, completePoam],
  views: [poamsView, poamView],
  dutyTypes: [createDuty, updateDuty, completeDuty],
  holdings: countPoams,
  tables: {
    poam: ['poam_key'],
    poam_statement: ['poam_key', 'known_from'],
    poam_change: ['known_from', 'line'],
    poam_event: ['poam_key', 'day', 'ordinal', 'known_from'],
    poam_spell: ['poam_key', 'duty', 'trigger', 'holds_from', 'known_from'],
  },
};
