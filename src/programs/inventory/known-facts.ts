import { knownSql, type Ground, type KnownFacts, type KnownComponent, type Times } from '../../acts/index.ts';
import type { Reading } from '../../store/index.ts';

interface Row {
  key: number;
  system: string;
  component: string;
  impact: string | null;
  environment: string | null;
  fti: boolean | null;
  impact_from: number | null;
  impact_line: number | null;
  impact_file: string | null;
  facts_from: number | null;
  facts_line: number | null;
  facts_file: string | null;
}

/** What scopes may ask of the agency and each component, in force on the day and as known. */
export async function readKnownFacts(tx: Reading, times: Times): Promise<KnownFacts> {
  const [agency] = await tx.rows<{ kind: string; demonstration: boolean }>(
    `select kind, demonstration from agency_fact where agency_id = $1 and known_from <= $2 order by known_from desc limit 1`,
    [tx.agency, times.knownAt],
  );
  const rows = await tx.rows<Row>(FACTS, [tx.agency, times.asOf, times.knownAt]);
  return {
    demonstration: agency?.demonstration ?? false,
    agency: { 'agency.kind': agency?.kind },
    components: new Map(rows.map((row) => [row.key, knownComponent(row, agency?.kind)])),
  };
}

function inForce(table: string, key: string, of: string): string {
  return `left join lateral (
    select f.*, e.body::jsonb ->> 'file' as file from ${table} f
    join entry e on e.agency_id = f.agency_id and e.index = f.known_from
    where f.agency_id = $1 and f.${key} = ${of}.${key} and f.from_day <= $2 and ${knownSql('f', '$3')}
    order by f.from_day desc limit 1) ${table}_now on true`;
}

const FACTS = `
  select c.component_key as key, s.name as system, c.name as component,
    system_fact_now.impact, system_fact_now.known_from as impact_from, system_fact_now.line as impact_line,
    system_fact_now.file as impact_file, component_fact_now.environment, component_fact_now.fti,
    component_fact_now.known_from as facts_from, component_fact_now.line as facts_line, component_fact_now.file as facts_file
  from component c
  join system s on s.agency_id = c.agency_id and s.system_key = c.system_key
  ${inForce('system_fact', 'system_key', 's')}
  ${inForce('component_fact', 'component_key', 'c')}
  where c.agency_id = $1 and c.known_from <= $3
  order by s.name collate "C", c.name collate "C"`;

function knownComponent(row: Row, agencyKind: string | undefined): KnownComponent {
  const facts: Record<string, string | boolean> = {};
  const sources: Record<string, Ground> = {};
  const state = (attribute: string, value: string | boolean | null, source: Ground | undefined) => {
    if (value === null || source === undefined) return;
    facts[attribute] = value;
    sources[attribute] = { ...source, says: `${attribute} is ${String(value)}` };
  };
  const impactSource = ground(row.impact_from, row.impact_file, row.impact_line);
  const componentSource = ground(row.facts_from, row.facts_file, row.facts_line);
  state('system.impact', row.impact, impactSource);
  state('component.environment', row.environment, componentSource);
  state('component.fti', row.fti, componentSource);
  if (agencyKind !== undefined) facts['agency.kind'] = agencyKind;
  return { key: row.key, system: row.system, component: row.component, facts, sources };
}

function ground(evidence: number | null, file: string | null, line: number | null): Ground | undefined {
  if (evidence === null || file === null) return undefined;
  return { evidence, file, line, observedOn: null, says: '' };
}
