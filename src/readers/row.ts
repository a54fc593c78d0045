import { day as dayOf, parseDay, type Day } from '../time/index.ts';
import { refusedName } from './names.ts';
import { type Refusals, quoted } from './refusals.ts';

/** Longer text is no name of anything, and would not fit an index. */
const LONGEST_TEXT = 200;

/**
 * The row being read, cell by cell. Each question checks its cell; what it cannot take it
 * refuses by line and column, answers with something harmless and marks the row unsound.
 * INVARIANT: no message shows a cell that may hold personal data; only days and words of a
 * fixed choice are shown, and those only where they look like one.
 */
export class Row<Column extends string> {
  /** The physical line on which the row starts. */
  line = 0;
  /** Whether nothing was refused so far. */
  sound = true;
  #cells: readonly string[] = [];
  readonly #at: Readonly<Record<Column, number>>;
  readonly #refusals: Refusals;
  readonly #days = new Map<string, Day>();

  constructor(at: Readonly<Record<Column, number>>, refusals: Refusals) {
    this.#at = at;
    this.#refusals = refusals;
  }

  turnTo(cells: readonly string[], line: number): void {
    this.#cells = cells;
    this.line = line;
    this.sound = true;
  }

  refuse(column: Column, reason: string): void {
    this.sound = false;
    this.#refusals.add(`line ${this.line}, ${column}`, reason);
  }

  /** Text for people, empty where the cell is; of `longest` characters at most. */
  text(column: Column, longest = LONGEST_TEXT): string {
    const cell = this.#cell(column);
    if (PLAIN.test(cell)) return cell;
    if (cell.length > longest) this.refuse(column, `is longer than ${longest} characters`);
    else if (UNPRINTABLE.test(cell)) this.refuse(column, 'holds a control character');
    return cell;
  }

  /** Text that names something, so that two that look alike are alike; empty where the cell is. */
  name(column: Column): string {
    const cell = this.#cell(column);
    const refused = refusedName(cell);
    if (refused !== undefined) this.refuse(column, refused);
    return cell;
  }

  /** A name that must be there. */
  required(column: Column): string {
    const cell = this.name(column);
    if (cell === '') this.refuse(column, 'is empty');
    return cell;
  }

  /** One of `choices`, in any case of letters. */
  choice<Choice extends string>(column: Column, choices: readonly [Choice, ...Choice[]]): Choice {
    const cell = this.#cell(column);
    for (const choice of choices) if (choice === cell) return choice;
    const lower = cell.toLowerCase();
    for (const choice of choices) if (choice === lower) return choice;
    const what =
      cell === '' ? 'is empty' : `${WORDS.test(cell) ? quoted(cell) : 'the cell'} is not known here`;
    this.refuse(column, `${what}: write ${choices.join(', ')}`);
    return choices[0];
  }

  /** Yes or no, also written true or false. */
  flag(column: Column): boolean {
    const answer = this.choice(column, ['yes', 'no', 'true', 'false']);
    return answer === 'yes' || answer === 'true';
  }

  /** A day, null where the cell is empty. */
  day(column: Column): Day | null {
    const cell = this.#cell(column);
    if (cell === '') return null;
    const known = this.#days.get(cell);
    if (known !== undefined) return known;
    const day = parseDay(cell);
    if (day === undefined) {
      this.refuse(column, whyNoDay(cell));
      return null;
    }
    this.#days.set(cell, day);
    return day;
  }

  /** A day that must be there. */
  requiredDay(column: Column): Day {
    const day = this.day(column);
    if (day === null && this.#cell(column) === '') this.refuse(column, 'is empty: write a day as YYYY-MM-DD');
    return day ?? ANY_DAY;
  }

  /** A day that has come by `latest`; null where the cell is empty. */
  pastDay(column: Column, latest: Day | undefined): Day | null {
    const day = this.day(column);
    this.#refuseLater(column, day, latest);
    return day;
  }

  /** A day that must be there and has come by `latest`. */
  requiredPastDay(column: Column, latest: Day | undefined): Day {
    const day = this.requiredDay(column);
    this.#refuseLater(column, day, latest);
    return day;
  }

  #refuseLater(column: Column, day: Day | null, latest: Day | undefined): void {
    if (day === null || latest === undefined || day <= latest) return;
    this.refuse(column, `${day} is later than ${latest}, the day that the list shows`);
  }

  #cell(column: Column): string {
    return (this.#cells[this.#at[column]] ?? '').trim();
  }
}

/** Stands in for a day that was refused. */
const ANY_DAY = dayOf('1900-01-01');

const PLAIN = /^[ -~]{0,200}$/;
const UNPRINTABLE = /[^\P{Cc}\t\r\n]/u;
const WORDS = /^\p{L}[\p{L} _-]*$/u;

const SLASHED = /^\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b/;
const WITH_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d/;
const DASHED = /^\d{4}-\d{1,2}-\d{1,2}$/;
const WORD = /^\p{L}[\p{L} /-]*$/u;

function whyNoDay(cell: string): string {
  if (SLASHED.test(cell)) {
    const written = SLASHED.exec(cell)?.[0] ?? '';
    return `${quoted(written)} can be read in two ways: write the day as YYYY-MM-DD (for 8 July 2022 write 2022-07-08)`;
  }
  if (WITH_TIME.test(cell)) {
    const written = cell.slice(0, 'YYYY-MM-DD'.length);
    return `${quoted(written)} has a time after it, and which day that is depends on the time zone: write the day alone, as YYYY-MM-DD`;
  }
  if (DASHED.test(cell))
    return `${quoted(cell)} is no day of the calendar from 1900 to 2199, written YYYY-MM-DD`;
  if (WORD.test(cell))
    return `${quoted(cell)} is not a day: write YYYY-MM-DD, or leave the cell empty where there is none`;
  return 'the cell is not a day: write YYYY-MM-DD';
}
