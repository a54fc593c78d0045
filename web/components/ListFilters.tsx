import { Button } from '@trussworks/react-uswds';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type SyntheticEvent, useId } from 'react';
import { systemsQuery } from '../api.ts';
import type { InputField } from '../declared.ts';
import { readTimes, type Search } from '../url-state.ts';
import { FieldControl } from './FieldControl.tsx';

interface ListFiltersProps {
  readonly agency: string;
  readonly fields: readonly InputField[];
  readonly search: Search;
}

/** A list's own fields as filters: a choice takes effect at once, what is written when it is sent. */
export function ListFilters({ agency, fields, search }: ListFiltersProps) {
  const id = useId();
  const navigate = useNavigate();
  const known = useKnownPlaces(agency, fields, search);
  if (fields.length === 0) return null;
  function narrow(said: Readonly<Record<string, string | undefined>>) {
    void navigate({ to: '.', resetScroll: false, search: (old) => ({ ...old, ...said, after: undefined }) });
  }
  function submit(event: SyntheticEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    narrow(Object.fromEntries(fields.map((field) => [field.name, saidIn(form, field)])));
  }
  const shown = fields.map(known);
  const isNarrowed = fields.some(({ name }) => search[name] !== undefined);
  return (
    <form className="mu-filters" onSubmit={submit} aria-label="Filters">
      {shown.map((field) => (
        <div key={field.name} className={`mu-choice${field.kind === 'day' ? ' mu-choice--day' : ''}`}>
          <label className="usa-label" htmlFor={`${id}-${field.name}`} title={field.description ?? undefined}>
            {field.title}
          </label>
          <FieldControl
            // What the address says is shown anew when it changes; what is being written stays meanwhile.
            key={search[field.name] ?? ''}
            id={`${id}-${field.name}`}
            field={field}
            none="All"
            defaultValue={search[field.name]}
            onChoose={(form) => form?.requestSubmit()}
          />
        </div>
      ))}
      {shown.some(({ kind }) => kind !== 'choice') && (
        <Button type="submit" outline>
          Filter
        </Button>
      )}
      {isNarrowed && (
        <Button
          type="button"
          unstyled
          onClick={() => narrow(Object.fromEntries(fields.map(({ name }) => [name, undefined])))}
        >
          Clear filters
        </Button>
      )}
    </form>
  );
}

/** What the form says in a field; nothing where it is empty or what counts unless said. */
function saidIn(form: FormData, field: InputField): string | undefined {
  const value = form.get(field.name);
  const text = typeof value === 'string' ? value.trim() : '';
  return text === '' || text === field.default ? undefined : text;
}

/** A field that names a system or a component is a choice among those that there are. */
function useKnownPlaces(
  agency: string,
  fields: readonly InputField[],
  search: Search,
): (field: InputField) => InputField {
  const asked = fields.some(({ name }) => name === 'system' || name === 'component');
  const answer = useQuery({ ...systemsQuery(agency, readTimes(search)), enabled: asked });
  const systems = answer.data?.systems ?? [];
  const within = systems.filter(
    ({ system }) => search['system'] === undefined || search['system'] === system,
  );
  const names: Readonly<Record<string, readonly string[]>> = {
    system: systems.map(({ system }) => system),
    component: within.flatMap(({ components }) => components.map(({ component }) => component)),
  };
  return (field) => {
    const found = names[field.name];
    if (found === undefined || field.kind !== 'text') return withSaid(field, search[field.name]);
    const choices = [...new Set(found)];
    return withSaid({ ...field, kind: 'choice', choices }, search[field.name]);
  };
}

/** What an address says is shown even where it is not among the choices. */
function withSaid(field: InputField, said: string | undefined): InputField {
  if (field.kind !== 'choice' || said === undefined || field.choices.includes(said)) return field;
  return { ...field, choices: [...field.choices, said] };
}
