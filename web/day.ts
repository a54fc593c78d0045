import type { Day } from './contract.ts';

const DAY_MILLISECONDS = 86_400_000;

const longDay = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', dateStyle: 'long' });

function atMidnight(day: Day): number | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return undefined;
  const milliseconds = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(milliseconds)) return undefined;
  return new Date(milliseconds).toISOString().startsWith(day) ? milliseconds : undefined;
}

/** Whether the text is a day of the calendar, written `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  return atMidnight(text) !== undefined;
}

/** Whether the text is an instant, ISO 8601. */
export function isInstant(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/.test(text);
}

/** `2022-07-08` → `July 8, 2022`; what is no day stays as it is. */
export function wordDay(day: Day): string {
  const milliseconds = atMidnight(day);
  return milliseconds === undefined ? day : longDay.format(milliseconds);
}

/** Days from one day to another, negative when it lies before; undefined when either is no day. */
export function daysBetween(from: Day, to: Day): number | undefined {
  const start = atMidnight(from);
  const end = atMidnight(to);
  if (start === undefined || end === undefined) return undefined;
  return Math.round((end - start) / DAY_MILLISECONDS);
}

/** An ISO instant in the agency's time zone: `2022-07-08 14:03:09 EDT`. */
export function wordInstant(instant: string, timeZone: string): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return instant;
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(time);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((each) => each.type === type)?.value ?? '';
  const day = `${part('year')}-${part('month')}-${part('day')}`;
  return `${day} ${part('hour')}:${part('minute')}:${part('second')} ${part('timeZoneName')}`;
}
