/*
 * The history of POA&Ms from what lists, files of updates and acts say. INVARIANT: it follows from
 * what is said alone, never from the order in which it was taken in; only lists of one day, and
 * acts of one day, stand in the order of their entries.
 */

export const OPEN = `('open', 'late')`;

/**
 * The order of the statements of a POA&M by which the first stands for its creation, identification
 * and trigger, so that no import moves what a duty counts from: an act's, then the list of the
 * earliest day. For all else the last is believed.
 */
export const FIRST_SAID = '(s.line > 0), s.day, s.known_from';
export const LAST_SAID = 's.day desc, s.known_from desc';

/** On one day: created, reopened, updated, rescheduled, ended, stated otherwise. What happens earlier in the day counts for what comes after. */
const RANK = `case kind when 'created' then 0 when 'update' then 2 when 'date-change' then 3 when 'statement' then 5
  else case when status in ${OPEN} then 1 else 4 end end`;
const STATUS_RANK = `array_position(array['open', 'late', 'completed', 'validated', 'accepted', 'cancelled'], status)`;

/** Who says it: 0 its creation, 1 the end that the first list shows, 2 a later list, 3 a file of updates, 4 an act. */
const SAID_BY = `case line when 0 then 4 else 3 end`;

/** Files of updates come in any order, so that what they say of one day is ordered by what they say. */
function within(value: string): string {
  return `said_by, case when said_by <> 3 then known_from end, ${value}, known_from, line`;
}

/**
 * What later lists show of `value` that was not said before: as changes, on the list's day or, if
 * it lies after what was said before, on the day of the status. A list of a day on which a file
 * of updates or an act says the same says nothing new.
 */
function shownByLists(value: 'scheduled' | 'status', first: string): string {
  const isAfter =
    value === 'status'
      ? `(status_date > was_on or status_date = was_on and status not in ${OPEN})`
      : 'status_date > was_on';
  return `
  select poam_key, case when ${isAfter} and status_date <= day then status_date else day end as day, ${value}, known_from, line
  from (
    select *, lag(${value}) over w as was, lag(day) over w as was_on
    from (
      ${first}
      union all
      select poam_key, day, 2, known_from, line, ${value}, status_date from stated where not is_first
      union all
      select poam_key, day, ${SAID_BY}, known_from, line, ${value}, null from changed where ${value} is not null) said
    window w as (partition by poam_key order by day, ${within(value)})) shown
  where said_by = 2 and ${value} is distinct from was
    and not exists (select 1 from changed c where c.poam_key = shown.poam_key and c.day = shown.day and c.${value} = shown.${value})`;
}

/**
 * SQL of the events of the POA&Ms in `poam_touched`, $1 being the agency. The scheduled day and
 * the status are carried from event to event; what is said after the end and does not reopen
 * the POA&M is flagged, moves no day and is no update.
 */
export const EVENTS = `
  with of as (select p.poam_key from poam p join poam_touched using (poam_key) where p.agency_id = $1),
  stated as (
    select s.*, row_number() over (partition by s.poam_key order by ${FIRST_SAID}) = 1 as is_first
    from poam_statement s join of using (poam_key) where s.agency_id = $1),
  changed as (select c.* from poam_change c join of using (poam_key) where c.agency_id = $1),
  born as (
    select poam_key, created as day, scheduled, comment, status, status_date, identified, trigger, known_from, line
    from stated where is_first),
  -- Where a list says otherwise what stands; a list that says the same once more says nothing new.
  disagreeing as (
    select s.poam_key, s.day, s.known_from, s.line, nullif(concat_ws('; ',
      case when s.created <> b.day then 'says it was created on ' || s.created || ', and ' || b.day || ' stands' end,
      case when s.identified <> b.identified then 'says it was identified on ' || s.identified || ', and ' || b.identified || ' stands' end,
      -- A list without a trigger says nothing of it.
      case when s.trigger <> b.trigger and s.trigger <> s.identified
        then 'says the clock for its creation started on ' || s.trigger || ', and ' || b.trigger || ' stands' end), '') as says
    from stated s join born b using (poam_key) where not s.is_first),
  otherwise as (
    select * from (
      select *, lag(says) over (partition by poam_key order by day, known_from) is distinct from says as is_new from disagreeing) d
    where says is not null and is_new),
  born_ended as (
    select poam_key, coalesce(status_date, day) as day, status, known_from, line from born where status not in ${OPEN}),
  status_shown as (${shownByLists(
    'status',
    `select poam_key, day, 0 as said_by, known_from, line, 'open' as status, null::date as status_date from born
      union all select poam_key, day, 1, known_from, line, status, null from born_ended`,
  )}),
  scheduled_shown as (${shownByLists(
    'scheduled',
    'select poam_key, day, 0 as said_by, known_from, line, scheduled, null::date as status_date from born',
  )}),
  event as (
    select poam_key, day, 'created' as kind, comment, scheduled, null::text as status, 0 as said_by, known_from, line from born
    union all
    select poam_key, day, 'status', '', null, status, 1, known_from, line from born_ended b
    where not exists (select 1 from changed c where c.poam_key = b.poam_key and c.day = b.day and c.status = b.status)
    union all
    select poam_key, day, 'status', '', null, status, 2, known_from, line from status_shown
    union all
    select poam_key, day, 'date-change', '', scheduled, null, 2, known_from, line from scheduled_shown
    union all
    select poam_key, day, kind, comment, scheduled, status, ${SAID_BY}, known_from, line from changed
    union all
    select poam_key, day, 'statement', '', null, null, 2, known_from, line from otherwise),
  ordered as (
    select *, row_number() over (partition by poam_key order by day, ${RANK},
      ${within(`scheduled, ${STATUS_RANK}, comment collate "C"`)}) as n
    from event),
  placed as (
    select *, n < max(n) filter (where kind = 'created') over (partition by poam_key) as is_early,
      count(*) filter (where kind = 'created' or status is not null) over (partition by poam_key order by n) as status_of
    from ordered),
  standing as (
    select *, max(case kind when 'created' then 'open' else status end) over (partition by poam_key, status_of) as status_now
    from placed),
  followed as (
    select *, lag(status_now) over (partition by poam_key order by n) as status_before,
      not is_early and kind <> 'created'
        and coalesce(lag(status_now) over (partition by poam_key order by n) not in ${OPEN}, false) as was_ended
    from standing),
  judged as (
    select *, was_ended and not coalesce(status in ${OPEN} or status = 'validated' and status_before = 'completed', false) as is_after,
      case when not is_early and not was_ended then scheduled end as moved_to
    from followed),
  counted as (
    select *, count(moved_to) over (partition by poam_key order by n) as scheduled_of from judged),
  carried as (
    select *, max(moved_to) over (partition by poam_key, scheduled_of) as scheduled_now from counted),
  told as (
    select *, lag(scheduled_now) over (partition by poam_key order by n) as scheduled_before from carried)
  select t.poam_key, t.day, (row_number() over (partition by t.poam_key, t.day order by t.n))::integer as ordinal,
    t.kind, t.comment, t.scheduled, t.status,
    nullif(concat_ws('; ',
      case when is_early and kind <> 'statement' then 'before it was created' end,
      case when is_after and kind <> 'statement' then 'after it had ended' end,
      case when kind in ('update', 'date-change') and comment = '' then 'without a comment' end,
      case when kind = 'date-change' and not is_early and scheduled = scheduled_before then 'to the day it already had' end,
      case when kind in ('created', 'date-change') and scheduled < day then 'scheduled for a day that had passed' end,
      case when day > e.effective then 'on a day that had not come' end, w.says), '') as flag,
    case when not is_early then scheduled_now end as then_scheduled,
    case when not is_early then status_now end as then_status,
    -- That it became late is what the calendar says, not what anybody did; nor is it an update to call it open again.
    kind <> 'statement' and not is_early and not is_after and not coalesce(status in ${OPEN} and not was_ended, false) as counts,
    t.known_from as evidence, t.line
  from told t join (select index, effective from entry where agency_id = $1) e on e.index = t.known_from
  left join (select poam_key as of_poam, known_from as said_at, says from otherwise) w
    on t.kind = 'statement' and w.of_poam = t.poam_key and w.said_at = t.known_from`;
