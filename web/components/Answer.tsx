import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from './Failure.tsx';

interface AnswerProps<Data> {
  readonly of: UseQueryResult<Data>;
  readonly children: (data: Data) => ReactNode;
}

/** Shows a question's answer, that it is awaited, or why there is none. */
export function Answer<Data>({ of, children }: AnswerProps<Data>) {
  if (of.isError) return <Failure error={of.error} onRetry={() => void of.refetch()} />;
  if (of.data === undefined) {
    return <output className="mu-waiting">Loading …</output>;
  }
  return (
    <div aria-busy={of.isPlaceholderData} className={of.isPlaceholderData ? 'mu-stale' : undefined}>
      {children(of.data)}
    </div>
  );
}
