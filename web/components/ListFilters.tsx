import { Button } from '@trussworks/react-uswds';
import { useNavigate } from '@tanstack/react-router';
import { type SyntheticEvent, useId } from 'react';
import { withRoleWords } from '../asked-fields.ts';
import type { InputField } from '../declared.ts';
import { useKnownPlaces } from '../known-places.ts';
import { readTimes, type Search } from '../url-state.ts';
import { FieldControl } from './FieldControl.tsx';

interface ListFiltersProps {
  readonly agency: string;
  readonly fields: readonly InputField[];
  readonly search: Search;
  /** The systems that the person reaches; null for all. */
  readonly reached: readonly string[] | null;
}

/** A list's own fields as filters: a choice takes effect at once, what is written when it is sent. */
export function ListFilters({ agency, fields, search, reached }: ListFiltersProps) {
  const id = useId();
  const navigate = useNavigate();
  const known = useKnownPlaces(agency, fields, {
    times: readTimes(search),
    system: search['system'],
    reached,
  });
  if (fields.length === 0) return null;
  function narrow(said: Readonly<Record<string, string | undefined>>) {
    void navigate({ to: '.', resetScroll: false, search: (old) => ({ ...old, ...said, after: undefined }) });
  }
  function submit(event: SyntheticEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    narrow(Object.fromEntries(fields.map((field) => [field.name, saidIn(form, field)])));
  }
  const shown = fields.map((field) =>
    withRoleWords(withSaid(ofOne(known(field), reached), search[field.name])),
  );
  const isNarrowed = shown.some((field) => ![undefined, field.default].includes(search[field.name]));
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

/** Someone who reaches single systems alone looks at one of them: there is no choice of all. */
function ofOne(field: InputField, reached: readonly string[] | null): InputField {
  const first = reached?.[0];
  return field.name === 'system' && first !== undefined ? { ...field, default: first } : field;
}

/** What an address says is shown even where it is not among the choices. */
function withSaid(field: InputField, said: string | undefined): InputField {
  if (field.kind !== 'choice' || said === undefined || field.choices.includes(said)) return field;
  return { ...field, choices: [...field.choices, said] };
}
