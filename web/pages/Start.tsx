import { Navigate } from '@tanstack/react-router';
import { useServer } from '../components/ServerContext.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { firstLook } from '../first-look.ts';

/** The way in: to the first agency's duties; in the demonstration, to the day that it retells. */
export function Start() {
  const { agencies } = useServer();
  const first = agencies[0];
  if (first) {
    return (
      <Navigate
        to="/$agency/duties"
        params={{ agency: first.code }}
        search={first.demonstration ? firstLook : {}}
        replace
      />
    );
  }
  return (
    <>
      <PageHead title="No agency yet" />
      <p>
        Create one on the command line, then load this page again:{' '}
        <code>muster agency create CODE --kind irs</code>
      </p>
    </>
  );
}
