import type { Question } from './candidate.ts';
import { type Facts, type Rule, type Rulebook, type Scope, compareText } from './rulebook.ts';
import { SCHEDULED, asksSchedule, describeWhen, isScheduledWithin } from './schedule.ts';

/** Whether something binds a case. A fact that nobody knows leaves it open, unless another one already says no. */
export type Fit =
  | { readonly kind: 'binds'; readonly because: string }
  | { readonly kind: 'does-not-bind'; readonly because: string }
  | { readonly kind: 'needs'; readonly facts: readonly string[]; readonly because: string };

/**
 * Whether a rule binds a case: its rulebook's scope, its own, its classes and how far away the day
 * scheduled is must all fit.
 * INVARIANT: what is said never names the trigger or the day scheduled, so that one answer serves
 * all cases that differ in nothing else.
 */
export function fitOf(book: Rulebook, rule: Rule, question: Question): Fit {
  if (rule.classes && !rule.classes.includes(question.class)) {
    return {
      kind: 'does-not-bind',
      because: `it is about class ${rule.classes.join(' or ')}; this is ${question.class}`,
    };
  }
  return fitOfConditions(
    [...conditionsOf([book.binds, rule.binds], question.facts), ...scheduleConditions(rule, question)],
    asksSchedule(rule) && question.scheduled === null ? [SCHEDULED] : [],
  );
}

/** Whether all of these scopes fit what is known. */
export function fitOfScopes(scopes: readonly Scope[], facts: Facts): Fit {
  return fitOfConditions(conditionsOf(scopes, facts), []);
}

/** One thing that must be so: "agency.kind is irs". */
interface Condition {
  readonly says: string;
  /** What is so instead, as a clause; undefined where the condition holds or nobody knows. */
  readonly against?: string | undefined;
  /** The fact that nobody has said. */
  readonly needs?: string | undefined;
}

function conditionsOf(scopes: readonly Scope[], facts: Facts): Condition[] {
  return scopes.flatMap(Object.entries<Scope[string]>).map(([attribute, values]) => {
    const fact = Object.hasOwn(facts, attribute) ? facts[attribute] : undefined;
    const says = `${attribute} is ${values.join(' or ')}`;
    if (fact === undefined) return { says, needs: attribute };
    return values.includes(fact) ? { says } : { says, against: `here it is ${fact}` };
  });
}

function scheduleConditions(
  { whenScheduled }: Rule,
  { trigger, scheduled }: Pick<Question, 'trigger' | 'scheduled'>,
): Condition[] {
  if (!whenScheduled) return [];
  const says = `the day scheduled is ${describeWhen(whenScheduled)}`;
  if (scheduled === null) return [{ says }];
  const isWithin = isScheduledWithin(trigger, scheduled, whenScheduled);
  if (isWithin === (whenScheduled.is === 'within')) return [{ says }];
  return [{ says, against: isWithin ? 'here it is nearer' : 'here it is further away' }];
}

/** `alsoNeeded` are facts that no condition asks, and yet must be known. */
function fitOfConditions(conditions: readonly Condition[], alsoNeeded: readonly string[]): Fit {
  const failed = conditions.find(({ against }) => against !== undefined);
  if (failed) return { kind: 'does-not-bind', because: `it binds where ${failed.says}; ${failed.against}` };
  const where = conditions.map(({ says }) => says).join(' and ');
  const because = where === '' ? 'it binds all' : `it binds where ${where}`;
  const needed = conditions.flatMap(({ needs }) => (needs === undefined ? [] : [needs]));
  const facts = [...new Set([...needed, ...alsoNeeded])].sort(compareText);
  if (facts.length === 0) return { kind: 'binds', because };
  return { kind: 'needs', facts, because: `${because}, and nobody has said ${facts.join(' or ')}` };
}

/** Whether a rulebook could bind an agency of which only the `agency.` facts are given. */
export function couldBindAgency(book: Rulebook, facts: Facts): boolean {
  const ofAgency = Object.fromEntries(
    Object.entries(book.binds).filter(([attribute]) => attribute.startsWith('agency.')),
  );
  return fitOfScopes([ofAgency], facts).kind !== 'does-not-bind';
}
