import { Table } from '@trussworks/react-uswds';
import { Link } from '@tanstack/react-router';
import type { Entry } from '../contract.ts';
import { wordInstant } from '../day.ts';
import { DayText } from './DayText.tsx';
import { EntryLink } from './EntryLink.tsx';
import { useAgency } from './ServerContext.tsx';

interface EntriesProps {
  readonly agency: string;
  readonly entries: readonly Entry[];
}

/** The entries of the record that bear on it: when each took effect, and when it was written down. */
export function Entries({ agency, entries }: EntriesProps) {
  const timeZone = useAgency(agency)?.timeZone ?? 'UTC';
  if (entries.length === 0) return <p>No entry bears on it.</p>;
  return (
    <Table fullWidth bordered={false} stackedStyle="headers" className="mu-table">
      <thead>
        <tr>
          <th scope="col">Entry</th>
          <th scope="col">What happened</th>
          <th scope="col">Effective</th>
          <th scope="col">Recorded</th>
          <th scope="col">By</th>
          <th scope="col">Look back</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.index}>
            <th scope="row" data-label="Entry">
              <EntryLink agency={agency} entry={entry.index}>
                {entry.index}
              </EntryLink>
            </th>
            <td data-label="What happened">
              {entry.summary}
              <span className="mu-under">{entry.kind}</span>
            </td>
            <td data-label="Effective">
              <DayText day={entry.effective} />
            </td>
            <td data-label="Recorded">
              <time dateTime={entry.recorded}>{wordInstant(entry.recorded, timeZone)}</time>
            </td>
            <td data-label="By">{entry.actor}</td>
            <td data-label="Look back">
              <Link
                className="usa-link"
                to="."
                search={(old) => ({ ...old, knownAt: String(entry.index) })}
                aria-label={`As known then, at entry ${entry.index}`}
              >
                As known then
              </Link>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
