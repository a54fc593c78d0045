import { Link } from '@tanstack/react-router';
import type { Counts, Status } from '../contract.ts';
import { count, statuses, wordNumber, wordStatus } from '../words.ts';
import { StatusMark } from './StatusMark.tsx';

interface StatusSummaryProps {
  readonly counts: Counts;
  readonly chosen: string | undefined;
}

/** How many duties stand how, as a picture and as links that narrow the list down. */
export function StatusSummary({ counts, chosen }: StatusSummaryProps) {
  const all = statuses.reduce((sum, status) => sum + counts[status], 0);
  return (
    <section aria-label="Counts by status" className="mu-summary">
      <StatusBar counts={counts} all={all} />
      <ul className="mu-counts">
        <li>
          <CountLink status={undefined} number={all} chosen={chosen === undefined} />
        </li>
        {statuses.map((status) => (
          <li key={status}>
            <CountLink status={status} number={counts[status]} chosen={chosen === status} />
          </li>
        ))}
      </ul>
      {counts.suspended > 0 && (
        <p className="mu-small">
          {wordNumber(counts.suspended)} of these {counts.suspended === 1 ? 'is' : 'are'} suspended by an
          acceptance given in time.
        </p>
      )}
    </section>
  );
}

interface CountLinkProps {
  readonly status: Status | undefined;
  readonly number: number;
  readonly chosen: boolean;
}

function CountLink({ status, number, chosen }: CountLinkProps) {
  return (
    <Link
      to="."
      resetScroll={false}
      search={(old) => ({ ...old, status, after: undefined })}
      className={`mu-count${chosen ? ' mu-count--chosen' : ''}`}
      aria-current={chosen ? 'true' : undefined}
    >
      <span className="mu-count-word">{status === undefined ? 'all' : <StatusMark status={status} />}</span>{' '}
      <span className="mu-count-number">{wordNumber(number)}</span>
    </Link>
  );
}

interface StatusBarProps {
  readonly counts: Counts;
  readonly all: number;
}

function StatusBar({ counts, all }: StatusBarProps) {
  if (all === 0) return null;
  const parts = statuses.filter((status) => counts[status] > 0);
  const words = parts.map((status) => `${wordNumber(counts[status])} ${wordStatus(status)}`).join(', ');
  const widthOf = (status: Status) => (counts[status] / all) * 1000;
  const startOf = (place: number) => parts.slice(0, place).reduce((sum, status) => sum + widthOf(status), 0);
  return (
    <svg
      className="mu-bar"
      viewBox="0 0 1000 14"
      preserveAspectRatio="none"
      role="img"
      aria-label={`Of ${count(all, 'duty', 'duties')}: ${words}.`}
    >
      {parts.map((status, place) => (
        <rect
          key={status}
          className={`mu-fill--${status}`}
          x={startOf(place)}
          width={widthOf(status)}
          height={14}
        />
      ))}
    </svg>
  );
}
