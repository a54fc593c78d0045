import { performAct, type Grant } from '../src/acts/index.ts';
import { setUpAgency, type House } from '../src/doors/house.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import type { Entry } from '../src/record/index.ts';
import { entriesAfter } from '../src/store/index.ts';
import { addDays, day, type Day } from '../src/time/index.ts';

// What the tests of Muster's own accounts share.

export const BEGUN = day('2026-01-05');
export const ISSO: readonly Grant[] = [{ role: 'isso', reach: { over: 'agency' } }];
export const ADMINISTRATOR: readonly Grant[] = [{ role: 'administrator', reach: { over: 'agency' } }];

/** The day it is everywhere, as a clock: noon in New York and after, no instant twice. */
export class Today {
  day: Day = BEGUN;
  #asked = 0;
  readonly now = (): Date => new Date(Date.parse(`${this.day}T17:00:00Z`) + (this.#asked += 1));

  /** Goes to so many days after the first; gives the day. */
  turnTo(days: number): Day {
    this.day = addDays(BEGUN, days);
    return this.day;
  }
}

let made = 0;

/** A new agency, of the first day. */
export async function begin(house: House, today: Today, kind = 'irs'): Promise<AgencyFacts> {
  today.turnTo(0);
  const code = `NORTH-${(made += 1)}`;
  return setUpAgency(house, { code, kind, timeZone: 'America/New_York', demonstration: false });
}

/** Does an act as the operator; gives its entry. */
export async function act(house: House, agency: AgencyFacts, name: string, said: object): Promise<number> {
  const { store, declarations, operator } = house;
  const entry = await performAct(
    store,
    declarations,
    agency.agency,
    operator,
    house.today(agency),
    name,
    said,
  );
  return entry.index;
}

export async function entriesOf(house: House, agency: AgencyFacts, kind?: string): Promise<Entry[]> {
  const entries = await house.store.read(agency.agency, (tx) => entriesAfter(tx, 0, 10_000));
  return kind === undefined ? entries : entries.filter((entry) => entry.kind === kind);
}
