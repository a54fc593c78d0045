interface NamedZone {
  readonly zone: string;
  readonly name: string;
}

/** Where agencies of the United States are, from east to west. */
export const homeZones: readonly NamedZone[] = [
  { zone: 'America/Puerto_Rico', name: 'Atlantic: Puerto Rico, Virgin Islands' },
  { zone: 'America/New_York', name: 'Eastern: New York' },
  { zone: 'America/Chicago', name: 'Central: Chicago' },
  { zone: 'America/Denver', name: 'Mountain: Denver' },
  { zone: 'America/Phoenix', name: 'Mountain without daylight saving: Phoenix' },
  { zone: 'America/Los_Angeles', name: 'Pacific: Los Angeles' },
  { zone: 'America/Anchorage', name: 'Alaska: Anchorage' },
  { zone: 'Pacific/Honolulu', name: 'Hawaii: Honolulu' },
  { zone: 'Pacific/Pago_Pago', name: 'American Samoa: Pago Pago' },
  { zone: 'Pacific/Guam', name: 'Guam, Northern Mariana Islands' },
];

/** All others that the browser knows. */
export function otherZones(known: readonly string[]): string[] {
  const home = new Set(homeZones.map(({ zone }) => zone));
  return known.filter((zone) => !home.has(zone));
}
