import { Link } from '@tanstack/react-router';
import { firstLook } from '../first-look.ts';
import { wordDay } from '../day.ts';
import { useMayRead } from './ServerContext.tsx';

/** Says that everything shown is made up, and where to look first. */
export function DemonstrationNote({ agency }: { readonly agency: string }) {
  const mayRead = useMayRead();
  return (
    <aside className="mu-demonstration" aria-label="Demonstration">
      <div className="grid-container-widescreen">
        Demonstration data, visibly invented.{' '}
        {mayRead('duties') && (
          <Link className="usa-link" to="/$agency/duties" params={{ agency }} search={firstLook}>
            See what was overdue on {wordDay(firstLook.asOf)}
          </Link>
        )}
      </div>
    </aside>
  );
}
