import type { Day } from '../src/time/index.ts';
import { type DemoAccount, demoAccounts, july, october } from './accounts.ts';
import { csv, type DemoFile } from './demo-file.ts';
import { CLOUD, ECM } from './inventory.ts';

const HEADER = 'account,name,component,privileged,created,last_login,status,status_changed'.split(',');

/** The accounts of ECM's component in the cloud, as two lists show them. */
export function accountLists(): readonly DemoFile[] {
  const accounts = demoAccounts();
  return [accountList(accounts, 'july', july), accountList(accounts, 'october', october)];
}

function accountList(accounts: readonly DemoAccount[], list: 'july' | 'october', observedOn: Day): DemoFile {
  const rows = accounts.map((account) => {
    const { lastLogin, status, statusChanged } = account[list];
    const privileged = account.privileged ? 'yes' : 'no';
    return [
      account.account,
      account.name,
      CLOUD,
      privileged,
      account.created,
      lastLogin ?? '',
      status,
      statusChanged ?? '',
    ];
  });
  return {
    name: `demo-ecm-accounts-${observedOn}.csv`,
    reader: 'accounts',
    bytes: csv([HEADER, ...rows]),
    system: ECM,
    component: CLOUD,
    observedOn,
  };
}
