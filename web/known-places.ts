import { useQuery } from '@tanstack/react-query';
import { systemsQuery } from './api.ts';
import type { InputField } from './declared.ts';
import { within } from './reach.ts';
import type { TimesSearch } from './url-state.ts';

interface KnownPlacesOf {
  readonly times: TimesSearch;
  /** The system that is chosen already, if any. */
  readonly system: string | undefined;
  /** The systems that the person reaches; null for all. */
  readonly reached: readonly string[] | null;
}

/** A field that names a system or a component becomes a choice among those that there are and that are reached. */
export function useKnownPlaces<Asked extends InputField>(
  agency: string,
  fields: readonly Asked[],
  { times, system, reached }: KnownPlacesOf,
): (field: Asked) => Asked {
  const asked = fields.some(({ name }) => name === 'system' || name === 'component');
  const answer = useQuery({ ...systemsQuery(agency, times), enabled: asked });
  const systems = answer.data?.systems ?? [];
  const inside = systems.filter((each) => system === undefined || system === each.system);
  const names: Readonly<Record<string, readonly string[]>> = {
    system: within(
      reached,
      systems.map((each) => each.system),
    ),
    component: inside.flatMap(({ components }) => components.map(({ component }) => component)),
  };
  return (field) => {
    const found = names[field.name];
    if (found === undefined || field.kind !== 'text') return field;
    return { ...field, kind: 'choice', choices: [...new Set(found)] };
  };
}
