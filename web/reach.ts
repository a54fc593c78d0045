import type { HeldGrant } from './contract-person.ts';

/** The systems that grants of these roles reach one by one; null where one of them reaches the whole agency. */
export function systemsReached(
  grants: readonly HeldGrant[],
  may: readonly string[],
): readonly string[] | null {
  const those = grants.filter(({ role }) => may.includes(role));
  if (those.some(({ over }) => over === 'agency')) return null;
  return [...new Set(those.flatMap(({ system }) => system ?? []))].sort();
}

/** Those of the systems that are reached. */
export function within(reached: readonly string[] | null, systems: readonly string[]): readonly string[] {
  return reached === null ? systems : systems.filter((system) => reached.includes(system));
}

/** What a grant reaches, in words. */
export function wordReach({ over, system, unitFrom, unitTo }: HeldGrant): string {
  if (over === 'agency') return 'the whole agency';
  if (over === 'system') return `the system ${system ?? ''}`;
  return unitFrom === unitTo
    ? `the unit ${unitFrom ?? ''}`
    : `the units ${unitFrom ?? ''} to ${unitTo ?? ''}`;
}
