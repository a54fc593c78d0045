import { Table } from '@trussworks/react-uswds';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { evidenceQuery } from '../api.ts';
import { Answer } from '../components/Answer.tsx';
import { AsOfControl, AsOfNotice, useTimes } from '../components/AsOf.tsx';
import { DayText } from '../components/DayText.tsx';
import { EntryLink } from '../components/EntryLink.tsx';
import { EvidenceUploadForm } from '../components/EvidenceUploadForm.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { useAgency, useDeclared, useServer } from '../components/ServerContext.tsx';
import type { EvidenceItem } from '../contract.ts';
import { wordInstant } from '../day.ts';
import { count, wordBytes, wordNumber, wordRole } from '../words.ts';

const route = getRouteApi('/$agency/evidence');

/** What evidence there is, and the way to bring in more. */
export function EvidenceList() {
  const { agency } = route.useParams();
  const { times } = useTimes();
  const answer = useQuery(evidenceQuery(agency, times));
  return (
    <>
      <PageHead title="Evidence" />
      <AsOfNotice of={answer} />
      <BringIn agency={agency} />
      <div className="mu-controls">
        <AsOfControl />
      </div>
      <Answer of={answer}>
        {({ evidence }) => (
          <section aria-labelledby="kept">
            <h2 id="kept">{count(evidence.length, 'file')} kept, newest first</h2>
            {evidence.length > 0 && <EvidenceTable agency={agency} evidence={evidence} />}
          </section>
        )}
      </Answer>
    </>
  );
}

function BringIn({ agency }: { readonly agency: string }) {
  const { roles } = useServer();
  const { readers } = useDeclared();
  const may = [...new Set(readers.flatMap((reader) => reader.may))];
  if (may.some((role) => roles.includes(role))) return <EvidenceUploadForm agency={agency} />;
  return <p>To bring in evidence is for {may.map(wordRole).join(', ')}.</p>;
}

interface EvidenceTableProps {
  readonly agency: string;
  readonly evidence: readonly EvidenceItem[];
}

function EvidenceTable({ agency, evidence }: EvidenceTableProps) {
  const timeZone = useAgency(agency)?.timeZone ?? 'UTC';
  return (
    <Table fullWidth bordered={false} stackedStyle="headers" className="mu-table">
      <thead>
        <tr>
          <th scope="col">File</th>
          <th scope="col">Reader</th>
          <th scope="col">System / component</th>
          <th scope="col">Observed</th>
          <th scope="col" className="mu-number">
            Observations
          </th>
          <th scope="col">Recorded</th>
        </tr>
      </thead>
      <tbody>
        {evidence.map((item) => (
          <tr key={item.evidence}>
            <th scope="row" data-label="File">
              <span className="mu-file">{item.file}</span>
              <span className="mu-under">
                evidence {item.evidence} · {wordBytes(item.bytes)} ·{' '}
                <EntryLink agency={agency} entry={item.evidence}>
                  in the record<span className="usa-sr-only">: entry {item.evidence}</span>
                </EntryLink>
              </span>
            </th>
            <td data-label="Reader">{item.reader}</td>
            <td data-label="System / component">
              {[item.system, item.component].filter((part) => part !== null).join(' / ') || '–'}
            </td>
            <td data-label="Observed">
              <DayText day={item.observedOn} />
            </td>
            <td data-label="Observations" className="mu-number">
              {wordNumber(item.observations)}
            </td>
            <td data-label="Recorded">
              <time dateTime={item.recorded}>{wordInstant(item.recorded, timeZone)}</time>
              <span className="mu-under">{item.actor}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
