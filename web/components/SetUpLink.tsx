import { Button } from '@trussworks/react-uswds';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { makeSetUpLink } from '../person-api.ts';
import { FocusedFailure } from './FocusedFailure.tsx';
import { InstantText } from './InstantText.tsx';
import { useServer } from './ServerContext.tsx';
import { ShownOnce } from './ShownOnce.tsx';

interface SetUpLinkProps {
  readonly agency: string;
  readonly person: string;
}

/** For administrators: a link by which the person sets up how they sign in. */
export function SetUpLink({ agency, person }: SetUpLinkProps) {
  const server = useServer();
  const making = useMutation({ mutationFn: () => makeSetUpLink(agency, person) });
  if (!server.roles.includes('administrator')) return null;
  if (server.person.person === person) return <OwnSignIn />;
  return (
    <section className="mu-part" aria-labelledby="set-up-link">
      <h2 id="set-up-link">How the person signs in</h2>
      <p>
        With a set-up link a person without a sign-in makes one, and a person who has lost theirs makes
        another. It is good once.
      </p>
      <FocusedFailure error={making.error} />
      {making.data && (
        <ShownOnce
          key={making.data.link}
          heading="The set-up link"
          what="the link"
          text={making.data.link}
          onDone={making.reset}
        >
          Give it to the person, and to nobody else, by a way that you trust. It is good until{' '}
          <InstantText agency={agency} instant={making.data.ends} />.
        </ShownOnce>
      )}
      <Button
        type="button"
        outline
        aria-disabled={making.isPending}
        onClick={() => {
          if (!making.isPending) making.mutate();
        }}
      >
        {making.isPending ? 'Making …' : 'Make a set-up link'}
      </Button>
    </section>
  );
}

/** Nobody makes a link for themselves. */
function OwnSignIn() {
  return (
    <section className="mu-part" aria-labelledby="own-sign-in">
      <h2 id="own-sign-in">How you sign in</h2>
      <p>
        This is you: you change how you sign in on the page of{' '}
        <Link className="usa-link" to="/account">
          your account
        </Link>
        . If you have lost it, another administrator makes a set-up link for you.
      </p>
    </section>
  );
}
