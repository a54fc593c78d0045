import { knownSql, type DutyType, type Ground, type Grounds, type Times } from '../../acts/index.ts';
import type { Reading } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';
import { declaredAssets } from '../inventory/index.ts';

/**
 * Scan an asset: a spell runs from a scan that reached it and finished to the next; the first one
 * from the day on which an inventory declared the asset, where that is earlier.
 */
export const scanDuty: DutyType = {
  duty: 'vulnerability.scan',
  title: 'scan an asset for vulnerabilities',
  subjectKind: 'asset',
  classes: ['asset'],
  words: { must: 'be scanned again', source: 'the scans and inventories taken in' },
  relations: ({ agency, knownAt }) => [{ place: 'component', sql: spells(agency, knownAt) }],
  names: async (tx, keys) => {
    const rows = await tx.rows<{ key: number; name: string }>(
      'select asset_key as key, name from asset where agency_id = $1 and asset_key = any($2)',
      [tx.agency, keys],
    );
    return new Map(rows.map(({ key, name }) => [key, name]));
  },
  everBegan: async (tx, subject, trigger, { knownAt }) => {
    const rows = await tx.rows(
      `select 1 from asset_scan where agency_id = $1 and asset_key = $2 and day = $3 and finished and known_from <= $4
       union all select 1 from (${declaredAssets('$1', '$4')}) d where d.asset_key = $2 and d.day = $3 limit 1`,
      [tx.agency, subject, trigger, knownAt],
    );
    return rows.length > 0;
  },
  grounds: readGrounds,
};

function spells(agency: string, knownAt: string): string {
  const scanned = `select asset_key, day from asset_scan where agency_id = ${agency} and finished and known_from <= ${knownAt}`;
  return `
    select subject_key, place_key, 'asset'::text as class, trigger, next_trigger, next_trigger as done,
      case when next_trigger is not null then 'scanned' end as means, '-infinity'::date as holds_from, null::date as holds_until
    from (
      select b.asset_key as subject_key, a.component_key as place_key, b.day as trigger,
        lead(b.day) over (partition by b.asset_key order by b.day) as next_trigger
      from (
        ${scanned}
        union
        select d.asset_key, d.day from (${declaredAssets(agency, knownAt)}) d
        left join (select asset_key, min(day) as day from (${scanned}) s group by 1) f using (asset_key)
        where f.day is null or d.day < f.day) b
      join asset a on a.agency_id = ${agency} and a.asset_key = b.asset_key) s`;
}

interface GroundRow {
  evidence: number;
  file: string;
  line: number;
  day: Day | null;
  finished: boolean | null;
  credentialed: boolean | null;
}

/** The inventory that declared the asset, and the scans of it up to the day. */
async function readGrounds(tx: Reading, subject: number, times: Times): Promise<Grounds> {
  const rows = await tx.rows<GroundRow>(
    `select g.*, e.body::jsonb ->> 'file' as file from (
       (select known_from as evidence, line, null::date as day, null::boolean as finished, null::boolean as credentialed
        from asset_fact f where agency_id = $1 and asset_key = $2 and not discovered and ${knownSql('f', '$3')}
        order by known_from limit 1)
       union all
       select known_from, line, day, finished, credentialed
       from asset_scan where agency_id = $1 and asset_key = $2 and known_from <= $3 and day <= $4) g
     join entry e on e.agency_id = $1 and e.index = g.evidence order by g.day nulls first, g.evidence`,
    [tx.agency, subject, times.knownAt, times.asOf],
  );
  return { evidence: rows.map(asGround), entries: [] };
}

function asGround({ evidence, file, line, day, finished, credentialed }: GroundRow): Ground {
  const says =
    finished === null
      ? 'the inventory declares the asset'
      : `scanned ${credentialed ? 'with' : 'without'} credentials${finished ? '' : ', but not to the end'}`;
  return { evidence, file, line, observedOn: day, says };
}
