/** Numbers that look random and are the same again for the same seed. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `count`. */
  below(count: number): number;
  /** One of the list. Throws where it is empty. */
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
}

/** Mulberry32: 32 bits of state, which is plenty for choosing whom to kill and when. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  const below = (count: number) => Math.floor(next() * count);
  function pick<T>(list: readonly T[]): T {
    if (list.length === 0) throw new RangeError('there is nothing to pick from');
    return list[below(list.length)] as T;
  }
  function shuffled<T>(list: readonly T[]): T[] {
    const left = [...list];
    return list.map(() => left.splice(below(left.length), 1)[0] as T);
  }
  return { next, below, pick, shuffled };
}

/** A seed that a person can type again. */
export function newSeed(): number {
  return Math.floor(Math.random() * 1_000_000);
}
