import { Button, Table } from '@trussworks/react-uswds';
import { useMutation } from '@tanstack/react-query';
import type { Key, KnownSession, Me } from '../contract-person.ts';
import { endAllSessions, endSession } from '../person-api.ts';
import { wordAgent } from '../agent.ts';
import { wordWay } from '../words.ts';
import { FocusedFailure } from './FocusedFailure.tsx';
import { InstantText } from './InstantText.tsx';
import { Scroll } from './Scroll.tsx';
import { useAccountChange } from './use-account-change.ts';
import { useSession } from './use-session.ts';

/** Where the person is signed in, so that they can end what is not theirs. */
export function AccountSessions({ me }: { readonly me: Me }) {
  const { signedOut } = useSession();
  const ending = useAccountChange((session: Key) => endSession(session));
  const endingAll = useMutation({ mutationFn: endAllSessions, onSuccess: () => signedOut(null) });
  return (
    <section className="mu-part" aria-labelledby="sessions">
      <h2 id="sessions">Where you are signed in</h2>
      <FocusedFailure error={ending.error ?? endingAll.error} />
      <Scroll label="Sessions">
        <Table fullWidth bordered={false} stackedStyle="headers" className="mu-table mu-list">
          <thead>
            <tr>
              <th scope="col">Signed in</th>
              <th scope="col">By</th>
              <th scope="col">Browser</th>
              <th scope="col">From</th>
              <th scope="col">Last used</th>
              <th scope="col">Ends at the latest</th>
              <th scope="col">End it</th>
            </tr>
          </thead>
          <tbody>
            {me.sessions.map((session) => (
              <SessionRow
                key={session.session}
                agency={me.person.agency}
                session={session}
                pending={ending.isPending}
                onEnd={() => ending.mutate(session.session)}
              />
            ))}
          </tbody>
        </Table>
      </Scroll>
      <Button
        type="button"
        outline
        aria-disabled={endingAll.isPending}
        onClick={() => {
          if (!endingAll.isPending) endingAll.mutate();
        }}
      >
        Sign out everywhere
      </Button>
    </section>
  );
}

interface SessionRowProps {
  readonly agency: string;
  readonly session: KnownSession;
  readonly pending: boolean;
  readonly onEnd: () => void;
}

function SessionRow({ agency, session, pending, onEnd }: SessionRowProps) {
  return (
    <tr>
      <th scope="row" data-label="Signed in">
        <InstantText agency={agency} instant={session.started} />
      </th>
      <td data-label="By">{wordWay(session.way)}</td>
      <td data-label="Browser" className="mu-col--token">
        {wordAgent(session.agent)}
      </td>
      <td data-label="From">{session.address === '' ? '–' : session.address}</td>
      <td data-label="Last used">
        <InstantText agency={agency} instant={session.lastUsed} />
      </td>
      <td data-label="Ends at the latest">
        <InstantText agency={agency} instant={session.ends} />
      </td>
      <td data-label="End it">
        {session.isThis ? (
          'this one'
        ) : (
          <Button
            type="button"
            unstyled
            aria-disabled={pending}
            onClick={() => {
              if (!pending) onEnd();
            }}
          >
            End<span className="usa-sr-only"> the session from {session.address}</span>
          </Button>
        )}
      </td>
    </tr>
  );
}
