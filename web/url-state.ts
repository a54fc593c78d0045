/** What a page's address says beyond its path: always plain text, never JSON. */
export type Search = Readonly<Record<string, string | undefined>>;

/** The two times that every question may name. */
export type TimesSearch = {
  readonly asOf?: string | undefined;
  readonly knownAt?: string | undefined;
};

export type DutiesSearch = TimesSearch & {
  readonly status?: string | undefined;
  readonly system?: string | undefined;
  readonly program?: string | undefined;
  readonly duty?: string | undefined;
  readonly class?: string | undefined;
  readonly after?: string | undefined;
};

export type AuditSearch = TimesSearch & {
  readonly system?: string | undefined;
  readonly program?: string | undefined;
  readonly without?: string | undefined;
};

/** Reads an address's search part; of a name given twice the last counts, empty values are dropped. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries([...new URLSearchParams(text)].filter(([, value]) => value !== ''));
}

/** Writes a search part with its leading `?`, or nothing when there is nothing to say. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    if (typeof value === 'string' && value !== '') params.set(name, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

function pick<Name extends string>(
  raw: Readonly<Record<string, unknown>>,
  names: readonly Name[],
): { [key in Name]?: string } {
  const picked: { [key in Name]?: string } = {};
  for (const name of names) {
    const value = raw[name];
    if (typeof value === 'string' && value !== '') picked[name] = value;
  }
  return picked;
}

/** The two times; what is no day is kept as it is, so that the server can say so. */
export function readTimes(raw: Readonly<Record<string, unknown>>): TimesSearch {
  return pick(raw, ['asOf', 'knownAt']);
}

export function readDutiesSearch(raw: Readonly<Record<string, unknown>>): DutiesSearch {
  return pick(raw, ['asOf', 'knownAt', 'status', 'system', 'program', 'duty', 'class', 'after']);
}

export function readAuditSearch(raw: Readonly<Record<string, unknown>>): AuditSearch {
  return pick(raw, ['asOf', 'knownAt', 'system', 'program', 'without']);
}

export type SignInSearch = {
  /** Where to go afterwards. */
  readonly to?: string | undefined;
  /** The code of the error for which a provider's answer was not taken. */
  readonly refused?: string | undefined;
  /** Said where a session has just ended. */
  readonly ended?: string | undefined;
};

export function readSignInSearch(raw: Readonly<Record<string, unknown>>): SignInSearch {
  return pick(raw, ['to', 'refused', 'ended']);
}

/** A list's own fields differ from list to list: all that is text is kept. */
export function readListSearch(raw: Readonly<Record<string, unknown>>): Search {
  return pick(raw, Object.keys(raw));
}

/** The times to carry from one page to the next. */
export function carryTimes(search: TimesSearch): TimesSearch {
  return readTimes({ ...search });
}
