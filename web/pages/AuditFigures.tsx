import { Alert } from '@trussworks/react-uswds';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { auditQuery, rulebooksQuery, systemsQuery } from '../api.ts';
import { Answer } from '../components/Answer.tsx';
import { AsOfControl, AsOfNotice, useTimes } from '../components/AsOf.tsx';
import { AuditOverview, AuditTables } from '../components/AuditTables.tsx';
import { Choice } from '../components/Choice.tsx';
import { OfOneSystem } from '../components/OfOneSystem.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { useDeclared, useMayRead, useServer } from '../components/ServerContext.tsx';
import type { Audit } from '../contract.ts';
import { wordDay } from '../day.ts';
import { within } from '../reach.ts';
import type { AuditSearch } from '../url-state.ts';
import { capital, dutyChoices } from '../words.ts';

const route = getRouteApi('/$agency/audit');

/** The figures of one system as of a day, as an auditor would write them down. */
export function AuditFigures() {
  const { agency } = route.useParams();
  const search = route.useSearch();
  const { times } = useTimes();
  const { systems: reached } = useServer();
  const systems = useQuery(systemsQuery(agency, times));
  return (
    <OfOneSystem reached={reached}>
      <PageHead title="Audit" />
      <AsOfNotice of={systems} />
      <Answer of={systems}>
        {({ systems: known }) => {
          const names = within(
            reached,
            known.map(({ system }) => system),
          );
          const system = search.system ?? names[0];
          if (system === undefined) return <p>There is no system yet. Import an inventory first.</p>;
          return (
            <>
              <AuditControls agency={agency} search={{ ...search, system }} systems={names} />
              <SystemAudit agency={agency} search={{ ...search, system }} />
            </>
          );
        }}
      </Answer>
    </OfOneSystem>
  );
}

interface AuditControlsProps {
  readonly agency: string;
  readonly search: AuditSearch;
  readonly systems: readonly string[];
}

function AuditControls({ agency, search, systems }: AuditControlsProps) {
  const navigate = route.useNavigate();
  const { times } = useTimes();
  const { programs } = dutyChoices(useDeclared().dutyTypes, {});
  const mayRead = useMayRead();
  const answer = useQuery({ ...rulebooksQuery(agency, times), enabled: mayRead('rulebooks') });
  const rulebooks = answer.data?.rulebooks ?? [];
  return (
    <div className="mu-controls">
      <AsOfControl />
      <fieldset className="usa-fieldset mu-filters" aria-label="Choices">
        <Choice
          label="System"
          name="system"
          all={systems[0] ?? ''}
          value={search.system === systems[0] ? undefined : search.system}
          choices={systems.slice(1).map((system) => ({ value: system, text: system }))}
          onChoose={(system) => void navigate({ resetScroll: false, search: (old) => ({ ...old, system }) })}
        />
        <Choice
          label="Program"
          name="program"
          all="All programs"
          value={search.program}
          choices={programs.map((each) => ({ value: each, text: capital(each) }))}
          onChoose={(program) =>
            void navigate({ resetScroll: false, search: (old) => ({ ...old, program }) })
          }
        />
        <Choice
          label="What if this were not adopted"
          name="without"
          all="Nothing left out"
          value={search.without}
          choices={rulebooks.map(({ rulebook, title }) => ({
            value: rulebook,
            text: `${rulebook}: ${title}`,
          }))}
          onChoose={(without) =>
            void navigate({ resetScroll: false, search: (old) => ({ ...old, without }) })
          }
        />
      </fieldset>
    </div>
  );
}

interface SystemAuditProps {
  readonly agency: string;
  readonly search: AuditSearch;
}

function SystemAudit({ agency, search }: SystemAuditProps) {
  const { without, ...adopted } = search;
  const actual = useQuery(auditQuery(agency, { ...adopted }));
  if (without !== undefined) return <WhatIf agency={agency} search={search} actual={actual.data} />;
  return <Answer of={actual}>{(audit) => <AuditResult audit={audit} />}</Answer>;
}

interface WhatIfProps extends SystemAuditProps {
  readonly actual: Audit | undefined;
}

function WhatIf({ agency, search, actual }: WhatIfProps) {
  const answer = useQuery(auditQuery(agency, { ...search }));
  return (
    <>
      <Alert type="warning" headingLevel="h2" heading={`What if ${search.without} were not adopted`}>
        A demonstration of precedence, not a finding.
      </Alert>
      <Answer of={answer}>{(audit) => <AuditResult audit={audit} compare={actual} />}</Answer>
    </>
  );
}

interface AuditResultProps {
  readonly audit: Audit;
  readonly compare?: Audit | undefined;
}

function AuditResult({ audit, compare }: AuditResultProps) {
  return (
    <section aria-labelledby="figures">
      <h2 id="figures" aria-live="polite">
        {audit.system ?? 'All systems'} as of {wordDay(audit.asOf)}
      </h2>
      {audit.rows.length === 0 ? (
        <p>Nothing in this system has a duty as of that day.</p>
      ) : (
        <>
          {!compare && <AuditOverview rows={audit.rows} />}
          <AuditTables system={audit.system ?? undefined} rows={audit.rows} compare={compare?.rows} />
        </>
      )}
    </section>
  );
}
