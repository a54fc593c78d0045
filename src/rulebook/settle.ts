import type { Candidate } from './candidate.ts';
import { type Rule, type Scale, compareText } from './rulebook.ts';

/** A rule (or a scale) of which only this matters here: its name, whether it surely binds, and what it sets aside. */
interface Contender {
  readonly name: string;
  readonly binds: 'yes' | 'unknown';
  readonly setsAside: readonly string[];
}

export interface Settled {
  /** In force whatever the unknown facts are. */
  readonly remaining: ReadonlySet<string>;
  /** Set aside whatever they are. */
  readonly dropped: ReadonlySet<string>;
  /** Those that hang on an unknown fact or on a circle. */
  readonly open: ReadonlySet<string>;
  /** For each rule those that would set it aside, in order of names. */
  readonly rivals: ReadonlyMap<string, readonly string[]>;
}

/** Those that are in force and may bind. */
export function contendersOf(candidates: readonly Candidate<Rule | Scale>[]): Contender[] {
  return candidates.flatMap(({ norm, fit, absence }) => {
    if (absence || fit.kind === 'does-not-bind') return [];
    const binds = fit.kind === 'binds' ? 'yes' : 'unknown';
    return [{ name: norm.name, binds, setsAside: norm.setsAside.map((each) => each.rule) }];
  });
}

/**
 * Default logic: a rule is dropped if one that remains sets it aside, and remains if nothing can
 * set it aside any more. Repeated until nothing changes, so that the order of rules has no say;
 * what is open then hangs on a fact that nobody knows, or on rules that set each other aside in a circle.
 */
export function settle(contenders: readonly Contender[]): Settled {
  const rivals = rivalsOf(contenders);
  const remaining = new Set<string>();
  const dropped = new Set<string>();
  const open = new Set(contenders.map(({ name }) => name));
  for (let before = -1; before !== open.size;) {
    before = open.size;
    for (const { name, binds } of contenders.filter((each) => open.has(each.name))) {
      const left = (rivals.get(name) ?? []).filter((rival) => !dropped.has(rival));
      if (left.some((rival) => remaining.has(rival))) dropped.add(name);
      else if (binds === 'yes' && left.length === 0) remaining.add(name);
      else continue;
      open.delete(name);
    }
  }
  return { remaining, dropped, open, rivals };
}

function rivalsOf(contenders: readonly Contender[]): ReadonlyMap<string, readonly string[]> {
  const rivals = new Map<string, string[]>();
  for (const { name, setsAside } of contenders) {
    for (const target of new Set(setsAside)) {
      const names = rivals.get(target);
      if (names) names.push(name);
      else rivals.set(target, [name]);
    }
  }
  for (const names of rivals.values()) names.sort(compareText);
  return rivals;
}
