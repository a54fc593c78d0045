import { supersede } from '../../acts/index.ts';
import { keyBase } from '../../record/index.ts';
import { fillTemporary, freeTemporary, type Writing } from '../../store/index.ts';
import { numberedScans } from './scans.ts';

/*
 * The spells of findings, from the steps of what scans say of them and from which scans covered them.
 */

/** Spells of new findings on assets of which no later scan is known: they are open. */
export async function spellNewFindings(tx: Writing, entry: number): Promise<void> {
  await tx.run(
    `insert into finding_spell (agency_id, finding_key, component_key, plugin, class, trigger, holds_from, known_from)
     select $1, $3::bigint + h.number, t.component_key, h.plugin, h.rating, t.day, '-infinity', $2
     from held h join taken t using (asset_key) where h.finding_key is null and t.next_key is null order by h.number`,
    [tx.agency, entry, keyBase(entry)],
  );
}

/**
 * Puts into `finding_touched` the findings whose spells may have changed: what is said of them changed; or
 * they were not seen before either, and this scan may be the first that covers them; or it decides
 * which other scans do. Gives how many there are.
 */
export async function touchFindings(tx: Writing, entry: number, moved: readonly number[]): Promise<number> {
  return fillTemporary(
    tx,
    'finding_touched',
    `with unseen as (
       select finding_key, t.next_key from held h join taken t using (asset_key)
       where finding_key is not null and h.rating is null and h.prior is null and t.able)
     select coalesce(finding_key, $2::bigint + h.number) as finding_key from held h join taken t using (asset_key)
     where t.unsettles or (h.rating is distinct from h.prior and (h.finding_key is not null or t.next_key is not null))
     union
     select finding_key from unseen where next_key is not null
     union
     select finding_key from finding_spell
     where agency_id = $1 and known_until is null and done is null and next_trigger is null
       and finding_key = any(array(select finding_key from unseen where next_key is null))
     ${moved.length > 0 ? 'union select finding_key from finding where agency_id = $1 and plugin = any($3::integer[])' : ''}`,
    [tx.agency, keyBase(entry), ...(moved.length > 0 ? [moved] : [])],
  );
}

/** Tells the spells of the findings in `finding_touched` anew: rows that still hold stay as they are. */
export async function respellTouched(tx: Writing, entry: number): Promise<void> {
  await tx.run('analyze finding_touched');
  await fillTemporary(tx, 'finding_respelled', SPELLS, [tx.agency]);
  await supersede(tx, entry, {
    table: 'finding_spell',
    told: 'finding_respelled',
    key: ['finding_key', 'trigger', 'holds_from'],
    fixed: ['component_key', 'plugin'],
    facts: ['class', 'holds_until', 'next_trigger', 'done', 'means'],
    touched,
  });
  freeTemporary(tx, 'finding_respelled');
}

/** By the keys' own index, however many findings there are. */
function touched(row: string): string {
  return `${row}.finding_key = any(array(select finding_key from finding_touched))`;
}

/*
 * A spell starts where a scan sees what none saw before, or what a scan since had closed; it
 * closes with the first scan that covers the finding and does not see it. Spells are told by
 * days: of those that start on one day, the last is told.
 */
const SPELLS = `
  with of as (
    select f.finding_key, f.asset_key, f.component_key, f.plugin, f.scan_key, f.rating, p.family
    from finding f join plugin p on p.agency_id = $1 and p.plugin = f.plugin and p.known_until is null
    where f.agency_id = $1 and ${touched('f')}),
  scan as (${numberedScans('array(select distinct asset_key from of)')}),
  step as (
    select o.finding_key, o.asset_key, o.family, s.n, s.day, x.rating,
      lead(s.n) over (partition by o.finding_key order by s.n) as until_n
    from of o
    join (select finding_key, scan_key, rating from of
      union all
      select t.finding_key, t.scan_key, t.rating from finding_state t where t.agency_id = $1 and ${touched('t')}) x using (finding_key)
    join scan s on s.asset_key = o.asset_key and s.scan_key = x.scan_key),
  closing as (
    select u.finding_key, min(c.n) as n, min(c.day) as day
    from step u
    join scan c on c.asset_key = u.asset_key and c.n >= u.n and (u.until_n is null or c.n < u.until_n) and c.able
    left join scan_family y on y.agency_id = $1 and y.known_from = c.evidence and y.family = u.family and y.status = 'enabled'
    where u.rating is null and (not c.has_policy or y.family is not null)
    group by u.finding_key, u.n),
  event as (
    select finding_key, n, day, rating from step where rating is not null
    union all select finding_key, n, day, null from closing),
  begun as (
    select *, rating is not null and lag(rating) over (partition by finding_key order by n) is null as begins from event),
  told as (
    select *, count(*) filter (where begins) over (partition by finding_key order by n) as spell from begun),
  span as (
    select finding_key, spell, min(day) as trigger, min(day) filter (where rating is null) as done from told group by 1, 2),
  led as (select *, lead(trigger) over (partition by finding_key order by spell) as next_trigger from span),
  rated as (
    select distinct on (finding_key, spell, day) finding_key, spell, day, rating
    from told where rating is not null order by finding_key, spell, day, n desc),
  changed as (select *, lag(rating) over (partition by finding_key, spell order by day) as before from rated),
  part as (
    select finding_key, spell, rating, case when before is null then '-infinity' else day end as holds_from,
      lead(day) over (partition by finding_key, spell order by day) as holds_until
    from changed where before is distinct from rating)
  select o.finding_key, o.component_key, o.plugin, p.rating as class, l.trigger, p.holds_from, p.holds_until, l.next_trigger,
    l.done, case when l.done is not null then 'remediated' end::finding_means as means
  from led l join part p using (finding_key, spell) join of o using (finding_key)
  where l.next_trigger is null or l.next_trigger > l.trigger`;
