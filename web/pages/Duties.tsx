import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { dutiesQuery, systemsQuery } from '../api.ts';
import { Answer } from '../components/Answer.tsx';
import { AsOfControl, AsOfNotice } from '../components/AsOf.tsx';
import { Choice } from '../components/Choice.tsx';
import { DutyTable } from '../components/DutyTable.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { StatusSummary } from '../components/StatusSummary.tsx';
import type { DutyList } from '../contract.ts';
import { rememberList } from '../last-list.ts';
import { wordDay } from '../day.ts';
import type { DutiesSearch } from '../url-state.ts';
import { capital, classes, count, dutyTypes, wordDuty, wordNumber, wordStatus } from '../words.ts';

const route = getRouteApi('/$agency/duties');

/** All duties as of a day, narrowed down by what stands in the address. */
export function Duties() {
  const { agency } = route.useParams();
  const search = route.useSearch();
  const answer = useQuery(dutiesQuery(agency, { ...search, limit: '50' }));
  useEffect(() => rememberList(agency, search), [agency, search]);
  return (
    <>
      <PageHead title="Duties" />
      <AsOfNotice />
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
  const systems = useQuery(systemsQuery(agency, { asOf: search.asOf })).data?.systems ?? [];
  const choose = (name: 'system' | 'class' | 'duty') => (value: string | undefined) =>
    void navigate({ resetScroll: false, search: (old) => ({ ...old, [name]: value, after: undefined }) });
  return (
    <fieldset className="usa-fieldset mu-filters" aria-label="Filters">
      <Choice
        label="System"
        name="system"
        all="All systems"
        value={search.system}
        choices={systems.map(({ system }) => ({ value: system, text: system }))}
        onChoose={choose('system')}
      />
      <Choice
        label="Class"
        name="class"
        all="All classes"
        value={search.class}
        choices={classes.map((each) => ({ value: each, text: capital(each) }))}
        onChoose={choose('class')}
      />
      <Choice
        label="Duty"
        name="duty"
        all="All duties"
        value={search.duty}
        choices={dutyTypes.map((each) => ({ value: each, text: wordDuty(each) }))}
        onChoose={choose('duty')}
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
  const heading = useRef<HTMLHeadingElement>(null);
  const cursor = useRef(search.after);
  useEffect(() => {
    if (cursor.current !== search.after) heading.current?.focus();
    cursor.current = search.after;
  }, [search.after]);
  return (
    <section aria-labelledby="results">
      <h2 id="results" ref={heading} tabIndex={-1} aria-live="polite" className="mu-results">
        {wordTotal(list, search.status)}
      </h2>
      {list.duties.length === 0 ? (
        <p>No duty fits. Choose another day or fewer filters.</p>
      ) : (
        <DutyTable agency={agency} asOf={list.asOf} duties={list.duties} />
      )}
      <Paging list={list} search={search} />
    </section>
  );
}

function wordTotal(list: DutyList, status: string | undefined): string {
  const kind = status === undefined ? '' : `${wordStatus(status)} `;
  return `${count(list.total, `${kind}duty`, `${kind}duties`)} as of ${wordDay(list.asOf)}`;
}

function Paging({ list, search }: Pick<ResultsProps, 'list' | 'search'>) {
  if (list.next === null && search.after === undefined) return null;
  const { next } = list;
  return (
    <nav className="mu-paging" aria-label="Pages">
      {search.after !== undefined && (
        <Link
          className="usa-button usa-button--outline"
          to="."
          resetScroll={false}
          search={(old) => ({ ...old, after: undefined })}
        >
          Back to the first
        </Link>
      )}
      {next !== null && (
        <Link className="usa-button" to="." resetScroll={false} search={(old) => ({ ...old, after: next })}>
          Next
        </Link>
      )}
      <span className="mu-small">
        {wordNumber(list.duties.length)} of {wordNumber(list.total)} on this page
      </span>
    </nav>
  );
}
