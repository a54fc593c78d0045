import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTimes } from './AsOf.tsx';
import { useMayRead } from './ServerContext.tsx';

interface EntryLinkProps {
  readonly agency: string;
  readonly entry: number;
  readonly children: ReactNode;
}

/** Leads to an entry of the record, with the proof that it is in it. */
export function EntryLink({ agency, entry, children }: EntryLinkProps) {
  const { times } = useTimes();
  if (!useMayRead()('entry')) return children;
  return (
    <Link
      className="usa-link"
      to="/$agency/entries/$entry"
      params={{ agency, entry: String(entry) }}
      search={times}
    >
      {children}
    </Link>
  );
}
