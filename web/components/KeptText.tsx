import { Button } from '@trussworks/react-uswds';
import { useCopy } from './use-copy.ts';

interface KeptTextProps {
  /** What it is, for those who hear its buttons by themselves: `the checkpoint`. */
  readonly what: string;
  readonly text: string;
  /** What it is called once it is kept. */
  readonly file: string;
  /** The text is long, and seldom read by a person. */
  readonly folded?: boolean;
}

/** A text to take away as it is, to the byte. */
export function KeptText({ what, text, file, folded = false }: KeptTextProps) {
  const { said, copy } = useCopy(text, 'download it.');
  return (
    <>
      {folded ? (
        <details className="mu-source">
          <summary>Show {what}</summary>
          <pre className="mu-kept mu-kept--exact">{text}</pre>
        </details>
      ) : (
        <pre className="mu-kept mu-kept--exact">{text}</pre>
      )}
      <div className="mu-buttons mu-keeping">
        <Button type="button" outline onClick={copy}>
          Copy<span className="usa-sr-only"> {what}</span>
        </Button>
        <Button type="button" outline onClick={() => download(text, file)}>
          Download<span className="usa-sr-only"> {what}</span>
        </Button>
        <span className="mu-small mu-file">{file}</span>
        <output>{said}</output>
      </div>
    </>
  );
}

function download(text: string, file: string): void {
  // Of no type that a browser would give another ending.
  const address = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = file;
  link.click();
  // Some browsers begin to read it only after the click is over.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
