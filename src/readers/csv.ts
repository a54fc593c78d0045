import { Parser, type CsvError } from 'csv-parse';
import { Batches } from './batches.ts';
import { type Header, readHeader } from './header.ts';
import type { ReadOutcome } from './reader.ts';
import { Refusals } from './refusals.ts';
import { Row } from './row.ts';
import { foreignToCsv, type TextFault, textSlices } from './text.ts';

/** A format of rows below a header. */
export interface CsvFormat<Column extends string, O> {
  readonly columns: readonly Column[];
  /** What a row says; discarded where it marked the row unsound. */
  observe(row: Row<Column>): O;
}

const MOST_ROWS = 10_000_000;
const LONGEST_RECORD = 1 << 16;

/**
 * Reads rows in batches of 2,000. Bounded: 64 columns, 64 KiB a row, ten million rows. Every
 * fault of the bytes or of a cell ends in `refused`; after the first no further batch comes.
 */
export async function* readCsv<Column extends string, O>(
  source: AsyncIterable<Uint8Array>,
  format: CsvFormat<Column, O>,
): AsyncGenerator<readonly O[], ReadOutcome, undefined> {
  const rows = new Rows(format);
  const records = new Records((cells, line) => rows.take(cells, line));
  const slices = textSlices(source, foreignToCsv);
  try {
    let fault: TextFault | undefined;
    while (!rows.stopped) {
      const next = await slices.next();
      if (next.done) {
        fault = next.value;
        break;
      }
      rows.refuseFault(await records.feed(next.value), records.nextLine);
      yield* rows.fullBatches();
    }
    if (fault) rows.refuseText(fault, await records.lineReached());
    else if (!rows.stopped) rows.refuseFault(await records.finish(), records.nextLine);
    rows.finish();
    yield* rows.lastBatches();
    return rows.outcome();
  } finally {
    records.destroy();
    await slices.return(undefined);
  }
}

/** An outcome that refuses the file before a byte of it is read. */
export function refusedUnread(reason: string): ReadOutcome {
  return { rows: 0, notices: [], refused: [{ at: 'file', reason }] };
}

/** What the records of a file come to: observations while all is sound, else what is refused. */
class Rows<Column extends string, O> {
  /** Nothing after this can be read. */
  stopped = false;
  readonly #batches = new Batches<O>();
  #header: Header<Column> | undefined;
  #row: Row<Column> | undefined;
  #count = 0;
  readonly #refusals = new Refusals();
  readonly #format: CsvFormat<Column, O>;

  constructor(format: CsvFormat<Column, O>) {
    this.#format = format;
  }

  get sound(): boolean {
    return this.#refusals.count === 0;
  }

  take(cells: readonly string[], line: number): void {
    if (this.stopped) return;
    if (!this.#header || !this.#row) return this.#takeHeader(cells);
    if (isBlank(cells)) return;
    this.#count += 1;
    if (this.#count > MOST_ROWS) return this.#stop('file', `has more than ${MOST_ROWS} rows: split it`);
    const width = this.#header.names.length;
    if (cells.length !== width) return this.#refusals.add(`line ${line}`, raggedRow(cells.length, width));
    this.#row.turnTo(cells, line);
    const observation = this.#format.observe(this.#row);
    if (this.sound) this.#batches.keep(observation);
  }

  *fullBatches(): Generator<readonly O[], void, undefined> {
    if (this.sound) yield* this.#batches.full();
  }

  *lastBatches(): Generator<readonly O[], void, undefined> {
    if (this.sound) yield* this.#batches.all();
  }

  refuseText(fault: TextFault, line: number): void {
    if (fault.fault === 'foreign') return this.#stop('file', fault.reason);
    const what =
      fault.fault === 'nul'
        ? 'a NUL byte: the file is damaged, or it is not text'
        : 'a byte that is not UTF-8: save the file as CSV (comma delimited, UTF-8)';
    this.#stop(`line ${line}`, `byte ${fault.byte} of the file, in the row that starts here, is ${what}`);
  }

  refuseFault(fault: RecordFault | undefined, line: number): void {
    if (!fault) return;
    const column = fault.column === undefined ? undefined : this.#header?.names[fault.column];
    // A column that the format does not name may be called anything.
    const named = this.#format.columns.find((known) => known === column);
    this.#stop(named === undefined ? `line ${line}` : `line ${line}, ${named}`, fault.reason);
  }

  finish(): void {
    if (!this.sound) return;
    if (!this.#header) this.#stop('file', 'the file is empty');
    else if (this.#count === 0) this.#stop('file', 'has a header and no rows below it');
  }

  outcome(): ReadOutcome {
    return { rows: this.#count, notices: this.#header?.notices ?? [], refused: this.#refusals.list() };
  }

  #takeHeader(cells: readonly string[]): void {
    this.#header = readHeader(cells, this.#format.columns, this.#refusals);
    if (this.#header) this.#row = new Row(this.#header.at, this.#refusals);
    else this.stopped = true;
  }

  #stop(at: string, reason: string): void {
    this.#refusals.add(at, reason);
    this.stopped = true;
  }
}

function isBlank(cells: readonly string[]): boolean {
  return cells.every((cell) => cell.trim() === '');
}

function raggedRow(cells: number, columns: number): string {
  const why = cells > columns ? 'a cell with a comma in it needs quotes' : 'the file may be cut off';
  return `has ${cells} ${cells === 1 ? 'cell' : 'cells'} where the header has ${columns} (${why})`;
}

/** Why no record follows; `column` counts from 0. */
interface RecordFault {
  readonly column?: number;
  readonly reason: string;
}

/**
 * The records of a CSV text with the line on which each starts. They are handed over from
 * `push`, in the midst of parsing: passing a million of them through a stream costs as much
 * again as checking them.
 */
class Records extends Parser {
  /** The line on which the next record, or the unfinished one, starts. */
  nextLine = 1;
  #linesSeen = 0;
  #bytesSince = 0;
  readonly #take: (cells: readonly string[], line: number) => void;

  constructor(take: (cells: readonly string[], line: number) => void) {
    super({
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      max_record_size: LONGEST_RECORD,
    });
    this.#take = take;
    // Each fault comes back from `feed` or `finish`; the event says nothing more.
    this.on('error', () => undefined);
  }

  async feed(bytes: Buffer): Promise<RecordFault | undefined> {
    const line = this.nextLine;
    const error = await new Promise<Error | null | undefined>((resolve) => {
      this.write(bytes, resolve);
    });
    if (error) return faultOf(error);
    // The parser bounds the text of a record; a record of commas alone has none.
    this.#bytesSince = this.nextLine === line ? this.#bytesSince + bytes.length : 0;
    return this.#bytesSince > LONGEST_RECORD ? TOO_LONG : undefined;
  }

  /** The line on which the record starts that the next byte would belong to. */
  async lineReached(): Promise<number> {
    // The parser withholds its last bytes until it sees what follows; then they can end no record.
    await this.feed(Buffer.from('------'));
    return this.nextLine;
  }

  async finish(): Promise<RecordFault | undefined> {
    const error = await new Promise<Error | null | undefined>((resolve) => {
      this.end(resolve);
    });
    return error ? faultOf(error) : undefined;
  }

  override push(record: unknown): boolean {
    if (!Array.isArray(record)) return super.push(record);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without `columns` and `cast` a record is its cells
    const cells = record as readonly string[];
    const line = this.nextLine;
    // The parser counts a line break of two bytes within a cell twice: it only tells that there are some.
    this.nextLine += this.info.lines - this.#linesSeen === 1 ? 1 : 1 + lineBreaksIn(cells);
    this.#linesSeen = this.info.lines;
    this.#take(cells, line);
    return true;
  }
}

const TOO_LONG: RecordFault = {
  reason: `the row is longer than ${LONGEST_RECORD / 1024} KiB: a quote may be missing`,
};

const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'the file ends within a quoted cell: it is cut off, or a closing quote is missing',
  CSV_INVALID_CLOSING_QUOTE: 'a quote within a quoted cell must be written twice',
  INVALID_OPENING_QUOTE: 'a cell with a quote in it must be quoted, and the quote written twice',
  CSV_MAX_RECORD_SIZE: TOO_LONG.reason,
};

function faultOf(error: Error | CsvError): RecordFault {
  const reason = 'code' in error ? REASONS[error.code] : undefined;
  if (reason === undefined) throw error;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the parser adds its place to its errors
  const { column } = error as { column?: unknown };
  return typeof column === 'number' ? { column, reason } : { reason };
}

function lineBreaksIn(cells: readonly string[]): number {
  return cells.reduce((count, cell) => count + (cell.match(/\r\n|[\r\n]/g)?.length ?? 0), 0);
}
