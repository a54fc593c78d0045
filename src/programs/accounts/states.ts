import { keyBase } from '../../record/index.ts';
import { fillTemporary, freeTemporary, type Reading, type Writing } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';

/*
 * What lists say of an account is kept as a step function over the days of its component's lists:
 * a row where it changes, valid until the next row. INVARIANT: after any lists in any order, the
 * rows are those that the lists in order of their days would have left.
 */

/** A list being taken in; `isLast` where no later list of its components is known. */
export interface ListTaken {
  readonly entry: number;
  readonly day: string;
  readonly isLast: boolean;
}

/**
 * Rows of the list that name accounts no list named before: `s` staged, `v` its component. An
 * account's key is the entry of the list that first named it and the line where it did.
 */
export const FRESH = `staged_accounts s join listed_component v on v.name = s.component
  where not exists (select 1 from named n where n.line = s.line)`;

const SAID = 'last_login, status_changed, status, privileged, created, person';
const ABSENT = `(null, null, 'absent', false, null, '')::account_said`;

/** Rows of accounts that no list named before: what this list says, and that the next one does not name them. */
export async function stateNewAccounts(tx: Writing, list: ListTaken): Promise<void> {
  await tx.run(
    `insert into account_state (agency_id, account_key, day, ${SAID}, evidence, line, known_from)
     select $1, $3::bigint + s.line, $4, ${prefixed('s')}, $2, s.line, $2 from ${FRESH}`,
    [tx.agency, list.entry, keyBase(list.entry), list.day],
  );
  await tx.run(
    `insert into account_state (agency_id, account_key, day, status, privileged, person, evidence, known_from)
     select $1, $3::bigint + s.line, v.next_day, 'absent', false, '', v.next_evidence, $2 from ${FRESH} and v.next_day is not null`,
    [tx.agency, list.entry, keyBase(list.entry)],
  );
}

/**
 * Restates accounts that other lists name: on the list's own day, and on the next list's, which
 * until now may have gone without saying. Puts the accounts that changed into `account_touched`, as restated.
 */
export async function restateKnownAccounts(tx: Writing, list: ListTaken): Promise<void> {
  await fillTemporary(tx, 'restated', RESTATED, [tx.agency, list.entry, list.day]);
  await tx.run(
    `update account_state s set known_until = $2 from restated r
     where s.agency_id = $1 and s.account_key = r.account_key and s.day = r.day and s.known_until is null`,
    [tx.agency, list.entry],
  );
  await tx.run(
    `insert into account_state (agency_id, account_key, day, ${SAID}, evidence, line, known_from)
     select $1, account_key, day, (said).*, evidence, line, $2 from restated where wanted`,
    [tx.agency, list.entry],
  );
  await tx.run('insert into account_touched select account_key, true from restated');
  freeTemporary(tx, 'restated');
}

/** The last list after a day that shows the account as active, or null. */
export async function laterListShowingActive(tx: Reading, account: number, day: Day): Promise<Day | null> {
  const { last } = await tx.row<{ last: Day | null }>(
    `select max(l.day) as last
     from account a join account_list l using (agency_id, component_key)
     cross join lateral (select s.status from account_state s where s.agency_id = $1 and s.account_key = $2
       and s.day <= l.day and s.known_until is null order by s.day desc limit 1) s
     where a.agency_id = $1 and a.account_key = $2 and l.day > $3 and s.status = 'active'`,
    [tx.agency, account, day],
  );
  return last;
}

function prefixed(row: string): string {
  return SAID.split(', ')
    .map((column) => `${row}.${column}`)
    .join(', ');
}

function rowSaid(row: string): string {
  return `(${prefixed(row)})::account_said`;
}

/** Of two lists of one day that disagree, what shows the later sign-in or change is believed. */
function weight(said: string): string {
  return `(coalesce((${said}).last_login, '-infinity'), coalesce((${said}).status_changed, '-infinity'), (${said}).status,
    (${said}).privileged, coalesce((${said}).created, '-infinity'), (${said}).person collate "C")`;
}

/*
 * The rows to close and, where wanted, to put in their place.
 * before: in force on the eve of the list's day; at: stated on the day; after: stated on the next
 * list's day. `prior` is what held on the day until now, `said_now` what holds from now on.
 */
const RESTATED = `
  with known as (
    select a.account_key, v.existed, v.next_day, v.next_evidence from account a join listed_component v using (component_key)
    where a.agency_id = $1 and a.known_from < $2),
  stated as (
    select k.account_key, k.next_day, s.day, ${rowSaid('s')} as said, s.evidence, s.line
    from known k join account_state s on s.agency_id = $1 and s.account_key = k.account_key and s.known_until is null),
  before as (select distinct on (account_key) * from stated where day < $3 order by account_key, day desc),
  at as (select * from stated where day = $3),
  after as (select * from stated where day = next_day),
  listed as (select n.account_key, s.line, ${rowSaid('s')} as said from named n join staged_accounts s using (line)),
  held as (
    select k.account_key, k.existed, k.next_day, k.next_evidence,
      b.said as before, coalesce(t.said, b.said) as prior, n.said as after, l.said as listed,
      case when t.account_key is null then b.evidence else t.evidence end as prior_evidence,
      case when t.account_key is null then b.line else t.line end as prior_line,
      t.said as at, n.evidence as after_evidence, n.line as after_line, l.line as listed_line
    from known k
    left join before b using (account_key)
    left join at t using (account_key)
    left join after n using (account_key)
    left join listed l using (account_key)),
  chosen as (
    select *, case
      when (listed).status is null then
        case when existed then 'prior' when (prior).status is null then 'nothing' else 'absent' end
      when existed and (prior).status <> 'absent' and ${weight('prior')} >= ${weight('listed')} then 'prior'
      else 'listed' end as choice
    from held),
  decided as (
    select *,
      case choice when 'prior' then prior when 'listed' then listed when 'absent' then ${ABSENT} end as said_now
    from chosen),
  wanted as (
    select account_key, $3::date as day, at as was, said_now as said,
      case choice when 'prior' then prior_evidence else $2 end as evidence,
      case choice when 'prior' then prior_line when 'listed' then listed_line end as line,
      (said_now).status is not null and said_now is distinct from before
        and not ((before).status is null and (said_now).status = 'absent') as wanted
    from decided
    union all
    select account_key, next_day, after, coalesce(after, prior, ${ABSENT}),
      case when (after).status is not null then after_evidence when (prior).status is not null then prior_evidence else next_evidence end,
      case when (after).status is not null then after_line else prior_line end,
      coalesce(after, prior, ${ABSENT}) is distinct from said_now
        and not ((said_now).status is null and (coalesce(after, prior, ${ABSENT})).status = 'absent')
    from decided where next_day is not null)
  select * from wanted where case when wanted then was is distinct from said else (was).status is not null end`;
