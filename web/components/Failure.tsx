import { Alert, Button } from '@trussworks/react-uswds';
import { Link, useLocation } from '@tanstack/react-router';
import { ApiError } from '../api.ts';
import { returnTo } from '../return-to.ts';
import { capital } from '../words.ts';
import { RefusedTable } from './RefusedTable.tsx';

interface FailureProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** What went wrong, what to do about it, and each thing that was refused. */
export function Failure({ error, onRetry }: FailureProps) {
  const said = error instanceof ApiError ? error : undefined;
  // Asking again changes nothing about what was refused.
  const retry = said !== undefined && said.status >= 400 && said.status < 500 ? undefined : onRetry;
  return (
    <Alert type="error" headingLevel="h2" heading={headingOf(error)} role="alert">
      {said && <p className="margin-0">{capital(said.remedy)}.</p>}
      {said?.code === 'SIGN_IN_AGAIN' && <SignInAgain />}
      {said && said.refused.length > 0 && <RefusedTable refused={said.refused} />}
      {retry && (
        <Button type="button" outline className="margin-top-1" onClick={retry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

function SignInAgain() {
  const { href } = useLocation();
  return (
    <p className="margin-0">
      <Link className="usa-link" to="/sign-in" search={returnTo(href)}>
        Sign in again and come back to this page
      </Link>
    </p>
  );
}

function headingOf(error: unknown): string {
  return error instanceof Error ? error.message : 'something went wrong';
}
