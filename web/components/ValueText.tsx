import type { Value } from '../declared.ts';
import { isDay, isInstant } from '../day.ts';
import { DayText } from './DayText.tsx';
import { InstantText } from './InstantText.tsx';

interface ValueTextProps {
  readonly agency: string;
  readonly value: Value;
}

/** A value of a list as a person reads it: days, instants, numbers, yes or no, a dash for none. */
export function ValueText({ agency, value }: ValueTextProps) {
  if (value === null || value === '') return <span className="mu-none">–</span>;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  // Without separators: it may be a name, such as the number of a plugin.
  if (typeof value === 'number') return String(value);
  if (isDay(value)) return <DayText day={value} />;
  if (isInstant(value)) return <InstantText agency={agency} instant={value} />;
  return value;
}
