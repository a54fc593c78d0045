import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { MusterError } from '../errors/index.ts';
import type { Temporaries } from './temporary.ts';

const DATE = 1082;
const TIMESTAMPTZ = 1184;
const BIGINT = 20;

/** Dates stay the text they are, instants become ISO 8601, and keys and indexes fit a number. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (oid === DATE) return (text: string) => text;
    if (oid === TIMESTAMPTZ) return (text: string) => new Date(text).toISOString();
    if (oid === BIGINT) return (text: string) => safeInteger(text);
    return pg.types.getTypeParser(oid, format);
  }) as pg.CustomTypesConfig['getTypeParser'],
};

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a database integer exceeds what a number holds');
  return value;
}

/** What may be asked within a transaction; rows come as the statement names them. */
export interface Reading {
  /** The agency whose rows are seen, or 0 where none is chosen. */
  readonly agency: number;
  rows<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  /** The only row. Throws where there is none or another. */
  row<Row extends object>(sql: string, parameters?: readonly unknown[]): Promise<Row>;
}

/** A transaction that may change things. Statements may be started without waiting: they run in turn. */
export interface Writing extends Reading {
  /** Runs a statement and says how many rows it changed. */
  run(sql: string, parameters?: readonly unknown[]): Promise<number>;
  /** Work that needs the connection for itself: COPY. */
  exclusively<T>(work: (connection: pg.PoolClient) => Promise<T>): Promise<T>;
  readonly now: () => Date;
  /** Those made so far, to be used again. */
  readonly temporaries: Temporaries;
  /** The agencies to whose records something was appended: told to whoever signs them once it is committed. */
  readonly appended: Set<number>;
}

/** The database as the application's role sees it: every question and every change is a transaction. */
export interface Store {
  /** The clock that entries are recorded by. */
  readonly now: () => Date;
  /** The same store for somebody: entries are theirs alone, and the database sees to it. As it is opened, it is nobody's. */
  as(person: string): Store;
  read<T>(agency: number, work: (tx: Reading) => Promise<T>): Promise<T>;
  write<T>(agency: number, work: (tx: Writing) => Promise<T>): Promise<T>;
  /** Sees one snapshot, may make and change what it likes, and leaves nothing behind. */
  trial<T>(agency: number, work: (tx: Writing) => Promise<T>): Promise<T>;
  /** Makes room for a new agency and works in it. Throws AGENCY_EXISTS where the code is taken. */
  found<T>(code: string, work: (tx: Writing) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const WRITE = 'begin isolation level read committed';
const SNAPSHOT = 'begin isolation level repeatable read';
/** How long to wait for a connection while all are busy. */
const WAIT_MS = 30_000;

/**
 * Opens a pool as the application's role. `now` is the clock that entries are recorded by.
 * A transaction that throws is rolled back whole; `read` sees one snapshot and may not write.
 * `told` is called with an agency whenever something was appended to its record for good.
 */
export function connectStore(
  connection: pg.PoolConfig,
  now: () => Date = () => new Date(),
  told: (agency: number) => void = () => undefined,
): Store {
  const pool = new pg.Pool({ max: 8, connectionTimeoutMillis: WAIT_MS, ...connection, types });
  // A connection lost while idle is not a fault: the next transaction opens another.
  pool.on('error', () => undefined);
  const busy = new Set<pg.PoolClient>();
  pool.on('acquire', (connection) => busy.add(connection));
  pool.on('release', (_error, connection) => busy.delete(connection));
  return storeOf({ pool, busy, now, told, person: '' });
}

function storeOf(means: Means): Store {
  return {
    now: means.now,
    as: (person) => storeOf({ ...means, person }),
    read: (agency, work) => transaction(means, agency, `${SNAPSHOT} read only`, work),
    write: (agency, work) => transaction(means, agency, WRITE, work),
    trial: (agency, work) => transaction(means, agency, SNAPSHOT, async (tx) => discard(await work(tx))),
    found: (code, work) =>
      transaction(means, 0, WRITE, async (tx) => {
        const agency = await insertAgency(tx, code);
        await tx.run("select set_config('muster.agency', $1, true)", [String(agency)]);
        await tx.run('insert into agency_secret (agency_id, secret) values ($1, $2)', [
          agency,
          randomBytes(32),
        ]);
        return work({ ...tx, agency });
      }),
    close: () => closePool(means),
  };
}

const PATIENCE_MS = 2000;

/** Ends all connections; a transaction that is not done in two seconds is cut off and undone. */
async function closePool({ pool, busy }: Means): Promise<void> {
  const cutOff = setTimeout(() => {
    for (const connection of busy) void (connection as pg.PoolClient & pg.Client).end();
  }, PATIENCE_MS);
  try {
    await pool.end();
  } finally {
    clearTimeout(cutOff);
  }
}

async function insertAgency(tx: Writing, code: string): Promise<number> {
  const [created] = await tx.rows<{ agency: number }>(
    'insert into agency (code) values ($1) on conflict (code) do nothing returning agency_id as agency',
    [code],
  );
  if (!created) throw new MusterError('AGENCY_EXISTS', `there is already an agency ${code}`);
  return created.agency;
}

class Discarded extends Error {
  readonly value: unknown;
  constructor(value: unknown) {
    super('the transaction was discarded on purpose');
    this.value = value;
  }
}

/** Ends a transaction's work with a value and undoes everything it changed: a dry run, a repetition. */
export function discard(value: unknown): never {
  throw new Discarded(value);
}

interface Means {
  readonly pool: pg.Pool;
  readonly busy: ReadonlySet<pg.PoolClient>;
  readonly now: () => Date;
  readonly told: (agency: number) => void;
  readonly person: string;
}

async function transaction<T>(
  { pool, now, told, person }: Means,
  agency: number,
  begin: string,
  work: (tx: Writing) => Promise<T>,
): Promise<T> {
  const connection = await connect(pool);
  let broken = false;
  const lost = () => {
    broken = true;
  };
  connection.on('error', lost);
  const turns = takeTurns(connection);
  try {
    // One round trip; statements here are many and short: compiling them takes longer than running them.
    await connection.query(
      `${begin}; set local muster.agency = '${agency.toFixed(0)}'; set local muster.person = ${pg.escapeLiteral(person)}; set local search_path = public; set local jit = off`,
    );
    const tx = writing(turns.next, agency, now);
    const result = await work(tx);
    await turns.end();
    await commit(connection);
    tx.appended.forEach(told);
    return result;
  } catch (error) {
    await turns.end();
    await connection.query('rollback').catch(() => {
      broken = true;
    });
    if (error instanceof Discarded) return error.value as T;
    throw error;
  } finally {
    connection.off('error', lost);
    connection.release(broken);
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (cause) {
    throw new MusterError('DATABASE_UNREACHABLE', 'the database does not answer', [], { cause });
  }
}

/** INVARIANT: what was acknowledged is there. A failed statement turns COMMIT into a silent rollback. */
async function commit(connection: pg.PoolClient): Promise<void> {
  const { command } = await connection.query('commit');
  if (command !== 'COMMIT')
    throw new Error('a statement failed, its error was lost, and nothing was changed');
}

type Exclusively = Writing['exclusively'];

/**
 * One after the other on one connection. `end` waits for what was started without waiting and
 * takes no more: the connection will serve another transaction, perhaps another agency's.
 */
function takeTurns(connection: pg.PoolClient): { next: Exclusively; end: () => Promise<void> } {
  let last: Promise<unknown> = Promise.resolve();
  let isOver = false;
  return {
    next: async (work) => {
      if (isOver) throw new Error('this transaction is over');
      const turn = last.then(() => work(connection));
      last = turn.catch(() => undefined);
      return turn;
    },
    end: async () => {
      isOver = true;
      await last;
    },
  };
}

function writing(exclusively: Exclusively, agency: number, now: () => Date): Writing {
  const rows = async <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
    (await exclusively((own) => own.query<Row & pg.QueryResultRow>(sql, [...parameters]))).rows;
  return {
    agency,
    now,
    temporaries: new Map(),
    appended: new Set(),
    rows,
    exclusively,
    row: async <Row extends object>(sql: string, parameters: readonly unknown[] = []) => {
      const found = await rows<Row>(sql, parameters);
      const [only] = found;
      if (only === undefined || found.length > 1) throw new Error(`expected one row, found ${found.length}`);
      return only;
    },
    run: async (sql, parameters = []) =>
      (await exclusively((own) => own.query(sql, [...parameters]))).rowCount ?? 0,
  };
}
