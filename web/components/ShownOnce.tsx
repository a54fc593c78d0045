import { Alert, Button } from '@trussworks/react-uswds';
import { type ReactNode, useEffect, useRef } from 'react';
import { CopiedText } from './CopiedText.tsx';

interface ShownOnceProps {
  readonly heading: string;
  /** What it is: `the token`. */
  readonly what: string;
  readonly text: string;
  /** What to do with it. */
  readonly children: ReactNode;
  readonly onDone: () => void;
}

/** A secret that Muster says this once: it takes the focus, and stays until the person has it. */
export function ShownOnce({ heading, what, text, children, onDone }: ShownOnceProps) {
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => note.current?.focus(), []);
  return (
    <div ref={note} tabIndex={-1} className="mu-recorded">
      <Alert type="success" headingLevel="h3" heading={heading}>
        <p className="margin-0">
          <strong>Copy it now: it will not be shown again.</strong> {children}
        </p>
        <CopiedText what={what} text={text} />
        <Button type="button" unstyled onClick={onDone}>
          I have it: take it off this page
        </Button>
      </Alert>
    </div>
  );
}
