/** Something that is not as it was signed: one sentence that names the entry, or the narrowest range of entries. */
export interface Fault {
  /** The entry, or the first of the range; null where it is about no entry. */
  readonly entry: number | null;
  readonly says: string;
}

/** Past so many nobody reads on, and a hostile record could have any number. */
const MOST_FAULTS = 20;

/** The faults found so far, each sentence once. */
export class Faults {
  readonly #found: Fault[] = [];

  add(entry: number | null, says: string): void {
    if (this.isFull() || this.#found.some((fault) => fault.says === says)) return;
    this.#found.push({ entry, says });
  }

  /** Whether it is not worth looking on. */
  isFull(): boolean {
    return this.#found.length >= MOST_FAULTS;
  }

  isEmpty(): boolean {
    return this.#found.length === 0;
  }

  /** Those found, by entry. */
  list(): readonly Fault[] {
    return this.#found.toSorted((a, b) => (a.entry ?? 0) - (b.entry ?? 0));
  }
}

/** `entry 57` or `entries 42 to 57`. */
export function span(from: number, to: number): string {
  return from >= to ? `entry ${to}` : `entries ${from} to ${to}`;
}

/** `entry 57` or `one of the entries 42 to 57`. */
export function oneOf(from: number, to: number): string {
  return from >= to ? `entry ${to}` : `one of the entries ${from} to ${to}`;
}
