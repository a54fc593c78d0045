import type { Day } from '../src/time/index.ts';
import { type DemoAccount, demoAccounts, july, october } from './accounts.ts';

/** A file of the demonstration, and what must be said of it when it is imported. */
export interface DemoFile {
  readonly name: string;
  readonly reader: string;
  readonly bytes: Uint8Array;
  readonly system?: string;
  readonly component?: string;
  readonly observedOn?: Day;
}

export interface Demonstration {
  readonly agency: { readonly code: 'DEMO'; readonly kind: 'irs'; readonly timeZone: 'America/New_York' };
  /** In the order in which they must be imported: what declares a component first. */
  readonly files: readonly DemoFile[];
}

/**
 * The demonstration agency: invented evidence, in the formats that the readers read, from
 * which the counts of an audit follow (TIGTA 2023-20-018, pp. 1, 8 and 9). The same bytes
 * each time.
 */
export function demonstration(): Demonstration {
  const accounts = demoAccounts();
  return {
    agency: { code: 'DEMO', kind: 'irs', timeZone: 'America/New_York' },
    files: [
      { name: 'demo-ecm-inventory.csv', reader: 'inventory', bytes: csv(INVENTORY) },
      accountList(accounts, 'july', july),
      accountList(accounts, 'october', october),
    ],
  };
}

const SYSTEM = 'ECM';
const CLOUD = 'cloud';

// Two production servers on premises and two in the cloud (p. 1); addresses of RFC 5737, names of RFC 2606.
const INVENTORY = [
  ['system', 'component', 'environment', 'impact', 'fti', 'asset', 'fqdn', 'ip', 'platform', 'role'],
  server(CLOUD, 'cloud', 'demo-cloud-1', '192.0.2.11'),
  server(CLOUD, 'cloud', 'demo-cloud-2', '192.0.2.12'),
  server('on-premises', 'on-premises', 'demo-premises-1', '192.0.2.21'),
  server('on-premises', 'on-premises', 'demo-premises-2', '192.0.2.22'),
];

function server(component: string, environment: string, asset: string, ip: string): readonly string[] {
  const fqdn = `${asset}.ecm.example`;
  return [SYSTEM, component, environment, 'moderate', 'yes', asset, fqdn, ip, 'Linux', 'production server'];
}

function accountList(accounts: readonly DemoAccount[], list: 'july' | 'october', observedOn: Day): DemoFile {
  const header = [
    'account',
    'name',
    'component',
    'privileged',
    'created',
    'last_login',
    'status',
    'status_changed',
  ];
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
    bytes: csv([header, ...rows]),
    system: SYSTEM,
    component: CLOUD,
    observedOn,
  };
}

/** INVARIANT: no cell of the demonstration needs quotes. */
function csv(rows: readonly (readonly string[])[]): Uint8Array {
  return new TextEncoder().encode(rows.map((row) => `${row.join(',')}\n`).join(''));
}
