import { Table } from '@trussworks/react-uswds';
import { useQuery } from '@tanstack/react-query';
import { evidenceLineQuery } from '../api.ts';
import { Answer } from './Answer.tsx';
import { useTimes } from './AsOf.tsx';

interface EvidenceCellsProps {
  readonly agency: string;
  readonly evidence: number;
  readonly line: number;
}

/** What a reader read in one line of a file, cell by cell. */
export function EvidenceCells({ agency, evidence, line }: EvidenceCellsProps) {
  const { times } = useTimes();
  const answer = useQuery(evidenceLineQuery(agency, evidence, line, times));
  return (
    <Answer of={answer}>
      {(row) => (
        <Table compact scrollable bordered className="mu-cells" caption={`Line ${row.line} of ${row.file}`}>
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Value</th>
            </tr>
          </thead>
          <tbody>
            {row.cells.map(({ column, value }) => (
              <tr key={column}>
                <th scope="row">{column}</th>
                <td>{value === '' ? <span className="mu-none">empty</span> : value}</td>
              </tr>
            ))}
          </tbody>
        </Table>
      )}
    </Answer>
  );
}
