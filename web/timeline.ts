import type { Day } from './contract.ts';
import { daysBetween, wordDay } from './day.ts';

/** One day on the line: `x` in pixels, `level` −2 … 2 (above the line negative, below positive). */
export interface TimelineMark {
  readonly name: string;
  readonly day: Day;
  readonly x: number;
  readonly level: -2 | -1 | 1 | 2;
  readonly anchor: 'start' | 'middle' | 'end';
}

/** A stretch of the line: `allowed` up to the due day, `late` after it, `unknown` without a due day. */
export interface TimelineStretch {
  readonly kind: 'allowed' | 'late' | 'unknown';
  readonly from: number;
  readonly to: number;
}

export interface Timeline {
  readonly marks: readonly TimelineMark[];
  readonly stretches: readonly TimelineStretch[];
}

export interface TimelineDays {
  readonly trigger: Day;
  readonly due: Day | null;
  readonly done: Day | null;
  readonly asOf: Day;
}

const MARGIN = 10;

/** Lays a duty's days out on a line of `width` pixels, the distances true to the days between. */
export function layOutTimeline(days: TimelineDays, width: number): Timeline {
  const offset = (day: Day) => daysBetween(days.trigger, day) ?? 0;
  const named = namedDays(days);
  const offsets = named.map(({ day }) => offset(day));
  const first = Math.min(...offsets);
  const span = Math.max(...offsets) - first || 1;
  const place = (day: Day) => MARGIN + ((offset(day) - first) / span) * (width - 2 * MARGIN);
  return {
    marks: named.map((mark) => {
      const x = place(mark.day);
      return { ...mark, x, anchor: anchorAt(x, width) };
    }),
    stretches: stretchesOf(days, place),
  };
}

// Each mark has a level of its own, so that no two labels can meet however close their days are.
function namedDays({
  trigger,
  due,
  done,
  asOf,
}: TimelineDays): Pick<TimelineMark, 'name' | 'day' | 'level'>[] {
  return [
    { name: 'trigger', day: trigger, level: -1 },
    ...(due === null ? [] : [{ name: 'due', day: due, level: 1 } as const]),
    ...(done === null ? [] : [{ name: 'done', day: done, level: 2 } as const]),
    { name: 'as of', day: asOf, level: -2 },
  ];
}

function anchorAt(x: number, width: number): TimelineMark['anchor'] {
  if (x < width / 3) return 'start';
  return x > (2 * width) / 3 ? 'end' : 'middle';
}

function stretchesOf(days: TimelineDays, place: (day: Day) => number): TimelineStretch[] {
  const { trigger, due, done, asOf } = days;
  const end = done ?? asOf;
  if (due === null) return end > trigger ? [{ kind: 'unknown', from: place(trigger), to: place(end) }] : [];
  const stretches: TimelineStretch[] = [{ kind: 'allowed', from: place(trigger), to: place(due) }];
  if (end > due) stretches.push({ kind: 'late', from: place(due), to: place(end) });
  return stretches;
}

/** The same in a sentence, for those who do not see the picture. */
export function wordTimeline({ trigger, due, done, asOf }: TimelineDays): string {
  const parts = [`triggered on ${wordDay(trigger)}`];
  parts.push(due === null ? 'due day not determined' : `due on ${wordDay(due)}`);
  parts.push(done === null ? `not done as of ${wordDay(asOf)}` : `done on ${wordDay(done)}`);
  return `Timeline: ${parts.join(', ')}.`;
}
