import { Alert, Button } from '@trussworks/react-uswds';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { Answer } from '../components/Answer.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { PasskeySignIn } from '../components/PasskeySignIn.tsx';
import { PasswordSignIn } from '../components/PasswordSignIn.tsx';
import { SystemUseNotice } from '../components/SystemUseNotice.tsx';
import type { SignInAgency, SignInOffer } from '../contract-person.ts';
import { providerAddress, signInQuery, type SigningIn } from '../person-api.ts';
import { wordRefusedSignIn } from '../refused-sign-in.ts';
import { agencyOfReturn, readReturn } from '../return-to.ts';

const route = getRouteApi('/sign-in');

/** The way in: what a person must have read, where they sign in, and how. */
export function SignIn() {
  const { to } = route.useSearch();
  const answer = useQuery(signInQuery());
  return (
    <Answer of={answer}>
      {(offer) =>
        offer.setUp ? (
          <NoAgency />
        ) : (
          <SystemUseNotice notice={offer.notice} said={<Before />}>
            <Where offer={offer} to={readReturn(to)} />
          </SystemUseNotice>
        )
      }
    </Answer>
  );
}

/** Why a person comes here anew. */
function Before() {
  const { refused, ended } = route.useSearch();
  if (refused !== undefined) {
    return (
      <Alert type="error" headingLevel="h2" heading="You are not signed in" role="alert">
        {wordRefusedSignIn(refused)}
      </Alert>
    );
  }
  if (ended === undefined) return null;
  return (
    <Alert type="info" slim headingLevel="h2" className="mu-notice">
      Your session has ended. Sign in again to go on where you were.
    </Alert>
  );
}

function NoAgency() {
  return (
    <>
      <PageHead title="No agency yet" />
      <p>
        Nobody can sign in before the first agency is set up. Where Muster was started, it printed a link for
        that: open it.
      </p>
    </>
  );
}

interface WhereProps {
  readonly offer: SignInOffer;
  readonly to: string;
}

function Where({ offer, to }: WhereProps) {
  const { agencies } = offer;
  const codes = agencies.map(({ code }) => code);
  const [chosen, setChosen] = useState(codes.length === 1 ? codes[0] : agencyOfReturn(to, codes));
  const agency = agencies.find(({ code }) => code === chosen);
  if (!agency) return <ChooseAgency codes={codes} onChoose={setChosen} />;
  return (
    <Ways
      agency={agency}
      offer={offer}
      to={to}
      onChange={agencies.length > 1 ? () => setChosen(undefined) : undefined}
    />
  );
}

interface ChooseAgencyProps {
  readonly codes: readonly string[];
  readonly onChoose: (code: string) => void;
}

function ChooseAgency({ codes, onChoose }: ChooseAgencyProps) {
  return (
    <>
      <PageHead title="Which agency are you of?" />
      <ul className="mu-choices">
        {codes.map((code) => (
          <li key={code}>
            <Button type="button" outline onClick={() => onChoose(code)}>
              {code}
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

interface WaysProps extends WhereProps {
  readonly agency: SignInAgency;
  /** Goes back to the choice of agency, where there is one. */
  readonly onChange: (() => void) | undefined;
}

function Ways({ agency, offer, to, onChange }: WaysProps) {
  const said: SigningIn = { agency: agency.code, notice: offer.notice.digest };
  return (
    <>
      <PageHead title={`Sign in to ${agency.code}`}>
        {onChange && (
          <Button type="button" unstyled onClick={onChange}>
            Choose another agency
          </Button>
        )}
      </PageHead>
      {agency.demonstration && (
        <p>
          This is a demonstration with invented data. Where Muster was started, it printed who can sign in,
          each with a password.
        </p>
      )}
      {agency.providers.length > 0 && (
        <section className="mu-way" aria-labelledby="by-provider">
          <h2 id="by-provider">As elsewhere in your agency</h2>
          <ul className="mu-choices">
            {agency.providers.map(({ provider, title }) => (
              <li key={provider}>
                <a className="usa-button" href={providerAddress(provider, said, to)}>
                  Sign in with {title}
                </a>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section className="mu-way" aria-labelledby="by-passkey">
        <h2 id="by-passkey">With a passkey</h2>
        <PasskeySignIn said={said} offered={offer.passkeys} to={to} />
      </section>
      <section className="mu-way" aria-labelledby="by-password">
        <h2 id="by-password">With a password</h2>
        <PasswordSignIn said={said} demonstration={agency.demonstration} to={to} />
      </section>
    </>
  );
}
