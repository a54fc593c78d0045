import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { listQuery } from '../api.ts';
import { Answer } from '../components/Answer.tsx';
import { AsOfControl, AsOfNotice, useTimes } from '../components/AsOf.tsx';
import { Fact } from '../components/DutySummary.tsx';
import { ListFilters } from '../components/ListFilters.tsx';
import { DutyLink } from '../components/DutyLink.tsx';
import { OfOneSystem } from '../components/OfOneSystem.tsx';
import { ListActs } from '../components/ListActs.tsx';
import { ListTable } from '../components/ListTable.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { Paging } from '../components/Paging.tsx';
import { ResultsHeading } from '../components/ResultsHeading.tsx';
import { SetUpLink } from '../components/SetUpLink.tsx';
import { useDeclared, useServer } from '../components/ServerContext.tsx';
import { ValueText } from '../components/ValueText.tsx';
import { isKey } from '../asked-fields.ts';
import type { DeclaredList } from '../declared.ts';
import { wordDay } from '../day.ts';
import { filtersOf, inWords, isDutyId, readList, topLists } from '../list-rows.ts';
import { placeOfList } from '../places.ts';
import { systemsReached } from '../reach.ts';
import type { Search } from '../url-state.ts';
import { headOf, sentence, shortHeadOf, wordName, wordNumber } from '../words.ts';
import { NotFound } from './NotFound.tsx';

const route = getRouteApi('/$agency/lists/$view');

/** The list of one person's roles: there an administrator lets the person set up how they sign in. */
const GRANTS = 'person-grants';

/** Any view that is a list: its filters, its columns and where they lead follow from its declaration. */
export function ListPage() {
  const { agency, view } = route.useParams();
  const search: Search = route.useSearch();
  const { grants } = useServer();
  const list = useDeclared().lists.find((each) => each.view === view);
  if (!list || list.parameters.some((name) => search[name] === undefined)) return <NotFound />;
  const known = <KnownList key={view} agency={agency} list={list} search={search} />;
  if (!list.fields.some(({ name }) => name === 'system')) return known;
  return <OfOneSystem reached={systemsReached(grants, list.may)}>{known}</OfOneSystem>;
}

interface KnownListProps {
  readonly agency: string;
  readonly list: DeclaredList;
  readonly search: Search;
}

function KnownList({ agency, list, search }: KnownListProps) {
  const answer = useQuery(listQuery(agency, list, search));
  const filters = filtersOf(list);
  return (
    <>
      <Trail agency={agency} list={list} />
      <PageHead title={titleOf(list, search, answer.data)} />
      <AsOfNotice of={answer} />
      <div className="mu-controls">
        <AsOfControl />
        <ListFilters
          agency={agency}
          fields={filters}
          search={search}
          reached={systemsReached(useServer().grants, list.may)}
        />
      </div>
      <Answer of={answer}>
        {(found) => <Rows agency={agency} list={list} search={search} answer={found} />}
      </Answer>
    </>
  );
}

/** What the list is of; where it is of one thing, by the name that the answer gives it. */
function titleOf(list: DeclaredList, search: Search, answer: object | undefined): string {
  const facts = answer === undefined ? [] : readList(list, answer).facts;
  const said = (fact: string) => facts.find(({ name }) => name === fact)?.value;
  const names = list.parameters.map((parameter) => {
    const name = said(parameter) ?? search[parameter];
    return isKey(name) ? (said('name') ?? name) : name;
  });
  return [headOf(list.title), ...(names.length > 0 ? [names.join(', ')] : [])].join(': ');
}

/** The way back to the page that leads here, or to the list whose rows do. */
function Trail({ agency, list }: { readonly agency: string; readonly list: DeclaredList }) {
  const { times } = useTimes();
  const place = placeOfList(list.view);
  const from = topLists(useDeclared().lists).filter(
    ({ columns }) => list.parameters.length > 0 && columns.some(({ leadsTo }) => leadsTo?.view === list.view),
  );
  if (!place && from.length === 0) return null;
  return (
    <nav className="mu-trail" aria-label="Back">
      {place && (
        <Link className="usa-link" to={place.to} params={{ agency }} search={times}>
          {place.text}
        </Link>
      )}
      {from.map(({ view, title }) => (
        <Link
          key={view}
          className="usa-link"
          to="/$agency/lists/$view"
          params={{ agency, view }}
          search={{ ...times }}
        >
          {shortHeadOf(title)}
        </Link>
      ))}
    </nav>
  );
}

/** A fact has the title of the column that shows it, here or in a list that leads here. */
function useFactWords(list: DeclaredList): (name: string) => string {
  const leading = useDeclared().lists.filter(({ columns }) =>
    columns.some(({ leadsTo }) => leadsTo?.view === list.view),
  );
  const columns = [list, ...leading].flatMap((each) => each.columns);
  return (name) => columns.find(({ field }) => field === name)?.title ?? wordName(name);
}

interface RowsProps extends KnownListProps {
  readonly answer: object;
}

function Rows({ agency, list, search, answer }: RowsProps) {
  const { rows, total, next, facts } = readList(list, answer);
  const wordFact = useFactWords(list);
  const { shown } = useTimes();
  const count = total ?? rows.length;
  return (
    <>
      {facts.length > 0 && (
        <dl className="mu-facts">
          {facts
            .filter(({ name }) => !list.parameters.includes(name))
            .map(({ name, value }) => (
              <Fact key={name} name={wordFact(name)}>
                {isDutyId(value) ? (
                  <DutyLink agency={agency} id={value} />
                ) : (
                  <ValueText agency={agency} value={inWords(name, value)} />
                )}
              </Fact>
            ))}
        </dl>
      )}
      <section aria-labelledby="results">
        <ResultsHeading id="results" after={search['after']}>
          {wordNumber(count)} {next !== undefined && total === undefined && 'or more '}found
          {!list.isOfAnyDay && ` as of ${wordDay(shown)}`}
        </ResultsHeading>
        {rows.length === 0 ? (
          <p>{sentence(list.none)}</p>
        ) : (
          <ListTable agency={agency} list={list} rows={rows} />
        )}
        <Paging after={search['after']} next={next} shown={rows.length} total={total} />
      </section>
      <ListActs agency={agency} list={list} search={search} rows={rows} />
      {list.view === GRANTS && <SetUpLink agency={agency} person={search['person'] ?? ''} />}
    </>
  );
}
