import { useEffect, useRef } from 'react';
import { Failure } from './Failure.tsx';

/** What went wrong with something a person did, if anything: it takes the focus. */
export function FocusedFailure({ error }: { readonly error: unknown }) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (error !== null) note.current?.focus();
  }, [error]);
  return (
    <div ref={note} tabIndex={-1} className="mu-noted">
      {error !== null && <Failure error={error} />}
    </div>
  );
}
