import { Table } from '@trussworks/react-uswds';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { DeclaredList, ListColumn, ListRow } from '../declared.ts';
import { inWords, leadOf, sortOf } from '../list-rows.ts';
import { pageOfView } from '../places.ts';
import { useTimes } from './AsOf.tsx';
import { DutyLink } from './DutyLink.tsx';
import { Scroll } from './Scroll.tsx';
import { useDeclared, useMayRead } from './ServerContext.tsx';
import { ValueText } from './ValueText.tsx';

interface ListTableProps {
  readonly agency: string;
  readonly list: DeclaredList;
  readonly rows: readonly ListRow[];
}

/** The rows of a list in its columns; the first names the row. */
export function ListTable({ agency, list, rows }: ListTableProps) {
  const columns = list.columns.map((column) => ({ column, className: `mu-col--${sortOf(column, rows)}` }));
  return (
    <Scroll label="Table">
      <Table fullWidth bordered={false} stackedStyle="headers" className="mu-table mu-list">
        <thead>
          <tr>
            {columns.map(({ column, className }) => (
              <th key={column.field} scope="col" className={className}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => (
            // oxlint-disable-next-line react/no-array-index-key -- a row of a list declares no key of its own
            <tr key={place}>
              {columns.map(({ column, className }, at) => {
                const cell = <Cell agency={agency} column={column} row={row} name={list.columns[0]} />;
                return at === 0 ? (
                  <th key={column.field} scope="row" data-label={column.title} className={className}>
                    {cell}
                  </th>
                ) : (
                  <td key={column.field} data-label={column.title} className={className}>
                    {cell}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </Table>
    </Scroll>
  );
}

interface CellProps {
  readonly agency: string;
  readonly column: ListColumn;
  readonly row: ListRow;
  /** The column that names the row. */
  readonly name: ListColumn | undefined;
}

function Cell({ agency, column, row, name }: CellProps) {
  const value = row[column.field] ?? null;
  if (column.isDuty && typeof value === 'string') {
    return <DutyLink agency={agency} id={value} of={name && row[name.field]} />;
  }
  const text = <ValueText agency={agency} value={inWords(column.field, value)} />;
  const lead = value === null ? undefined : leadOf(column, row);
  return lead ? (
    <Lead agency={agency} {...lead}>
      {text}
    </Lead>
  ) : (
    text
  );
}

interface LeadProps {
  readonly agency: string;
  readonly view: string;
  readonly search: Readonly<Record<string, string>>;
  readonly children: ReactNode;
}

/** A link to another list, or to the page that a view has of its own; plain text where there is none. */
function Lead({ agency, view, search, children }: LeadProps) {
  const { times } = useTimes();
  const { lists } = useDeclared();
  if (!useMayRead()(view)) return children;
  if (lists.some((list) => list.view === view)) {
    return (
      <Link
        className="usa-link"
        to="/$agency/lists/$view"
        params={{ agency, view }}
        search={{ ...times, ...search }}
      >
        {children}
      </Link>
    );
  }
  const page = pageOfView(view, { agency, ...search });
  if (!page) return children;
  return (
    <Link className="usa-link" {...page} search={times}>
      {children}
    </Link>
  );
}
