import {
  knownSql,
  type Ground,
  type KnownComponent,
  type KnownFacts,
  type KnownPlace,
  type Times,
} from '../../acts/index.ts';
import type { Reading } from '../../store/index.ts';

interface AgencyRow {
  kind: string;
  time_zone: string;
  demonstration: boolean;
}

interface SystemRow {
  key: number;
  system: string;
  impact: string | null;
  impact_from: number | null;
  impact_line: number | null;
  impact_file: string | null;
}

interface ComponentRow {
  key: number;
  system: number;
  component: string;
  environment: string | null;
  fti: boolean | null;
  facts_from: number | null;
  facts_line: number | null;
  facts_file: string | null;
}

/** What scopes may ask of the agency, its systems and their components, in force on the day and as known. */
export async function readKnownFacts(tx: Reading, times: Times): Promise<KnownFacts> {
  const [agency] = await tx.rows<AgencyRow>(
    `select kind, time_zone, demonstration from agency_fact where agency_id = $1 and known_from <= $2 order by known_from desc limit 1`,
    [tx.agency, times.knownAt],
  );
  const inForce = [tx.agency, times.asOf, times.knownAt];
  const systems = (await tx.rows<SystemRow>(SYSTEMS, inForce)).map((row) => knownSystem(row, agency?.kind));
  const bySystem = new Map(systems.map((system) => [system.key, system]));
  const components = (await tx.rows<ComponentRow>(COMPONENTS, inForce)).flatMap((row) => {
    const system = bySystem.get(row.system);
    return system ? [knownComponent(row, system)] : [];
  });
  return {
    demonstration: agency?.demonstration ?? false,
    timeZone: agency?.time_zone ?? 'UTC',
    agency: { 'agency.kind': agency?.kind },
    systems: bySystem,
    components: new Map(components.map((component) => [component.key, component])),
  };
}

function inForce(table: string, key: string, of: string): string {
  return `left join lateral (
    select f.*, e.body::jsonb ->> 'file' as file from ${table} f
    join entry e on e.agency_id = f.agency_id and e.index = f.known_from
    where f.agency_id = $1 and f.${key} = ${of}.${key} and f.from_day <= $2 and ${knownSql('f', '$3')}
    order by f.from_day desc limit 1) ${table}_now on true`;
}

const SYSTEMS = `
  select s.system_key as key, s.name as system, system_fact_now.impact, system_fact_now.known_from as impact_from,
    system_fact_now.line as impact_line, system_fact_now.file as impact_file
  from system s ${inForce('system_fact', 'system_key', 's')}
  where s.agency_id = $1 and s.known_from <= $3
  order by s.name collate "C"`;

const COMPONENTS = `
  select c.component_key as key, c.system_key as system, c.name as component, component_fact_now.environment,
    component_fact_now.fti, component_fact_now.known_from as facts_from, component_fact_now.line as facts_line,
    component_fact_now.file as facts_file
  from component c
  join system s on s.agency_id = c.agency_id and s.system_key = c.system_key
  ${inForce('component_fact', 'component_key', 'c')}
  where c.agency_id = $1 and c.known_from <= $3
  order by s.name collate "C", c.name collate "C"`;

type Stated = Pick<KnownPlace, 'facts' | 'sources'>;

function knownSystem(row: SystemRow, agencyKind: string | undefined): KnownPlace {
  const source = groundOf(row.impact_from, row.impact_file, row.impact_line);
  const agency = agencyKind === undefined ? {} : { 'agency.kind': agencyKind };
  const stated = state({ facts: agency, sources: {} }, { 'system.impact': row.impact }, source);
  return { key: row.key, system: row.system, component: null, ...stated };
}

function knownComponent(row: ComponentRow, system: KnownPlace): KnownComponent {
  const source = groundOf(row.facts_from, row.facts_file, row.facts_line);
  const own = { 'component.environment': row.environment, 'component.fti': row.fti };
  return { key: row.key, system: system.system, component: row.component, ...state(system, own, source) };
}

/** What was known before and what a source adds; a fact without a value or a source is none. */
function state(
  { facts, sources }: Stated,
  own: Readonly<Record<string, string | boolean | null>>,
  source: Ground | undefined,
): Stated {
  const said = Object.entries(own).flatMap(([attribute, value]) =>
    value === null || source === undefined ? [] : [[attribute, value, source] as const],
  );
  return {
    facts: { ...facts, ...Object.fromEntries(said.map(([attribute, value]) => [attribute, value])) },
    sources: {
      ...sources,
      ...Object.fromEntries(
        said.map(([attribute, value, ground]) => [
          attribute,
          { ...ground, says: `${attribute} is ${String(value)}` },
        ]),
      ),
    },
  };
}

function groundOf(evidence: number | null, file: string | null, line: number | null): Ground | undefined {
  if (evidence === null || file === null) return undefined;
  return { evidence, file, line, observedOn: null, says: '' };
}
