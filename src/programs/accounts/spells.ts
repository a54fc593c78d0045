import { supersede } from '../../acts/index.ts';
import { keyBase } from '../../record/index.ts';
import { fillTemporary, freeTemporary, type Writing } from '../../store/index.ts';
import { FRESH, type ListTaken } from './states.ts';

/*
 * Idle spells from what is known of an account: its sign-ins, when it stopped being usable (by a
 * list, by an act, by missing from a list) and when it was usable again.
 */

const COLUMNS =
  'account_key, component_key, class, trigger, holds_from, holds_until, next_trigger, done, means, surmised_from';
const INSERT = `insert into account_spell (${COLUMNS}, agency_id, known_from)`;

/** Spells of accounts that this list is the first to name: none were known before. */
export async function spellNewAccounts(tx: Writing, list: ListTaken): Promise<void> {
  const own = 'select account_key, component_key from account where agency_id = $1 and known_from = $2';
  if (list.isLast)
    await tx.run(`${INSERT} ${ONLY_SPELLS}`, [tx.agency, list.entry, keyBase(list.entry), list.day]);
  else await tx.run(`${INSERT} ${spells(own, '$1', '$2')}`, [tx.agency, list.entry]);
}

/*
 * What `spells` says of accounts of which one list is all that is known: a million of them need
 * no ordering of events.
 */
const ONLY_SPELLS = `
  select $3::bigint + s.line, v.component_key, (case when s.privileged then 'privileged' else 'user' end)::account_class,
    coalesce(s.last_login, s.created), '-infinity'::date, null, null,
    case when s.status <> 'active' then greatest(coalesce(s.status_changed, $4::date), s.last_login, s.created) end,
    case when s.status <> 'active' then s.status::text end::account_means,
    case when s.created < s.last_login then s.created end, $1::integer, $2::bigint
  from ${FRESH} and coalesce(s.last_login, s.created) is not null`;

/** Spells of the accounts in `account_touched`, told anew: rows that still hold stay as they are. */
export async function respellTouched(tx: Writing, entry: number): Promise<void> {
  const accounts =
    'select distinct a.account_key, a.component_key from account_touched t join account a using (account_key) where a.agency_id = $1';
  await fillTemporary(tx, 'account_respelled', spells(accounts, '$1', '$2'), [tx.agency, entry]);
  await supersede(tx, entry, {
    table: 'account_spell',
    told: 'account_respelled',
    key: ['account_key', 'trigger', 'holds_from'],
    fixed: ['component_key'],
    facts: ['class', 'holds_until', 'next_trigger', 'done', 'means', 'surmised_from'],
    touched: (row) => `${row}.account_key in (select account_key from account_touched)`,
  });
  freeTemporary(tx, 'account_respelled');
}

/** Total, so that a rebuild gives the same rows. */
const ORDER = 'day, kind, means, created';

/**
 * The spells of some accounts. Events are ordered within an account by day and, on one day, as
 * created (0), signed in (1), no longer usable (2), usable again (3). A spell starts at creation
 * if it comes first, at a sign-in, or at being usable again after it was not.
 */
function spells(accounts: string, agency: string, entry: string): string {
  return `
  with of as (${accounts}),
  lists as (
    select component_key, day, lag(day) over (partition by component_key order by day) as previous
    from account_list where agency_id = ${agency}),
  said as (
    select o.account_key, o.component_key, s.day, l.previous, s.status, s.status_changed, s.last_login, s.created, s.privileged,
      lag(s.status = 'active') over w as was_active,
      lag(s.day) over w is null as first,
      max(s.last_login) over w as signed_in
    from of o
    join account_state s on s.agency_id = ${agency} and s.account_key = o.account_key and s.known_until is null
    join lists l on l.component_key = o.component_key and l.day = s.day
    window w as (partition by s.account_key order by s.day)),
  changed as (
    -- A stated day of change that an earlier list disproves gives way to the day of the list.
    select *, case when status_changed is null or status_changed < previous and not first then day else status_changed end as on_day
    from said),
  event as (
    select account_key, created as day, 0 as kind, null::account_means as means, created
    from said where first and last_login is null and status <> 'absent' and created is not null
    union all
    select * from (
      select distinct on (account_key, last_login) account_key, last_login, 1, 'signed-in'::account_means, created
      from said where last_login is not null order by account_key, last_login, day desc) signed_in
    union all
    select account_key, greatest(case when status = 'absent' then day else on_day end, signed_in, created), 2,
      case status when 'absent' then 'removed' else status::text end::account_means, created
    from changed where status <> 'active' and was_active is not false
    union all
    select account_key, on_day, 3, null, created
    from changed where status = 'active' and was_active = false
    union all
    select d.account_key, d.day, 2, 'disabled', null
    from account_disablement d join of using (account_key) where d.agency_id = ${agency}
    union all
    -- A list after a recorded disablement that still shows the account as active.
    select d.account_key, l.day, 3, null, null
    from account_disablement d join of using (account_key)
    cross join lateral (
      select min(day) as day from lists where lists.component_key = of.component_key and lists.day > d.day) l
    cross join lateral (
      select status from account_state s where s.agency_id = ${agency} and s.account_key = d.account_key
        and s.day <= l.day and s.known_until is null order by s.day desc limit 1) s
    where d.agency_id = ${agency} and s.status = 'active'),
  placed as (
    select *, lag(kind) over (partition by account_key order by ${ORDER}) as after from event),
  told as (
    select *, lead(day) over w as then_day, lead(kind) over w as then_kind, lead(means) over w as then_means
    from placed where kind = 1 or kind = 2 or (kind = 0 and after is null) or (kind = 3 and after = 2)
    window w as (partition by account_key order by ${ORDER})),
  started as (
    select *, lead(day) over (partition by account_key order by ${ORDER}) as next_day from told where kind <> 2),
  -- The class as the lists told it, from the day of each change to the next; the first reaches back.
  class_told as (
    select account_key, day, privileged, lag(privileged) over w is null as first,
      lag(privileged) over w is distinct from privileged as changed
    from said where status <> 'absent' window w as (partition by account_key order by day)),
  class_held as (
    select account_key, privileged, case when first then '-infinity'::date else day end as from_day,
      lead(day) over (partition by account_key order by day) as until_day
    from class_told where changed)
  select account_key, component_key, (case when c.privileged then 'privileged' else 'user' end)::account_class as class,
    day as trigger, case when c.from_day <= day then '-infinity'::date else c.from_day end as holds_from,
    case when c.until_day < next_day or next_day is null then c.until_day end as holds_until,
    next_day as next_trigger, then_day as done, then_means as means,
    case when after is null and kind = 1 and created < day then created end as surmised_from,
    ${agency}::integer as agency_id, ${entry}::bigint as known_from
  from started join of using (account_key) join class_held c using (account_key)
  where (next_day is null or next_day > day)
    and (next_day is null or c.from_day < next_day) and (c.until_day is null or c.until_day > day)`;
}
