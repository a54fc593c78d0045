import type { ReactNode } from 'react';
import { capital } from '../words.ts';

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  /** What is wrong with what was said, if anything (`<id>-error`). */
  readonly error?: string | undefined;
  readonly required?: boolean;
  readonly children: ReactNode;
}

/** One field of a form: its label, a hint (`<id>-hint`), what is wrong, the control. */
export function Field({ id, label, hint, error, required = false, children }: FieldProps) {
  return (
    <div className={`usa-form-group${error === undefined ? '' : ' usa-form-group--error'}`}>
      <label className={`usa-label${error === undefined ? '' : ' usa-label--error'}`} htmlFor={id}>
        {label}
        {!required && <span className="usa-hint"> (optional)</span>}
      </label>
      {hint !== undefined && (
        <div className="usa-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {error !== undefined && (
        <div className="usa-error-message" id={`${id}-error`}>
          {capital(error)}
        </div>
      )}
      {children}
    </div>
  );
}
