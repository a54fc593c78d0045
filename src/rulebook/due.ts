import { type BusinessCalendar, type Day, type Deadline, type Moment, dueDay } from '../time/index.ts';
import type { Considered } from './consider.ts';
import type { Governed } from './govern.ts';
import { type DutyStatus, type Force, compareText } from './rulebook.ts';

/** A due day and the rule it comes from. */
export interface GoverningDue {
  readonly due: Day;
  readonly rule: Considered;
}

/** The earliest due day of the rules that remain; of equal ones the stronger rule's, then the first by name. */
export function governingDue(
  { rules }: Pick<Governed, 'rules'>,
  moment: Moment,
  calendar: BusinessCalendar,
): GoverningDue {
  const [first, ...rest] = rules.map((rule) => ({ due: dueOf(moment, rule.deadline, calendar), rule }));
  if (!first) throw new Error('a governed case has at least one rule');
  return rest.reduce((best, each) => (comesBefore(each, best) ? each : best), first);
}

/** INVARIANT: no rule governs that names no day, or a day scheduled where there is none. */
function dueOf({ trigger, scheduled }: Moment, deadline: Deadline, calendar: BusinessCalendar): Day {
  if (deadline.kind === 'unstated') throw new Error(`a rule governs that says only "${deadline.words}"`);
  if (deadline.kind !== 'by') return dueDay(trigger, deadline, calendar);
  if (scheduled === null) throw new Error('a rule governs by the day scheduled, and there is none');
  return scheduled;
}

const strongestFirst: readonly Force[] = ['required', 'agency', 'recommended'];

function comesBefore(a: GoverningDue, b: GoverningDue): boolean {
  const byForce = strongestFirst.indexOf(a.rule.force) - strongestFirst.indexOf(b.rule.force);
  return (compareText(a.due, b.due) || byForce || compareText(a.rule.rule, b.rule.rule)) < 0;
}

/** How a duty stands at the end of a day; what was done later is not yet known then. */
export function dutyStatus(due: Day, done: Day | undefined, on: Day): Exclude<DutyStatus, 'undetermined'> {
  if (done !== undefined && done <= on) return done <= due ? 'met' : 'met-late';
  return due < on ? 'overdue' : 'open';
}
