import { keyBase } from '../../record/index.ts';
import { fillTemporary, type Writing } from '../../store/index.ts';

/*
 * The scans of an asset, ordered by day, end and digest, and what each covered. INVARIANT: when a
 * scan was taken in decides nothing but between two that say the same.
 */

/**
 * SQL of the scans of some assets, numbered by their order from 1. `able`: it finished, and had
 * credentials if an earlier-dated scan of the asset had them (`equipped`); so what it does not see
 * there is not there, if it ran the plugin. $1 is the agency, `assets` SQL of an array of keys;
 * `known` keeps the scans that are known.
 */
export function numberedScans(assets: string, known = 'true'): string {
  return `
    select e.*, e.finished and e.equipped as able from (
      select s.asset_key, s.scan_key, s.day, s.finished, s.credentialed, s.has_policy, s.line, s.known_from as evidence,
        s.credentialed or s.day <= coalesce(min(s.day) filter (where s.credentialed) over (partition by s.asset_key), 'infinity') as equipped,
        row_number() over (partition by s.asset_key
          order by s.day, coalesce(s.ended, '-infinity'), s.digest collate "C", s.scan_key) as n
      from asset_scan s where s.agency_id = $1 and s.asset_key = any(${assets}) and ${known}) e`;
}

/**
 * Notes the scans in `host_seen`, one for each asset. Puts them into `taken` with what lies around
 * them, and all scans of their assets into `placed`.
 */
export async function takeScans(tx: Writing, entry: number): Promise<void> {
  await tx.run(
    `insert into scan_family (agency_id, family, status, known_from)
     select $1::integer, family, max(status), $2::bigint from staged_nessus where kind = 'family' group by family`,
    [tx.agency, entry],
  );
  // Several hosts of one asset are one scan of it, which finished if all did.
  await tx.run(
    `insert into asset_scan (agency_id, asset_key, scan_key, day, ended, digest, credentialed, finished, has_policy, line, known_from)
     select $1::integer, asset_key, $3::bigint + min(at), (array_agg(day order by ended desc nulls last, day desc))[1], max(ended),
       string_agg(distinct digest collate "C", '' order by digest collate "C"), bool_or(credentialed), bool_and(finished),
       exists (select 1 from staged_nessus where kind = 'family'), min(line), $2::bigint
     from host_seen group by asset_key`,
    [tx.agency, entry, keyBase(entry)],
  );
  await fillTemporary(
    tx,
    'placed',
    `select s.*, lead(s.scan_key) over (partition by s.asset_key order by s.n) as next_key
     from (${numberedScans('array(select asset_key from host_seen)')}) s`,
    [tx.agency],
  );
  // unsettles: a scan without credentials, so far as good as any, no longer is.
  await fillTemporary(
    tx,
    'taken',
    `select p.asset_key, h.component_key, p.scan_key, p.day, p.n, p.next_key, p.able,
       p.credentialed and exists (select 1 from placed o where o.asset_key = p.asset_key and o.day > p.day
           and o.finished and not o.credentialed)
         and not exists (select 1 from placed o where o.asset_key = p.asset_key and o.day <= p.day
           and o.credentialed and o.scan_key <> p.scan_key) as unsettles
     from placed p join (select asset_key, min(component_key) as component_key from host_seen group by 1) h using (asset_key)
     where p.evidence = $1`,
    [entry],
  );
}

const WORDS = `(said_day, coalesce(said_ended, '-infinity'), said_digest collate "C", title collate "C", family collate "C")`;

/**
 * Notes what the plugins are called and to which family they belong, in the words of the last
 * scan that says so. Gives the plugins that thereby moved to another family.
 */
export async function takePlugins(tx: Writing, entry: number): Promise<number[]> {
  const moved = await tx.rows<{ plugin: number }>(
    `with host as (
       select host, day as said_day, ended as said_ended, digest as said_digest,
         row_number() over (order by day, coalesce(ended, '-infinity'), digest collate "C") as place
       from host_seen),
     words as (
       select s.plugin, s.title, s.family, max(h.place) as place
       from staged_nessus s join host h using (host) where s.kind = 'item' group by 1, 2, 3),
     said as (
       select distinct on (plugin) w.plugin, w.title, w.family, h.said_day, h.said_ended, h.said_digest
       from words w join host h using (place)
       order by plugin, place desc, title collate "C" desc, family collate "C" desc),
     compared as (
       select s.*, p.plugin is null as is_new, p.family as old_family,
         ${prefixed('s')} > ${prefixed('p')} as is_later,
         (s.title, s.family) = (p.title, p.family) as is_same
       from said s left join plugin p on p.agency_id = $1 and p.plugin = s.plugin and p.known_until is null),
     confirmed as (
       update plugin p set said_day = c.said_day, said_ended = c.said_ended, said_digest = c.said_digest
       from compared c where p.agency_id = $1 and p.plugin = c.plugin and p.known_until is null and c.is_later and c.is_same),
     replaced as (
       update plugin p set known_until = $2
       from compared c where p.agency_id = $1 and p.plugin = c.plugin and p.known_until is null and c.is_later and not c.is_same),
     written as (
       insert into plugin (agency_id, plugin, title, family, said_day, said_ended, said_digest, known_from)
       select $1, plugin, title, family, said_day, said_ended, said_digest, $2
       from compared where is_new or (is_later and not is_same))
     select plugin from compared where is_later and family <> old_family`,
    [tx.agency, entry],
  );
  return moved.map((row) => row.plugin);
}

function prefixed(row: string): string {
  return WORDS.replaceAll(/\b(said_day|said_ended|said_digest|title|family)\b/g, `${row}.$1`);
}
