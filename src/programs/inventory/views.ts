import { declareView, knownSql } from '../../acts/index.ts';
import { readTimes, timesSchema } from '../../duties/index.ts';
import type { Day } from '../../time/index.ts';
import { readKnownFacts } from './known-facts.ts';

interface AssetRow {
  component_key: number;
  asset: string;
  fqdn: string;
  ip: string;
  platform: string;
  role: string;
}

export interface SystemsAnswer {
  readonly asOf: Day;
  readonly systems: readonly {
    readonly system: string;
    readonly impact: string | null;
    readonly components: readonly {
      readonly component: string;
      readonly environment: string | null;
      readonly fti: boolean | null;
      readonly accounts: number;
      readonly assets: readonly Omit<AssetRow, 'component_key'>[];
    }[];
  }[];
}

/** Systems with their components, what scopes ask of each, and their assets. */
export const systemsView = declareView({
  view: 'systems',
  title: 'systems, their components and assets',
  path: '/systems',
  input: timesSchema,
  may: [
    'system-owner',
    'isso',
    'authorizing-official',
    'safeguards-coordinator',
    'security-analyst',
    'auditor',
  ],
  read: async ({ tx, today }, input): Promise<SystemsAnswer> => {
    const times = await readTimes(tx, today, input);
    const known = await readKnownFacts(tx, times);
    const assets = await tx.rows<AssetRow>(ASSETS, [tx.agency, times.asOf, times.knownAt]);
    const accounts = await tx.rows<{ component_key: number; n: number }>(
      'select component_key, count(*) as n from account where agency_id = $1 group by 1',
      [tx.agency],
    );
    const counts = new Map(accounts.map((row) => [row.component_key, row.n]));
    const systems = Map.groupBy(known.components.values(), (component) => component.system);
    return {
      asOf: times.asOf,
      systems: [...systems].map(([system, components]) => ({
        system,
        impact: textFact(components[0]?.facts['system.impact']),
        components: components.map(({ key, component, facts }) => ({
          component,
          environment: textFact(facts['component.environment']),
          fti: facts['component.fti'] === undefined ? null : facts['component.fti'] === true,
          accounts: counts.get(key) ?? 0,
          assets: assets
            .filter((row) => row.component_key === key)
            .map(({ asset, fqdn, ip, platform, role }) => ({ asset, fqdn, ip, platform, role })),
        })),
      })),
    };
  },
});

function textFact(value: string | boolean | undefined): string | null {
  return value === undefined ? null : String(value);
}

const ASSETS = `
  select a.component_key, a.name as asset, f.fqdn, f.ip, f.platform, f.role
  from asset a cross join lateral (
    select * from asset_fact f where f.agency_id = $1 and f.asset_key = a.asset_key and f.from_day <= $2
      and ${knownSql('f', '$3')} order by f.from_day desc limit 1) f
  where a.agency_id = $1 order by a.name collate "C"`;
