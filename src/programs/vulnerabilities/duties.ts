import { knownSql, type DutyType, type Times } from '../../acts/index.ts';
import type { Reading } from '../../store/index.ts';
import { bearing, readSightings } from './history.ts';
import { findingRelations } from './plans.ts';

export const RATINGS = ['critical', 'high', 'medium', 'low'] as const;

/**
 * Remediate a vulnerability: a spell runs from the scan that first saw the finding to the first
 * that covered it and did not.
 */
export const remediateDuty: DutyType = {
  duty: 'vulnerability.remediate',
  title: 'remediate a vulnerability',
  subjectKind: 'finding',
  classes: RATINGS,
  scale: 'severity',
  words: { must: 'be remediated', source: 'the scans taken in' },
  relations: (placeholders) => {
    const { unplanned, plannedForRemediation } = findingRelations(placeholders);
    return [unplanned, plannedForRemediation].map((sql) => ({ place: 'component', scale: 'severity', sql }));
  },
  names: nameFindings,
  everBegan: async (tx, subject, trigger, { knownAt }) => {
    const rows = await tx.rows(
      'select 1 from finding_spell where agency_id = $1 and finding_key = $2 and trigger = $3 and known_from <= $4 limit 1',
      [tx.agency, subject, trigger, knownAt],
    );
    return rows.length > 0;
  },
  grounds: async (tx, subject, times) => {
    const declared = await tx.rows<{ entry: number }>(
      `select known_from as entry from finding_declaration
       where agency_id = $1 and finding_key = $2 and known_from <= $3 and day <= $4 order by 1`,
      [tx.agency, subject, times.knownAt, times.asOf],
    );
    return {
      evidence: bearing(await readSightings(tx, subject, times)),
      entries: declared.map((row) => row.entry),
    };
  },
};

/** Findings as people know them: `web-1: Demo Library < 2.4 (plugin 900001, tcp/443)`. */
async function nameFindings(
  tx: Reading,
  keys: readonly number[],
  { knownAt }: Times,
): Promise<ReadonlyMap<number, string>> {
  const rows = await tx.rows<{ key: number; name: string }>(
    `select f.finding_key as key, a.name || ': ' || p.title || ' (plugin ' || f.plugin || ', ' || f.protocol || '/' || f.port || ')' as name
     from finding f
     join asset a on a.agency_id = $1 and a.asset_key = f.asset_key
     join plugin p on p.agency_id = $1 and p.plugin = f.plugin and ${knownSql('p', '$3::bigint')}
     where f.agency_id = $1 and f.finding_key = any($2)`,
    [tx.agency, keys, knownAt],
  );
  return new Map(rows.map(({ key, name }) => [key, name]));
}

/** How many findings of each component are open as of the day. */
export async function countFindings(tx: Reading, times: Times): Promise<ReadonlyMap<number, number>> {
  const rows = await tx.rows<{ component: number; count: number }>(
    `select s.component_key as component, count(*) as count from finding_spell s
     where s.agency_id = $1 and s.trigger <= $2 and (s.done is null or s.done > $2) and s.holds_from <= $2
       and (s.holds_until is null or s.holds_until > $2) and ${knownSql('s', '$3')} group by 1`,
    [tx.agency, times.asOf, times.knownAt],
  );
  return new Map(rows.map(({ component, count }) => [component, count]));
}
