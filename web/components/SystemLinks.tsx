import { Link } from '@tanstack/react-router';
import { useTimes } from './AsOf.tsx';
import { useMayRead } from './ServerContext.tsx';

interface SystemLinksProps {
  readonly agency: string;
  readonly system: string;
}

/** Where to go on from a system. */
export function SystemLinks({ agency, system }: SystemLinksProps) {
  const { times } = useTimes();
  const mayRead = useMayRead();
  const search = { ...times, system };
  return (
    <p>
      {mayRead('duties') && (
        <Link className="usa-link" to="/$agency/duties" params={{ agency }} search={search}>
          Duties of {system}
        </Link>
      )}
      {mayRead('duties') && mayRead('audit') && ' · '}
      {mayRead('audit') && (
        <Link className="usa-link" to="/$agency/audit" params={{ agency }} search={search}>
          Audit of {system}
        </Link>
      )}
    </p>
  );
}
