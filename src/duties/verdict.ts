import type { Declarations, DutyType, KnownFacts, KnownPlace, Relation, Times } from '../acts/index.ts';
import {
  govern,
  governingDue,
  rank,
  scaleBreaks,
  scheduleKey,
  triggerBreaks,
  type AdoptedRulebook,
  type Considered,
  type Governance,
  type Ranking,
} from '../rulebook/index.ts';
import type { Reading } from '../store/index.ts';
import { businessCalendar, type BusinessCalendar, type Day } from '../time/index.ts';
import { adoptedRulebooks } from './adoption.ts';

/** Where a spell's subject is, what its relation says of it, and its days: all that a verdict depends on. */
export interface Spell {
  readonly type: DutyType;
  readonly relation: Relation;
  /** The key of a component or a system, as its relation says; null: of the agency alone. */
  readonly place: number | null;
  /** As its relation says it: a class, or a rating such as `nessus:high`. */
  readonly said: string;
  readonly trigger: Day;
  readonly scheduled: Day | null;
}

/** What the rulebooks say of a spell. */
export interface Verdict {
  /** The class that rules ask about: of a rating, what the scale ranks it as. */
  readonly class: string;
  /** The scale that ranked it. */
  readonly scale: Extract<Ranking, { kind: 'ranked' }> | null;
  readonly due: Day | null;
  readonly rule: Considered | null;
  readonly governance: Governance;
}

/** The class of a subject whose rating no scale ranks. */
export const UNRANKED = 'unranked';

/** Everything a verdict depends on, read once for a question. */
export interface Law {
  readonly times: Times;
  readonly known: KnownFacts;
  readonly adopted: readonly AdoptedRulebook[];
  readonly calendar: BusinessCalendar;
  /** The verdict on a spell; which rule governs is asked once for all spells alike in what rules ask about. */
  verdict(spell: Spell): Verdict;
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
  const { asOf } = times;
  const calendar = businessCalendar([]);
  const dutyBreaks = once((duty: string) => triggerBreaks(adopted, duty, asOf));
  const ratingBreaks = once((scale: string) => scaleBreaks(adopted, scale, asOf));
  const rankings = new Map<string, Ranking>();
  const governances = new Map<string, Governance>();

  function ranking(spell: Spell, scale: string): Ranking {
    const { place, said, trigger, relation } = spell;
    const era = ratingBreaks(scale).findLastIndex((day) => day <= trigger);
    return cached(rankings, `${scale}\n${relation.place}\n${place}\n${said}\n${era}`, () => {
      const [rater = '', rating = ''] = said.split(':');
      const facts = factsAt(known, spell);
      return rank(adopted, { scale, rater, rating, facts, asOf, trigger }, without);
    });
  }

  function governance({ type, place, relation, trigger, scheduled }: Spell, klass: string): Governance {
    const { duty } = type;
    const era = dutyBreaks(duty).findLastIndex((day) => day <= trigger);
    const horizon = scheduleKey(adopted, duty, trigger, scheduled);
    return cached(governances, `${duty}\n${relation.place}\n${place}\n${klass}\n${era}\n${horizon}`, () => {
      const facts = factsAt(known, { relation, place });
      return govern(adopted, { duty, class: klass, facts, asOf, trigger, scheduled }, without);
    });
  }

  function verdict(spell: Spell): Verdict {
    const ranked = spell.relation.scale === undefined ? undefined : ranking(spell, spell.relation.scale);
    if (ranked?.kind === 'unranked') {
      const { needs } = ranked;
      const governance: Governance = { kind: 'undetermined', needs, considered: [], setAside: [] };
      return { class: UNRANKED, scale: null, due: null, rule: null, governance };
    }
    const of = { class: ranked?.class ?? spell.said, scale: ranked ?? null };
    const by = governance(spell, of.class);
    if (by.kind === 'undetermined') return { ...of, due: null, rule: null, governance: by };
    return { ...of, ...governingDue(by, spell, calendar), governance: by };
  }

  return { times, known, adopted, calendar, verdict };
}

/** What is known of where a subject is: undefined where it is of the agency alone. */
export function placeOf(
  known: KnownFacts,
  { relation, place }: Pick<Spell, 'relation' | 'place'>,
): KnownPlace | undefined {
  const places = relation.place === 'component' ? known.components : known.systems;
  return place === null ? undefined : places.get(place);
}

function factsAt(known: KnownFacts, at: Pick<Spell, 'relation' | 'place'>): KnownPlace['facts'] {
  return { ...known.agency, ...placeOf(known, at)?.facts };
}

function cached<T extends object>(kept: Map<string, T>, key: string, make: () => T): T {
  const found = kept.get(key) ?? make();
  kept.set(key, found);
  return found;
}

function once<T extends object>(make: (key: string) => T): (key: string) => T {
  const kept = new Map<string, T>();
  return (key) => cached(kept, key, () => make(key));
}
