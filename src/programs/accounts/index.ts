import type { Program } from '../../acts/index.ts';
import { recordDisabled } from './acts.ts';
import { countAccounts, disableDuty } from './duties.ts';
import { accountDisabled, accountsIntake } from './tables.ts';

/** Accounts: when they were last used, and whether those left idle are disabled in time. */
export const accounts: Program = {
  program: 'accounts',
  entryKinds: [accountDisabled],
  intakes: [accountsIntake],
  acts: [recordDisabled],
  dutyTypes: [disableDuty],
  holdings: countAccounts,
  tables: {
    account: ['account_key'],
    account_list: ['component_key', 'day'],
    account_state: ['account_key', 'day', 'known_from'],
    account_disablement: ['account_key', 'known_from'],
    account_spell: ['account_key', 'trigger', 'holds_from', 'known_from'],
  },
};
