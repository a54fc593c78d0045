import type { Refusal } from '../errors/index.ts';

const LISTED = 20;
const LONGEST_SHOWN = 40;

/** The refusals of one reading: the first are kept, all are counted. */
export class Refusals {
  #count = 0;
  readonly #first: Refusal[] = [];

  get count(): number {
    return this.#count;
  }

  add(at: string, reason: string): void {
    this.#count += 1;
    if (this.#first.length < LISTED) this.#first.push({ at, reason });
  }

  list(): readonly Refusal[] {
    const more = this.#count - this.#first.length;
    if (more === 0) return [...this.#first];
    const reason = `${more} more ${more === 1 ? 'place is' : 'places are'} refused`;
    return [...this.#first, { at: 'file', reason }];
  }
}

/** Text of a file as it may stand in a message: in backticks, one line, no invisible characters, 40 at most. */
export function quoted(text: string): string {
  const visible = Array.from(
    text
      .trim()
      .slice(0, 4 * LONGEST_SHOWN)
      .replaceAll(/[\p{C}\p{Zl}\p{Zp}`]/gu, '?'),
  );
  return `\`${visible.length > LONGEST_SHOWN ? `${visible.slice(0, LONGEST_SHOWN - 1).join('')}…` : visible.join('')}\``;
}
