import type { Day } from '../time/index.ts';
import { type Edition, type Rulebook, compareText } from './rulebook.ts';

/** A rulebook as an agency took it over. The same rulebook may be adopted again with other editions. */
export interface AdoptedRulebook {
  readonly rulebook: Rulebook;
  /** The index of the entry that adopted it. */
  readonly entry: number;
}

/** One edition of one adoption. */
export interface AdoptedEdition extends AdoptedRulebook {
  readonly edition: Edition;
}

/** The adopted editions of each rulebook, oldest first; rulebooks in order of their ids. */
export function editionsByRulebook(
  adopted: readonly AdoptedRulebook[],
): ReadonlyMap<string, readonly AdoptedEdition[]> {
  const byId = new Map<string, AdoptedEdition[]>();
  for (const { rulebook, entry } of [...adopted].sort((a, b) => compareText(a.rulebook.id, b.rulebook.id))) {
    const editions = byId.get(rulebook.id) ?? [];
    byId.set(rulebook.id, editions);
    for (const edition of rulebook.editions) editions.push({ rulebook, entry, edition });
  }
  return new Map([...byId].map(([id, editions]) => [id, withoutReplaced(editions.sort(compareEditions))]));
}

/** An edition adopted again with the same first day replaces the earlier adoption. */
function withoutReplaced(editions: readonly AdoptedEdition[]): AdoptedEdition[] {
  return editions.filter(({ edition }, at) => editions[at + 1]?.edition.from !== edition.from);
}

function compareEditions(a: AdoptedEdition, b: AdoptedEdition): number {
  return (
    compareText(a.edition.from, b.edition.from) ||
    a.entry - b.entry ||
    compareText(a.edition.triggersFrom, b.edition.triggersFrom)
  );
}

/** The last edition in force on `asOf` that reaches back to `trigger`. */
export function editionInForce(
  editions: readonly AdoptedEdition[],
  asOf: Day,
  trigger: Day,
): AdoptedEdition | undefined {
  return editions.findLast(({ edition }) => edition.from <= asOf && edition.triggersFrom <= trigger);
}

/** Why none is in force, and which would have to be. */
export interface Absence {
  readonly because: string;
  readonly need: string;
}

/**
 * Says why no edition is in force. It never names the trigger: between two days at which the
 * answer changes, every trigger gets the same words.
 */
export function explainAbsence(id: string, editions: readonly AdoptedEdition[], asOf: Day): Absence {
  const inForce = editions.filter(({ edition }) => edition.from <= asOf).map(({ edition }) => edition);
  const reach = earliest(inForce.map((edition) => edition.triggersFrom));
  if (reach !== undefined) {
    return {
      because: `its editions reach no trigger before ${reach}`,
      need: `an edition of ${id} that reaches triggers before ${reach}`,
    };
  }
  const from = earliest(editions.map(({ edition }) => edition.from)) ?? 'no day';
  return {
    because: `its first edition is in force from ${from}`,
    need: `an edition of ${id} in force on ${asOf}`,
  };
}

function earliest(days: readonly Day[]): Day | undefined {
  return days.reduce<Day | undefined>(
    (least, each) => (least === undefined || each < least ? each : least),
    undefined,
  );
}

/** Less the rulebooks of these ids. */
export function withoutBooks(
  adopted: readonly AdoptedRulebook[],
  ids: readonly string[],
): readonly AdoptedRulebook[] {
  return ids.length === 0 ? adopted : adopted.filter(({ rulebook }) => !ids.includes(rulebook.id));
}

/**
 * The triggers at which the answer of `govern` may change, in order: between two of them it is the
 * same for every trigger, so it is asked once for each stretch.
 */
export function triggerBreaks(adopted: readonly AdoptedRulebook[], duty: string, asOf: Day): readonly Day[] {
  return breaksWhere(adopted, asOf, ({ rules }) => rules.some((rule) => rule.duty === duty));
}

/** As `triggerBreaks`, for the answer of `rank` on a scale. */
export function scaleBreaks(adopted: readonly AdoptedRulebook[], scale: string, asOf: Day): readonly Day[] {
  return breaksWhere(adopted, asOf, ({ scales }) => scales.some((each) => each.scale === scale));
}

function breaksWhere(
  adopted: readonly AdoptedRulebook[],
  asOf: Day,
  concerns: (book: Rulebook) => boolean,
): readonly Day[] {
  const breaks = [...editionsByRulebook(adopted).values()]
    .filter((editions) => editions.some(({ rulebook }) => concerns(rulebook)))
    .flatMap((editions) => editions.filter(({ edition }) => edition.from <= asOf))
    .map(({ edition }) => edition.triggersFrom);
  return [...new Set(breaks)].sort(compareText);
}
