import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { NewAgency } from '../contract-person.ts';
import { setUpAgency } from '../person-api.ts';
import { homeZones, otherZones } from '../time-zones.ts';
import { CheckedForm, type FormState } from './CheckedForm.tsx';
import { Field } from './Field.tsx';
import { PageHead } from './PageHead.tsx';
import { TextField } from './TextField.tsx';

const FIELDS = [
  { name: 'code', title: 'Code of the agency', required: true },
  { name: 'kind', title: 'Kind of agency', required: true },
  { name: 'timeZone', title: 'Time zone', required: true },
  { name: 'name', title: 'Your name', required: true },
  { name: 'signInName', title: 'Your sign-in name', required: true },
] as const;

const KINDS = [
  { kind: 'recipient', words: 'An agency that receives federal tax information' },
  { kind: 'irs', words: 'The Internal Revenue Service' },
] as const;

interface SetUpAgencyProps {
  readonly token: string;
  /** Goes on with the link of the first administrator, by its token. */
  readonly onLink: (token: string) => void;
}

/** The first agency of a new Muster, and who administers it. */
export function SetUpAgency({ token, onLink }: SetUpAgencyProps) {
  const setting = useMutation({
    mutationFn: (agency: NewAgency) => setUpAgency(token, agency),
    onSuccess: ({ link }) => onLink(link),
  });
  return (
    <>
      <PageHead title="Set up the first agency" />
      <p>Then you set up how you sign in, as its administrator.</p>
      <CheckedForm
        label="Set up the first agency"
        fields={FIELDS}
        check={({ code }) =>
          code === undefined || /^[A-Z][A-Z0-9-]{0,31}$/.test(code)
            ? {}
            : { code: 'is not one: capitals, digits and hyphens, a capital first, at most 32' }
        }
        level="h2"
        pending={setting.isPending}
        error={setting.error}
        button="Create the agency"
        waiting="Creating …"
        onSubmit={({ code = '', kind = '', timeZone = '', name = '', signInName = '' }) =>
          setting.mutate({ code, kind, timeZone, name, signInName })
        }
      >
        {(state) => (
          <>
            <TextField
              state={state}
              name="code"
              title="Code of the agency"
              hint="Short, in capitals, such as NORTH. It stands in every address, and stays."
              maxLength={32}
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
            />
            <ChoiceField
              state={state}
              name="kind"
              title="Kind of agency"
              hint="Which policies bind it depends on this."
            >
              <option value="">Choose one</option>
              {KINDS.map(({ kind, words }) => (
                <option key={kind} value={kind}>
                  {words}
                </option>
              ))}
            </ChoiceField>
            <TimeZoneField state={state} />
            <TextField state={state} name="name" title="Your name" autoComplete="name" maxLength={100} />
            <TextField
              state={state}
              name="signInName"
              title="Your sign-in name"
              autoComplete="username"
              autoCapitalize="off"
              spellCheck={false}
              maxLength={100}
            />
          </>
        )}
      </CheckedForm>
    </>
  );
}

function TimeZoneField({ state }: { readonly state: FormState }) {
  const [zones] = useState(() => offeredZones(new Intl.DateTimeFormat().resolvedOptions().timeZone));
  return (
    <ChoiceField
      state={state}
      name="timeZone"
      title="Time zone"
      hint="A day of the agency ends at midnight there."
      defaultValue={zones.own}
    >
      {zones.own === '' && <option value="">Choose one</option>}
      <optgroup label="United States">
        {homeZones.map(({ zone, name }) => (
          <option key={zone} value={zone}>
            {name}
          </option>
        ))}
      </optgroup>
      <optgroup label="Elsewhere">
        {zones.others.map((zone) => (
          <option key={zone}>{zone}</option>
        ))}
      </optgroup>
    </ChoiceField>
  );
}

/** The zones besides those at home, and the browser's own where it is among all of them. */
function offeredZones(own: string) {
  const known = Intl.supportedValuesOf('timeZone');
  return { others: otherZones(known), own: known.includes(own) ? own : '' };
}

interface ChoiceFieldProps {
  readonly state: FormState;
  readonly name: string;
  readonly title: string;
  readonly hint: string;
  readonly defaultValue?: string;
  readonly children: React.ReactNode;
}

function ChoiceField({ state, name, title, hint, defaultValue = '', children }: ChoiceFieldProps) {
  const id = state.idOf(name);
  const error = state.reasonOf(name);
  return (
    <Field id={id} label={title} hint={hint} error={error} required>
      <select
        className={`usa-select${error === undefined ? '' : ' usa-input--error'}`}
        id={id}
        name={name}
        defaultValue={defaultValue}
        aria-describedby={error === undefined ? `${id}-hint` : `${id}-hint ${id}-error`}
        aria-invalid={error !== undefined || undefined}
        aria-required
      >
        {children}
      </select>
    </Field>
  );
}
