import { Alert, Table } from '@trussworks/react-uswds';
import type { ImportOutcome } from '../contract.ts';
import { capital, count, wordName, wordNumber } from '../words.ts';
import { RefusedTable } from './RefusedTable.tsx';

interface ImportOutcomeViewProps {
  readonly outcome: ImportOutcome;
  readonly dryRun: boolean;
}

/** What an import changed, or would change. */
export function ImportOutcomeView({ outcome, dryRun }: ImportOutcomeViewProps) {
  return (
    <Alert type={dryRun ? 'info' : 'success'} headingLevel="h3" heading={headingOf(outcome, dryRun)}>
      <p className="margin-0">
        Read by {outcome.reader}: {count(outcome.observations, 'observation')}
        {outcome.assets > 0 && `, ${count(outcome.assets, 'asset')}`}
        {outcome.observedOn !== null && `, observed on ${outcome.observedOn}`}.
      </p>
      <Table compact bordered={false} className="mu-table mu-outcome">
        <thead>
          <tr>
            {changes(outcome).map(([name]) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            {changes(outcome).map(([name, number]) => (
              <td key={name}>{wordNumber(number)}</td>
            ))}
          </tr>
        </tbody>
      </Table>
      {outcome.notices.length > 0 && (
        <ul className="mu-notices">
          {outcome.notices.map((notice) => (
            <li key={notice}>{capital(notice)}</li>
          ))}
        </ul>
      )}
      {outcome.refused.length > 0 && <RefusedTable refused={outcome.refused} />}
    </Alert>
  );
}

function headingOf(outcome: ImportOutcome, dryRun: boolean): string {
  if (outcome.repeated) return 'This file is already there: it changes nothing';
  if (dryRun) return 'What it would change';
  return outcome.evidence === null ? 'Imported' : `Imported as evidence ${outcome.evidence}`;
}

function changes(outcome: ImportOutcome): readonly (readonly [string, number])[] {
  return [
    ['New', outcome.new],
    ['Closed', outcome.closed],
    ['Reopened', outcome.reopened],
    ['Unchanged', outcome.unchanged],
    ...Object.entries(outcome.bySeverity).map(([name, number]) => [wordName(name), number] as const),
  ];
}
