import { addDays, day, type Day } from '../src/time/index.ts';
import { pick, spread, spreadLate, workdays } from './days.ts';

/** The days on which the two lists were taken. */
export const july = day('2022-07-08');
export const october = day('2022-10-14');

const FIRST_RELEASE = day('2020-12-01');
/** A sign-in up to this day is 90 days or more before the list of July; of the day after it there is none. */
const LAST_IDLE = day('2022-04-08');
/** A sign-in up to this day is more than 120 days before the list of July. */
const LAST_IDLE_120 = day('2022-03-09');

/** An account as a list shows it on its day. */
export interface Shown {
  readonly lastLogin: Day | null;
  readonly status: 'active' | 'deactivated' | 'quarantined';
  readonly statusChanged: Day | null;
}

export interface DemoAccount {
  readonly account: string;
  readonly name: string;
  readonly privileged: boolean;
  readonly created: Day;
  readonly july: Shown;
  readonly october: Shown;
}

type History = Omit<DemoAccount, 'account' | 'name' | 'created' | 'privileged'> & { readonly created?: Day };

/**
 * The 917 ordinary and four privileged accounts, in both lists. The counts are those of the
 * audit (TIGTA 2023-20-018, pp. 8 and 9); every date and name is invented.
 */
export function demoAccounts(): readonly DemoAccount[] {
  const users = mixed([
    ...times(53, deactivatedInTime),
    ...times(33, quarantined),
    ...times(12, neverSignedIn),
    ...times(29, idleForLong),
    ...times(274, idleForThreeMonths),
    ...times(516, inUse),
  ]);
  const privileged = ['2021-11-09', '2021-11-23', '2021-12-07', '2021-12-16'].map((last) => idle(day(last)));
  return [
    ...users.map((history, index) => named(history, index + 1, false)),
    ...privileged.map((history, index) => named(history, users.length + index + 1, true)),
  ];
}

/** Deactivated on day 90 at the latest: in accordance with the policy for the cloud. */
function deactivatedInTime(index: number, count: number): History {
  const lastLogin = spread(workdays(day('2020-12-07'), LAST_IDLE), index, count);
  const inTime = workdays(addDays(lastLogin, 14), addDays(lastLogin, 90));
  const changed = index % 9 === 4 ? addDays(lastLogin, 90) : pick(inTime, index * 7);
  return unchanged({ lastLogin, status: 'deactivated', statusChanged: changed });
}

/** Quarantined on day 120, as the standard manual has it: late for the cloud. */
function quarantined(index: number, count: number): History {
  const lastLogin = spread(workdays(day('2021-01-04'), LAST_IDLE_120), index, count);
  return unchanged({ lastLogin, status: 'quarantined', statusChanged: addDays(lastLogin, 120) });
}

/** Idle since its creation, which is what its time counts from. */
function neverSignedIn(index: number, count: number): History {
  const created = spread(workdays(day('2021-01-11'), day('2021-11-30')), index, count);
  return { ...idle(null), created };
}

/** Late under the standard manual too. */
function idleForLong(index: number, count: number): History {
  return idle(spread(workdays(day('2021-06-01'), LAST_IDLE_120), index, count));
}

/** Late for the cloud only. */
function idleForThreeMonths(index: number, count: number): History {
  return idle(spread(workdays(addDays(LAST_IDLE_120, 1), LAST_IDLE), index, count));
}

/** In use in July. One in seven does not sign in again, the others do until October. */
function inUse(index: number, count: number): History {
  const last = spreadLate(workdays(addDays(LAST_IDLE, 2), july), index, count);
  if (index % 7 === 6) return idle(last);
  const again = spreadLate(workdays(day('2022-07-18'), october), (index * 101) % count, count);
  return { july: active(last), october: active(again) };
}

/**
 * Active in both lists: that of October was taken before the application was corrected, for which
 * a plan was only created in that month (p. 8), and nobody watched privileged accounts (p. 9).
 */
function idle(lastLogin: Day | null): History {
  return unchanged(active(lastLogin));
}

function unchanged(shown: Shown): History {
  return { july: shown, october: shown };
}

function active(lastLogin: Day | null): Shown {
  return { lastLogin, status: 'active', statusChanged: null };
}

function named(history: History, number: number, privileged: boolean): DemoAccount {
  const digits = String(number).padStart(4, '0');
  const before = workdays(FIRST_RELEASE, history.july.lastLogin ?? july);
  const created = history.created ?? pick(before, number * 53);
  return { ...history, account: `demo-${digits}`, name: `Demo User ${digits}`, privileged, created };
}

function times(count: number, history: (index: number, count: number) => History): readonly History[] {
  return Array.from({ length: count }, (_, index) => history(index, count));
}

/** The same in an order that does not show how they were made: 401 has no factor in common with 917. */
function mixed(histories: readonly History[]): readonly History[] {
  return histories.flatMap((_, index) => histories[(index * 401) % histories.length] ?? []);
}
