import { canonicalText, type Entry, type Json, type NewEntry } from '../record/index.ts';
import type { Reading, Writing } from './transaction.ts';

interface Head {
  index: number;
  recorded: string;
}

/** Takes the agency's place in the record until the transaction ends: what is decided next holds. */
export async function holdHead(tx: Writing): Promise<void> {
  await tx.row('select 1 from agency where agency_id = $1 for no key update', [tx.agency]);
}

/**
 * Appends an entry to the agency's record within the act's own transaction and gives it its
 * index and instant. Takes the agency's head row: others wait until this transaction ends, so
 * whatever is slow belongs before it.
 */
export async function appendEntry<Body extends Json>(
  tx: Writing,
  entry: NewEntry<Body>,
): Promise<Entry<Body>> {
  const head = await tx.row<Head>(
    `update agency set next_entry = next_entry + 1, last_recorded = greatest(last_recorded, $2)
     where agency_id = $1 returning next_entry - 1 as index, last_recorded as recorded`,
    [tx.agency, tx.now().toISOString()],
  );
  await tx.run(
    `insert into entry (agency_id, index, kind, subject, actor, effective, recorded, body)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      tx.agency,
      head.index,
      entry.kind,
      entry.subject,
      entry.actor,
      entry.effective,
      head.recorded,
      canonicalText(entry.body),
    ],
  );
  return { ...entry, index: head.index, recorded: head.recorded };
}

interface EntryRow extends Omit<Entry, 'body'> {
  body: string;
}

const COLUMNS = 'index, kind, subject, actor, effective, recorded, body';

/** The entries after an index in their order, at most `limit` of them. */
export async function entriesAfter(tx: Reading, after: number, limit: number): Promise<Entry[]> {
  const rows = await tx.rows<EntryRow>(
    `select ${COLUMNS} from entry where agency_id = $1 and index > $2 order by index limit $3`,
    [tx.agency, after, limit],
  );
  return rows.map(asEntry);
}

/** The entries of these indexes in their order; those that do not exist are left out. */
export async function entriesAt(tx: Reading, indexes: readonly number[]): Promise<Entry[]> {
  const rows = await tx.rows<EntryRow>(
    `select ${COLUMNS} from entry where agency_id = $1 and index = any($2) order by index`,
    [tx.agency, indexes],
  );
  return rows.map(asEntry);
}

/** The last entry written down at or before an instant (ISO 8601), 0 where there is none. */
export async function lastEntryBy(tx: Reading, instant: string): Promise<number> {
  const { index } = await tx.row<{ index: number }>(
    'select coalesce(max(index), 0) as index from entry where agency_id = $1 and recorded <= $2',
    [tx.agency, instant],
  );
  return index;
}

function asEntry(row: EntryRow): Entry {
  return { ...row, body: JSON.parse(row.body) as Json };
}
