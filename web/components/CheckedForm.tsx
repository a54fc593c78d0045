import { Button } from '@trussworks/react-uswds';
import { type ReactNode, type SyntheticEvent, useEffect, useId, useRef, useState } from 'react';
import { type FieldReasons, type FormField, missingFields, refusedFields } from '../form-errors.ts';
import { ErrorSummary, type SummaryLevel } from './ErrorSummary.tsx';
import { Failure } from './Failure.tsx';

/** What a field of the form needs to know of it. */
export interface FormState {
  idOf(name: string): string;
  /** What is wrong with the field, if anything. */
  reasonOf(name: string): string | undefined;
}

/** What was said, by field; without blanks around it, and without what was left empty. */
export type Said = Readonly<Record<string, string>>;

interface CheckedFormProps {
  /** What it is for, for those who hear it by itself. */
  readonly label: string;
  readonly fields: readonly FormField[];
  /** What is wrong besides what is missing, before anything is sent. */
  readonly check?: ((said: Said, form: FormData) => FieldReasons) | undefined;
  readonly pending: boolean;
  /** What the server answered to the last try, if it was no success. */
  readonly error: unknown;
  readonly level?: SummaryLevel | undefined;
  readonly className?: string | undefined;
  /** What is said before the fields. */
  readonly intro?: ReactNode;
  readonly button: ReactNode;
  readonly waiting: string;
  readonly onSubmit: (said: Said, form: FormData) => void;
  readonly children: (state: FormState) => ReactNode;
}

/** A form that says all that is wrong at once, above its fields and beside each, and takes the focus there. */
export function CheckedForm({ label, fields, pending, error, ...form }: CheckedFormProps) {
  const id = useId();
  const [found, setFound] = useState<FieldReasons>({});
  const noted = useRef<HTMLDivElement>(null);
  const reasons = Object.keys(found).length > 0 ? found : refusedFields(fields, error);
  const wrong = fields.flatMap(({ name, title }) => {
    const reason = reasons[name];
    return reason === undefined ? [] : [{ id: `${id}-${name}`, title, reason }];
  });
  useEffect(() => {
    if (error !== null) noted.current?.focus();
  }, [error]);
  useEffect(() => {
    if (Object.keys(found).length > 0) noted.current?.focus();
  }, [found]);
  function submit(event: SyntheticEvent<HTMLFormElement>) {
    event.preventDefault();
    if (pending) return;
    const data = new FormData(event.currentTarget);
    const said = filledFields(data);
    const lacking = { ...form.check?.(said, data), ...missingFields(fields, said) };
    setFound(lacking);
    if (Object.keys(lacking).length === 0) form.onSubmit(said, data);
  }
  return (
    <form
      className={`usa-form${form.className === undefined ? '' : ` ${form.className}`}`}
      onSubmit={submit}
      aria-label={label}
      noValidate
    >
      {form.intro}
      <div ref={noted} tabIndex={-1} className="mu-noted">
        {wrong.length > 0 && <ErrorSummary errors={wrong} level={form.level} />}
        {wrong.length === 0 && error !== null && <Failure error={error} />}
      </div>
      {form.children({ idOf: (name) => `${id}-${name}`, reasonOf: (name) => reasons[name] })}
      <Button type="submit" aria-disabled={pending}>
        {pending ? form.waiting : form.button}
      </Button>
    </form>
  );
}

function filledFields(form: FormData): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of form) {
    if (typeof value === 'string' && value.trim() !== '') fields[name] = value.trim();
  }
  return fields;
}

/** A field as it was written, blanks included: a password. */
export function exactly(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
