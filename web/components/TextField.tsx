import { type InputHTMLAttributes } from 'react';
import type { FormState } from './CheckedForm.tsx';
import { Field } from './Field.tsx';

interface TextFieldProps extends Pick<
  InputHTMLAttributes<HTMLInputElement>,
  | 'type'
  | 'autoComplete'
  | 'inputMode'
  | 'maxLength'
  | 'defaultValue'
  | 'spellCheck'
  | 'autoCapitalize'
  | 'min'
  | 'max'
> {
  readonly state: FormState;
  readonly name: string;
  readonly title: string;
  readonly hint?: string | undefined;
  readonly required?: boolean;
}

/** A line to write, with its label, its hint and what is wrong with it. */
export function TextField({ state, name, title, hint, required = true, ...input }: TextFieldProps) {
  const id = state.idOf(name);
  const error = state.reasonOf(name);
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <Field id={id} label={title} hint={hint} error={error} required={required}>
      <input
        type="text"
        {...input}
        id={id}
        name={name}
        className={`usa-input${error === undefined ? '' : ' usa-input--error'}`}
        aria-describedby={describedBy === '' ? undefined : describedBy}
        aria-invalid={error !== undefined || undefined}
        aria-required={required || undefined}
      />
    </Field>
  );
}

/** The six digits of an authenticator app. */
export function CodeField({
  state,
  ...field
}: Pick<TextFieldProps, 'state' | 'title' | 'hint' | 'required'>) {
  return (
    <TextField
      state={state}
      name="code"
      {...field}
      inputMode="numeric"
      autoComplete="one-time-code"
      maxLength={7}
      spellCheck={false}
    />
  );
}
