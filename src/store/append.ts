import { canonicalText, type Entry, type Json, type NewEntry } from '../record/index.ts';
import type { Reading, Writing } from './transaction.ts';

/** One statement, and a prepared one: the head is held no longer than it takes. */
const APPEND = `with head as (
    update agency set next_entry = next_entry + 1, last_recorded = greatest(last_recorded, $2)
    where agency_id = $1 returning next_entry - 1 as index, last_recorded as recorded)
  insert into entry (agency_id, index, kind, subject, actor, effective, recorded, body)
  select $1, head.index, $3, $4, $5, $6, head.recorded, $7 from head
  returning index, recorded`;

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
  const head = await tx.exclusively(async (connection) => {
    const values = [
      tx.agency,
      tx.now().toISOString(),
      entry.kind,
      entry.subject,
      entry.actor,
      entry.effective,
      canonicalText(entry.body),
    ];
    const { rows } = await connection.query<Head>({ name: 'append', text: APPEND, values });
    return rows[0];
  });
  if (!head) throw new Error(`there is no agency ${tx.agency}`);
  tx.appended.add(tx.agency);
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

/**
 * The last entry written down at or before an instant (ISO 8601), 0 where there is none. By halves:
 * entries are numbered without gaps, and `recorded` never runs backwards.
 */
export async function lastEntryBy(tx: Reading, instant: string): Promise<number> {
  const { index } = await tx.row<{ index: number }>(
    `with recursive probe(low, high) as (
       select 0::bigint, coalesce(max(index), 0) from entry where agency_id = $1
       union all
       select case when e.recorded <= $2 then e.index else p.low end,
         case when e.recorded <= $2 then p.high else e.index - 1 end
       from probe p join entry e on e.agency_id = $1 and e.index = (p.low + p.high + 1) / 2
       where p.low < p.high)
     select low as index from probe where low >= high`,
    [tx.agency, instant],
  );
  return index;
}

/** The last entry that is none later than an index, and its instant; 0 and null where there is none. */
export async function lastEntryUpTo(
  tx: Reading,
  index: number,
): Promise<{ readonly index: number; readonly recorded: string | null }> {
  const [last] = await tx.rows<{ index: number; recorded: string }>(
    'select index, recorded from entry where agency_id = $1 and index <= $2 order by index desc limit 1',
    [tx.agency, index],
  );
  return last ?? { index: 0, recorded: null };
}

function asEntry(row: EntryRow): Entry {
  return { ...row, body: JSON.parse(row.body) as Json };
}
