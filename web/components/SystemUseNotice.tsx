import { Button } from '@trussworks/react-uswds';
import { type ReactNode, useState } from 'react';
import type { SignInOffer } from '../contract-person.ts';
import { PageHead } from './PageHead.tsx';

interface SystemUseNoticeProps {
  readonly notice: SignInOffer['notice'];
  /** What happened before, if anything. */
  readonly said?: ReactNode;
  readonly children: ReactNode;
}

/** The notice that a person must have read; what it stands before is shown after. */
export function SystemUseNotice({ notice, said, children }: SystemUseNoticeProps) {
  const [read, setRead] = useState<string>();
  if (read === notice.digest) return children;
  return (
    <>
      <PageHead title="Before you sign in" />
      {said}
      <div className="mu-notice-text">
        {notice.text
          .split(/\n\s*\n/)
          .filter((paragraph) => paragraph.trim() !== '')
          .map((paragraph) => (
            <p key={paragraph}>{paragraph}</p>
          ))}
      </div>
      <Button type="button" onClick={() => setRead(notice.digest)}>
        I have read this: continue
      </Button>
    </>
  );
}
