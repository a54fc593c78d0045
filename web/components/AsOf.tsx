import { Alert, Button } from '@trussworks/react-uswds';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type SyntheticEvent, useId } from 'react';
import { readTimes } from '../url-state.ts';
import { isDay, wordDay } from '../day.ts';
import { useServer } from './ServerContext.tsx';

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

/** Chooses the day on which the world is looked at. */
export function AsOfControl() {
  const { asOf, knownAt, shown, today } = useTimes();
  const show = useShowTimes();
  const id = useId();
  function submit(event: SyntheticEvent<HTMLFormElement>) {
    event.preventDefault();
    const day = new FormData(event.currentTarget).get('asOf');
    if (typeof day === 'string') show(day === today ? undefined : day, knownAt);
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
      <Button type="submit" outline>
        Show this day
      </Button>
      {asOf !== undefined && asOf !== today && (
        <Button type="button" unstyled onClick={() => show(undefined, knownAt)}>
          Back to today
        </Button>
      )}
    </form>
  );
}

/** Says plainly that another day, or an earlier knowledge, is being looked at. */
export function AsOfNotice() {
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
          Only what was written down up to <strong>{knownAt}</strong> counts.{' '}
          <Button type="button" unstyled onClick={() => show(asOf, undefined)}>
            Use all that is known now
          </Button>
        </>
      )}
    </Alert>
  );
}
