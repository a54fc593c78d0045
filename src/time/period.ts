import { type Day, addDays, addMonths, dateOf, dayOf, daysBetween, daysInMonth } from './day.ts';
import type { BusinessCalendar } from './holidays.ts';

export type DeadlineUnit = 'calendar-day' | 'business-day' | 'month';

/**
 * How long a rule gives. `within`: a period after the trigger; `dayOne` says whether the trigger's
 * own day or the next one counts as the first. `every`: again and again, each time counted from
 * the day it was last done, which is then the trigger; its first day is the next.
 */
export type Deadline =
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
 * The last day on which a duty with this trigger is still in time.
 * INVARIANT: never earlier for a later trigger, so that "due before D" is one cut-off trigger day.
 */
export function dueDay(trigger: Day, deadline: Deadline, calendar: BusinessCalendar): Day {
  const onTrigger = countsTrigger(deadline);
  if (deadline.unit === 'month') return monthsAfter(trigger, deadline.count, onTrigger);
  const before = onTrigger ? addDays(trigger, -1) : trigger;
  if (deadline.unit === 'business-day') return calendar.businessDayAfter(before, deadline.count);
  return addDays(before, deadline.count);
}

function countsTrigger(deadline: Deadline): boolean {
  return deadline.kind === 'within' && deadline.dayOne === 'trigger';
}

/**
 * A month whose first day is the trigger's ends the day before the same date (1 March: 31 March);
 * where the month has no such date, its last day is already before it (31 January: 28 February).
 */
function monthsAfter(trigger: Day, count: number, onTrigger: boolean): Day {
  const sameDate = addMonths(trigger, count);
  return onTrigger && dateOf(sameDate) === dateOf(trigger) ? addDays(sameDate, -1) : sameDate;
}

/** "90 calendar days, the first being the day after": the period in words. */
export function describeDeadline(deadline: Deadline): string {
  const period = `${deadline.count} ${unitName(deadline)}`;
  if (deadline.kind === 'every') return `${period}, counted from the day it was last done`;
  return `${period}, the first being ${dayOneName(deadline.unit, deadline.dayOne)}`;
}

function unitName({ count, unit }: Deadline): string {
  const name = { 'calendar-day': 'calendar day', 'business-day': 'business day', month: 'month' }[unit];
  return count === 1 ? name : `${name}s`;
}

function dayOneName(unit: DeadlineUnit, dayOne: 'trigger' | 'next'): string {
  if (unit !== 'business-day') return dayOne === 'next' ? 'the day after' : 'that day itself';
  return dayOne === 'next' ? 'the next business day' : 'that day itself or the next business day';
}

/**
 * How a due day comes about, as a sentence without its full stop:
 * "2022-01-01 + 90 calendar days, the first being the day after, is 2022-04-01".
 */
export function describeArithmetic(trigger: Day, deadline: Deadline, calendar: BusinessCalendar): string {
  const due = dueDay(trigger, deadline, calendar);
  return `${trigger} + ${describeDeadline(deadline)}, is ${due}${remark(trigger, due, deadline, calendar)}`;
}

function remark(trigger: Day, due: Day, deadline: Deadline, calendar: BusinessCalendar): string {
  if (deadline.unit === 'business-day') return skippedHolidays(trigger, due, calendar);
  const clamped = deadline.unit === 'month' && dateOf(addMonths(trigger, deadline.count)) !== dateOf(trigger);
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
  if (a.unit === b.unit && countsTrigger(a) === countsTrigger(b)) return a.count < b.count;
  const [first, second] = commonScale(a, b);
  return first.most < second.least;
}

/** Whether `a` is never due after `b`, for any trigger and under any calendar. */
export function isNeverLater(a: Deadline, b: Deadline): boolean {
  if (a.unit === b.unit && countsTrigger(a) === countsTrigger(b)) return a.count <= b.count;
  const [first, second] = commonScale(a, b);
  return first.most <= second.least;
}

interface Span {
  readonly least: number;
  readonly most: number;
}

/** Both in their own unit where it is the same, else in calendar days after the trigger. */
function commonScale(a: Deadline, b: Deadline): readonly [Span, Span] {
  return a.unit === b.unit && a.unit !== 'calendar-day' ? [inUnits(a), inUnits(b)] : [inDays(a), inDays(b)];
}

/** With the trigger as day one, the last unit may be as long as one counted from the next day, or one shorter. */
function inUnits(deadline: Deadline): Span {
  return { least: deadline.count - (countsTrigger(deadline) ? 1 : 0), most: deadline.count };
}

function inDays(deadline: Deadline): Span {
  if (deadline.unit === 'calendar-day') {
    const days = deadline.count - (countsTrigger(deadline) ? 1 : 0);
    return { least: days, most: days };
  }
  return deadline.unit === 'month' ? monthsInDays(deadline) : businessDaysInDays(deadline);
}

/** Weekends alone are certain; holidays, an agency's own too, can only lengthen it, without a bound. */
function businessDaysInDays(deadline: Deadline): Span {
  // Shortest from a Sunday, or with the trigger as day one from a Monday: five of them take a week.
  const shortest = Math.floor((deadline.count - 1) / 5) * 7 + ((deadline.count - 1) % 5) + 1;
  return { least: shortest - (countsTrigger(deadline) ? 1 : 0), most: Number.POSITIVE_INFINITY };
}

/** Months repeat after 400 years, and within one only the dates that can be clamped differ from the first. */
function monthsInDays(deadline: Deadline): Span {
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (let month = 0; month < 4800; month++) {
    const [year, of] = [2000 + Math.floor(month / 12), (month % 12) + 1];
    for (const date of [1, 28, 29, 30, 31].filter((each) => each <= daysInMonth(year, of))) {
      const trigger = dayOf(year, of, date);
      const days = daysBetween(trigger, monthsAfter(trigger, deadline.count, countsTrigger(deadline)));
      least = Math.min(least, days);
      most = Math.max(most, days);
    }
  }
  return { least, most };
}
