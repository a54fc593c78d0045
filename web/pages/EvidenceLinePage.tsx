import { getRouteApi, Link } from '@tanstack/react-router';
import { useTimes } from '../components/AsOf.tsx';
import { EvidenceCells } from '../components/EvidenceCells.tsx';
import { PageHead } from '../components/PageHead.tsx';

const route = getRouteApi('/$agency/evidence/$evidence/lines/$line');

/** One line of a file of evidence, as its reader said it. */
export function EvidenceLinePage() {
  const { agency, evidence, line } = route.useParams();
  const { times } = useTimes();
  return (
    <>
      <nav className="mu-trail" aria-label="Back">
        <Link className="usa-link" to="/$agency/evidence" params={{ agency }} search={times}>
          All evidence
        </Link>
      </nav>
      <PageHead title={`Evidence ${evidence}, line ${line}`} />
      <EvidenceCells agency={agency} evidence={Number(evidence)} line={Number(line)} />
    </>
  );
}
