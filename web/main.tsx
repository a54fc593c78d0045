// oxlint-disable-next-line import/no-unassigned-import -- a stylesheet is all effect
import '@uswds/uswds/css/uswds.min.css';
// oxlint-disable-next-line import/no-unassigned-import -- a stylesheet is all effect
import './styles.css';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError, statusQuery, wantsSignIn } from './api.ts';
import { router } from './router.tsx';
import { followTab, leave } from './session.ts';
import { hearTabs } from './tabs.ts';

/**
 * Whatever was asked: where there is no session, sign-in comes first. Where a person may not, their roles
 * can have changed since the page was opened: the frame shows what is left.
 */
function refused(error: unknown): void {
  if (wantsSignIn(error)) void leave(router, client);
  else if (error instanceof ApiError && error.code === 'NOT_ALLOWED')
    void client.invalidateQueries({ queryKey: statusQuery().queryKey });
}

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: refused }),
  mutationCache: new MutationCache({ onError: refused }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refusal stays one however often it is asked for.
      retry: (times, error) => times < 1 && !(error instanceof ApiError && error.status > 0),
      networkMode: 'always',
    },
    mutations: { networkMode: 'always' },
  },
});

hearTabs((news) => followTab(router, client, news));

// A page that the browser kept for the way back may be of a session that has ended since.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) void client.resetQueries();
});

const place = document.getElementById('muster');
if (!place) throw new Error('the page has no place for the application');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
