import type { Day } from '../contract.ts';

/** A day in a table: `2022-07-08`, never broken over two lines; a dash where there is none. */
export function DayText({ day }: { readonly day: Day | null }) {
  if (day === null) return <span className="mu-none">–</span>;
  return (
    <time className="mu-day" dateTime={day}>
      {day}
    </time>
  );
}
