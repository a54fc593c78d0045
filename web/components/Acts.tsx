import { Alert, Button } from '@trussworks/react-uswds';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useId, useRef, useState } from 'react';
import { actsAbout, whyNot } from '../acts.ts';
import { doAct, explanationQuery } from '../api.ts';
import type { ActOutcome, Duty } from '../contract.ts';
import type { DeclaredAct } from '../declared.ts';
import { wordDay } from '../day.ts';
import { capital } from '../words.ts';
import { Answer } from './Answer.tsx';
import { ActForm } from './ActForm.tsx';
import { useTimes } from './AsOf.tsx';
import { useDeclared, useServer } from './ServerContext.tsx';

interface ActsProps {
  readonly agency: string;
  readonly duty: Duty;
}

/** What a person can do about this duty; acts are judged by what is known today, whatever day is shown. */
export function Acts({ agency, duty }: ActsProps) {
  const { shown, today, knownAt } = useTimes();
  const isToday = shown === today && knownAt === undefined;
  const now = useQuery({ ...explanationQuery(agency, duty.id, {}), enabled: !isToday });
  if (isToday) return <ActForms agency={agency} duty={duty} />;
  return <Answer of={now}>{(explanation) => <ActForms agency={agency} duty={explanation.duty} />}</Answer>;
}

interface Doing {
  readonly act: string;
  readonly input: Record<string, string>;
}

function ActForms({ agency, duty }: ActsProps) {
  const client = useQueryClient();
  const { roles } = useServer();
  const acts = actsAbout(useDeclared().acts, duty.duty);
  const [open, setOpen] = useState<string>();
  const doing = useMutation({
    mutationFn: ({ act, input }: Doing) => doAct(agency, act, { duty: duty.id, ...input }),
    onSuccess: async () => {
      setOpen(undefined);
      await client.invalidateQueries({ queryKey: ['agency', agency] });
    },
  });
  if (acts.length === 0)
    return <p>Nothing can be recorded about it here. Evidence brings in what becomes of it.</p>;
  const lastOf = (act: DeclaredAct) => (doing.variables?.act === act.act ? doing : undefined);
  return (
    <>
      {doing.isSuccess && <Recorded key={doing.data.entry} outcome={doing.data} />}
      <div className="mu-acts">
        {acts.map((act) => (
          <ActPart
            key={act.act}
            act={act}
            open={open === act.act}
            disabledReason={whyNot(act, duty, roles)}
            pending={lastOf(act)?.isPending ?? false}
            error={lastOf(act)?.error ?? null}
            onToggle={() => setOpen(open === act.act ? undefined : act.act)}
            onSubmit={(input) => doing.mutate({ act: act.act, input })}
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
  readonly open: boolean;
  readonly disabledReason: string | undefined;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onToggle: () => void;
  readonly onSubmit: (input: Record<string, string>) => void;
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
      <div id={id}>
        {open && <ActForm act={act} fields={act.fields.filter(({ name }) => name !== 'duty')} {...form} />}
      </div>
    </div>
  );
}

function Recorded({ outcome }: { readonly outcome: ActOutcome }) {
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
              Show the duty as of {wordDay(from)}
            </Link>
          </>
        ) : knownAt !== undefined ? (
          <>
            This page shows what was known before.{' '}
            <Link className="usa-link" to="." search={(old) => ({ ...old, knownAt: undefined })}>
              Show the duty as it now stands
            </Link>
          </>
        ) : (
          'This page shows the duty as it now stands.'
        )}
      </Alert>
    </div>
  );
}
