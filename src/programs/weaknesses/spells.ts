import { supersede } from '../../acts/index.ts';
import { fillTemporary, freeTemporary, type Writing } from '../../store/index.ts';
import { EVENTS, FIRST_SAID, LAST_SAID, OPEN } from './history.ts';

/** SQL that says of a POA&M's `finding` whether it names vulnerabilities, by their plugins. */
export const NAMES_PLUGINS = `finding ~ '^[0-9]+( [0-9]+)*$'`;
export const SOURCE = `case when ${NAMES_PLUGINS} then 'vulnerability' else 'assessment' end`;

/**
 * Tells the history and the spells of the POA&Ms in the temporary table `poam_touched` anew from all that is
 * said of them: rows that still hold stay as they are.
 */
export async function retell(tx: Writing, entry: number): Promise<void> {
  await fillTemporary(tx, 'told_event', EVENTS, [tx.agency]);
  await tx.run('analyze told_event');
  await fillTemporary(tx, 'told_spell', SPELLS, [tx.agency]);
  await tx.run('analyze told_spell');
  await supersede(tx, entry, {
    table: 'poam_event',
    told: 'told_event',
    key: ['poam_key', 'day', 'ordinal'],
    facts: [
      'kind',
      'comment',
      'scheduled',
      'status',
      'flag',
      'then_scheduled',
      'then_status',
      'counts',
      'evidence',
      'line',
    ],
    touched,
  });
  await supersede(tx, entry, {
    table: 'poam_spell',
    told: 'told_spell',
    key: ['poam_key', 'duty', 'trigger', 'holds_from'],
    facts: [
      'system_key',
      'component_key',
      'class',
      'holds_until',
      'next_trigger',
      'done',
      'means',
      'scheduled',
    ],
    touched,
  });
  freeTemporary(tx, 'told_event', 'told_spell');
}

function touched(row: string): string {
  return `${row}.poam_key in (select poam_key from poam_touched)`;
}

/*
 * Spells from events. Created: from the day the clock starts to the day of creation; of
 * vulnerabilities the findings themselves say it. Updated: from a day on which somebody attended to it to the
 * next. Completed: from creation, or reopening after it was completed, with a row for each
 * stretch of its scheduled day; cancelling it and accepting it too late discharge nothing.
 */
const SPELLS = `
  with of as (
    select p.poam_key, p.system_key, l.component_key, f.trigger, f.created, l.class
    from poam p join poam_touched using (poam_key)
    cross join lateral (
      select s.component_key, ${SOURCE} as class from poam_statement s where s.agency_id = $1 and s.poam_key = p.poam_key
      order by ${LAST_SAID} limit 1) l
    cross join lateral (
      select s.trigger, s.created from poam_statement s where s.agency_id = $1 and s.poam_key = p.poam_key
      order by ${FIRST_SAID} limit 1) f
    where p.agency_id = $1),
  standing as (
    select *, then_status in ${OPEN} as is_open,
      coalesce(lag(then_status) over (partition by poam_key order by day, ordinal) not in ${OPEN}, false) as was_ended
    from told_event where then_status is not null),
  attended as (
    select distinct on (poam_key, day) poam_key, day, is_open, then_status, then_scheduled
    from (select *, bool_or(counts) over (partition by poam_key, day) as is_counted from standing) s
    where is_counted order by poam_key, day, ordinal desc),
  updated as (
    select poam_key, day as trigger, is_open, lead(day) over w as done,
      case when lead(is_open) over w then 'updated' else lead(then_status) over w end as means,
      min(day) filter (where is_open) over (partition by poam_key order by day rows between 1 following and unbounded following)
        as next_trigger, then_scheduled as scheduled
    from attended window w as (partition by poam_key order by day)),
  -- As the day began: a new scheduled day does not make an acceptance of the same day one in time.
  eve as (
    select poam_key, day, lag(then_scheduled) over (partition by poam_key order by day) as eve_scheduled
    from (select distinct on (poam_key, day) poam_key, day, then_scheduled from standing order by poam_key, day, ordinal desc) d),
  marked as (
    select standing.*, case
      when kind = 'created' or status in ${OPEN} and was_ended then 0
      when status in ('completed', 'validated') then 1
      when status = 'accepted' and not was_ended and day <= coalesce(eve_scheduled, then_scheduled) then 1 end as mark
    from standing join eve using (poam_key, day)),
  mark_counted as (select *, count(mark) over (partition by poam_key order by day, ordinal) as mark_of from marked),
  discharged as (select *, max(mark) over (partition by poam_key, mark_of) as is_done from mark_counted),
  begun as (
    select *, mark = 0 and lag(is_done) over (partition by poam_key order by day, ordinal) is distinct from 0 as begins
    from discharged),
  numbered as (
    select *, count(*) filter (where begins) over (partition by poam_key order by day, ordinal) as spell from begun),
  completed as (
    select *, lead(trigger) over (partition by poam_key order by spell) as next_trigger
    from (
      select poam_key, spell, min(day) as trigger, min(day) filter (where mark = 1) as done,
        (array_agg(status order by day, ordinal) filter (where mark = 1))[1] as means
      from numbered group by poam_key, spell) s),
  -- What was completed and is validated later was validated as of days from then on; the day it was done stays.
  day_end as (
    select distinct on (poam_key, day) poam_key, spell, day, then_scheduled as scheduled,
      case when is_validated and means = 'completed' then 'validated' else means end as means
    from (
      select *, bool_or(coalesce(status = 'validated', false)) over (partition by poam_key, spell order by day, ordinal) as is_validated
      from numbered) n
    join completed using (poam_key, spell) order by poam_key, day, ordinal desc),
  restated as (
    select *, row_number() over w = 1 as is_first,
      (lag(scheduled) over w, lag(means) over w) is distinct from (scheduled, means) as is_other
    from day_end window w as (partition by poam_key, spell order by day)),
  stretch as (
    select poam_key, spell, case when is_first then '-infinity' else day end as holds_from,
      lead(day) over (partition by poam_key, spell order by day) as holds_until, scheduled, means
    from restated where is_other)
  select poam_key, 'poam.create' as duty, system_key, component_key, class, trigger, '-infinity'::date as holds_from,
    null::date as holds_until, null::date as next_trigger, created as done, 'created' as means, null::date as scheduled
  from of where class = 'assessment'
  union all
  select poam_key, 'poam.update', system_key, component_key, class, u.trigger, '-infinity', null, next_trigger, done, means, scheduled
  from updated u join of using (poam_key) where is_open
  union all
  select poam_key, 'poam.complete', system_key, component_key, class, c.trigger, holds_from, holds_until, next_trigger, done, s.means, scheduled
  from completed c join stretch s using (poam_key, spell) join of using (poam_key)`;
