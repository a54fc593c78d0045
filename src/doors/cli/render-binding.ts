import type { BindingAnswer } from '../../duties/index.ts';

type Place = BindingAnswer['places'][number];
type BoundDuty = Place['duties'][number];
type BindingRule = BoundDuty['governs'][number];

/** What binds each component of a system, and the system as a whole, as text. */
export function renderBinding(answer: BindingAnswer): string {
  const places = answer.places.filter(({ component, duties }) => component !== null || duties.length > 0);
  return [`${answer.system} as of ${answer.asOf}`, ...places.map(renderPlace)].join('\n\n');
}

function renderPlace({ component, environment, duties }: Place): string {
  const title =
    component === null ? 'The system as a whole' : `${component} (environment ${environment ?? 'not known'})`;
  const lines = duties.length === 0 ? ['  no duty type is about it'] : duties.flatMap(renderDuty);
  return [title, ...lines].join('\n');
}

function renderDuty(bound: BoundDuty): string[] {
  const nothing = bound.governs.length + bound.leavesOpen.length + bound.needs.length === 0;
  return [
    `  ${bound.title} (${bound.duty}), class ${bound.classes.join(', ')}`,
    ...bound.governs.map((rule) => `    governs: ${wordsOf(rule)}`),
    ...bound.setAside.map((rule) => `    set aside by ${rule.by}: ${wordsOf(rule)}`),
    ...bound.leavesOpen.map((rule) => `    leaves open: ${wordsOf(rule)}`),
    ...bound.needs.map((need) => `    undetermined for want of ${need}`),
    ...(nothing ? ['    no rule binds'] : []),
  ];
}

function wordsOf({ rule, force, deadline, because, cites }: BindingRule): string {
  return `${rule} (${force}), ${deadline}; ${because} [${cites.join('; ')}]`;
}
