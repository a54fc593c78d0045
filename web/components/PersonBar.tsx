import { Button } from '@trussworks/react-uswds';
import { Link } from '@tanstack/react-router';
import type { ServerStatus } from '../contract.ts';
import { FocusedFailure } from './FocusedFailure.tsx';
import { useSignOut } from './use-sign-out.ts';

/** Who is signed in, and the ways to their account and out. */
export function PersonBar({ server }: { readonly server: ServerStatus }) {
  const signOut = useSignOut();
  const agency = server.agencies[0]?.code;
  return (
    <section className="mu-person" aria-label="Signed in">
      <div className="grid-container-widescreen mu-person-bar">
        <span>
          <span className="usa-sr-only">Signed in as </span>
          <strong>{server.person.name}</strong>
          {agency !== undefined && ` (${agency})`}
        </span>
        <span className="mu-person-ways">
          <Link className="usa-link" to="/account">
            Your account
          </Link>
          <Button
            type="button"
            unstyled
            aria-disabled={signOut.isPending}
            onClick={() => {
              if (!signOut.isPending) signOut.mutate();
            }}
          >
            Sign out
          </Button>
        </span>
      </div>
      {signOut.isError && <FocusedFailure error={signOut.error} />}
    </section>
  );
}
