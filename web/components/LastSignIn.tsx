import { Alert, Button } from '@trussworks/react-uswds';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Me } from '../contract-person.ts';
import { meQuery } from '../person-api.ts';
import { noteTold, wasTold } from '../tabs.ts';
import { count, wordWay } from '../words.ts';
import { InstantText } from './InstantText.tsx';

/** On the first page of a session: when the person signed in before, so that they notice if it was not them. */
export function LastSignIn() {
  const me = useQuery({ ...meQuery(), staleTime: Infinity }).data;
  const current = me?.sessions.find(({ isThis }) => isThis);
  if (!me || !current) return null;
  return <Told key={current.session} session={String(current.session)} me={me} />;
}

interface ToldProps {
  readonly session: string;
  readonly me: Me;
}

function Told({ session, me }: ToldProps) {
  const { pathname } = useLocation();
  const [isOver, setOver] = useState(() => wasTold(session));
  // The start leads on by itself: the page after it is the first.
  const [first, setFirst] = useState(pathname);
  if (first === '/' && pathname !== '/') setFirst(pathname);
  const hasMovedOn = first !== '/' && pathname !== first;
  useEffect(() => {
    if (hasMovedOn || isOver) noteTold(session);
  }, [hasMovedOn, isOver, session]);
  if (isOver || hasMovedOn) return null;
  return (
    <Alert
      type={me.failedSince > 0 ? 'warning' : 'info'}
      slim
      headingLevel="h2"
      className="mu-notice mu-last-sign-in"
    >
      <Before me={me} />{' '}
      <Button type="button" unstyled onClick={() => setOver(true)}>
        Dismiss<span className="usa-sr-only"> what is said of your last sign-in</span>
      </Button>
    </Alert>
  );
}

function Before({ me: { person, lastSignIn, failedSince } }: Pick<ToldProps, 'me'>) {
  const [when, none] = lastSignIn === null ? ['Before', ''] : ['Since then', 'No attempt has failed since.'];
  const failed =
    failedSince === 0
      ? none
      : `${when} ${count(failedSince, 'attempt')} to sign in with your name failed. If that was not you, tell your security staff.`;
  if (lastSignIn === null) return <>You are signed in for the first time. {failed}</>;
  return (
    <>
      You last signed in at <InstantText agency={person.agency} instant={lastSignIn.at} /> by{' '}
      {wordWay(lastSignIn.way)}. {failed}
    </>
  );
}
