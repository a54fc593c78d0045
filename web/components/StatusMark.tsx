import { Tag } from '@trussworks/react-uswds';
import type { Duty, Status } from '../contract.ts';
import { wordLateness, wordStatus } from '../words.ts';

const shapes: Readonly<Record<Status, string>> = {
  overdue: 'M6 0.5 11.7 11 H0.3 Z',
  open: 'M6 1a5 5 0 1 0 .01 0Z M6 3a3 3 0 1 1-.01 0Z',
  met: 'M1 6.2 2.7 4.5 4.8 6.6 9.6 1.8 11.3 3.5 4.8 10Z',
  'met-late': 'M1 4.2 2.7 2.5 4.8 4.6 9.6 0 11.3 1.5 4.8 8Z M1 10h10v1.8H1Z',
  undetermined: 'M0 5h3v2H0Z M4.5 5h3v2h-3Z M9 5h3v2H9Z',
};

/** A status by word, shape and colour, so that none of them stands alone. */
export function StatusMark({ status }: { readonly status: Status }) {
  return (
    <span className={`mu-status mu-status--${status}`}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
        <path d={shapes[status]} fillRule="evenodd" />
      </svg>
      {wordStatus(status)}
    </span>
  );
}

interface DutyStatusProps {
  readonly duty: Duty;
  readonly asOf: string;
}

/** A duty's status with how late it is, what is missing, and whether an acceptance suspends it. */
export function DutyStatus({ duty, asOf }: DutyStatusProps) {
  const lateness = wordLateness(duty, asOf);
  return (
    <>
      <StatusMark status={duty.status} />
      {lateness !== undefined && <span className="mu-late"> {lateness}</span>}
      {duty.needs.length > 0 && <span className="mu-late"> needs {duty.needs.join(', ')}</span>}
      {duty.suspended && <Tag className="mu-tag">suspended</Tag>}
    </>
  );
}
