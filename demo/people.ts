import { ECM } from './inventory.ts';

/** Someone who works with the demonstration: invented, as the name says. */
export interface DemoPerson {
  readonly name: string;
  readonly signInName: string;
  readonly role: string;
  readonly reach: DemoReach;
}

export type DemoReach =
  | { readonly over: 'agency' }
  | { readonly over: 'system'; readonly system: string }
  | { readonly over: 'units'; readonly unitFrom: string; readonly unitTo: string };

const AGENCY: DemoReach = { over: 'agency' };
const OF_ECM: DemoReach = { over: 'system', system: ECM };
const UNITS: DemoReach = { over: 'units', unitFrom: '21000', unitTo: '21099' };

/** Who works in an agency: one for each desk, and whoever administers Muster. */
export const people: readonly DemoPerson[] = [
  person('Demo Administrator', 'administrator', AGENCY),
  person('Demo Analyst', 'data-security-analyst', AGENCY),
  person('Demo Manager', 'manager', UNITS),
  person('Demo Security Manager', 'data-security-manager', AGENCY),
  person('Demo System Owner', 'system-owner', OF_ECM),
  person('Demo ISSO', 'isso', OF_ECM),
  person('Demo Authorizing Official', 'authorizing-official', AGENCY),
  person('Demo Safeguards Coordinator', 'safeguards-coordinator', AGENCY),
  person('Demo Incident Handler', 'incident-handler', AGENCY),
  person('Demo Program Office', 'program-office', AGENCY),
  person('Demo CISO', 'ciso', AGENCY),
  person('Demo Auditor', 'auditor', AGENCY),
];

/** `Demo System Owner` signs in as `demo.system-owner`. */
function person(name: string, role: string, reach: DemoReach): DemoPerson {
  const [first = '', ...rest] = name.toLowerCase().split(' ');
  return { name, signInName: `${first}.${rest.join('-')}`, role, reach };
}
