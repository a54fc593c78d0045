import { Alert, Table } from '@trussworks/react-uswds';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { explanationQuery } from '../api.ts';
import { Acts } from '../components/Acts.tsx';
import { Answer } from '../components/Answer.tsx';
import { AsOfControl, AsOfNotice, useTimes } from '../components/AsOf.tsx';
import { ConsideredRules } from '../components/ConsideredRules.tsx';
import { DayWords } from '../components/DayWords.tsx';
import { DutySummary } from '../components/DutySummary.tsx';
import { Entries } from '../components/Entries.tsx';
import { EvidenceRows } from '../components/EvidenceRows.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { useDutyWords } from '../components/ServerContext.tsx';
import { Spells } from '../components/Spells.tsx';
import { TimelinePicture } from '../components/TimelinePicture.tsx';
import { listToReturnTo } from '../last-list.ts';
import type { Explanation } from '../contract.ts';

const route = getRouteApi('/$agency/duties/$id');

/** One duty and why it is so: from the sentence down to the line of a file. */
export function DutyExplained() {
  const { agency, id } = route.useParams();
  const { times } = useTimes();
  const answer = useQuery(explanationQuery(agency, id, times));
  const duty = answer.data?.duty;
  const wordDuty = useDutyWords();
  return (
    <>
      <Trail agency={agency} />
      <PageHead title={duty ? `${wordDuty(duty.duty)}: ${duty.subject.name}` : 'Duty'} />
      <AsOfNotice of={answer} />
      <Answer of={answer}>{(explanation) => <Explained agency={agency} explanation={explanation} />}</Answer>
    </>
  );
}

function Trail({ agency }: { readonly agency: string }) {
  const { times } = useTimes();
  return (
    <nav className="mu-trail" aria-label="Back">
      <Link
        className="usa-link"
        to="/$agency/duties"
        params={{ agency }}
        search={listToReturnTo(agency, times)}
      >
        All duties
      </Link>
    </nav>
  );
}

interface ExplainedProps {
  readonly agency: string;
  readonly explanation: Explanation;
}

function Explained({ agency, explanation }: ExplainedProps) {
  const { duty, asOf } = explanation;
  return (
    <>
      {explanation.successorOf !== null && (
        <Alert type="info" slim headingLevel="h2">
          A correction moved the trigger of {explanation.successorOf}; this duty is its successor.
        </Alert>
      )}
      <p className="usa-intro mu-sentence">
        <DayWords text={explanation.sentence} />
      </p>
      <TimelinePicture trigger={duty.trigger} due={duty.due} done={duty.done} asOf={asOf} />
      <DutySummary duty={duty} asOf={asOf} />
      <AsOfControl />
      <Part id="rules" title="Rules considered">
        <ConsideredRules agency={agency} considered={explanation.considered} />
      </Part>
      <Part id="arithmetic" title="The arithmetic">
        <ul className="mu-arithmetic">
          {explanation.arithmetic.map((step) => (
            <li key={step}>
              <DayWords text={step} />
            </li>
          ))}
        </ul>
      </Part>
      <Part id="facts" title="The facts">
        <Facts facts={explanation.facts} />
      </Part>
      <Part id="evidence" title="The evidence">
        <EvidenceRows agency={agency} rows={explanation.evidence} />
      </Part>
      <Part id="acts" title="What you can do">
        <Acts key={duty.id} agency={agency} duty={duty} />
      </Part>
      <Part id="entries" title="Entries in the record">
        <Entries agency={agency} entries={explanation.entries} />
      </Part>
      <Part id="spells" title="Spells of this subject">
        <Spells agency={agency} spells={explanation.spells} shown={duty.id} />
      </Part>
    </>
  );
}

interface PartProps {
  readonly id: string;
  readonly title: string;
  readonly children: ReactNode;
}

function Part({ id, title, children }: PartProps) {
  return (
    <section className="mu-part" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}

function Facts({ facts }: Pick<Explanation, 'facts'>) {
  return (
    <Table fullWidth bordered={false} stackedStyle="headers" className="mu-table">
      <thead>
        <tr>
          <th scope="col">Fact</th>
          <th scope="col">Value</th>
          <th scope="col">Source</th>
        </tr>
      </thead>
      <tbody>
        {facts.map(({ attribute, value, source }) => (
          <tr key={attribute}>
            <th scope="row" data-label="Fact">
              {attribute}
            </th>
            <td data-label="Value">{value ?? <strong>not known</strong>}</td>
            <td data-label="Source">{source}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
