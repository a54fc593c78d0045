import * as z from 'zod';
import { declareView, desk, knownSql, oversight, type Declarations, type Times } from '../../acts/index.ts';
import { requireNamed } from '../../duties/index.ts';
import type { Reading } from '../../store/index.ts';
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
      /** How many each program watches, by the program's name: `accounts`. */
      readonly holdings: Readonly<Record<string, number>>;
      readonly assets: readonly Omit<AssetRow, 'component_key'>[];
    }[];
  }[];
}

/** Systems with their components, what scopes ask of each, and their assets. */
export const systemsView = declareView({
  view: 'systems',
  title: 'systems, their components and assets',
  path: '/systems',
  input: z.object({ system: z.string().optional().describe('this system alone') }),
  may: [...desk, ...oversight, 'administrator'],
  where: { system: 'system', ofEach: true },
  read: async (at, input): Promise<SystemsAnswer> => {
    const { tx, declarations, times, reached } = at;
    await requireNamed(at, input);
    const known = await readKnownFacts(tx, times);
    const assets = await tx.rows<AssetRow>(ASSETS, [tx.agency, times.asOf, times.knownAt]);
    const held = await readHoldings(tx, declarations, times);
    const wanted = [...known.components.values()].filter(
      ({ system }) =>
        (input.system === undefined || system === input.system) &&
        (reached === null || reached.includes(system)),
    );
    const systems = Map.groupBy(wanted, ({ system }) => system);
    return {
      asOf: times.asOf,
      systems: [...systems].map(([system, components]) => ({
        system,
        impact: textFact(components[0]?.facts['system.impact']),
        components: components.map(({ key, component, facts }) => ({
          component,
          environment: textFact(facts['component.environment']),
          fti: facts['component.fti'] === undefined ? null : facts['component.fti'] === true,
          holdings: held(key),
          assets: assets
            .filter((row) => row.component_key === key)
            .map(({ asset, fqdn, ip, platform, role }) => ({ asset, fqdn, ip, platform, role })),
        })),
      })),
    };
  },
});

async function readHoldings(
  tx: Reading,
  declarations: Declarations,
  times: Times,
): Promise<(component: number) => Record<string, number>> {
  const counted: [string, ReadonlyMap<number, number>][] = [];
  for (const { program, holdings } of declarations.programs) {
    if (holdings) counted.push([program, await holdings(tx, times)]);
  }
  return (component) =>
    Object.fromEntries(counted.map(([program, counts]) => [program, counts.get(component) ?? 0]));
}

function textFact(value: string | boolean | undefined): string | null {
  return value === undefined ? null : String(value);
}

const ASSETS = `
  select a.component_key, a.name as asset, f.fqdn, f.ip, f.platform, f.role
  from asset a cross join lateral (
    select * from asset_fact f where f.agency_id = $1 and f.asset_key = a.asset_key and f.from_day <= $2
      and ${knownSql('f', '$3')} order by f.from_day desc limit 1) f
  where a.agency_id = $1 order by a.name collate "C"`;
