/** Wall-clock milliseconds of each run; a run before the first is not counted where `warm`. */
export async function time(
  runs: number,
  work: (run: number) => Promise<unknown>,
  warm = true,
): Promise<number[]> {
  if (warm) await work(-1);
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    await work(run);
    times.push(performance.now() - started);
  }
  return times;
}

export function median(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return middle;
}

/** One line of the table: what was measured, its floor in the same run, and their ratio. */
export interface Measured {
  readonly what: string;
  readonly rows: number;
  readonly floor: string;
  readonly floorMs: number;
  readonly ms: number;
  readonly goal: number | null;
}

export function renderMeasured(measured: readonly Measured[]): string {
  const lines = measured.map(({ what, rows, floor, floorMs, ms, goal }) => {
    const ratio = (ms / floorMs).toFixed(2);
    const aim = goal === null ? '' : ` (goal < ${goal})`;
    return `| ${what} | ${rows.toLocaleString('en-US')} | ${ms.toFixed(0)} ms | ${floor}: ${floorMs.toFixed(0)} ms | ${ratio}${aim} |`;
  });
  return ['| what | rows | time | floor | ratio |', '|---|--:|--:|---|--:|', ...lines].join('\n');
}
