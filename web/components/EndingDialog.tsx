import { Button } from '@trussworks/react-uswds';
import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import { wordClock } from '../idle.ts';

interface EndingDialogProps {
  /** When the session ends, milliseconds since 1970. */
  readonly at: number;
  readonly why: 'idle' | 'limit';
  readonly pending: boolean;
  readonly onStay: () => void;
  readonly onLeave: () => void;
}

/** Says that the session ends soon. The browser keeps the focus in it, and the page behind it out of reach. */
export function EndingDialog({ at, why, pending, onStay, onLeave }: EndingDialogProps) {
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      aria-labelledby={`${id}-heading`}
      aria-describedby={`${id}-says`}
      className="usa-modal mu-dialog"
      onCancel={(event) => {
        event.preventDefault();
        onStay();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Tab') turnAround(event, dialog.current);
      }}
    >
      <div className="usa-modal__content">
        <div className="usa-modal__main">
          <h2 className="usa-modal__heading" id={`${id}-heading`}>
            You will be signed out at {wordClock(at)}
            {why === 'idle' && ' for want of activity'}
          </h2>
          <p id={`${id}-says`}>
            {why === 'idle'
              ? 'What you have written and not sent would be lost.'
              : 'A session lasts only so long, whatever you do. Finish what you have begun, then sign in again.'}
          </p>
          <div className="usa-modal__footer mu-buttons">
            <Button type="button" onClick={onStay}>
              {why === 'idle' ? 'Stay signed in' : 'Go on until then'}
            </Button>
            <Button type="button" outline aria-disabled={pending} onClick={onLeave}>
              Sign out now
            </Button>
          </div>
        </div>
      </div>
    </dialog>
  );
}

/** From the last button the focus goes on to the first, and back. */
function turnAround(event: KeyboardEvent, dialog: HTMLDialogElement | null): void {
  const buttons = [...(dialog?.querySelectorAll('button') ?? [])];
  const [from, to] = event.shiftKey ? [buttons[0], buttons.at(-1)] : [buttons.at(-1), buttons[0]];
  if (document.activeElement !== from) return;
  event.preventDefault();
  to?.focus();
}
