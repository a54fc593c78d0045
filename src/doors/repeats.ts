/** What is worth noting once in a while. */
export interface Repeats {
  /** Whether it was not noted within so many milliseconds; if so, it counts as noted now. */
  isNew(what: string, once: number): boolean;
  /** It was not noted after all. */
  forget(what: string): void;
}

const MOST = 10_000;

/** Remembers what was noted, by the clock given; of too many, the oldest are forgotten and count as new. */
export function createRepeats(now: () => Date): Repeats {
  const noted = new Map<string, number>();
  return {
    isNew: (what, once) => {
      const at = now().getTime();
      const before = noted.get(what);
      if (before !== undefined && at - before < once) return false;
      noted.delete(what);
      noted.set(what, at);
      const [oldest] = noted.keys();
      if (noted.size > MOST && oldest !== undefined) noted.delete(oldest);
      return true;
    },
    forget: (what) => void noted.delete(what),
  };
}
