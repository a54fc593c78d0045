import { Link } from '@tanstack/react-router';
import { PageHead } from '../components/PageHead.tsx';

/** For an address that leads nowhere. */
export function NotFound() {
  return (
    <>
      <PageHead title="There is no such page" />
      <p>
        <Link className="usa-link" to="/">
          Go to the duties
        </Link>
      </p>
    </>
  );
}
