import { Table } from '@trussworks/react-uswds';
import { Link, useParams } from '@tanstack/react-router';
import type { AuditRow, DayRange } from '../contract.ts';
import { wordDuty, wordMeans, wordName, wordNumber, wordPercent } from '../words.ts';
import { useTimes } from './AsOf.tsx';

interface AuditTablesProps {
  readonly system: string | undefined;
  readonly rows: readonly AuditRow[];
  /** The same figures with everything adopted, to set beside a what-if. */
  readonly compare?: readonly AuditRow[] | undefined;
}

/** For each duty type and class the figures, each with what it is counted from. */
export function AuditTables({ system, rows, compare }: AuditTablesProps) {
  return rows.map((row) => (
    <AuditRowTables
      key={`${row.duty} ${row.class}`}
      system={system}
      row={row}
      actual={compare?.find((each) => each.duty === row.duty && each.class === row.class)}
    />
  ));
}

interface AuditRowProps {
  readonly system: string | undefined;
  readonly row: AuditRow;
  readonly actual: AuditRow | undefined;
}

function AuditRowTables({ system, row, actual }: AuditRowProps) {
  return (
    <section className="mu-part">
      <h3>
        {wordDuty(row.duty)}: class {row.class}
      </h3>
      <Counts system={system} row={row} actual={actual} />
      <Rates row={row} />
    </section>
  );
}

interface Figure {
  readonly name: string;
  readonly value: (row: AuditRow) => number;
  readonly about?: string | undefined;
  /** The status whose duties are these very subjects: only a last spell can have it, and none is suspended. */
  readonly lists?: 'overdue' | 'open';
}

function figuresOf(row: AuditRow): readonly Figure[] {
  return [
    { name: 'Subjects', value: (each) => each.subjects, about: 'each counted once, by its last spell' },
    { name: 'Fallen due', value: (each) => each.fallenDue, about: 'due on or before the day, done or not' },
    ...Object.keys(row.done)
      .toSorted()
      .map((means) => ({
        name: `Done: ${wordMeans(means)}`,
        value: (each: AuditRow) => each.done[means] ?? 0,
      })),
    { name: 'Overdue', value: (each) => each.overdue, about: wordRanges(row), lists: 'overdue' },
    { name: 'Open', value: (each) => each.open, about: 'due later', lists: 'open' },
    { name: 'Met', value: (each) => each.met },
    { name: 'Met late', value: (each) => each.metLate },
    { name: 'Undetermined', value: (each) => each.undetermined, about: 'a fact is missing' },
    { name: 'Suspended', value: (each) => each.suspended, about: 'by an acceptance given in time' },
  ];
}

function wordRanges(row: AuditRow): string {
  const parts = [
    row.daysLate && `${wordRange(row.daysLate)} days late`,
    row.daysOpen && `${wordRange(row.daysOpen)} days since the trigger`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function wordRange({ min, max }: DayRange): string {
  return min === max ? wordNumber(min) : `${wordNumber(min)} to ${wordNumber(max)}`;
}

function Counts({ system, row, actual }: AuditRowProps) {
  return (
    <Table bordered={false} compact className="mu-table mu-figures" caption={`Counts, class ${row.class}`}>
      <thead>
        <tr>
          <th scope="col">Figure</th>
          <th scope="col" className="mu-number">
            {actual ? 'What if' : 'Number'}
          </th>
          {actual && (
            <th scope="col" className="mu-number">
              As adopted
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {figuresOf(row).map(({ name, value, about, lists }) => (
          <tr key={name}>
            <th scope="row">
              {name}
              {about !== undefined && about !== '' && <span className="mu-under">{about}</span>}
            </th>
            <td className="mu-number">
              {lists && !actual && row.suspended === 0 && value(row) > 0 ? (
                <DutiesLink system={system} row={row} status={lists} number={value(row)} />
              ) : (
                wordNumber(value(row))
              )}
            </td>
            {actual && <td className="mu-number">{wordNumber(value(actual))}</td>}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

interface DutiesLinkProps {
  readonly system: string | undefined;
  readonly row: AuditRow;
  readonly status: string;
  readonly number: number;
}

function DutiesLink({ system, row, status, number }: DutiesLinkProps) {
  const { agency } = useParams({ from: '/$agency/audit' });
  const { times } = useTimes();
  return (
    <Link
      className="usa-link"
      to="/$agency/duties"
      params={{ agency }}
      search={{ ...times, system, duty: row.duty, class: row.class, status }}
    >
      {wordNumber(number)}
      <span className="usa-sr-only"> {status} duties</span>
    </Link>
  );
}

function Rates({ row }: { readonly row: AuditRow }) {
  const rates = Object.entries(row.rates);
  if (rates.length === 0) return null;
  return (
    <Table
      fullWidth
      bordered={false}
      stackedStyle="headers"
      className="mu-table mu-rates"
      caption={`Rates, class ${row.class}`}
    >
      <thead>
        <tr>
          <th scope="col">Rate</th>
          <th scope="col">Percent</th>
          <th scope="col">Numerator</th>
          <th scope="col">Denominator</th>
          <th scope="col">Source</th>
        </tr>
      </thead>
      <tbody>
        {rates.map(([name, rate]) => (
          <tr key={name}>
            <th scope="row" data-label="Rate">
              {wordName(name)}
            </th>
            <td data-label="Percent">{wordPercent(rate.percent)}</td>
            <td data-label="Numerator">{wordNumber(rate.numerator)}</td>
            <td data-label="Denominator">{wordNumber(rate.denominator)}</td>
            <td data-label="Source">{rate.source}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
