import { setTimeout as sleep } from 'node:timers/promises';
import { MusterError } from '../../errors/index.ts';
import { listAgencies, type AgencyFacts } from '../../programs/inventory/index.ts';
import type { Day } from '../../time/index.ts';
import { describeFault } from '../fault.ts';
import type { House } from '../house.ts';
import { environmentOf, keepOwnAccounts, UNSAID } from '../own-accounts.ts';

/** An agency's new day is noticed within this time. */
const CHECK_MS = 5 * 60_000;

type Log = (line: string) => void;

/** Keeps every agency's own accounts, at once and then whenever an agency's day has changed, until stopped. */
export async function keepOwnAccountsDaily(house: House, log: Log, stop: AbortSignal): Promise<void> {
  const check = ownAccountsCheck(house, log);
  while (!stop.aborted) {
    await check(stop);
    await sleep(CHECK_MS, undefined, { signal: stop, ref: false }).catch(() => undefined);
  }
}

/**
 * What is done at each check: the agencies whose own accounts were not kept today. One that fails does
 * not keep the others from theirs, is told once and tried again at the next.
 */
export function ownAccountsCheck(house: House, log: Log): (stop?: AbortSignal) => Promise<void> {
  const done = new Map<number, Day>();
  const told = new Set<string>();

  function tellOnce(line: string): void {
    if (!told.has(line)) log(line);
    told.add(line);
  }

  async function keep(agency: AgencyFacts): Promise<void> {
    const today = house.today(agency);
    if (done.get(agency.agency) === today) return;
    if (environmentOf(house, agency) === undefined) tellOnce(UNSAID);
    const { list, disabled } = await keepOwnAccounts(house, agency);
    if (list !== null) done.set(agency.agency, today);
    if (disabled.length > 0)
      log(`${agency.code}: disabled for want of a sign-in: ${disabled.length} of its people`);
  }

  /** Remembers and tells what goes wrong, or that it goes well again. */
  async function attempt(at: number, what: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      if (house.failing.delete(at)) log(`${what}: it works again`);
    } catch (error) {
      const problem = `${what}: ${error instanceof MusterError ? error.message : 'a fault'}`;
      if (house.failing.get(at) === problem) return;
      house.failing.set(at, problem);
      log(error instanceof MusterError ? problem : `${what}: ${describeFault(error)}`);
    }
  }

  return async (stop) => {
    await attempt(0, 'watching the accounts of Muster', async () => {
      for (const agency of await listAgencies(house.store)) {
        if (stop?.aborted) return;
        await attempt(agency.agency, `watching the accounts of Muster for ${agency.code}`, () =>
          keep(agency),
        );
      }
    });
  };
}
