import { Link } from '@tanstack/react-router';
import { wordNumber } from '../words.ts';

interface PagingProps {
  readonly after: string | undefined;
  readonly next: string | null | undefined;
  readonly shown: number;
  readonly total: number | undefined;
}

/** The way through a list that is longer than a page. */
export function Paging({ after, next, shown, total }: PagingProps) {
  const more = typeof next === 'string' ? next : undefined;
  if (more === undefined && after === undefined) return null;
  return (
    <nav className="mu-paging" aria-label="Pages">
      {after !== undefined && (
        <Link
          className="usa-button usa-button--outline"
          to="."
          resetScroll={false}
          search={(old) => ({ ...old, after: undefined })}
        >
          Back to the first
        </Link>
      )}
      {more !== undefined && (
        <Link className="usa-button" to="." resetScroll={false} search={(old) => ({ ...old, after: more })}>
          Next
        </Link>
      )}
      <span className="mu-small">
        {wordNumber(shown)}
        {total !== undefined && ` of ${wordNumber(total)}`} on this page
      </span>
    </nav>
  );
}
