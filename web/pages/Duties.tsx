import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import { dutiesQuery, systemsQuery } from '../api.ts';
import { Answer } from '../components/Answer.tsx';
import { AsOfControl, AsOfNotice } from '../components/AsOf.tsx';
import { Choice } from '../components/Choice.tsx';
import { OfOneSystem } from '../components/OfOneSystem.tsx';
import { DutyTable } from '../components/DutyTable.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { Paging } from '../components/Paging.tsx';
import { ResultsHeading } from '../components/ResultsHeading.tsx';
import { useDeclared, useDutyWords, useServer } from '../components/ServerContext.tsx';
import { StatusSummary } from '../components/StatusSummary.tsx';
import type { DutyList } from '../contract.ts';
import { rememberList } from '../last-list.ts';
import { wordDay } from '../day.ts';
import { within } from '../reach.ts';
import { carryTimes, type DutiesSearch } from '../url-state.ts';
import { capital, count, dutyChoices, wordStatus } from '../words.ts';

const route = getRouteApi('/$agency/duties');

/** All duties as of a day, narrowed down by what stands in the address. */
export function Duties() {
  return (
    <OfOneSystem reached={useServer().systems}>
      <KnownDuties />
    </OfOneSystem>
  );
}

function KnownDuties() {
  const { agency } = route.useParams();
  const search = route.useSearch();
  const answer = useQuery(dutiesQuery(agency, { ...search, limit: '50' }));
  useEffect(() => rememberList(agency, search), [agency, search]);
  return (
    <>
      <PageHead title="Duties" />
      <AsOfNotice of={answer} />
      <div className="mu-controls">
        <AsOfControl />
        <DutyFilters agency={agency} search={search} />
      </div>
      <Answer of={answer}>
        {(list) => (
          <>
            <StatusSummary counts={list.counts} chosen={search.status} />
            <Results agency={agency} list={list} search={search} />
          </>
        )}
      </Answer>
    </>
  );
}

interface DutyFiltersProps {
  readonly agency: string;
  readonly search: DutiesSearch;
}

function DutyFilters({ agency, search }: DutyFiltersProps) {
  const navigate = route.useNavigate();
  const { systems: reached } = useServer();
  const systems = useQuery(systemsQuery(agency, carryTimes(search))).data?.systems ?? [];
  const names = within(
    reached,
    systems.map(({ system }) => system),
  );
  const { dutyTypes } = useDeclared();
  const wordDuty = useDutyWords();
  const { programs, duties, classes } = dutyChoices(dutyTypes, search);
  const narrow = (said: DutiesSearch) =>
    void navigate({ resetScroll: false, search: (old) => ({ ...old, ...said, after: undefined }) });
  return (
    <fieldset className="usa-fieldset mu-filters" aria-label="Filters">
      <Choice
        label="System"
        name="system"
        all={reached === null ? 'All systems' : undefined}
        value={search.system}
        choices={names.map((system) => ({ value: system, text: system }))}
        onChoose={(system) => narrow({ system })}
      />
      <Choice
        label="Program"
        name="program"
        all="All programs"
        value={search.program}
        choices={programs.map((each) => ({ value: each, text: capital(each) }))}
        onChoose={(program) => narrow({ program, duty: undefined, class: undefined })}
      />
      <Choice
        label="Duty"
        name="duty"
        all="All duties"
        value={search.duty}
        choices={duties.map((each) => ({ value: each, text: wordDuty(each) }))}
        onChoose={(duty) => narrow({ duty, class: undefined })}
      />
      <Choice
        label="Class"
        name="class"
        all="All classes"
        value={search.class}
        choices={classes.map((each) => ({ value: each, text: capital(each) }))}
        onChoose={(klass) => narrow({ class: klass })}
      />
    </fieldset>
  );
}

interface ResultsProps {
  readonly agency: string;
  readonly list: DutyList;
  readonly search: DutiesSearch;
}

function Results({ agency, list, search }: ResultsProps) {
  return (
    <section aria-labelledby="results">
      <ResultsHeading id="results" after={search.after}>
        {wordTotal(list, search.status)}
      </ResultsHeading>
      {list.duties.length === 0 ? (
        <p>No duty fits. Choose another day or fewer filters.</p>
      ) : (
        <DutyTable agency={agency} asOf={list.asOf} duties={list.duties} />
      )}
      <Paging after={search.after} next={list.next} shown={list.duties.length} total={list.total} />
    </section>
  );
}

function wordTotal(list: DutyList, status: string | undefined): string {
  const kind = status === undefined ? '' : `${wordStatus(status)} `;
  return `${count(list.total, `${kind}duty`, `${kind}duties`)} as of ${wordDay(list.asOf)}`;
}
