import type { Effect, EvidenceBody, Intake } from '../../acts/index.ts';
import { readerNamed, type NessusObservation } from '../../readers/index.ts';
import type { Entry } from '../../record/index.ts';
import { freeTemporary, type Writing } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';
import { RATINGS } from './duties.ts';
import { checkHosts, silenceNotice, takeHosts } from './hosts.ts';
import { takePlugins, takeScans } from './scans.ts';
import { respellTouched, spellNewFindings, touchFindings } from './spells.ts';
import { compareFindings, insertNewFindings, stateChanges } from './states.ts';

const COLUMNS = {
  kind: 'text',
  line: 'integer',
  at: 'integer',
  host: 'integer',
  plugin: 'integer',
  port: 'integer',
  protocol: 'text',
  family: 'text',
  status: 'family_status',
  title: 'text',
  service: 'text',
  severity: 'integer',
  rating: 'text',
  cves: 'text',
  cvss: 'text',
  name: 'text',
  ip: 'text',
  fqdn: 'text',
  hostname: 'text',
  os: 'text',
  credentialed: 'boolean',
  started: 'timestamptz',
  ended: 'timestamptz',
  day: 'date',
  finished: 'boolean',
  digest: 'text',
} as const;

const names = Object.keys(COLUMNS);

/** The file of a vulnerability scanner: what it found on each host, and by silence what it did not. */
export const nessusIntake: Intake = {
  reader: readerNamed('nessus'),
  takes: ['system', 'component', 'observedOn'],
  needs: ['system'],
  may: ['system-owner', 'isso', 'data-security-analyst'],
  columns: COLUMNS,
  row: (observation) => {
    const seen: Partial<Record<string, string | number | boolean | null>> = observation as NessusObservation;
    return names.map((name) => seen[name] ?? null);
  },
  matched: ['kind', 'host', 'plugin', 'port', 'protocol', 'at'],
  dated: async (tx) =>
    (await tx.row<{ day: Day | null }>("select max(day) as day from staged_nessus where kind = 'host'")).day,
  check: checkHosts,
  derive: deriveScans,
};

async function deriveScans(tx: Writing, entry: Entry<EvidenceBody>): Promise<Effect> {
  // The planner knows nothing of rows not yet committed, and would join them by loops.
  await tx.run('set local enable_nestloop = off');
  const notices = [...(await takeHosts(tx, entry)), ...(await silenceNotice(tx))];
  await takeScans(tx, entry.index);
  const moved = await takePlugins(tx, entry.index);
  await compareFindings(tx);
  const created = await insertNewFindings(tx, entry.index);
  await stateChanges(tx, entry.index);
  await spellNewFindings(tx, entry.index);
  await keepInformational(tx, entry.index);
  if ((await touchFindings(tx, entry.index, moved)) > 0) await respellTouched(tx, entry.index);
  const effect = await effectOf(tx, entry.index, created);
  freeTemporary(tx, 'finding_touched', 'held', 'taken', 'placed', 'host_seen');
  return { ...effect, notices };
}

/** What is no vulnerability is kept apart: once, when first seen. */
async function keepInformational(tx: Writing, entry: number): Promise<void> {
  await tx.run(
    `insert into informational_item (agency_id, asset_key, plugin, port, protocol, line, known_from)
     select $1::integer, h.asset_key, s.plugin, s.port, s.protocol, min(s.line), $2::bigint
     from staged_nessus s join host_seen h using (host)
     where s.kind = 'item' and s.severity = 0 and not exists (select 1 from informational_item i
       where i.agency_id = $1 and i.asset_key = any(array(select asset_key from taken)) and i.asset_key = h.asset_key
         and i.plugin = s.plugin and i.port = s.port and i.protocol = s.protocol)
     group by 2, 3, 4, 5`,
    [tx.agency, entry],
  );
}

interface EffectRow {
  assets: number;
  by_rating: Partial<Record<string, number>>;
  seen: number;
  closed: number;
  reopened: number;
  recast: number;
}

/** Counts findings first seen, closed and open again by their last spell, and those seen as they were. */
async function effectOf(tx: Writing, entry: number, created: number): Promise<Effect> {
  const effect = await tx.row<EffectRow>(
    `with was as (
       select distinct on (finding_key) finding_key, done is null as is_open, class
       from finding_spell where agency_id = $1 and finding_key = any(array(select finding_key from finding_touched))
         and known_from < $2 and (known_until is null or known_until = $2)
       order by finding_key, trigger desc, holds_from desc),
     now as (
       select distinct on (finding_key) finding_key, done is null as is_open, class
       from finding_spell where agency_id = $1 and finding_key = any(array(select finding_key from finding_touched)) and known_until is null
       order by finding_key, trigger desc, holds_from desc),
     changed as (
       select count(*) filter (where was.is_open and not now.is_open) as closed,
         count(*) filter (where now.is_open and not was.is_open) as reopened,
         count(*) filter (where now.is_open and was.is_open and now.class <> was.class) as recast
       from was join now using (finding_key))
     select (select count(*) from taken) as assets,
       (select coalesce(json_object_agg(rating, count), '{}') from (
          select rating, count(*) as count from staged_nessus where kind = 'item' group by rating) r) as by_rating,
       (select count(*) from held where rating is not null) as seen, closed, reopened, recast
     from changed`,
    [tx.agency, entry],
  );
  const { assets, closed, reopened } = effect;
  const bySeverity = Object.fromEntries(
    [...RATINGS, 'info'].map((rating) => [rating, effect.by_rating[rating] ?? 0]),
  );
  const unchanged = Math.max(0, effect.seen - created - reopened - effect.recast);
  return { assets, bySeverity, new: created, closed, reopened, unchanged };
}
