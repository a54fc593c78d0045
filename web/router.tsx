import { useQuery } from '@tanstack/react-query';
import {
  createRootRoute,
  createRoute,
  createRouter,
  Navigate,
  Outlet,
  useMatches,
  useParams,
} from '@tanstack/react-router';
import { declaredQuery, statusQuery, wantsSignIn } from './api.ts';
import { Failure } from './components/Failure.tsx';
import { Frame } from './components/Frame.tsx';
import { Outside } from './components/Outside.tsx';
import { DeclaredProvider, ServerProvider, useAgency } from './components/ServerContext.tsx';
import { Account } from './pages/Account.tsx';
import { AuditFigures } from './pages/AuditFigures.tsx';
import { Duties } from './pages/Duties.tsx';
import { DutyExplained } from './pages/DutyExplained.tsx';
import { EntryPage } from './pages/EntryPage.tsx';
import { EvidenceLinePage } from './pages/EvidenceLinePage.tsx';
import { EvidenceList } from './pages/EvidenceList.tsx';
import { ListPage } from './pages/ListPage.tsx';
import { NotFound } from './pages/NotFound.tsx';
import { RecordPage } from './pages/RecordPage.tsx';
import { Rulebooks } from './pages/Rulebooks.tsx';
import { SetUp } from './pages/SetUp.tsx';
import { SignIn } from './pages/SignIn.tsx';
import { Start } from './pages/Start.tsx';
import { SystemPage } from './pages/SystemPage.tsx';
import { Systems } from './pages/Systems.tsx';
import { isOutside } from './return-to.ts';
import {
  parseSearch,
  readAuditSearch,
  readDutiesSearch,
  readListSearch,
  readSignInSearch,
  readTimes,
  stringifySearch,
} from './url-state.ts';

const root = createRootRoute({ component: Root, notFoundComponent: NotFound, errorComponent: Failure });

function Root() {
  // Not the address: it changes before the page that is shown does.
  const shown = useMatches({ select: (matches) => matches.some(({ pathname }) => isOutside(pathname)) });
  return shown ? (
    <Outside>
      <Outlet />
    </Outside>
  ) : (
    <Inside />
  );
}

/** What a person sees who is signed in; whoever is not is led to sign-in by what the server answers. */
function Inside() {
  const status = useQuery(statusQuery());
  const declared = useQuery(declaredQuery());
  const failed = [status, declared].find(({ isError }) => isError);
  if (wantsSignIn(status.error) || wantsSignIn(declared.error)) return null;
  if (failed) {
    return (
      <main className="grid-container-widescreen mu-main">
        <h1>Muster</h1>
        <Failure error={failed.error} onRetry={() => void failed.refetch()} />
      </main>
    );
  }
  if (!status.data || !declared.data) return null;
  return (
    <ServerProvider value={status.data}>
      <DeclaredProvider value={declared.data}>
        <Frame server={status.data}>
          <Outlet />
        </Frame>
      </DeclaredProvider>
    </ServerProvider>
  );
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: 'sign-in',
  validateSearch: readSignInSearch,
  component: SignIn,
});

const setUp = createRoute({ getParentRoute: () => root, path: 'set-up', component: SetUp });

const account = createRoute({ getParentRoute: () => root, path: 'account', component: Account });

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

const system = createRoute({
  getParentRoute: () => agency,
  path: 'systems/$system',
  validateSearch: readTimes,
  component: SystemPage,
});

const list = createRoute({
  getParentRoute: () => agency,
  path: 'lists/$view',
  validateSearch: readListSearch,
  component: ListPage,
});

const evidence = createRoute({
  getParentRoute: () => agency,
  path: 'evidence',
  validateSearch: readTimes,
  component: EvidenceList,
});

const evidenceLine = createRoute({
  getParentRoute: () => agency,
  path: 'evidence/$evidence/lines/$line',
  validateSearch: readTimes,
  component: EvidenceLinePage,
});

const rulebooks = createRoute({
  getParentRoute: () => agency,
  path: 'rulebooks',
  validateSearch: readTimes,
  component: Rulebooks,
});

const record = createRoute({
  getParentRoute: () => agency,
  path: 'record',
  validateSearch: readTimes,
  component: RecordPage,
});

const entry = createRoute({
  getParentRoute: () => agency,
  path: 'entries/$entry',
  validateSearch: readTimes,
  component: EntryPage,
});

export const router = createRouter({
  routeTree: root.addChildren([
    start,
    signIn,
    setUp,
    account,
    agency.addChildren([
      agencyStart,
      duties,
      duty,
      audit,
      systems,
      system,
      list,
      evidence,
      evidenceLine,
      rulebooks,
      record,
      entry,
    ]),
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
