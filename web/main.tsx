// oxlint-disable-next-line import/no-unassigned-import -- a stylesheet is all effect
import '@uswds/uswds/css/uswds.min.css';
// oxlint-disable-next-line import/no-unassigned-import -- a stylesheet is all effect
import './styles.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api.ts';
import { router } from './router.tsx';

const client = new QueryClient({
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

const place = document.getElementById('muster');
if (!place) throw new Error('the page has no place for the application');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
