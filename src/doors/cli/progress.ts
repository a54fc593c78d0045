const QUIET_MS = 1000;
const REDRAW_MS = 200;

export interface Progress {
  readonly advance: (done: number) => void;
  readonly end: () => void;
}

/** A line on the terminal that says how far it is, once it takes over a second; nothing elsewhere. */
export function startProgress(what: string, total: number): Progress {
  if (!process.stderr.isTTY) return { advance: () => undefined, end: () => undefined };
  const started = Date.now();
  let drawn = 0;
  return {
    advance: (done) => {
      const now = Date.now();
      if (now - started < QUIET_MS || now - drawn < REDRAW_MS) return;
      drawn = now;
      const share = total > 0 ? `${Math.min(100, Math.floor((done / total) * 100))} %` : String(done);
      process.stderr.write(`\r\u001b[2K${what}: ${share}`);
    },
    end: () => {
      if (drawn > 0) process.stderr.write('\r\u001b[2K');
    },
  };
}

/** Says on the terminal how long a question has been at work, from its second second on. */
export async function patiently<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = Date.now();
  const progress = startProgress(what, 0);
  const ticking = setInterval(() => progress.advance(Math.round((Date.now() - started) / 1000)), REDRAW_MS);
  try {
    return await work();
  } finally {
    clearInterval(ticking);
    progress.end();
  }
}
