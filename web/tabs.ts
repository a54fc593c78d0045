/** What the tabs of a browser tell each other of the session that they share. */

const ANSWERED = 'muster.answered';
const SESSION = 'muster.session';

// Where the browser keeps nothing for us, each tab stands for itself.
const own = new Map<string, string>();

function keep(name: string, value: string): void {
  own.set(name, value);
  try {
    localStorage.setItem(name, value);
  } catch {
    // Kept for this tab alone.
  }
}

function kept(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? own.get(name);
  } catch {
    return own.get(name);
  }
}

/** The server answered at this instant, milliseconds since 1970: the session goes on from there in every tab. */
export function noteAnswered(now: number): void {
  keep(ANSWERED, String(now));
}

/** When it last answered any of the tabs; undefined where that is not known. */
export function lastAnswered(): number | undefined {
  const said = kept(ANSWERED);
  return said === undefined ? undefined : Number(said);
}

export type SessionNews = 'signed-in' | 'signed-out';

/** Tells the other tabs; `now` makes the same news told again something new. */
export function tellTabs(news: SessionNews, now: number): void {
  keep(SESSION, `${news} ${now}`);
}

/** Calls `heard` with what another tab tells. */
export function hearTabs(heard: (news: SessionNews) => void): void {
  addEventListener('storage', ({ key, newValue }) => {
    if (key !== SESSION || newValue === null) return;
    heard(newValue.startsWith('signed-in') ? 'signed-in' : 'signed-out');
  });
}

const SEEN = 'muster.last-sign-in-seen';

/** Whether a person has been told of the sign-in before this session. */
export function wasTold(session: string): boolean {
  return kept(SEEN) === session;
}

export function noteTold(session: string): void {
  keep(SEEN, session);
}
