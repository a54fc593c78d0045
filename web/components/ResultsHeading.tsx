import { type ReactNode, useEffect, useRef } from 'react';

interface ResultsHeadingProps {
  readonly id: string;
  /** The place in the list: where it changes, the heading takes the focus. */
  readonly after: string | undefined;
  readonly children: ReactNode;
}

/** Says how many there are, and is where a person goes on reading after a turn of the page. */
export function ResultsHeading({ id, after, children }: ResultsHeadingProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const cursor = useRef(after);
  useEffect(() => {
    if (cursor.current !== after) heading.current?.focus();
    cursor.current = after;
  }, [after]);
  return (
    <h2 id={id} ref={heading} tabIndex={-1} aria-live="polite" className="mu-results">
      {children}
    </h2>
  );
}
