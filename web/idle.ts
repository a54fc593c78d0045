/** How long before its end a session warns, seconds; of a short one half. */
const WARNING = 120;

export interface SessionClock {
  /** When the server last answered, milliseconds since 1970. */
  readonly answered: number;
  /** How long the server keeps a session that asks nothing. */
  readonly idleSeconds: number;
  /** When it ends whatever is asked, ISO 8601. */
  readonly ends: string;
}

export type SessionStanding =
  | { readonly phase: 'awake' }
  /** It ends soon: for want of activity, which any request undoes, or because it has lasted its time. */
  | { readonly phase: 'ending'; readonly at: number; readonly why: 'idle' | 'limit' }
  | { readonly phase: 'over' };

/** How a session stands at an instant (milliseconds since 1970), as far as this browser knows. */
export function standingOf(session: SessionClock, now: number): SessionStanding {
  const { idleSeconds } = session;
  // A clock that was set back must not keep a session awake.
  const idle = Math.min(session.answered, now) + idleSeconds * 1000;
  const limit = Date.parse(session.ends);
  const at = Math.min(idle, limit);
  if (now >= at) return { phase: 'over' };
  if (now < at - Math.min(WARNING, idleSeconds / 2) * 1000) return { phase: 'awake' };
  return { phase: 'ending', at, why: idle <= limit ? 'idle' : 'limit' };
}

/** An instant as a clock on the wall shows it: `14:05`. */
export function wordClock(instant: number, timeZone?: string): string {
  return new Date(instant).toLocaleTimeString('en-US', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timeZone !== undefined && { timeZone }),
  });
}
