import type { Day } from '../../time/index.ts';
import { isBlank } from '../blank.ts';
import { readCsv } from '../csv.ts';
import { namesMostColumns } from '../header.ts';
import { poamStatuses } from '../poams/schema.ts';
import type { Reader } from '../reader.ts';
import type { Row } from '../row.ts';
import { type PoamUpdateObservation, updateKinds } from './schema.ts';

export type { PoamUpdateObservation } from './schema.ts';

const columns = ['poam', 'date', 'kind', 'comment', 'scheduled_completion', 'status'] as const;

type Column = (typeof columns)[number];

const LONGEST_COMMENT = 2000;

/** The history of POA&Ms: updates, changes of the scheduled day and of the status. */
export const poamUpdates: Reader<PoamUpdateObservation> & { readonly name: 'poam-updates' } = {
  name: 'poam-updates',
  title: 'Updates of POA&Ms (CSV)',
  columns,
  recognise: (head) => namesMostColumns(head, columns),
  read: (source, { observedOn }) =>
    readCsv(source, { columns, observe: (row: Row<Column>) => observeUpdate(row, observedOn) }),
};

function observeUpdate(row: Row<Column>, observedOn: Day | undefined): PoamUpdateObservation {
  const kind = row.choice('kind', updateKinds);
  return {
    line: row.line,
    poam: row.required('poam'),
    day: row.requiredPastDay('date', observedOn),
    kind,
    comment: commentOf(row),
    scheduled: onlyWith(row, 'scheduled_completion', kind, 'date-change')
      ? row.requiredDay('scheduled_completion')
      : null,
    status: onlyWith(row, 'status', kind, 'status') ? row.choice('status', poamStatuses) : null,
  };
}

/** What nobody can see is no comment. */
function commentOf(row: Row<Column>): string {
  const comment = row.text('comment', LONGEST_COMMENT);
  return isBlank(comment) ? '' : comment;
}

/** Whether the column is to be read: it belongs to one kind of row, and in the others must be empty. */
function onlyWith(
  row: Row<Column>,
  column: Column,
  kind: PoamUpdateObservation['kind'],
  its: PoamUpdateObservation['kind'],
): boolean {
  if (kind === its) return true;
  if (row.name(column) !== '') row.refuse(column, `belongs to a row of kind ${its}: leave the cell empty`);
  return false;
}
