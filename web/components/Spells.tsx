import { Table } from '@trussworks/react-uswds';
import { Link } from '@tanstack/react-router';
import type { Spell } from '../contract.ts';
import { wordMeans } from '../words.ts';
import { useTimes } from './AsOf.tsx';
import { DayText } from './DayText.tsx';
import { StatusMark } from './StatusMark.tsx';

interface SpellsProps {
  readonly agency: string;
  readonly spells: readonly Spell[];
  /** The duty that the page is about. */
  readonly shown: string;
}

/** All spells of the subject, so that a person can go from one to the next. */
export function Spells({ agency, spells, shown }: SpellsProps) {
  const { times } = useTimes();
  return (
    <Table fullWidth bordered={false} stackedStyle="headers" className="mu-table">
      <thead>
        <tr>
          <th scope="col">Trigger</th>
          <th scope="col">Done</th>
          <th scope="col">Status</th>
        </tr>
      </thead>
      <tbody>
        {spells.map((spell) => (
          <tr key={spell.id} className={spell.id === shown ? 'mu-verdict--governs' : undefined}>
            <th scope="row" data-label="Trigger">
              {spell.id === shown ? (
                <>
                  <DayText day={spell.trigger} /> (this one)
                </>
              ) : (
                <Link
                  className="usa-link"
                  to="/$agency/duties/$id"
                  params={{ agency, id: spell.id }}
                  search={times}
                  aria-label={`Spell from ${spell.trigger}`}
                >
                  {spell.trigger}
                </Link>
              )}
            </th>
            <td data-label="Done">
              <DayText day={spell.done} />
              {spell.means !== null && ` ${wordMeans(spell.means)}`}
            </td>
            <td data-label="Status">
              <StatusMark status={spell.status} />
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
