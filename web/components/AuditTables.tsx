import { Table } from '@trussworks/react-uswds';
import { Link, useParams } from '@tanstack/react-router';
import type { AuditRow, DayRange } from '../contract.ts';
import { capital, wordMeans, wordName, wordNumber, wordPercent } from '../words.ts';
import { useTimes } from './AsOf.tsx';
import { useDutyWords } from './ServerContext.tsx';

interface AuditTablesProps {
  readonly system: string | undefined;
  readonly rows: readonly AuditRow[];
  /** The same figures with everything adopted, to set beside a what-if. */
  readonly compare?: readonly AuditRow[] | undefined;
}

/** With more rows than these, each opens from its line at a glance. */
const OPEN_AT_MOST = 4;

/** For each program its duty types and classes: the figures, each with what it is counted from. */
export function AuditTables({ system, rows, compare }: AuditTablesProps) {
  const byProgram = Map.groupBy(rows, ({ program }) => program);
  return [...byProgram].map(([program, ofProgram]) => (
    <section key={program} className="mu-part" aria-labelledby={`program-${program}`}>
      <h3 id={`program-${program}`} className="mu-program">
        {capital(program)}
      </h3>
      {ofProgram.map((row) => (
        <AuditRowTables
          key={rowId(row)}
          system={system}
          row={row}
          open={rows.length <= OPEN_AT_MOST || compare !== undefined}
          actual={compare?.find((each) => rowId(each) === rowId(row))}
        />
      ))}
    </section>
  ));
}

function rowId({ duty, class: klass }: AuditRow): string {
  return `${duty}-${klass}`;
}

/** All rows at a glance; each leads to its figures below. */
export function AuditOverview({ rows }: { readonly rows: readonly AuditRow[] }) {
  const wordDuty = useDutyWords();
  if (rows.length < 2) return null;
  return (
    <Table
      fullWidth
      bordered={false}
      stackedStyle="headers"
      className="mu-table mu-overview"
      caption="At a glance"
    >
      <thead>
        <tr>
          <th scope="col">Duty</th>
          {overview.map(({ name }) => (
            <th key={name} scope="col" className="mu-number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={rowId(row)}>
            <th scope="row" data-label="Duty">
              <a className="usa-link" href={`#${rowId(row)}`} onClick={() => openDetails(rowId(row))}>
                {wordDuty(row.duty)}: {row.class}
              </a>
              <span className="mu-under">{row.program}</span>
            </th>
            {overview.map(({ name, value }) => (
              <td key={name} data-label={name} className="mu-number">
                {wordNumber(value(row))}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}

function openDetails(id: string): void {
  const details = document.getElementById(id);
  if (details instanceof HTMLDetailsElement) details.open = true;
}

const overview: readonly { readonly name: string; readonly value: (row: AuditRow) => number }[] = [
  { name: 'Subjects', value: (row) => row.subjects },
  { name: 'Fallen due', value: (row) => row.fallenDue },
  { name: 'Outstanding', value: (row) => row.outstanding },
  { name: 'Overdue', value: (row) => row.overdue },
  { name: 'Undetermined', value: (row) => row.undetermined },
];

interface AuditRowProps {
  readonly system: string | undefined;
  readonly row: AuditRow;
  readonly actual: AuditRow | undefined;
}

function AuditRowTables({ system, row, actual, open }: AuditRowProps & { readonly open: boolean }) {
  const wordDuty = useDutyWords();
  return (
    <details className="mu-details" id={rowId(row)} open={open}>
      <summary>
        <h4>
          {wordDuty(row.duty)}: class {row.class}
        </h4>
      </summary>
      <div className="mu-beside">
        <Counts system={system} row={row} actual={actual} />
        <Rates row={row} />
      </div>
      <p className="mu-small">Source: {row.source}.</p>
    </details>
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
    {
      name: 'Outstanding',
      value: (each) => each.outstanding,
      about: 'not done, whatever becomes of them: open, overdue, undetermined or suspended',
    },
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
    <Table
      bordered={false}
      compact
      className="mu-table mu-figures"
      caption={`Counts, ${row.duty}, class ${row.class}`}
    >
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
      caption={`Rates, ${row.duty}, class ${row.class}`}
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
