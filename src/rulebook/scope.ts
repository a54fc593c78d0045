import type { Facts, Rule, Rulebook, Scope } from './rulebook.ts';
import { compareText } from './rulebook.ts';

/** Whether something binds a case. A fact that nobody knows leaves it open, unless another one already says no. */
export type Fit =
  | { readonly kind: 'binds'; readonly because: string }
  | { readonly kind: 'does-not-bind'; readonly because: string }
  | { readonly kind: 'needs'; readonly facts: readonly string[]; readonly because: string };

/** Whether a rule binds a case: its rulebook's scope, its own and its classes must all fit. */
export function fitOf(book: Rulebook, rule: Rule, klass: string, facts: Facts): Fit {
  if (rule.classes && !rule.classes.includes(klass)) {
    return {
      kind: 'does-not-bind',
      because: `it is about class ${rule.classes.join(' or ')}; this is ${klass}`,
    };
  }
  return fitOfScopes([book.binds, rule.binds], facts);
}

/** Whether all of these scopes fit what is known. */
export function fitOfScopes(scopes: readonly Scope[], facts: Facts): Fit {
  const asked = scopes.flatMap((scope) => Object.entries(scope));
  const needs = new Set<string>();
  for (const [attribute, values] of asked) {
    const fact = Object.hasOwn(facts, attribute) ? facts[attribute] : undefined;
    if (fact === undefined) needs.add(attribute);
    else if (!values.includes(fact)) {
      const because = `it binds where ${attribute} is ${values.join(' or ')}; here it is ${fact}`;
      return { kind: 'does-not-bind', because };
    }
  }
  const where = asked.map(([attribute, values]) => `${attribute} is ${values.join(' or ')}`).join(' and ');
  if (needs.size === 0)
    return { kind: 'binds', because: where === '' ? 'it binds all' : `it binds where ${where}` };
  const names = [...needs].sort(compareText);
  return {
    kind: 'needs',
    facts: names,
    because: `it binds where ${where}, and nobody has said ${names.join(' or ')}`,
  };
}

/** Whether a rulebook could bind an agency of which only the `agency.` facts are given. */
export function couldBindAgency(book: Rulebook, facts: Facts): boolean {
  const ofAgency = Object.fromEntries(
    Object.entries(book.binds).filter(([attribute]) => attribute.startsWith('agency.')),
  );
  return fitOfScopes([ofAgency], facts).kind !== 'does-not-bind';
}
