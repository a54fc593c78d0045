import type { ReactNode } from 'react';

interface FieldProps {
  readonly id: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly required?: boolean;
  readonly children: ReactNode;
}

/** One field of a form: its label, a hint (`<id>-hint`), the control. */
export function Field({ id, label, hint, required = false, children }: FieldProps) {
  return (
    <div className="usa-form-group">
      <label className="usa-label" htmlFor={id}>
        {label}
        {!required && <span className="usa-hint"> (optional)</span>}
      </label>
      {hint !== undefined && (
        <div className="usa-hint" id={`${id}-hint`}>
          {hint}
        </div>
      )}
      {children}
    </div>
  );
}
