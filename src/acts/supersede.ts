import type { Writing } from '../store/index.ts';

/**
 * Rows that were told anew: the table that keeps them and the temporary one that has them now. All
 * names and SQL here are constants of the code, never input.
 */
export interface Retold {
  /** It has `agency_id`, `known_from` and `known_until`; a row is known until what it says no longer holds. */
  readonly table: string;
  /** Has at least the columns named below. */
  readonly told: string;
  /** What tells rows apart; never null. */
  readonly key: readonly string[];
  /** What is the same in all rows of a key, and so is not compared. */
  readonly fixed?: readonly string[];
  /** What rows of a key may say otherwise, null included. */
  readonly facts: readonly string[];
  /** SQL that says of a row of the table, by its alias, whether it is among those that were told anew. */
  readonly touched: (row: string) => string;
}

/** Closes what no longer holds as of the entry and adds what does; rows that still hold stay as they are. */
export async function supersede(tx: Writing, entry: number, retold: Retold): Promise<void> {
  const { table, told, key, fixed = [], facts, touched } = retold;
  const columns = [...key, ...fixed, ...facts].join(', ');
  const row = (name: string) => `(${facts.map((fact) => `${name}.${fact}`).join(', ')})`;
  const same = [
    ...key.map((column) => `o.${column} = n.${column}`),
    `${row('o')} is not distinct from ${row('n')}`,
  ].join(' and ');
  await tx.run(
    `update ${table} o set known_until = $2
     where o.agency_id = $1 and ${touched('o')} and o.known_until is null
       and not exists (select 1 from ${told} n where ${same})`,
    [tx.agency, entry],
  );
  await tx.run(
    `insert into ${table} (${columns}, agency_id, known_from)
     select ${columns}, $1, $2 from ${told} n
     where not exists (select 1 from ${table} o
       where o.agency_id = $1 and ${touched('o')} and o.known_until is null and ${same})`,
    [tx.agency, entry],
  );
}
