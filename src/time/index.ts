export { type Day, addDays, day, daysBetween, parseDay } from './day.ts';
export { type BusinessCalendar, businessCalendar } from './holidays.ts';
export {
  type Deadline,
  type DeadlineUnit,
  describeArithmetic,
  describeDeadline,
  dueDay,
  isAlwaysEarlier,
  isNeverLater,
} from './period.ts';
export { dayIn, isTimeZone } from './zone.ts';
