import { Table } from '@trussworks/react-uswds';
import { Link } from '@tanstack/react-router';
import type { Duty } from '../contract.ts';
import { wordMeans, wordPlace, wordRating } from '../words.ts';
import { useTimes } from './AsOf.tsx';
import { DayText } from './DayText.tsx';
import { useDutyWords } from './ServerContext.tsx';
import { DutyStatus } from './StatusMark.tsx';

interface DutyTableProps {
  readonly agency: string;
  readonly asOf: string;
  readonly duties: readonly Duty[];
}

/** Duties, one a row; the subject's name leads to the reasons. */
export function DutyTable({ agency, asOf, duties }: DutyTableProps) {
  const mixed = new Set(duties.map(({ duty }) => duty)).size > 1;
  return (
    <Table fullWidth bordered={false} stackedStyle="headers" className="mu-table mu-duties">
      <thead>
        <tr>
          <th scope="col">Subject</th>
          <th scope="col">Status</th>
          <th scope="col">Due</th>
          <th scope="col">Trigger</th>
          <th scope="col">Done</th>
          <th scope="col">Class</th>
          <th scope="col">Component</th>
          <th scope="col">Rule</th>
        </tr>
      </thead>
      <tbody>
        {duties.map((duty) => (
          <DutyRow key={duty.id} agency={agency} asOf={asOf} duty={duty} mixed={mixed} />
        ))}
      </tbody>
    </Table>
  );
}

interface DutyRowProps {
  readonly agency: string;
  readonly asOf: string;
  readonly duty: Duty;
  /** Duties of several types stand in the table, so that each must say its own. */
  readonly mixed: boolean;
}

function DutyRow({ agency, asOf, duty, mixed }: DutyRowProps) {
  const { times } = useTimes();
  const wordDuty = useDutyWords();
  return (
    <tr>
      <th scope="row" data-label="Subject">
        <Link className="usa-link" to="/$agency/duties/$id" params={{ agency, id: duty.id }} search={times}>
          {duty.subject.name}
        </Link>
        {mixed && <span className="mu-under">{wordDuty(duty.duty)}</span>}
      </th>
      <td data-label="Status">
        <DutyStatus duty={duty} asOf={asOf} />
      </td>
      <td data-label="Due">
        <DayText day={duty.due} />
        {duty.scheduled !== null && duty.scheduled !== duty.due && (
          <span className="mu-under">scheduled {duty.scheduled}</span>
        )}
      </td>
      <td data-label="Trigger">
        <DayText day={duty.trigger} />
      </td>
      <td data-label="Done">
        <DayText day={duty.done} />
        {duty.means !== null && <span className="mu-under">{wordMeans(duty.means)}</span>}
      </td>
      <td data-label="Class">
        {duty.class}
        {duty.rating !== null && <span className="mu-under">{wordRating(duty.rating)}</span>}
      </td>
      <td data-label="Component">{wordPlace(duty)}</td>
      <td data-label="Rule">{duty.rule ?? <span className="mu-none">none determined</span>}</td>
    </tr>
  );
}
