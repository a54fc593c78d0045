import * as z from 'zod';
import {
  declareView,
  desk,
  oversight,
  type Declarations,
  type DutyType,
  type KnownPlace,
} from '../acts/index.ts';
import { MusterError } from '../errors/index.ts';
import { govern, type AdoptedRulebook, type Considered, type Governance } from '../rulebook/index.ts';
import { addDays, describeDeadline, lastDayWithin, type Day } from '../time/index.ts';
import { readLaw, type Law } from './verdict.ts';
import { requireNamed } from './views.ts';

/** A rule as it stands where it binds. */
export interface BindingRule {
  readonly rule: string;
  readonly title: string;
  readonly force: string;
  /** In words. */
  readonly deadline: string;
  /** Why it binds here, in words. */
  readonly because: string;
  readonly cites: readonly string[];
}

/** What binds a duty type's classes that are treated alike. */
export interface BoundDuty {
  readonly duty: string;
  readonly title: string;
  readonly program: string;
  readonly classes: readonly string[];
  /** Several where how far off the scheduled day is tells them apart, or the earliest due day governs. */
  readonly governs: readonly BindingRule[];
  readonly setAside: readonly (BindingRule & { readonly by: string })[];
  /** Rules that bind and state no period. */
  readonly leavesOpen: readonly BindingRule[];
  /** What is missing where it is undetermined. */
  readonly needs: readonly string[];
}

export interface BindingAnswer {
  readonly asOf: Day;
  readonly system: string;
  readonly places: readonly {
    /** Null: what concerns the system as a whole. */
    readonly component: string | null;
    readonly environment: string | null;
    readonly duties: readonly BoundDuty[];
  }[];
}

/** What binds each component of a system, and what is set aside there, for what begins on the day. */
export const bindingView = declareView({
  view: 'binding',
  title: 'what binds each component of a system, and what is set aside',
  path: '/systems/:system/binding',
  input: z.object({ system: z.string() }),
  may: [...desk, ...oversight],
  where: { system: 'system' },
  read: async (at, input): Promise<BindingAnswer> => {
    const { tx, declarations, times } = at;
    await requireNamed(at, input);
    const law = await readLaw(tx, declarations, times);
    const system = [...law.known.systems.values()].find((known) => known.system === input.system);
    if (!system)
      throw new MusterError('NOT_FOUND', `there was no system ${input.system} that was known then`);
    const components = [...law.known.components.values()].filter((known) => known.system === input.system);
    return {
      asOf: times.asOf,
      system: input.system,
      places: [...components, system].map((place) => ({
        component: place.component,
        environment: textOf(place.facts['component.environment']),
        duties: [...declarations.dutyTypes.values()].flatMap((type) =>
          boundDuties(law, declarations, type, place),
        ),
      })),
    };
  },
});

function textOf(value: string | boolean | undefined): string | null {
  return value === undefined ? null : String(value);
}

/** A type's classes, those alike together; none where subjects of it are never in such a place. */
function boundDuties(law: Law, declarations: Declarations, type: DutyType, place: KnownPlace): BoundDuty[] {
  const kind = place.component === null ? 'system' : 'component';
  const here = type
    .relations({ agency: '0', asOf: 'null', knownAt: '0' })
    .filter((relation) => relation.place === kind);
  if (here.length === 0) return [];
  const ranks = type.scale === undefined ? undefined : declarations.vocabulary.scales[type.scale]?.ranks;
  const isRated = here.some((relation) => relation.scale !== undefined);
  const classes = type.classes.filter((klass) => isRated || !ranks?.includes(klass));
  const each = classes.map((klass) => ({ klass, binding: bindingOf(law, type, klass, place) }));
  const alike = Map.groupBy(each, ({ binding }) => JSON.stringify(binding));
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    const alikeClasses = group.map(({ klass }) => klass);
    const { duty, title } = type;
    const program = declarations.programOf(type);
    return first ? [{ duty, title, program, classes: alikeClasses, ...first.binding }] : [];
  });
}

type Binding = Pick<BoundDuty, 'governs' | 'setAside' | 'leavesOpen' | 'needs'>;

/** What binds a class here; where rules ask about the scheduled day, near and far taken together. */
function bindingOf(law: Law, type: DutyType, klass: string, place: KnownPlace): Binding {
  const { asOf } = law.times;
  const facts = { ...law.known.agency, ...place.facts };
  const governances = scheduledDays(law.adopted, type, asOf).map((scheduled) =>
    govern(law.adopted, { duty: type.duty, class: klass, facts, asOf, trigger: asOf, scheduled }),
  );
  const considered = governances.flatMap((governance) => governance.considered);
  return {
    governs: rulesOf(considered, 'governs'),
    setAside: uniqueBy(
      considered.flatMap((rule) =>
        rule.verdict === 'set-aside' && rule.by !== undefined ? [{ ...showRule(rule), by: rule.by }] : [],
      ),
    ),
    leavesOpen: rulesOf(considered, 'leaves-open'),
    needs: [...new Set(governances.flatMap(needsOf))],
  };
}

function needsOf(governance: Governance): readonly string[] {
  return governance.kind === 'undetermined' ? governance.needs : [];
}

function rulesOf(considered: readonly Considered[], verdict: Considered['verdict']): BindingRule[] {
  return uniqueBy(considered.filter((rule) => rule.verdict === verdict).map(showRule));
}

function uniqueBy<Rule extends BindingRule>(rules: readonly Rule[]): Rule[] {
  return [...new Map(rules.map((rule) => [rule.rule, rule])).values()];
}

function showRule({ rule, title, force, deadline, because, cites }: Considered): BindingRule {
  return { rule, title, force, deadline: describeDeadline(deadline), because, cites };
}

/** Days to be scheduled for that rules for the duty tell apart: each distance's last day and the day after. */
function scheduledDays(adopted: readonly AdoptedRulebook[], type: DutyType, asOf: Day): Day[] {
  const asked = adopted
    .flatMap(({ rulebook }) => rulebook.rules)
    .flatMap(({ duty, whenScheduled }) => (duty === type.duty && whenScheduled ? [whenScheduled] : []));
  const days = asked.flatMap((distance) => {
    const last = lastDayWithin(asOf, distance);
    return [last, addDays(last, 1)];
  });
  return days.length === 0 ? [asOf] : [...new Set(days)].sort();
}
