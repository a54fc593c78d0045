import { Radio } from '@trussworks/react-uswds';
import { useQuery } from '@tanstack/react-query';
import { Link, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { ApiError } from '../api.ts';
import { Answer } from '../components/Answer.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { passkeysAway } from '../components/PasskeysAway.tsx';
import { SetUpAgency } from '../components/SetUpAgency.tsx';
import { SetUpPasskey } from '../components/SetUpPasskey.tsx';
import { SetUpPassword } from '../components/SetUpPassword.tsx';
import { SystemUseNotice } from '../components/SystemUseNotice.tsx';
import type { SetUpOffer } from '../contract-person.ts';
import { setUpQuery, signInQuery } from '../person-api.ts';

/** Before the token of the link that sets up the first agency. */
const FIRST = /^first\./;

/** What a set-up link opens: the first agency's, or a person's own. */
export function SetUp() {
  const { token, change } = useLinkToken();
  const offer = useQuery(signInQuery());
  if (token === undefined) return <NoLink />;
  return (
    <Answer of={offer}>
      {({ notice }) => (
        <SystemUseNotice notice={notice}>
          {FIRST.test(token) ? (
            <SetUpAgency token={token.replace(FIRST, '')} onLink={change} />
          ) : (
            <SetUpPerson key={token} token={token} />
          )}
        </SystemUseNotice>
      )}
    </Answer>
  );
}

/** The token of the link, out of the address, from which it then goes: it is a secret. */
function useLinkToken() {
  const { hash } = useLocation();
  const [token, setToken] = useState<string>();
  const navigate = useNavigate();
  if (hash !== '' && hash !== token) setToken(hash);
  useEffect(() => {
    if (hash !== '') void navigate({ to: '/set-up', replace: true });
  }, [hash, navigate]);
  return { token, change: setToken };
}

function NoLink() {
  return (
    <>
      <PageHead title="Open your set-up link again" />
      <p>
        This page needs the link that you were given, to its last character. It is still good until you have
        used it or its time is over.
      </p>
    </>
  );
}

function SetUpPerson({ token }: { readonly token: string }) {
  const answer = useQuery(setUpQuery(token));
  if (answer.error instanceof ApiError && answer.error.code === 'LINK_SPENT') return <LinkSpent />;
  return <Answer of={answer}>{(offer) => <Ways token={token} offer={offer} />}</Answer>;
}

function LinkSpent() {
  return (
    <>
      <PageHead title="This link can no longer be used" />
      <p>A set-up link is good once, and for a while only. This one was used, or its time is over.</p>
      <ul className="mu-says">
        <li>
          If you have used it yourself, you can{' '}
          <Link className="usa-link" to="/sign-in">
            sign in
          </Link>
          .
        </li>
        <li>
          If not, ask an administrator of your agency for a new link, and say that somebody else may have used
          this one.
        </li>
      </ul>
    </>
  );
}

type Way = 'passkey' | 'password';

interface WaysProps {
  readonly token: string;
  readonly offer: SetUpOffer;
}

function Ways({ token, offer }: WaysProps) {
  const [way, setWay] = useState<Way | undefined>(passkeysAway(offer.passkeys) ? 'password' : undefined);
  const choice = (value: Way, label: string, labelDescription: string) => (
    <Radio
      id={`way-${value}`}
      name="way"
      value={value}
      label={label}
      labelDescription={labelDescription}
      tile
      checked={way === value}
      onChange={() => setWay(value)}
    />
  );
  return (
    <>
      <PageHead title="Set up how you sign in" />
      <p>
        You are <strong>{offer.name}</strong> of the agency <strong>{offer.agency}</strong>. Your sign-in name
        is <strong>{offer.signInName}</strong>.
      </p>
      <fieldset className="usa-fieldset mu-ways">
        <legend className="usa-legend">How do you want to sign in?</legend>
        {choice(
          'passkey',
          'With a passkey',
          'Your phone, computer or security key asks who you are. Nothing to remember.',
        )}
        {choice(
          'password',
          'With a password and an authenticator app',
          'The app shows a new code of six digits every half minute.',
        )}
      </fieldset>
      {way !== undefined && (
        <section className="mu-way" aria-labelledby="way">
          <h2 id="way">{way === 'passkey' ? 'Your passkey' : 'Your password'}</h2>
          {way === 'passkey' ? (
            <SetUpPasskey token={token} offer={offer} />
          ) : (
            <SetUpPassword token={token} offer={offer} />
          )}
        </section>
      )}
    </>
  );
}
