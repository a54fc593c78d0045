export { type Day, addDays, day, daysBetween, parseDay } from './day.ts';
export { type BusinessCalendar, businessCalendar } from './holidays.ts';
export {
  type Deadline,
  type DeadlineUnit,
  type Distance,
  type Moment,
  type Period,
  describeArithmetic,
  describeCount,
  describeDeadline,
  dueDay,
  isAlwaysEarlier,
  isNeverLater,
  lastDayWithin,
} from './period.ts';
export { dayIn, isTimeZone } from './zone.ts';
