import { Button } from '@trussworks/react-uswds';
import { type SyntheticEvent, useEffect, useId, useRef, useState } from 'react';
import type { DeclaredAct, InputField } from '../declared.ts';
import { type FieldReasons, missingFields, refusedFields } from '../form-errors.ts';
import { capital, sentence } from '../words.ts';
import { ErrorSummary } from './ErrorSummary.tsx';
import { Failure } from './Failure.tsx';
import { Field } from './Field.tsx';
import { FieldControl } from './FieldControl.tsx';

interface ActFormProps {
  readonly act: DeclaredAct;
  /** The fields to ask for: what is said already is left out. */
  readonly fields: readonly InputField[];
  readonly pending: boolean;
  /** What the server answered to the last try, if it was no success. */
  readonly error: unknown;
  readonly onSubmit: (input: Record<string, string>) => void;
}

/** One act as a form, made from the fields that it declares. */
export function ActForm({ act, fields, pending, error, onSubmit }: ActFormProps) {
  const id = useId();
  const [missing, setMissing] = useState<FieldReasons>({});
  const noted = useRef<HTMLDivElement>(null);
  const reasons = Object.keys(missing).length > 0 ? missing : refusedFields(fields, error);
  const wrong = fields.flatMap(({ name, title }) => {
    const reason = reasons[name];
    return reason === undefined ? [] : [{ id: `${id}-${name}`, title, reason }];
  });
  useEffect(() => {
    if (error !== null) noted.current?.focus();
  }, [error]);
  useEffect(() => {
    if (Object.keys(missing).length > 0) noted.current?.focus();
  }, [missing]);
  function submit(event: SyntheticEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const said = filledFields(event.currentTarget);
    const lacking = missingFields(fields, said);
    setMissing(lacking);
    if (Object.keys(lacking).length === 0) onSubmit(said);
  }
  return (
    <form className="usa-form mu-act-form" onSubmit={submit} aria-label={capital(act.title)} noValidate>
      <p>{sentence(act.description)}</p>
      <div ref={noted} tabIndex={-1} className="mu-noted">
        {wrong.length > 0 && <ErrorSummary errors={wrong} />}
        {wrong.length === 0 && error !== null && <Failure error={error} />}
      </div>
      {fields.map((field) => (
        <ActField key={field.name} id={`${id}-${field.name}`} field={field} error={reasons[field.name]} />
      ))}
      <Button type="submit" aria-disabled={pending}>
        {pending ? 'Recording …' : 'Record'}
        <span className="usa-sr-only">: {act.title}</span>
      </Button>
    </form>
  );
}

interface ActFieldProps {
  readonly id: string;
  readonly field: InputField;
  readonly error: string | undefined;
}

function ActField({ id, field, error }: ActFieldProps) {
  const { title, description, required } = field;
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

function filledFields(form: HTMLFormElement): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && value.trim() !== '') fields[name] = value.trim();
  }
  return fields;
}
