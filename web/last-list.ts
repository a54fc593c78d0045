import { carryTimes, type DutiesSearch, type TimesSearch } from './url-state.ts';

const listSeen = new Map<string, DutiesSearch>();

/** Remembers how a person last narrowed an agency's duties down, for the way back. */
export function rememberList(agency: string, search: DutiesSearch): void {
  listSeen.set(agency, search);
}

/** The list to go back to, on the day now looked at; a place in the list of another day means nothing. */
export function listToReturnTo(agency: string, times: TimesSearch): DutiesSearch {
  const seen = listSeen.get(agency);
  if (!seen) return times;
  const sameTimes = seen.asOf === times.asOf && seen.knownAt === times.knownAt;
  const { after, ...filters } = seen;
  return { ...filters, ...bare(times), after: sameTimes ? after : undefined };
}

function bare(times: TimesSearch): TimesSearch {
  return { asOf: undefined, knownAt: undefined, ...carryTimes(times) };
}
