import { keyBase } from '../../record/index.ts';
import { fillTemporary, type Writing } from '../../store/index.ts';

/*
 * What scans say of a finding is a step function over its asset's scans: its first step stands in
 * its own row, each later change in `finding_state`, and between them it stays. INVARIANT: what a
 * row says of its scan is true whatever other scans are taken in, so no row ever changes; a scan
 * that comes between restates the next one, which until now may have gone without saying.
 */

/**
 * What was seen on the scanned assets beside what is known of them, a row for each finding:
 * `finding_key` null for a new one, `rating` null where it was not seen, `prior` what held on the
 * eve of the scan, `is_stated` whether the next scan has a row of its own.
 */
export async function compareFindings(tx: Writing): Promise<void> {
  await fillTemporary(
    tx,
    'held',
    `with seen as (
       -- The same item twice: the higher severity, and the line that says so.
       select h.asset_key, s.plugin, s.port, s.protocol, min(s.at) as number, max(s.severity) as severity,
         max(s.severity) * ${LINES} - max(s.severity * ${LINES} - s.line) as line
       from staged_nessus s join host_seen h using (host) where s.kind = 'item' and s.severity > 0 group by 1, 2, 3, 4),
     known as (
       select finding_key, asset_key, plugin, port, protocol, scan_key, rating
       from finding where agency_id = $1 and asset_key = any(array(select asset_key from taken))),
     step as (
       select k.finding_key, p.n, k.rating, t.n as now_n, p.scan_key = t.next_key as is_next
       from (
         select finding_key, asset_key, scan_key, rating from known
         union all
         select s.finding_key, k.asset_key, s.scan_key, s.rating
         from finding_state s join known k using (finding_key)
         where s.agency_id = $1 and s.finding_key = any(array(select finding_key from known))) k
       join placed p using (asset_key, scan_key) join taken t using (asset_key)),
     held as (
       select finding_key, (array_agg(rating order by n desc) filter (where n < now_n))[1] as prior, bool_or(is_next) as is_stated
       from step group by finding_key)
     select asset_key, plugin, port, protocol, k.finding_key, s.number, s.line,
       ('{nessus:low,nessus:medium,nessus:high,nessus:critical}'::finding_rating[])[s.severity] as rating,
       h.prior, coalesce(h.is_stated, false) as is_stated
     from seen s full join (known k join held h using (finding_key)) using (asset_key, plugin, port, protocol)`,
    [tx.agency],
  );
}

const LINES = '2147483648::bigint';

/** Notes the findings that no scan saw before. Gives how many there are. */
export async function insertNewFindings(tx: Writing, entry: number): Promise<number> {
  return tx.run(
    `insert into finding (agency_id, finding_key, asset_key, component_key, plugin, port, protocol, scan_key, rating, line, known_from)
     select $1, $3::bigint + h.number, asset_key, t.component_key, h.plugin, h.port, h.protocol, t.scan_key, h.rating, h.line, $2
     from held h join taken t using (asset_key) where h.finding_key is null order by h.number`,
    [tx.agency, entry, keyBase(entry)],
  );
}

/** Notes where this scan changes what is said of a finding, and that the next scan still says what it said. */
export async function stateChanges(tx: Writing, entry: number): Promise<void> {
  await tx.run(
    `insert into finding_state (agency_id, finding_key, scan_key, rating, line, known_from)
     select $1::integer, finding_key, t.scan_key, h.rating, h.line, $2::bigint from held h join taken t using (asset_key)
     where finding_key is not null and h.rating is distinct from h.prior
     union all
     select $1::integer, coalesce(finding_key, $3::bigint + h.number), t.next_key, h.prior, null, $2::bigint from held h join taken t using (asset_key)
     where t.next_key is not null and not h.is_stated and h.rating is distinct from h.prior`,
    [tx.agency, entry, keyBase(entry)],
  );
}
