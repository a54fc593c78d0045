import { Button } from '@trussworks/react-uswds';
import { useCopy } from './use-copy.ts';

interface CopiedTextProps {
  /** What it is, for those who hear its button by itself: `the secret`. */
  readonly what: string;
  /** As it is copied. */
  readonly text: string;
  /** As it is shown, where that reads better. */
  readonly shown?: string | undefined;
}

/** A text to take away by hand or by a button. */
export function CopiedText({ what, text, shown }: CopiedTextProps) {
  const { said, copy } = useCopy(text, 'mark it and copy it by hand.');
  return (
    <>
      <pre className={`mu-kept${shown === undefined ? ' mu-kept--exact' : ''}`}>{shown ?? text}</pre>
      <div className="mu-buttons mu-keeping">
        <Button type="button" outline onClick={copy}>
          Copy<span className="usa-sr-only"> {what}</span>
        </Button>
        <output>{said}</output>
      </div>
    </>
  );
}
