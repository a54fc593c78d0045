import { useQuery } from '@tanstack/react-query';
import {
  createRootRoute,
  createRoute,
  createRouter,
  Navigate,
  Outlet,
  useParams,
} from '@tanstack/react-router';
import { statusQuery } from './api.ts';
import { Failure } from './components/Failure.tsx';
import { Frame } from './components/Frame.tsx';
import { ServerProvider, useAgency } from './components/ServerContext.tsx';
import { AuditFigures } from './pages/AuditFigures.tsx';
import { Duties } from './pages/Duties.tsx';
import { DutyExplained } from './pages/DutyExplained.tsx';
import { EvidenceList } from './pages/EvidenceList.tsx';
import { NotFound } from './pages/NotFound.tsx';
import { Rulebooks } from './pages/Rulebooks.tsx';
import { Start } from './pages/Start.tsx';
import { Systems } from './pages/Systems.tsx';
import { parseSearch, readAuditSearch, readDutiesSearch, readTimes, stringifySearch } from './url-state.ts';

const root = createRootRoute({ component: Root, notFoundComponent: NotFound, errorComponent: Failure });

function Root() {
  const status = useQuery(statusQuery());
  if (status.isError) {
    return (
      <main className="grid-container-widescreen mu-main">
        <h1>Muster</h1>
        <Failure error={status.error} onRetry={() => void status.refetch()} />
      </main>
    );
  }
  if (!status.data) return null;
  return (
    <ServerProvider value={status.data}>
      <Frame server={status.data}>
        <Outlet />
      </Frame>
    </ServerProvider>
  );
}

const start = createRoute({ getParentRoute: () => root, path: '/', component: Start });

const agency = createRoute({ getParentRoute: () => root, path: '$agency', component: AgencyPages });

function AgencyPages() {
  const code = useParams({ from: '/$agency' }).agency;
  return useAgency(code) ? <Outlet /> : <NotFound />;
}

const agencyStart = createRoute({
  getParentRoute: () => agency,
  path: '/',
  component: () => <Navigate from="/$agency" to="/$agency/duties" search={{}} replace />,
});

const duties = createRoute({
  getParentRoute: () => agency,
  path: 'duties',
  validateSearch: readDutiesSearch,
  component: Duties,
});

const duty = createRoute({
  getParentRoute: () => agency,
  path: 'duties/$id',
  validateSearch: readTimes,
  component: DutyExplained,
});

const audit = createRoute({
  getParentRoute: () => agency,
  path: 'audit',
  validateSearch: readAuditSearch,
  component: AuditFigures,
});

const systems = createRoute({
  getParentRoute: () => agency,
  path: 'systems',
  validateSearch: readTimes,
  component: Systems,
});

const evidence = createRoute({
  getParentRoute: () => agency,
  path: 'evidence',
  validateSearch: readTimes,
  component: EvidenceList,
});

const rulebooks = createRoute({
  getParentRoute: () => agency,
  path: 'rulebooks',
  validateSearch: readTimes,
  component: Rulebooks,
});

export const router = createRouter({
  routeTree: root.addChildren([
    start,
    agency.addChildren([agencyStart, duties, duty, audit, systems, evidence, rulebooks]),
  ]),
  parseSearch,
  stringifySearch,
  scrollRestoration: true,
  pathParamsAllowedCharacters: [':', '@'],
  defaultErrorComponent: Failure,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
