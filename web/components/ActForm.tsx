import { Button } from '@trussworks/react-uswds';
import type { ReactNode, SyntheticEvent } from 'react';
import { capital } from '../words.ts';
import { Failure } from './Failure.tsx';

interface ActFormProps {
  readonly title: string;
  readonly intro: string;
  readonly submit: string;
  readonly disabledReason: string | undefined;
  readonly pending: boolean;
  readonly error: unknown;
  readonly onSubmit: (input: Record<string, string>) => void;
  readonly children: ReactNode;
}

/** One act as a form; where it does not apply, its button stays and says why. */
export function ActForm(props: ActFormProps) {
  const { title, intro, disabledReason, error, children } = props;
  function submit(event: SyntheticEvent<HTMLFormElement>) {
    event.preventDefault();
    if (!props.pending) props.onSubmit(filledFields(event.currentTarget));
  }
  return (
    <section className="mu-act">
      <h3>{title}</h3>
      <p>{intro}</p>
      {disabledReason === undefined ? (
        <form className="usa-form" onSubmit={submit} aria-label={title}>
          {error !== null && <Failure error={error} />}
          {children}
          <Button type="submit" aria-disabled={props.pending}>
            {props.pending ? 'Recording …' : props.submit}
          </Button>
        </form>
      ) : (
        <DisabledButton submit={props.submit} reason={disabledReason} />
      )}
    </section>
  );
}

function DisabledButton({ submit, reason }: { readonly submit: string; readonly reason: string }) {
  const id = `why-not-${submit.replaceAll(' ', '-').toLowerCase()}`;
  return (
    <>
      <Button type="button" disabled aria-describedby={id}>
        {submit}
      </Button>
      <p id={id} className="mu-small">
        {capital(reason)}.
      </p>
    </>
  );
}

function filledFields(form: HTMLFormElement): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && value.trim() !== '') fields[name] = value.trim();
  }
  return fields;
}
