import type { Declarations, DutyType, KnownFacts, KnownComponent, Times } from '../acts/index.ts';
import {
  govern,
  governingDue,
  triggerBreaks,
  type AdoptedRulebook,
  type Considered,
  type Governance,
} from '../rulebook/index.ts';
import type { Reading } from '../store/index.ts';
import { businessCalendar, type BusinessCalendar, type Day } from '../time/index.ts';
import { adoptedRulebooks } from './adoption.ts';

/** What the rulebooks say of a trigger in a component and class. */
export interface Verdict {
  readonly due: Day | null;
  readonly rule: Considered | null;
  readonly governance: Governance;
}

/** Everything a verdict depends on, read once for a question. */
export interface Law {
  readonly times: Times;
  readonly known: KnownFacts;
  readonly adopted: readonly AdoptedRulebook[];
  readonly calendar: BusinessCalendar;
  /** The verdict on a trigger; computed once for each rule in force and distinct trigger day. */
  verdict(type: DutyType, component: number | null, klass: string, trigger: Day): Verdict;
  governance(type: DutyType, component: number | null, klass: string, trigger: Day): Governance;
}

/** Reads what is in force on the day, as known; rulebooks in `without` are left out (what if). */
export async function readLaw(
  tx: Reading,
  declarations: Declarations,
  times: Times,
  without: readonly string[] = [],
): Promise<Law> {
  const known = await declarations.knownFacts(tx, times);
  const adopted = await adoptedRulebooks(tx, declarations.vocabulary, times.knownAt);
  return lawOf(times, known, adopted, without);
}

/** The same from what was read already: pure. */
export function lawOf(
  times: Times,
  known: KnownFacts,
  adopted: readonly AdoptedRulebook[],
  without: readonly string[],
): Law {
  const calendar = businessCalendar([]);
  const breaks = new Map<string, readonly Day[]>();
  const governances = new Map<string, Governance>();
  const verdicts = new Map<Governance, Map<Day, Verdict>>();

  function breaksOf(duty: string): readonly Day[] {
    const found = breaks.get(duty) ?? triggerBreaks(adopted, duty, times.asOf);
    breaks.set(duty, found);
    return found;
  }

  function governance(type: DutyType, component: number | null, klass: string, trigger: Day): Governance {
    const era = breaksOf(type.duty).findLastIndex((day) => day <= trigger);
    const key = `${type.duty}\n${component ?? ''}\n${klass}\n${era}`;
    const cached = governances.get(key);
    if (cached) return cached;
    const facts = factsOf(known, component);
    const found = govern(
      adopted,
      { duty: type.duty, class: klass, facts, asOf: times.asOf, trigger },
      without,
    );
    governances.set(key, found);
    return found;
  }

  function verdict(type: DutyType, component: number | null, klass: string, trigger: Day): Verdict {
    const by = governance(type, component, klass, trigger);
    const byTrigger = verdicts.get(by) ?? new Map<Day, Verdict>();
    verdicts.set(by, byTrigger);
    const found = byTrigger.get(trigger) ?? decide(by, trigger, calendar);
    byTrigger.set(trigger, found);
    return found;
  }

  return { times, known, adopted, calendar, verdict, governance };
}

function decide(governance: Governance, trigger: Day, calendar: BusinessCalendar): Verdict {
  if (governance.kind === 'undetermined') return { due: null, rule: null, governance };
  return { ...governingDue(governance, trigger, calendar), governance };
}

function factsOf(known: KnownFacts, component: number | null): KnownComponent['facts'] {
  const scoped = component === null ? undefined : known.components.get(component);
  return { ...known.agency, ...scoped?.facts };
}
