/** Runs work of one sort one after the other: however much waits, it holds one connection. */
export type Turns = <T>(of: number, work: () => Promise<T>) => Promise<T>;

export function createTurns(): Turns {
  const last = new Map<number, Promise<unknown>>();
  return async (of, work) => {
    const before = last.get(of);
    const turn = (async () => {
      await before?.catch(() => undefined);
      return work();
    })();
    last.set(of, turn);
    try {
      return await turn;
    } finally {
      if (last.get(of) === turn) last.delete(of);
    }
  };
}
