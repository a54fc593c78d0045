import { Link } from '@tanstack/react-router';
import type { Value } from '../declared.ts';
import { useTimes } from './AsOf.tsx';
import { useDutyWords, useMayRead } from './ServerContext.tsx';

interface DutyLinkProps {
  readonly agency: string;
  readonly id: string;
  /** What it is about, for those who hear the link by itself. */
  readonly of?: Value | undefined;
}

/** A duty by what it asks for; leads to the page that explains it. */
export function DutyLink({ agency, id, of = null }: DutyLinkProps) {
  const { times } = useTimes();
  const wordDuty = useDutyWords();
  const words = wordDuty(id.split(':')[0] ?? id);
  if (!useMayRead()('explain')) return words;
  return (
    <Link className="usa-link" to="/$agency/duties/$id" params={{ agency, id }} search={times}>
      {words}
      {of !== null && <span className="usa-sr-only">: {String(of)}</span>}
    </Link>
  );
}
