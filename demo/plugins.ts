export const LOCAL = 'Demo Linux Local Security Checks';

export type Family =
  | typeof LOCAL
  | 'Databases'
  | 'General'
  | 'Misc.'
  | 'Service detection'
  | 'Settings'
  | 'Web Servers';

/** Every family that a scan's policy names. */
export const families: readonly Family[] = [
  'Databases',
  LOCAL,
  'General',
  'Misc.',
  'Service detection',
  'Settings',
  'Web Servers',
];

export type Severity = 'high' | 'medium' | 'low' | 'info';

/** What a scanner looks for. Each is invented, its number higher than any that is in use. */
export interface Plugin {
  readonly id: number;
  readonly name: string;
  readonly family: Family;
  readonly severity: Severity;
  /** A local one looks from within and needs credentials. */
  readonly type: 'local' | 'remote';
  readonly synopsis: string;
  readonly solution: string;
}

/** A plugin that finds a product older than the release that mends it. */
export function outdated(
  id: number,
  severity: Exclude<Severity, 'info'>,
  family: Family,
  type: Plugin['type'],
  product: string,
  mended: string,
  consequence: string,
): Plugin {
  return {
    id,
    name: `${product} < ${mended} ${consequence} (demonstration)`,
    family,
    severity,
    type,
    synopsis: `An invented product on the host has an invented weakness: ${consequence}.`,
    solution: `Upgrade ${product} to ${mended} or later & restart it (invented).`,
  };
}

/** A plugin that only informs. */
export function informing(id: number, family: Family, type: Plugin['type'], what: string): Plugin {
  const synopsis = `Invented information of the demonstration: ${what.toLowerCase()}.`;
  return { id, name: `${what} (demonstration)`, family, severity: 'info', type, synopsis, solution: 'n/a' };
}
