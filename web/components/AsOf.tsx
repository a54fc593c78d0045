import { Alert, Button } from '@trussworks/react-uswds';
import type { UseQueryResult } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type SyntheticEvent, useId } from 'react';
import type { AnsweredTimes } from '../contract.ts';
import { readTimes } from '../url-state.ts';
import { isDay, wordDay, wordInstant } from '../day.ts';
import { useAgency, useServer } from './ServerContext.tsx';

/** The two times in the page's address, and the day that is shown. */
export function useTimes() {
  const { today } = useServer();
  const times = useSearch({ strict: false, select: (search) => readTimes({ ...search }) });
  return { ...times, times, shown: times.asOf ?? today, today };
}

function useShowTimes() {
  const navigate = useNavigate();
  return (asOf: string | undefined, knownAt: string | undefined) =>
    void navigate({
      to: '.',
      resetScroll: false,
      search: (old) => ({ ...old, asOf, knownAt, after: undefined }),
    });
}

/** Chooses the day on which the world is looked at, and the entry or instant up to which the record counts. */
export function AsOfControl() {
  const { asOf, knownAt, shown, today } = useTimes();
  const show = useShowTimes();
  const id = useId();
  function submit(event: SyntheticEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const day = saidIn(form, 'asOf');
    show(day === today ? undefined : day, saidIn(form, 'knownAt'));
  }
  return (
    <form className="mu-asof" onSubmit={submit} aria-label="As-of day">
      <div>
        <label className="usa-label" htmlFor={id}>
          As of
        </label>
        <input
          key={shown}
          className="usa-input"
          id={id}
          name="asOf"
          type="date"
          required
          min="1970-01-01"
          max="2199-12-31"
          defaultValue={shown}
        />
      </div>
      <div>
        <label className="usa-label" htmlFor={`${id}-known`}>
          As known at <span className="usa-hint">(entry or instant)</span>
        </label>
        <input
          key={knownAt ?? ''}
          className="usa-input"
          id={`${id}-known`}
          name="knownAt"
          placeholder="now"
          autoComplete="off"
          spellCheck={false}
          defaultValue={knownAt ?? ''}
        />
      </div>
      <Button type="submit" outline>
        Show
      </Button>
      {asOf !== undefined && asOf !== today && (
        <Button type="button" unstyled onClick={() => show(undefined, knownAt)}>
          Back to today
        </Button>
      )}
    </form>
  );
}

function saidIn(form: FormData, name: string): string | undefined {
  const said = form.get(name);
  const text = typeof said === 'string' ? said.trim() : '';
  return text === '' ? undefined : text;
}

interface AsOfNoticeProps {
  /** What the page shows: it says which entry an instant came to. */
  readonly of: UseQueryResult<AnsweredTimes>;
}

/** Says plainly that another day, or an earlier knowledge, is being looked at. */
export function AsOfNotice({ of }: AsOfNoticeProps) {
  const { asOf, knownAt, shown, today } = useTimes();
  const show = useShowTimes();
  const another = asOf !== undefined && asOf !== today && isDay(asOf);
  if (!another && knownAt === undefined) return null;
  return (
    <Alert type="info" slim headingLevel="h2" className="mu-notice">
      {another && (
        <>
          You are looking at <strong>{wordDay(shown)}</strong>, not today ({wordDay(today)}).{' '}
        </>
      )}
      {knownAt !== undefined && (
        <>
          Shown as it was known at <Knowledge said={knownAt} of={of} />.{' '}
          <Button type="button" unstyled onClick={() => show(asOf, undefined)}>
            Use all that is known now
          </Button>
        </>
      )}
    </Alert>
  );
}

function Knowledge({ said, of }: AsOfNoticeProps & { readonly said: string }) {
  const code = useParams({ strict: false }).agency ?? '';
  const timeZone = useAgency(code)?.timeZone ?? 'UTC';
  if (of.data === undefined || of.isPlaceholderData) return <strong>{said}</strong>;
  const { knownAt, recorded } = of.data;
  if (recorded === null) return <strong>a time before the first entry</strong>;
  return (
    <>
      <strong>entry {knownAt}</strong> (recorded{' '}
      <time dateTime={recorded}>{wordInstant(recorded, timeZone)}</time>)
    </>
  );
}
