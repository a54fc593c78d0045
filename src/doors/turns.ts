/** Runs work of one sort one after the other: however much waits, it holds one connection. */
export type Turns = <T>(of: number, work: () => Promise<T>) => Promise<T>;

export function createTurns(): Turns {
  const last = new Map<number, Promise<unknown>>();
  return async (of, work) => {
    const turn = (last.get(of) ?? Promise.resolve()).then(work);
    const over = turn.catch(() => undefined);
    last.set(of, over);
    void over.then(() => {
      if (last.get(of) === over) last.delete(of);
    });
    return turn;
  };
}
