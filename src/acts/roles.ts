/** What someone may be, in the order in which they are shown. */
export const roles = [
  'data-security-analyst',
  'alternate-data-security-analyst',
  'terminal-security-administrator',
  'manager',
  'territory-manager',
  'data-security-manager',
  'cass-program-manager',
  'campus-domain-analyst',
  'system-owner',
  'isso',
  'authorizing-official',
  'safeguards-coordinator',
  'incident-handler',
  'program-office',
  'ciso',
  'auditor',
  'administrator',
] as const;

export type Role = (typeof roles)[number];

/** A role in words: its title, and what whoever holds it comes to do. */
export interface RoleWords {
  readonly title: string;
  readonly purpose: string;
}

export const roleWords: Readonly<Record<Role, RoleWords>> = {
  'data-security-analyst': {
    title: 'data security analyst (DSA)',
    purpose: "works the week's security reports of units, and keeps their users' accounts in order",
  },
  'alternate-data-security-analyst': {
    title: 'alternate data security analyst',
    purpose: "works the security reports in the analyst's place",
  },
  'terminal-security-administrator': {
    title: 'terminal security administrator',
    purpose: 'works the security reports beside the analyst',
  },
  manager: {
    title: 'manager of users',
    purpose: 'answers inquiries, reads the reports of their own unit, and says who moved or left',
  },
  'territory-manager': {
    title: 'territory manager',
    purpose: 'answers inquiries for the units of a territory',
  },
  'data-security-manager': {
    title: 'data security manager',
    purpose: 'oversees the desk: uncertified reports, units without a reviewer, operational reviews',
  },
  'cass-program-manager': {
    title: 'CASS program manager',
    purpose: 'oversees the desk for the program',
  },
  'campus-domain-analyst': {
    title: 'campus-domain analyst',
    purpose: 'oversees the desk of a campus',
  },
  'system-owner': {
    title: 'system owner',
    purpose: 'answers for a system: its POA&Ms, findings and accounts, and what cannot be fixed in time',
  },
  isso: {
    title: 'information system security officer (ISSO)',
    purpose: "keeps a system's POA&Ms, findings and accounts in order",
  },
  'authorizing-official': {
    title: 'authorizing official',
    purpose: 'decides: accepts risks, authorizes systems',
  },
  'safeguards-coordinator': {
    title: 'safeguards coordinator',
    purpose: 'answers to the IRS: plans inspections and assessments, reports in time',
  },
  'incident-handler': {
    title: 'incident handler',
    purpose: 'contains incidents and reports them in time',
  },
  'program-office': {
    title: 'program office',
    purpose: 'sees the whole: rates, late work, trends',
  },
  ciso: {
    title: 'chief information security officer (CISO)',
    purpose: 'sees the whole, and reviews what administrators do',
  },
  auditor: {
    title: 'auditor',
    purpose: 'reads everything as of any day, changes nothing, and is recorded reading',
  },
  administrator: {
    title: 'administrator',
    purpose:
      'adds people, grants roles and ends them, and makes the links by which people set up their sign-in',
  },
};

/** The desk: those who keep the reports of units in order, and those who oversee them. */
export const desk = [
  'data-security-analyst',
  'alternate-data-security-analyst',
  'terminal-security-administrator',
  'data-security-manager',
  'cass-program-manager',
  'campus-domain-analyst',
] as const satisfies readonly Role[];

/** Roles in words: `system owner, ISSO`. */
export function wordRoles(of: readonly Role[]): string {
  return of.map((role) => roleWords[role].title).join(', ');
}

/** Oversight: those who keep systems in order, decide about them, or see the whole. */
export const oversight = [
  'system-owner',
  'isso',
  'authorizing-official',
  'safeguards-coordinator',
  'incident-handler',
  'program-office',
  'ciso',
  'auditor',
] as const satisfies readonly Role[];
