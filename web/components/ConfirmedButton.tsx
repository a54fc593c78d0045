import { Button } from '@trussworks/react-uswds';
import { useEffect, useRef, useState } from 'react';

interface ConfirmedButtonProps {
  /** What it does: `Revoke`. */
  readonly action: string;
  /** To what, for those who hear it by itself. */
  readonly what: string;
  readonly pending: boolean;
  readonly onConfirm: () => void;
}

/** A button for what cannot be undone: it asks once more, in its own place. */
export function ConfirmedButton({ action, what, pending, onConfirm }: ConfirmedButtonProps) {
  const [isAsking, setAsking] = useState(false);
  const place = useRef<HTMLSpanElement>(null);
  const wasAsking = useRef(false);
  useEffect(() => {
    if (isAsking || wasAsking.current) place.current?.querySelector('button')?.focus();
    wasAsking.current = isAsking;
  }, [isAsking]);
  const ofWhat = <span className="usa-sr-only"> {what}</span>;
  if (!isAsking) {
    return (
      <span ref={place}>
        <Button type="button" unstyled onClick={() => setAsking(true)}>
          {action}
          {ofWhat}
        </Button>
      </span>
    );
  }
  return (
    <span ref={place} className="mu-confirm">
      <Button
        type="button"
        unstyled
        aria-disabled={pending}
        onClick={() => {
          if (!pending) onConfirm();
        }}
      >
        {pending ? `${action} …` : `${action} for good`}
        {ofWhat}
      </Button>
      <Button type="button" unstyled onClick={() => setAsking(false)}>
        Keep{ofWhat}
      </Button>
    </span>
  );
}
