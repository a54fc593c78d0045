import { Checkbox } from '@trussworks/react-uswds';
import { useQuery } from '@tanstack/react-query';
import { systemsQuery } from '../api.ts';
import type { NewToken } from '../contract-person.ts';
import type { FieldReasons } from '../form-errors.ts';
import { within } from '../reach.ts';
import { capital, wordRole } from '../words.ts';
import { CheckedForm, type FormState, type Said } from './CheckedForm.tsx';
import { Field } from './Field.tsx';
import { useMayRead, useServer } from './ServerContext.tsx';
import { TextField } from './TextField.tsx';

const FIELDS = [
  { name: 'name', title: 'What to call it', required: true },
  { name: 'roles', title: 'Roles', required: true },
  { name: 'system', title: 'System', required: false },
  { name: 'days', title: 'Days', required: true },
] as const;

/** How long a token is good, days. */
const DAYS = { most: 365, unlessSaid: 90 } as const;

interface TokenFormProps {
  readonly roles: readonly string[];
  readonly pending: boolean;
  readonly error: unknown;
  readonly onSubmit: (token: NewToken) => void;
}

export function TokenForm({ roles, onSubmit, ...form }: TokenFormProps) {
  return (
    <CheckedForm
      label="Make a token"
      fields={FIELDS}
      check={wrongDays}
      button="Make the token"
      waiting="Making …"
      onSubmit={({ name = '', system, days }, data) =>
        onSubmit({
          name,
          roles: data.getAll('roles').filter((role) => typeof role === 'string'),
          ...(system !== undefined && { system }),
          days: Number(days),
        })
      }
      {...form}
    >
      {(state) => (
        <>
          <TextField
            state={state}
            name="name"
            title="What to call it"
            hint="By it you tell it from others, such as: the nightly import."
            maxLength={60}
            autoComplete="off"
          />
          <RoleFields state={state} roles={roles} />
          <SystemField state={state} />
          <TextField
            state={state}
            name="days"
            title="Days"
            hint={`How long it is good, ${DAYS.most} at most.`}
            inputMode="numeric"
            maxLength={3}
            defaultValue={DAYS.unlessSaid}
            autoComplete="off"
          />
        </>
      )}
    </CheckedForm>
  );
}

function wrongDays({ days }: Said): FieldReasons {
  if (days === undefined || (/^\d+$/.test(days) && Number(days) >= 1 && Number(days) <= DAYS.most)) return {};
  return { days: `is a number from 1 to ${DAYS.most}` };
}

interface RoleFieldsProps {
  readonly state: FormState;
  readonly roles: readonly string[];
}

/** The summary of what is wrong leads to the group, which takes the focus for its first box. */
function RoleFields({ state, roles }: RoleFieldsProps) {
  const id = state.idOf('roles');
  const error = state.reasonOf('roles');
  return (
    <div className={`usa-form-group${error === undefined ? '' : ' usa-form-group--error'}`}>
      <fieldset
        className="usa-fieldset"
        id={id}
        tabIndex={-1}
        aria-describedby={error === undefined ? undefined : `${id}-error`}
      >
        <legend className={`usa-label${error === undefined ? '' : ' usa-label--error'}`}>Roles</legend>
        {error !== undefined && (
          <div className="usa-error-message" id={`${id}-error`}>
            {capital(error)}
          </div>
        )}
        {roles.map((role) => (
          <Checkbox
            key={role}
            id={`${id}-${role}`}
            name="roles"
            value={role}
            label={capital(wordRole(role))}
          />
        ))}
      </fieldset>
    </div>
  );
}

function SystemField({ state }: { readonly state: FormState }) {
  const { agencies, systems: reached } = useServer();
  const mayRead = useMayRead();
  const known = useQuery({ ...systemsQuery(agencies[0]?.code ?? '', {}), enabled: mayRead('systems') });
  const names = within(reached, known.data?.systems.map(({ system }) => system) ?? reached ?? []);
  const id = state.idOf('system');
  return (
    <Field id={id} label="System" hint="The one that it reaches.">
      <select className="usa-select" id={id} name="system" defaultValue="" aria-describedby={`${id}-hint`}>
        <option value="">Wherever my roles reach</option>
        {names.map((system) => (
          <option key={system}>{system}</option>
        ))}
      </select>
    </Field>
  );
}
