import { Alert } from '@trussworks/react-uswds';
import type { MouseEvent } from 'react';
import { count } from '../words.ts';

export interface FieldError {
  /** The control's id. */
  readonly id: string;
  readonly title: string;
  readonly reason: string;
}

export type SummaryLevel = 'h2' | 'h3' | 'h4';

interface ErrorSummaryProps {
  readonly errors: readonly FieldError[];
  /** One below the heading that the form stands under. */
  readonly level?: SummaryLevel | undefined;
}

/** All that is wrong with a form at once; each line leads to its field. */
export function ErrorSummary({ errors, level = 'h4' }: ErrorSummaryProps) {
  function lead(event: MouseEvent, id: string) {
    event.preventDefault();
    document.getElementById(id)?.focus();
  }
  return (
    <Alert
      type="error"
      headingLevel={level}
      heading={`Correct ${count(errors.length, 'field')}`}
      role="alert"
    >
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
