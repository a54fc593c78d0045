import type { Program } from '../../acts/index.ts';
import { readKnownFacts } from './known-facts.ts';
import { agencyCreated, inventoryIntake } from './tables.ts';
import { systemsView } from './views.ts';

export { isOwnPlace, OWN_COMPONENT, OWN_SYSTEM } from './own.ts';
export { declaredAssets, discoverAssets, matchHosts } from './discover.ts';
export type { SystemsAnswer } from './views.ts';
export { systemsView } from './views.ts';
export { checkComponents, checkScope, checkSystem, findSystem } from './places.ts';
export { createAgency, findAgency, listAgencies, readAgency, type AgencyFacts } from './agencies.ts';

/** Agencies, systems, components and assets: what all other programs hang on. */
export const inventory: Program = {
  program: 'inventory',
  attributes: {
    'agency.kind': ['irs', 'recipient'],
    'system.impact': ['low', 'moderate', 'high'],
    'component.environment': ['cloud', 'on-premises'],
    'component.fti': [true, false],
  },
  entryKinds: [agencyCreated],
  intakes: [inventoryIntake],
  views: [systemsView],
  knownFacts: readKnownFacts,
  tables: {
    agency_fact: ['known_from'],
    system: ['system_key'],
    system_fact: ['system_key', 'from_day', 'known_from'],
    component: ['component_key'],
    component_fact: ['component_key', 'from_day', 'known_from'],
    asset: ['asset_key'],
    asset_fact: ['asset_key', 'from_day', 'known_from'],
  },
};
