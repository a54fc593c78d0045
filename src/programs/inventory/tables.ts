import { declareEntryKind, type Effect, type EvidenceBody, type Intake } from '../../acts/index.ts';
import { readerNamed, type InventoryObservation } from '../../readers/index.ts';
import { keyBase, type Entry } from '../../record/index.ts';
import type { Refusal } from '../../errors/index.ts';
import type { Reading, Writing } from '../../store/index.ts';

export const AGENCY_CREATED = 'agency.created';

export interface AgencyBody {
  readonly code: string;
  readonly kind: string;
  readonly timeZone: string;
  /** Its data is invented. */
  readonly demonstration: boolean;
}

export const agencyCreated = declareEntryKind<AgencyBody>({
  kind: AGENCY_CREATED,
  summarise: ({ code, kind, timeZone }) => `agency ${code} (${kind}, ${timeZone}) was created`,
  derive: async (tx, entry) => {
    const { kind, timeZone, demonstration } = entry.body;
    await tx.run(
      `insert into agency_fact (agency_id, kind, time_zone, demonstration, known_from) values ($1, $2, $3, $4, $5)`,
      [tx.agency, kind, timeZone, demonstration, entry.index],
    );
  },
});

/** A list of systems, components and assets. Stated without a day, it holds from the beginning. */
export const inventoryIntake: Intake = {
  reader: readerNamed('inventory'),
  takes: ['observedOn'],
  needs: [],
  may: ['system-owner', 'isso'],
  columns: {
    line: 'integer',
    system: 'text',
    component: 'text',
    environment: 'text',
    impact: 'text',
    fti: 'boolean',
    asset: 'text',
    fqdn: 'text',
    ip: 'text',
    platform: 'text',
    role: 'text',
  },
  row: (observation) => {
    const seen = observation as InventoryObservation;
    return [
      seen.line,
      seen.system,
      seen.component,
      seen.environment,
      seen.impact,
      seen.fti,
      seen.asset,
      seen.fqdn,
      seen.ip,
      seen.platform,
      seen.role,
    ];
  },
  check: checkUndated,
  derive: deriveInventory,
};

/**
 * A statement without a day holds from the beginning, so it may not contradict what is known:
 * it would change what was true on every past day. Of assets it only describes, and may.
 */
async function checkUndated(tx: Reading, body: EvidenceBody): Promise<readonly Refusal[]> {
  if (body.observedOn !== undefined) return [];
  const refused: Refusal[] = [];
  for (const { table, key, facts, stated } of [SYSTEM_FACTS, COMPONENT_FACTS]) {
    const rows = await tx.rows<{ line: number }>(
      `select n.line from (${stated}) n cross join lateral (
         select * from ${table} f where f.agency_id = $1 and f.${key} = n.${key} and f.known_until is null
         order by f.from_day desc limit 1) f
       where not (${sameFacts(facts)}) order by n.line limit 20`,
      [tx.agency],
    );
    refused.push(
      ...rows.map(({ line }) => ({
        at: `line ${line}, ${facts.join(' and ')}`,
        reason: 'contradicts what is known: say from which day it holds (--observed YYYY-MM-DD)',
      })),
    );
  }
  return refused;
}

function sameFacts(facts: readonly string[]): string {
  return `(${facts.map((fact) => `f.${fact}`).join(', ')}) is not distinct from (${facts.map((fact) => `n.${fact}`).join(', ')})`;
}

async function deriveInventory(tx: Writing, entry: Entry<EvidenceBody>): Promise<Effect> {
  const day = entry.body.observedOn ?? '-infinity';
  const own = [tx.agency, entry.index] as const;
  const numbered = [...own, keyBase(entry.index)];
  await tx.run(
    `insert into system (agency_id, system_key, name, known_from)
     select $1, $3 + row_number() over (order by system collate "C"), system, $2
     from (select distinct system from staged_inventory) s
     where not exists (select 1 from system k where k.agency_id = $1 and k.name = s.system)`,
    numbered,
  );
  const newComponents = await tx.run(
    `insert into component (agency_id, component_key, system_key, name, known_from)
     select $1, $3 + row_number() over (order by k.name collate "C", s.component collate "C"), k.system_key, s.component, $2
     from (select distinct system, component from staged_inventory) s
     join system k on k.agency_id = $1 and k.name = s.system
     where not exists (select 1 from component c
       where c.agency_id = $1 and c.system_key = k.system_key and c.name = s.component)`,
    numbered,
  );
  const newAssets = await tx.run(
    `insert into asset (agency_id, asset_key, component_key, name, known_from)
     select $1, $3 + row_number() over (order by c.component_key, s.asset collate "C"), c.component_key, s.asset, $2
     from staged_inventory s ${OF_COMPONENT}
     where s.asset is not null and not exists (select 1 from asset a
       where a.agency_id = $1 and a.component_key = c.component_key and a.name = s.asset)`,
    numbered,
  );
  const stated = [...own, day];
  await stateFacts(tx, stated, SYSTEM_FACTS);
  await stateFacts(tx, stated, COMPONENT_FACTS);
  await stateFacts(tx, stated, ASSET_FACTS);
  const { rows, assets, components } = await tx.row<{ rows: number; assets: number; components: number }>(
    `select count(*) as rows, count(asset) as assets, count(distinct (system, component)) as components from staged_inventory`,
  );
  const fresh = newComponents + newAssets;
  return {
    assets,
    bySeverity: {},
    new: fresh,
    closed: 0,
    reopened: 0,
    unchanged: Math.max(0, Math.max(rows, components + assets) - fresh),
  };
}

const OF_COMPONENT = `
  join system k on k.agency_id = $1 and k.name = s.system
  join component c on c.agency_id = $1 and c.system_key = k.system_key and c.name = s.component`;

interface FactTable {
  readonly table: string;
  readonly key: string;
  readonly facts: readonly string[];
  /** Nothing is decided by it: said anew without a day, it replaces what was said. */
  readonly isDescription?: boolean;
  /** SQL of key, facts and line from what is staged. */
  readonly stated: string;
}

const SYSTEM_FACTS: FactTable = {
  table: 'system_fact',
  key: 'system_key',
  facts: ['impact'],
  stated: `select k.system_key, s.impact, min(s.line) as line from staged_inventory s
    join system k on k.agency_id = $1 and k.name = s.system group by 1, 2`,
};

const COMPONENT_FACTS: FactTable = {
  table: 'component_fact',
  key: 'component_key',
  facts: ['environment', 'fti'],
  stated: `select c.component_key, s.environment, s.fti, min(s.line) as line from staged_inventory s ${OF_COMPONENT} group by 1, 2, 3`,
};

const ASSET_FACTS: FactTable = {
  table: 'asset_fact',
  key: 'asset_key',
  facts: ['fqdn', 'ip', 'platform', 'role'],
  isDescription: true,
  stated: `select a.asset_key, s.fqdn, s.ip, s.platform, s.role, s.line from staged_inventory s ${OF_COMPONENT}
    join asset a on a.agency_id = $1 and a.component_key = c.component_key and a.name = s.asset`,
};

/** One row for each thing and day it is stated for; the same statement again leaves it as it is. */
async function stateFacts(tx: Writing, stated: readonly unknown[], facts: FactTable): Promise<void> {
  const same = sameFacts(facts.facts);
  await tx.run(
    `update ${facts.table} f set known_until = $2 from (${facts.stated}) n
     where f.agency_id = $1 and f.${facts.key} = n.${facts.key} and f.from_day = $3 and f.known_until is null and not (${same})`,
    stated,
  );
  const columns = [facts.key, ...facts.facts, 'line'];
  await tx.run(
    `insert into ${facts.table} (agency_id, from_day, known_from, ${columns.join(', ')})
     select $1, $3, $2, ${columns.map((column) => `n.${column}`).join(', ')} from (${facts.stated}) n
     where not exists (select 1 from ${facts.table} f where f.agency_id = $1 and f.${facts.key} = n.${facts.key}
       and f.known_until is null and (f.from_day = $3${facts.isDescription ? '' : " or $3 = '-infinity'::date"}))`,
    stated,
  );
}
