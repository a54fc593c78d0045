import type { Writing } from './transaction.ts';

/*
 * Temporary tables that a transaction uses again and again. INVARIANT: a replay takes as many
 * locks for many entries as for a few. A table that is dropped stays locked until its transaction
 * ends, so none is: each is made once, and emptied when it is used again.
 */

/** The temporary tables of a transaction by their names, and whether they are in use. */
export type Temporaries = Map<string, 'taken' | 'free'>;

/**
 * Makes an empty temporary table, or takes the one that was freed. Columns as in CREATE TABLE, the
 * same each time. Throws where it is taken.
 */
export async function createTemporary(tx: Writing, name: string, columns: string): Promise<void> {
  if (!(await takeAgain(tx, name)))
    await tx.run(`create temporary table ${name} (${columns}) on commit drop`);
}

/**
 * Puts what a query gives into a temporary table, made of it or freed before, and says how many
 * rows that is. Queries for one name give the same columns. Throws where the table is taken.
 */
export async function fillTemporary(
  tx: Writing,
  name: string,
  query: string,
  parameters: readonly unknown[] = [],
): Promise<number> {
  return (await takeAgain(tx, name))
    ? tx.run(`insert into ${name} ${query}`, parameters)
    : tx.run(`create temporary table ${name} on commit drop as ${query}`, parameters);
}

/** Gives temporary tables back. What is in them is gone once they are taken again. Throws where one is not taken. */
export function freeTemporary(tx: Writing, ...names: readonly string[]): void {
  for (const name of names) {
    if (tx.temporaries.get(name) !== 'taken') throw new Error(`the temporary table ${name} is not taken`);
    tx.temporaries.set(name, 'free');
  }
}

/** Whether there is such a table already, which now is empty. */
async function takeAgain(tx: Writing, name: string): Promise<boolean> {
  const known = tx.temporaries.get(name);
  if (known === 'taken') throw new Error(`the temporary table ${name} is taken`);
  tx.temporaries.set(name, 'taken');
  // Of a table that is the transaction's own this empties the file; it changes no catalog.
  if (known === 'free') await tx.run(`truncate ${name}`);
  return known === 'free';
}
