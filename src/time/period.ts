import { type Day, addDays, addMonths, dateOf, dayOf, daysBetween, daysInMonth } from './day.ts';
import type { BusinessCalendar } from './holidays.ts';

export type DeadlineUnit = 'calendar-day' | 'business-day' | 'month';

/**
 * How long a rule gives. `within`: a period after the trigger; `dayOne` says whether the trigger's
 * own day or the next one counts as the first. `every`: again and again, each time counted from
 * the day it was last done, which is then the trigger; its first day is the next.
 */
export type Period =
  | {
      readonly kind: 'within';
      readonly count: number;
      readonly unit: DeadlineUnit;
      readonly dayOne: 'trigger' | 'next';
    }
  | {
      readonly kind: 'every';
      readonly count: number;
      readonly unit: DeadlineUnit;
      readonly from: 'last-done';
    };

/**
 * By when a rule wants it done. `by`: on the day that the subject has set itself. `unstated`: the
 * source demands it and names no period; `words` are all it says of it, such as "regularly".
 */
export type Deadline =
  | Period
  | { readonly kind: 'by'; readonly day: 'scheduled' }
  | { readonly kind: 'unstated'; readonly words: string };

/** What a due day is counted from: the day that starts the clock, and the day the subject has set itself. */
export interface Moment {
  readonly trigger: Day;
  readonly scheduled: Day | null;
}

/**
 * The last day on which a duty with this trigger is still in time.
 * INVARIANT: never earlier for a later trigger, so that "due before D" is one cut-off trigger day.
 */
export function dueDay(trigger: Day, period: Period, calendar: BusinessCalendar): Day {
  const onTrigger = countsTrigger(period);
  if (period.unit === 'month') return monthsAfter(trigger, period.count, onTrigger);
  const before = onTrigger ? addDays(trigger, -1) : trigger;
  if (period.unit === 'business-day') return calendar.businessDayAfter(before, period.count);
  return addDays(before, period.count);
}

function countsTrigger(period: Period): boolean {
  return period.kind === 'within' && period.dayOne === 'trigger';
}

/**
 * A month whose first day is the trigger's ends the day before the same date (1 March: 31 March);
 * where the month has no such date, its last day is already before it (31 January: 28 February).
 */
function monthsAfter(trigger: Day, count: number, onTrigger: boolean): Day {
  const sameDate = addMonths(trigger, count);
  return onTrigger && dateOf(sameDate) === dateOf(trigger) ? addDays(sameDate, -1) : sameDate;
}

/** How far away a day is: so many months (clamped) or calendar days, the first being the day after. */
export interface Distance {
  readonly count: number;
  readonly unit: 'calendar-day' | 'month';
}

/** The last day that lies within a distance of another. */
export function lastDayWithin(from: Day, { count, unit }: Distance): Day {
  return unit === 'month' ? addMonths(from, count) : addDays(from, count);
}

/** "90 calendar days, the first being the day after": a deadline in words. */
export function describeDeadline(deadline: Deadline): string {
  if (deadline.kind === 'by') return 'the day it is scheduled for';
  if (deadline.kind === 'unstated') return `no period is stated ("${deadline.words}")`;
  const period = describeCount(deadline);
  if (deadline.kind === 'every') return `${period}, counted from the day it was last done`;
  return `${period}, the first being ${dayOneName(deadline.unit, deadline.dayOne)}`;
}

/** "12 months". */
export function describeCount({ count, unit }: Pick<Period, 'count' | 'unit'>): string {
  const name = { 'calendar-day': 'calendar day', 'business-day': 'business day', month: 'month' }[unit];
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

function dayOneName(unit: DeadlineUnit, dayOne: 'trigger' | 'next'): string {
  if (unit !== 'business-day') return dayOne === 'next' ? 'the day after' : 'that day itself';
  return dayOne === 'next' ? 'the next business day' : 'that day itself or the next business day';
}

/**
 * How a due day comes about, as a sentence without its full stop:
 * "2022-01-01 + 90 calendar days, the first being the day after, is 2022-04-01";
 * "by the day scheduled, 2022-05-01".
 */
export function describeArithmetic(
  { trigger, scheduled }: Moment,
  deadline: Deadline,
  calendar: BusinessCalendar,
): string {
  if (deadline.kind === 'by') return `by the day scheduled, ${scheduled ?? 'which nobody has said'}`;
  if (deadline.kind === 'unstated') return describeDeadline(deadline);
  const due = dueDay(trigger, deadline, calendar);
  return `${trigger} + ${describeDeadline(deadline)}, is ${due}${remark(trigger, due, deadline, calendar)}`;
}

function remark(trigger: Day, due: Day, period: Period, calendar: BusinessCalendar): string {
  if (period.unit === 'business-day') return skippedHolidays(trigger, due, calendar);
  const clamped = period.unit === 'month' && dateOf(addMonths(trigger, period.count)) !== dateOf(trigger);
  return clamped ? ` (${due.slice(0, 7)} has no day ${dateOf(trigger)})` : '';
}

const HOLIDAYS_NAMED = 5;

function skippedHolidays(trigger: Day, due: Day, calendar: BusinessCalendar): string {
  const names = [];
  for (let on = trigger; on <= due; on = addDays(on, 1)) {
    const name = calendar.holidayOn(on);
    if (name !== undefined) names.push(`${name} on ${on}`);
  }
  if (names.length === 0) return '';
  const more = names.length > HOLIDAYS_NAMED ? ` and ${names.length - HOLIDAYS_NAMED} more` : '';
  return ` (holidays not counted: ${names.slice(0, HOLIDAYS_NAMED).join(', ')}${more})`;
}

/** Whether `a` is due before `b` for every trigger and under every calendar. */
export function isAlwaysEarlier(a: Deadline, b: Deadline): boolean {
  if (!isPeriod(a) || !isPeriod(b)) return false;
  if (a.unit === b.unit && countsTrigger(a) === countsTrigger(b)) return a.count < b.count;
  const [first, second] = commonScale(a, b);
  return first.most < second.least;
}

/**
 * Whether `a` is never due after `b`, for any trigger and under any calendar. A day that a subject
 * sets itself compares with no period, and what names no period compares with nothing.
 */
export function isNeverLater(a: Deadline, b: Deadline): boolean {
  if (!isPeriod(a) || !isPeriod(b)) return a.kind === 'by' && b.kind === 'by';
  if (a.unit === b.unit && countsTrigger(a) === countsTrigger(b)) return a.count <= b.count;
  const [first, second] = commonScale(a, b);
  return first.most <= second.least;
}

function isPeriod(deadline: Deadline): deadline is Period {
  return deadline.kind === 'within' || deadline.kind === 'every';
}

interface Span {
  readonly least: number;
  readonly most: number;
}

/** Both in their own unit where it is the same, else in calendar days after the trigger. */
function commonScale(a: Period, b: Period): readonly [Span, Span] {
  return a.unit === b.unit && a.unit !== 'calendar-day' ? [inUnits(a), inUnits(b)] : [inDays(a), inDays(b)];
}

/** With the trigger as day one, the last unit may be as long as one counted from the next day, or one shorter. */
function inUnits(period: Period): Span {
  return { least: period.count - (countsTrigger(period) ? 1 : 0), most: period.count };
}

function inDays(period: Period): Span {
  if (period.unit === 'calendar-day') {
    const days = period.count - (countsTrigger(period) ? 1 : 0);
    return { least: days, most: days };
  }
  return period.unit === 'month' ? monthsInDays(period) : businessDaysInDays(period);
}

/** Weekends alone are certain; holidays, an agency's own too, can only lengthen it, without a bound. */
function businessDaysInDays(period: Period): Span {
  // Shortest from a Sunday, or with the trigger as day one from a Monday: five of them take a week.
  const shortest = Math.floor((period.count - 1) / 5) * 7 + ((period.count - 1) % 5) + 1;
  return { least: shortest - (countsTrigger(period) ? 1 : 0), most: Number.POSITIVE_INFINITY };
}

/** Months repeat after 400 years, and within one only the dates that can be clamped differ from the first. */
function monthsInDays(period: Period): Span {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let month = 0; month < 4800; month++) {
    const [year, of] = [2000 + Math.floor(month / 12), (month % 12) + 1];
    for (const date of [1, 28, 29, 30, 31].filter((each) => each <= daysInMonth(year, of))) {
      const trigger = dayOf(year, of, date);
      const days = daysBetween(trigger, monthsAfter(trigger, period.count, countsTrigger(period)));
      least = Math.min(least, days);
      most = Math.max(most, days);
    }
  }
  return { least, most };
}
