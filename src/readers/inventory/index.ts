import { isIP } from 'node:net';
import { readCsv } from '../csv.ts';
import { namesMostColumns } from '../header.ts';
import type { ReadContext, ReadOutcome, Reader } from '../reader.ts';
import type { Row } from '../row.ts';
import { type InventoryObservation, environments, impacts } from './schema.ts';

export type { InventoryObservation } from './schema.ts';

const columns = [
  'system',
  'component',
  'environment',
  'impact',
  'fti',
  'asset',
  'fqdn',
  'ip',
  'platform',
  'role',
] as const;

type Column = (typeof columns)[number];

/** An inventory: systems, their components and the assets of each. */
export const inventory: Reader<InventoryObservation> & { readonly name: 'inventory' } = {
  name: 'inventory',
  title: 'Inventory of systems, components and assets (CSV)',
  columns,
  recognise: (head) => namesMostColumns(head, columns),
  read: readInventory,
};

async function* readInventory(
  source: AsyncIterable<Uint8Array>,
  _context: ReadContext,
): AsyncGenerator<readonly InventoryObservation[], ReadOutcome, undefined> {
  const declared: Declared = new Map();
  return yield* readCsv(source, { columns, observe: (row: Row<Column>) => observeAsset(row, declared) });
}

function observeAsset(row: Row<Column>, declared: Declared): InventoryObservation {
  const observation: InventoryObservation = {
    line: row.line,
    system: row.required('system'),
    component: row.required('component'),
    environment: row.choice('environment', environments),
    impact: row.choice('impact', impacts),
    fti: row.flag('fti'),
    asset: row.name('asset') || null,
    fqdn: row.name('fqdn'),
    ip: address(row),
    platform: row.text('platform'),
    role: row.text('role'),
  };
  if (row.sound) checkAgainstOthers(row, observation, declared);
  return observation;
}

function address(row: Row<Column>): string {
  const ip = row.name('ip');
  if (ip !== '' && (isIP(ip) === 0 || ip.includes('%'))) {
    row.refuse('ip', 'is not one IPv4 or IPv6 address');
  }
  return ip;
}

/** The first statement of each system, component and asset, with its line. */
type Declared = Map<string, DeclaredSystem>;

interface DeclaredSystem {
  readonly line: number;
  readonly impact: InventoryObservation['impact'];
  readonly components: Map<string, DeclaredComponent>;
}

interface DeclaredComponent {
  readonly line: number;
  readonly environment: InventoryObservation['environment'];
  readonly fti: boolean;
  /** By name; the component itself stands under the empty one. */
  readonly assets: Map<string, number>;
}

function checkAgainstOthers(row: Row<Column>, observation: InventoryObservation, declared: Declared): void {
  const system = firstOf(declared, observation.system, () => ({
    line: row.line,
    impact: observation.impact,
    components: new Map<string, DeclaredComponent>(),
  }));
  if (system.impact !== observation.impact) {
    row.refuse(
      'impact',
      `is ${observation.impact}, but ${system.impact} for the same system on line ${system.line}`,
    );
  }
  const component = firstOf(system.components, observation.component, () => ({
    line: row.line,
    environment: observation.environment,
    fti: observation.fti,
    assets: new Map<string, number>(),
  }));
  const elsewhere = `for the same component on line ${component.line}`;
  if (component.environment !== observation.environment) {
    row.refuse('environment', `is ${observation.environment}, but ${component.environment} ${elsewhere}`);
  }
  if (component.fti !== observation.fti) {
    row.refuse('fti', `is ${yesNo(observation.fti)}, but ${yesNo(component.fti)} ${elsewhere}`);
  }
  checkAsset(row, observation, component);
}

function checkAsset(row: Row<Column>, observation: InventoryObservation, component: DeclaredComponent): void {
  const { asset, fqdn, ip, platform, role } = observation;
  if (asset === null && `${fqdn}${ip}${platform}${role}` !== '') {
    row.refuse(
      'asset',
      'is empty, but the row describes one: name it, or leave fqdn, ip, platform and role empty',
    );
  }
  const line = firstOf(component.assets, asset ?? '', () => row.line);
  if (line === row.line) return;
  const what =
    asset === null
      ? 'is empty, and the component is declared without an asset already'
      : 'is the same asset of the same component as';
  row.refuse('asset', `${what} on line ${line}`);
}

function yesNo(flag: boolean): string {
  return flag ? 'yes' : 'no';
}

function firstOf<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
