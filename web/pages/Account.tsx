import { useQuery } from '@tanstack/react-query';
import { AccountAuthenticator } from '../components/AccountAuthenticator.tsx';
import { AccountPasskeys } from '../components/AccountPasskeys.tsx';
import { AccountPassword } from '../components/AccountPassword.tsx';
import { AccountSessions } from '../components/AccountSessions.tsx';
import { AccountTokens } from '../components/AccountTokens.tsx';
import { Answer } from '../components/Answer.tsx';
import { Fact } from '../components/DutySummary.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { useServer } from '../components/ServerContext.tsx';
import type { Me } from '../contract-person.ts';
import { meQuery } from '../person-api.ts';
import { wordReach } from '../reach.ts';
import { capital, wordRole } from '../words.ts';

/** What is a person's own: how they sign in, where they are signed in, their tokens. */
export function Account() {
  const answer = useQuery(meQuery());
  return (
    <>
      <PageHead title="Your account" />
      <Answer of={answer}>
        {(me) => (
          <>
            <WhoYouAre me={me} />
            <HowYouSignIn me={me} />
            <AccountSessions me={me} />
            <AccountTokens me={me} />
          </>
        )}
      </Answer>
    </>
  );
}

function WhoYouAre({ me: { person } }: { readonly me: Me }) {
  const { grants } = useServer();
  return (
    <>
      <dl className="mu-facts">
        <Fact name="Name">{person.name}</Fact>
        <Fact name="Sign-in name">{person.signInName}</Fact>
        <Fact name="Agency">{person.agency}</Fact>
        <Fact name="Roles">
          {grants.length === 0 ? (
            'none'
          ) : (
            <ul className="mu-plain">
              {grants.map((grant) => (
                <li key={[grant.role, grant.over, grant.system, grant.unitFrom, grant.unitTo].join(' ')}>
                  {capital(wordRole(grant.role))}, for {wordReach(grant)}
                </li>
              ))}
            </ul>
          )}
        </Fact>
      </dl>
      <p className="mu-small">An administrator of your agency changes your name and grants roles.</p>
    </>
  );
}

function HowYouSignIn({ me }: { readonly me: Me }) {
  const has = (kind: string) => me.credentials.some((credential) => credential.kind === kind);
  return (
    <section className="mu-part" aria-labelledby="sign-in">
      <h2 id="sign-in">How you sign in</h2>
      {me.credentials.length === 0 && (
        <p>You sign in by your agency's provider. Muster holds no password of yours.</p>
      )}
      <h3>Passkeys</h3>
      <AccountPasskeys me={me} />
      {has('password') && (
        <>
          <h3>Authenticator app</h3>
          <AccountAuthenticator has={has('totp')} />
          <details className="mu-details">
            <summary>
              <h3>Change your password</h3>
            </summary>
            <AccountPassword me={me} />
          </details>
        </>
      )}
    </section>
  );
}
