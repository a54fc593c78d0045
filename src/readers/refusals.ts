import type { Refusal } from '../errors/index.ts';

const LISTED = 20;
const LONGEST_SHOWN = 40;

/** The refusals of one reading: the first are kept, all are counted; what is refused twice alike is kept once. */
export class Refusals {
  #count = 0;
  readonly #first = new Map<string, Refusal & { times: number }>();

  get count(): number {
    return this.#count;
  }

  add(at: string, reason: string): void {
    this.#count += 1;
    const said = `${at}\n${reason}`;
    const same = this.#first.get(said);
    if (same) same.times += 1;
    else if (this.#first.size < LISTED) this.#first.set(said, { at, reason, times: 1 });
  }

  list(): readonly Refusal[] {
    const first = [...this.#first.values()];
    const listed = first.map(({ at, reason, times }) => ({
      at,
      reason: times === 1 ? reason : `${reason} (${times} times)`,
    }));
    const more = first.reduce((left, { times }) => left - times, this.#count);
    if (more === 0) return listed;
    const reason = `${more} more ${more === 1 ? 'place is' : 'places are'} refused`;
    return [...listed, { at: 'file', reason }];
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
