import { keyBase } from '../../record/index.ts';
import type { Writing } from '../../store/index.ts';

/*
 * Which asset a host of a scan is, and assets that only scans know.
 */

/**
 * SQL of which asset of a system each host is: the columns of `hosts` (SQL with `at`, `name`,
 * `ip`, `fqdn`, `hostname`, `day`), `asset_key` and `component_key` (null where it is none) and
 * `candidates`, how many assets it may be. $1 is the agency, $2 the system, $3 the component or null.
 *
 * An asset that an inventory declares comes before one that a scan discovered, and is known as on
 * the host's day: (1) by its name; (2) by any name of the two in full; (3) by their short names,
 * unless each has a domain, which then is another; (4) by address, unless each has a name, which
 * then is another. INVARIANT: a discovered asset (5) is matched by the name of the host that it was
 * alone, so that no other scan, nor its order, decides which asset a host is.
 */
export function matchHosts(hosts: string): string {
  return `
  with host as (${hosts}),
  host_call as (${calls('select at, day, array[name, fqdn, hostname, ip] as words, name as own from host', 'at, day')}),
  candidate as (
    select asset_key from asset where agency_id = $1 and (${isCalled('name')})
    union
    select asset_key from asset_fact where agency_id = $1 and known_until is null and not discovered
      and (lower(ip) in (select word from host_call) or ${isCalled('fqdn')})),
  described as (
    select a.asset_key, a.component_key, a.name, f.fqdn, f.ip, f.from_day,
      lag(f.from_day) over w is null as is_first, lead(f.from_day) over w as until_day
    from (${ASSETS}) a
    join asset_fact f on f.agency_id = $1 and f.asset_key = a.asset_key and f.known_until is null and not f.discovered
    where a.asset_key = any(array(select asset_key from candidate))
    window w as (partition by f.asset_key order by f.from_day)),
  asset_call as (${calls(
    'select asset_key, from_day, array[name, fqdn, ip] as words, name as own from described',
    'asset_key, from_day',
  )}),
  fitting as (
    select h.at, d.asset_key, d.component_key, h.level
    from host_call h
    join asset_call a on a.level = h.level and a.word = h.word
      and not (h.level = 3 and h.has_domain and a.has_domain) and not (h.level = 4 and h.has_name and a.has_name)
    join described d on d.asset_key = a.asset_key and d.from_day = a.from_day
      and (d.is_first or d.from_day <= h.day) and (d.until_day is null or d.until_day > h.day)
    union all
    select h.at, a.asset_key, a.component_key, 5
    from host h join (${ASSETS}) a on lower(a.name) = lower(h.name)
    where not exists (select 1 from described d where d.asset_key = a.asset_key)),
  ranked as (select *, rank() over (partition by at order by level) as rank from fitting),
  best as (
    select at, min(asset_key) as asset_key, min(component_key) as component_key, count(distinct asset_key) as candidates
    from ranked where rank = 1 group by at)
  select h.*, b.asset_key, b.component_key, coalesce(b.candidates, 0) as candidates from host h left join best b using (at)`;
}

const ASSETS = `
  select a.asset_key, a.component_key, a.name
  from system k
  join component c on c.agency_id = $1 and c.system_key = k.system_key
  join asset a on a.agency_id = $1 and a.component_key = c.component_key
  where k.agency_id = $1 and k.name = $2 and ($3::text is null or c.name = $3)`;

function isCalled(column: string): string {
  return `lower(${column}) in (select word from host_call) or split_part(lower(${column}), '.', 1) in (select word from host_call)`;
}

const IS_ADDRESS = `(word ~ '^[0-9]{1,3}([.][0-9]{1,3}){3}$' or word ~ '^[0-9a-f.]*:[0-9a-f:.]*$')`;

/** SQL of what something is called, a row for each level and word; `called` has `words` and its `own` name. */
function calls(called: string, key: string): string {
  return `
    select distinct ${key}, l.level, l.word, has_name, has_domain
    from (
      select *, bool_or(not is_address) over own as has_name,
        bool_or(not is_address and position('.' in word) > 0) over own as has_domain
      from (
        select ${key}, word, word = lower(own) as is_own, ${IS_ADDRESS} as is_address
        from (${called}) c cross join lateral (select distinct lower(w) as word from unnest(words) w where w <> '') w) w
      window own as (partition by ${key})) w
    cross join lateral (
      select 1 as level, word where is_own
      union all select 2, word where not is_address
      union all select 3, split_part(word, '.', 1) where not is_address
      union all select 4, word where is_address) l`;
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
