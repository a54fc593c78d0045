import { wordInstant } from '../day.ts';
import { useAgency } from './ServerContext.tsx';

interface InstantTextProps {
  readonly agency: string;
  /** ISO 8601. */
  readonly instant: string;
}

/** An instant in the agency's time zone. */
export function InstantText({ agency, instant }: InstantTextProps) {
  const timeZone = useAgency(agency)?.timeZone ?? 'UTC';
  return (
    <time className="mu-day" dateTime={instant}>
      {wordInstant(instant, timeZone)}
    </time>
  );
}
