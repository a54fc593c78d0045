import { Button } from '@trussworks/react-uswds';
import { useId, useState } from 'react';
import type { EvidenceRow } from '../contract.ts';
import { DayText } from './DayText.tsx';
import { DayWords } from './DayWords.tsx';
import { EvidenceCells } from './EvidenceCells.tsx';

interface EvidenceRowsProps {
  readonly agency: string;
  readonly rows: readonly EvidenceRow[];
}

/** The rows of the files a duty rests on; each opens to what its reader read there. */
export function EvidenceRows({ agency, rows }: EvidenceRowsProps) {
  if (rows.length === 0) return <p>It rests on no evidence file.</p>;
  return (
    <ul className="mu-evidence">
      {rows.map((row) => (
        <EvidenceRowItem key={`${row.evidence} ${row.line} ${row.says}`} agency={agency} row={row} />
      ))}
    </ul>
  );
}

interface EvidenceRowItemProps {
  readonly agency: string;
  readonly row: EvidenceRow;
}

function EvidenceRowItem({ agency, row }: EvidenceRowItemProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <li>
      <p className="mu-evidence-says">
        <DayWords text={row.says} />
      </p>
      <p className="mu-small margin-0">
        <span className="mu-file">{row.file}</span>
        {row.line !== null && `, line ${row.line}`} · evidence {row.evidence}
        {row.observedOn !== null && (
          <>
            {' '}
            · observed on <DayText day={row.observedOn} />
          </>
        )}
      </p>
      {row.line !== null && (
        <>
          <Button
            type="button"
            unstyled
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setOpen((before) => !before)}
          >
            {open ? 'Hide' : 'Show'} line {row.line} of {row.file}
          </Button>
          <div id={id}>
            {open && <EvidenceCells agency={agency} evidence={row.evidence} line={row.line} />}
          </div>
        </>
      )}
    </li>
  );
}
