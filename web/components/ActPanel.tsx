import { Alert, Button } from '@trussworks/react-uswds';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useId, useRef, useState } from 'react';
import { doAct } from '../api.ts';
import type { AskedField } from '../asked-fields.ts';
import type { ActOutcome } from '../contract.ts';
import type { DeclaredAct } from '../declared.ts';
import { wordDay } from '../day.ts';
import { capital } from '../words.ts';
import { ActForm } from './ActForm.tsx';
import { useTimes } from './AsOf.tsx';
import type { Said } from './CheckedForm.tsx';

/** An act as a page offers it. */
export interface OfferedAct {
  readonly act: DeclaredAct;
  /** The fields to ask for. */
  readonly fields: readonly AskedField[];
  /** What the page says itself. */
  readonly filled: Readonly<Record<string, string>>;
  readonly disabledReason: string | undefined;
}

interface ActPanelProps {
  readonly agency: string;
  readonly offered: readonly OfferedAct[];
  /** What the page shows: `the duty`. */
  readonly what: string;
}

interface Doing {
  readonly act: string;
  readonly input: Said;
}

/** Acts by their titles, one of which is open to its form at a time. */
export function ActPanel({ agency, offered, what }: ActPanelProps) {
  const client = useQueryClient();
  const [open, setOpen] = useState<string>();
  const doing = useMutation({
    mutationFn: ({ act, input }: Doing) => doAct(agency, act, input),
    onSuccess: async () => {
      setOpen(undefined);
      // What a person may do can have changed as well.
      await Promise.all([
        client.invalidateQueries({ queryKey: ['agency', agency] }),
        client.invalidateQueries({ queryKey: ['status'] }),
      ]);
    },
  });
  const lastOf = (act: DeclaredAct) => (doing.variables?.act === act.act ? doing : undefined);
  return (
    <>
      {doing.isSuccess && <Recorded key={doing.data.entry} outcome={doing.data} what={what} />}
      <div className="mu-acts">
        {offered.map(({ act, fields, filled, disabledReason }) => (
          <ActPart
            key={act.act}
            act={act}
            fields={fields}
            open={open === act.act}
            disabledReason={disabledReason}
            pending={lastOf(act)?.isPending ?? false}
            error={lastOf(act)?.error ?? null}
            onToggle={() => setOpen(open === act.act ? undefined : act.act)}
            onSubmit={(input) => doing.mutate({ act: act.act, input: { ...filled, ...input } })}
          />
        ))}
      </div>
      <p className="mu-small">
        An act writes an entry into the record. Entries are never changed or removed.
      </p>
    </>
  );
}

interface ActPartProps {
  readonly act: DeclaredAct;
  readonly fields: readonly AskedField[];
  readonly open: boolean;
  readonly disabledReason: string | undefined;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onToggle: () => void;
  readonly onSubmit: (input: Said) => void;
}

/** An act by its title, which opens to its form; where it cannot be done, its control stays and says why. */
function ActPart({ act, open, disabledReason, onToggle, ...form }: ActPartProps) {
  const id = useId();
  const title = capital(act.title);
  if (disabledReason !== undefined) {
    return (
      <div className="mu-act">
        <h3>
          <Button type="button" unstyled disabled aria-describedby={id} className="mu-act-title">
            {title}
          </Button>
        </h3>
        <p id={id} className="mu-small">
          {capital(disabledReason)}.
        </p>
      </div>
    );
  }
  return (
    <div className="mu-act">
      <h3>
        <Button
          type="button"
          unstyled
          className="mu-act-title"
          aria-expanded={open}
          aria-controls={id}
          onClick={onToggle}
        >
          {title}
        </Button>
      </h3>
      <div id={id}>{open && <ActForm act={act} {...form} />}</div>
    </div>
  );
}

interface RecordedProps {
  readonly outcome: ActOutcome;
  readonly what: string;
}

function Recorded({ outcome, what }: RecordedProps) {
  const { shown, knownAt } = useTimes();
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => note.current?.focus(), []);
  const from = outcome.effective;
  return (
    <div ref={note} tabIndex={-1} className="mu-recorded">
      <Alert type="success" headingLevel="h3" heading={`Recorded as entry ${outcome.entry}`}>
        {from > shown ? (
          <>
            It took effect on {wordDay(from)}, after the day you are looking at.{' '}
            <Link className="usa-link" to="." search={(old) => ({ ...old, asOf: from, knownAt: undefined })}>
              Show {what} as of {wordDay(from)}
            </Link>
          </>
        ) : knownAt !== undefined ? (
          <>
            This page shows what was known before.{' '}
            <Link className="usa-link" to="." search={(old) => ({ ...old, knownAt: undefined })}>
              Show {what} as it now stands
            </Link>
          </>
        ) : (
          `This page shows ${what} as it now stands.`
        )}
      </Alert>
    </div>
  );
}
