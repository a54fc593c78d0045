import { addDays, day, daysBetween, type Day } from '../src/time/index.ts';

const A_MONDAY = day('2020-11-30');

/** Mondays to Fridays from one day to another, both included. */
export function workdays(from: Day, to: Day): readonly Day[] {
  const count = daysBetween(from, to) + 1;
  const sinceMonday = daysBetween(A_MONDAY, from);
  const places = Array.from({ length: count }, (_, index) => index);
  return places.filter((place) => (sinceMonday + place) % 7 < 5).map((place) => addDays(from, place));
}

/** The `index`-th of `count` picks spread evenly over the days, first to last. */
export function spread(days: readonly Day[], index: number, count: number): Day {
  return pick(days, Math.floor((index * days.length) / count));
}

/** As `spread`, the closer together the later: most picks are of the last days. */
export function spreadLate(days: readonly Day[], index: number, count: number): Day {
  return pick(days, days.length - 1 - Math.floor((index * index * days.length) / (count * count)));
}

/** The day at that place, counted on from the first after the last. */
export function pick(days: readonly Day[], place: number): Day {
  const picked = days[place % days.length];
  if (picked === undefined) throw new RangeError('there is no day to pick from');
  return picked;
}
