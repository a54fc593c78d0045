import { Alert, Textarea } from '@trussworks/react-uswds';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useId, useRef } from 'react';
import { whyNotAcceptRisk, whyNotRecordDisabled } from '../acts.ts';
import { doAct, explanationQuery } from '../api.ts';
import type { ActOutcome, Duty } from '../contract.ts';
import { wordDay } from '../day.ts';
import { Answer } from './Answer.tsx';
import { ActForm } from './ActForm.tsx';
import { useTimes } from './AsOf.tsx';
import { Field } from './Field.tsx';

interface ActsProps {
  readonly agency: string;
  readonly duty: Duty;
}

interface Doing {
  readonly act: string;
  readonly input: Record<string, string>;
}

/** What a person can do about this duty; acts are judged by what is known today, whatever day is shown. */
export function Acts({ agency, duty }: ActsProps) {
  const { shown, today, knownAt } = useTimes();
  const isToday = shown === today && knownAt === undefined;
  const now = useQuery({ ...explanationQuery(agency, duty.id, {}), enabled: !isToday });
  if (isToday) return <ActForms agency={agency} duty={duty} />;
  return <Answer of={now}>{(explanation) => <ActForms agency={agency} duty={explanation.duty} />}</Answer>;
}

function ActForms({ agency, duty }: ActsProps) {
  const client = useQueryClient();
  const doing = useMutation({
    mutationFn: ({ act, input }: Doing) => doAct(agency, act, { duty: duty.id, ...input }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['agency', agency] }),
  });
  const formFor = (act: string) => ({
    duty,
    pending: doing.isPending && doing.variables.act === act,
    error: doing.variables?.act === act ? doing.error : null,
    onSubmit: (input: Record<string, string>) => doing.mutate({ act, input }),
  });
  return (
    <>
      {doing.isSuccess && (
        <Recorded
          key={doing.data.entry}
          outcome={doing.data}
          effective={doing.variables.input['effective']}
        />
      )}
      <div className="mu-acts">
        <RecordDisabled {...formFor('account.record-disabled')} />
        <AcceptRisk {...formFor('duty.accept-risk')} />
      </div>
      <p className="mu-small">
        An act writes an entry into the record. Entries are never changed or removed.
      </p>
    </>
  );
}

interface ActProps {
  readonly duty: Duty;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onSubmit: (input: Record<string, string>) => void;
}

function RecordDisabled({ duty, ...form }: ActProps) {
  const { shown, today } = useTimes();
  const id = useId();
  return (
    <ActForm
      {...form}
      title="Record that the account was disabled"
      intro="For an account that has been disabled where it lives. Muster does not disable it."
      submit="Record as disabled"
      disabledReason={whyNotRecordDisabled(duty)}
    >
      <Field
        id={`${id}-effective`}
        label="Day it was disabled"
        hint="The day it took effect, which may be earlier than today."
        required
      >
        <input
          className="usa-input"
          id={`${id}-effective`}
          aria-describedby={`${id}-effective-hint`}
          name="effective"
          type="date"
          required
          max={today}
          min={duty.trigger}
          defaultValue={shown === today ? today : ''}
        />
      </Field>
      <Field id={`${id}-note`} label="Note">
        <input className="usa-input" id={`${id}-note`} name="note" type="text" maxLength={500} />
      </Field>
    </ActForm>
  );
}

function AcceptRisk({ duty, ...form }: ActProps) {
  const id = useId();
  return (
    <ActForm
      {...form}
      title="Accept the risk"
      intro="From today. Given in time, it suspends the duty until it ends; given late, it only annotates. It never makes a late duty on time."
      submit="Accept the risk"
      disabledReason={whyNotAcceptRisk(duty)}
    >
      <Field id={`${id}-until`} label="Accept until" required>
        <input className="usa-input" id={`${id}-until`} name="until" type="date" required />
      </Field>
      <Field id={`${id}-reason`} label="Reason" required>
        <Textarea
          id={`${id}-reason`}
          name="reason"
          required
          rows={3}
          maxLength={2000}
          className="mu-textarea"
        />
      </Field>
    </ActForm>
  );
}

interface RecordedProps {
  readonly outcome: ActOutcome;
  readonly effective: string | undefined;
}

function Recorded({ outcome, effective }: RecordedProps) {
  const { shown, today } = useTimes();
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => note.current?.focus(), []);
  const from = effective ?? today;
  return (
    <div ref={note} tabIndex={-1} className="mu-recorded">
      <Alert type="success" headingLevel="h3" heading={`Recorded as entry ${outcome.entry}`}>
        {from > shown ? (
          <>
            It took effect on {wordDay(from)}, after the day you are looking at.{' '}
            <Link className="usa-link" to="." search={(old) => ({ ...old, asOf: from })}>
              Show the duty as of {wordDay(from)}
            </Link>
          </>
        ) : (
          'This page shows the duty as it now stands.'
        )}
      </Alert>
    </div>
  );
}
