import { Link, Navigate } from '@tanstack/react-router';
import { PageHead } from '../components/PageHead.tsx';
import { useDeclared, useServer } from '../components/ServerContext.tsx';
import { firstLook } from '../first-look.ts';
import { firstPlace, listsBeside, readableLists } from '../places.ts';

/** The way in: to the agency's duties, in the demonstration to the day that it retells; or to the list that the person works with. */
export function Start() {
  const { agencies, reads } = useServer();
  const [list] = readableLists(listsBeside(useDeclared().lists), reads);
  const [agency] = agencies;
  const place = reads.includes('duties') || !list ? firstPlace(reads) : undefined;
  if (!agency || (!place && !list)) return <NothingToRead />;
  const params = { agency: agency.code };
  if (!place)
    return <Navigate to="/$agency/lists/$view" params={{ ...params, view: list?.view ?? '' }} replace />;
  const isRetold = agency.demonstration && place.to === '/$agency/duties';
  return <Navigate to={place.to} params={params} search={isRetold ? firstLook : {}} replace />;
}

function NothingToRead() {
  return (
    <>
      <PageHead title="Nothing to read yet" />
      <p>
        You have no role that lets you read anything. An administrator of your agency grants roles. What you
        have is on the page{' '}
        <Link className="usa-link" to="/account">
          Your account
        </Link>
        .
      </p>
    </>
  );
}
