import { entriesAfter, holdHead, type Store, type Writing } from '../store/index.ts';
import type { Declarations } from './declarations.ts';

/** Where the tables and the record differ first; values of the row are not shown. */
export interface Difference {
  readonly table: string;
  /** The row's key as `column=value`, in the table's order. */
  readonly row: string;
  readonly finding: 'the record does not give this row' | 'the record gives this row and the table lacks it';
}

export interface Rebuilt {
  readonly entries: number;
  readonly tables: number;
  readonly rows: number;
  readonly difference: Difference | null;
}

const BATCH = 500;

/**
 * Derives every table of an agency again from its entries and observations, beside the tables
 * that are there. With `check` it names the first row that differs and changes nothing; without,
 * it puts what it derived in their place, and holds the agency's head meanwhile. A check holds up
 * nobody: it is of one snapshot, in which entries and tables agree, for they change together.
 */
export async function rebuild(
  store: Store,
  declarations: Declarations,
  agency: number,
  options: { check: boolean; progress?: ((entries: number) => void) | undefined },
): Promise<Rebuilt> {
  if (options.check)
    return store.trial(agency, async (tx) => deriveBeside(tx, declarations, options.progress));
  return store.write(agency, async (tx) => {
    await holdHead(tx);
    const result = await deriveBeside(tx, declarations, options.progress);
    for (const table of Object.keys(declarations.tables)) {
      await tx.run(`delete from public.${table} where agency_id = $1`, [agency]);
      await tx.run(`insert into public.${table} select * from pg_temp.${table}`);
    }
    return result;
  });
}

/** Leaves what it derived in temporary tables. */
async function deriveBeside(
  tx: Writing,
  declarations: Declarations,
  progress?: (entries: number) => void,
): Promise<Rebuilt> {
  const tables = Object.entries(declarations.tables);
  // Temporary tables hide the real ones from the same statements that derive live.
  for (const [table] of tables) {
    await tx.run(`create temporary table ${table} (like public.${table} including all) on commit drop`);
  }
  const entries = await replay(tx, declarations, progress);
  const difference = await firstDifference(tx, tables);
  let rows = 0;
  for (const [table] of tables) rows += (await tx.row<{ n: number }>(`select count(*) as n from ${table}`)).n;
  return { entries, tables: tables.length, rows, difference };
}

async function replay(
  tx: Writing,
  declarations: Declarations,
  progress?: (entries: number) => void,
): Promise<number> {
  let last = 0;
  for (;;) {
    const batch = await entriesAfter(tx, last, BATCH);
    if (batch.length === 0) return last;
    for (const entry of batch) {
      const kind = declarations.entryKinds.get(entry.kind);
      if (!kind) throw new Error(`entry ${entry.index} is of a kind nobody derives: ${entry.kind}`);
      await kind.derive(tx, entry);
      last = entry.index;
      progress?.(last);
    }
  }
}

async function firstDifference(
  tx: Writing,
  tables: readonly (readonly [string, readonly string[]])[],
): Promise<Difference | null> {
  for (const [table, key] of tables) {
    const there = `select * from public.${table} where agency_id = $1`;
    const derived = `select * from pg_temp.${table}`;
    const [row] = await tx.rows<{ row: string; extra: boolean }>(
      `select concat_ws(', ', ${key.map((column) => `'${column}=' || ${column}`).join(', ')}) as row, extra
       from (select *, true as extra from (${there} except all ${derived}) a
             union all select *, false from (${derived} except all ${there}) b) d
       order by ${key.map((column) => `${column}::text collate "C"`).join(', ')}, extra limit 1`,
      [tx.agency],
    );
    if (row) {
      const finding = row.extra
        ? 'the record does not give this row'
        : 'the record gives this row and the table lacks it';
      return { table, row: row.row, finding };
    }
  }
  return null;
}
