import { keyBase } from '../../record/index.ts';
import type { Writing } from '../../store/index.ts';

/*
 * Which asset a host of a scan is, and assets that only scans know.
 */

/**
 * SQL of which asset of a system each host is: the columns of `hosts` (SQL with `at`, `name`,
 * `ip`, `fqdn`, `hostname`, `day`), `asset_key` and `component_key` (null where it is none) and
 * `candidates`, how many assets it may be. An asset that an inventory declares comes before one
 * that a scan discovered; then the asset's name decides, then its domain name, then its address,
 * as they are known for the host's day. $1 is the agency, $2 the system, $3 the component or null.
 */
export function matchHosts(hosts: string): string {
  return `
  with host as (${hosts}),
  calling as (
    select h.at, h.day, w.level, lower(w.word) as word
    from host h cross join lateral (values
      (1, h.name), (2, h.fqdn), (2, h.hostname), (2, h.name), (3, h.ip), (3, h.name)) w (level, word)
    where w.word <> ''),
  word as (select distinct word from calling),
  candidate as (
    select asset_key from asset where agency_id = $1 and lower(name) in (select word from word)
    union
    select asset_key from asset_fact where agency_id = $1 and known_until is null
      and (lower(fqdn) in (select word from word) or lower(ip) in (select word from word))),
  described as (
    select a.asset_key, a.component_key, a.name, f.fqdn, f.ip, f.from_day,
      lag(f.from_day) over w is null as is_first, lead(f.from_day) over w as until_day,
      bool_and(f.discovered) over (partition by f.asset_key) as discovered
    from system k
    join component c on c.agency_id = $1 and c.system_key = k.system_key
    join asset a on a.agency_id = $1 and a.component_key = c.component_key
    join asset_fact f on f.agency_id = $1 and f.asset_key = a.asset_key and f.known_until is null
    where k.agency_id = $1 and k.name = $2 and ($3::text is null or c.name = $3)
      and a.asset_key = any(array(select asset_key from candidate))
    window w as (partition by f.asset_key order by f.from_day)),
  called as (
    select described.*, 1 as level, lower(name) as word from described
    union all select described.*, 2, lower(fqdn) from described where fqdn <> ''
    union all select described.*, 3, lower(ip) from described where ip <> ''),
  ranked as (
    select h.at, d.asset_key, d.component_key, rank() over (partition by h.at order by d.discovered, d.level) as rank
    from calling h join called d on d.level = h.level and d.word = h.word
      and (d.is_first or d.from_day <= h.day) and (d.until_day is null or d.until_day > h.day)),
  best as (
    select at, min(asset_key) as asset_key, min(component_key) as component_key, count(distinct asset_key) as candidates
    from ranked where rank = 1 group by at)
  select h.*, b.asset_key, b.component_key, coalesce(b.candidates, 0) as candidates from host h left join best b using (at)`;
}

/**
 * Adds assets that a scan discovered: `found` is SQL with `number` (within the entry),
 * `component_key`, `name`, `fqdn`, `ip`, `platform` and `line`. They hold from the beginning,
 * like whatever is declared without a day. Gives how many there are.
 */
export async function discoverAssets(tx: Writing, entry: number, found: string): Promise<number> {
  const numbered = [tx.agency, keyBase(entry), entry];
  await tx.run(
    `insert into asset (agency_id, asset_key, component_key, name, known_from)
     select $1, $2::bigint + f.number, f.component_key, f.name, $3 from (${found}) f`,
    numbered,
  );
  return tx.run(
    `insert into asset_fact (agency_id, asset_key, from_day, fqdn, ip, platform, role, line, discovered, known_from)
     select $1, $2::bigint + f.number, '-infinity', f.fqdn, f.ip, f.platform, '', f.line, true, $3 from (${found}) f`,
    numbered,
  );
}

/** SQL of the assets that inventories declare, `asset_key` and the first `day` on which one did. $… are SQL. */
export function declaredAssets(agency: string, knownAt: string): string {
  return `
    select f.asset_key, min(e.effective) as day
    from asset_fact f join entry e on e.agency_id = f.agency_id and e.index = f.known_from
    where f.agency_id = ${agency} and not f.discovered and f.known_from <= ${knownAt} group by f.asset_key`;
}
