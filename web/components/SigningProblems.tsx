import { Alert } from '@trussworks/react-uswds';
import { useQuery } from '@tanstack/react-query';
import { statusQuery } from '../api.ts';
import type { RecordState } from '../contract.ts';
import { sentence } from '../words.ts';
import { useWatched } from './watched.ts';

/** Problems come and go while the page stands, milliseconds. */
const AGAIN = 5_000;

/** Why the record is not signed, or its checkpoints are not copied, as far as the server says so. */
export function SigningProblems({ record }: { readonly record: RecordState }) {
  const status = useQuery({ ...statusQuery(), refetchInterval: useWatched() && AGAIN });
  const problems = status.data?.problems ?? [];
  if (problems.length === 0) return null;
  const heading =
    record.signed < record.entries
      ? 'The record is not being signed'
      : 'The record is signed, but something about it fails';
  return (
    <Alert type="error" headingLevel="h2" heading={heading} role="alert" className="mu-notice">
      {problems.map((problem) => (
        <p key={problem} className="margin-0">
          {sentence(problem)}
        </p>
      ))}
      <p className="margin-0">
        Work goes on meanwhile. What to do about it is in <code>docs/record.md</code>.
      </p>
    </Alert>
  );
}
