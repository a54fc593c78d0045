import type { DeclaredAct } from '../declared.ts';
import type { AskedField } from '../asked-fields.ts';
import { capital, sentence } from '../words.ts';
import { CheckedForm, type FormState, type Said } from './CheckedForm.tsx';
import { Field } from './Field.tsx';
import { FieldControl } from './FieldControl.tsx';

interface ActFormProps {
  readonly act: DeclaredAct;
  /** The fields to ask for: what is said already is left out. */
  readonly fields: readonly AskedField[];
  readonly pending: boolean;
  /** What the server answered to the last try, if it was no success. */
  readonly error: unknown;
  readonly onSubmit: (input: Said) => void;
}

/** One act as a form, made from the fields that it declares. */
export function ActForm({ act, fields, ...form }: ActFormProps) {
  return (
    <CheckedForm
      label={capital(act.title)}
      fields={fields}
      intro={<p>{sentence(act.description)}</p>}
      button={
        <>
          Record<span className="usa-sr-only">: {act.title}</span>
        </>
      }
      waiting="Recording …"
      {...form}
    >
      {(state) => fields.map((field) => <ActField key={field.name} field={field} state={state} />)}
    </CheckedForm>
  );
}

interface ActFieldProps {
  readonly field: AskedField;
  readonly state: FormState;
}

function ActField({ field, state }: ActFieldProps) {
  const { name, title, description, required } = field;
  const id = state.idOf(name);
  const error = state.reasonOf(name);
  const hint = description === null ? undefined : sentence(description);
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <Field id={id} label={title} hint={hint} error={error} required={required}>
      <FieldControl
        id={id}
        field={field}
        none={required ? 'Choose one' : 'None'}
        describedBy={describedBy === '' ? undefined : describedBy}
        invalid={error !== undefined}
      />
    </Field>
  );
}
