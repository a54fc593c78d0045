import { Alert } from '@trussworks/react-uswds';
import type { MouseEvent } from 'react';
import { count } from '../words.ts';

export interface FieldError {
  /** The control's id. */
  readonly id: string;
  readonly title: string;
  readonly reason: string;
}

/** All that is wrong with a form at once; each line leads to its field. */
export function ErrorSummary({ errors }: { readonly errors: readonly FieldError[] }) {
  function lead(event: MouseEvent, id: string) {
    event.preventDefault();
    document.getElementById(id)?.focus();
  }
  return (
    <Alert type="error" headingLevel="h4" heading={`Correct ${count(errors.length, 'field')}`} role="alert">
      <ul className="mu-plain">
        {errors.map(({ id, title, reason }) => (
          <li key={id}>
            <a className="usa-link" href={`#${id}`} onClick={(event) => lead(event, id)}>
              {title}: {reason}
            </a>
          </li>
        ))}
      </ul>
    </Alert>
  );
}
