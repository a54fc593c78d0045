import { Navigate, useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { readListSearch } from '../url-state.ts';

interface OfOneSystemProps {
  /** The systems that the person reaches; null for all. */
  readonly reached: readonly string[] | null;
  readonly children: ReactNode;
}

/** For someone who reaches single systems alone, a page is of one of them: the first, unless its address says which. */
export function OfOneSystem({ reached, children }: OfOneSystemProps) {
  const system = useSearch({ strict: false, select: (search) => readListSearch({ ...search })['system'] });
  const first = reached?.[0];
  if (first === undefined || system !== undefined) return children;
  return <Navigate to="." search={(old) => ({ ...old, system: first })} replace />;
}
