import type { QueryClient } from '@tanstack/react-query';
import type { AnyRouter } from '@tanstack/react-router';
import { statusQuery } from './api.ts';
import { isOutside, readReturn, returnTo } from './return-to.ts';
import { tellTabs } from './tabs.ts';

/** Forgets all that was read and said within a session; what the pages without one show goes with them. */
function forget(client: QueryClient): void {
  client.removeQueries({ predicate: ({ queryKey }) => !['sign-in', 'set-up'].includes(String(queryKey[0])) });
  client.getMutationCache().clear();
}

/**
 * Shows sign-in in place of the page, to come back to it, and says so where a session has ended; nothing
 * of what was read is kept.
 */
export async function leave(router: AnyRouter, client: QueryClient): Promise<void> {
  const { pathname, href } = router.latestLocation;
  if (isOutside(pathname)) return;
  const hasEnded = client.getQueryData(statusQuery().queryKey) !== undefined;
  const search = { ...returnTo(href), ...(hasEnded && { ended: 'yes' }) };
  await router.navigate({ to: '/sign-in', search, replace: true });
  forget(client);
}

/** Shows the page that a person who has just signed in wanted to see. */
export function enter(router: AnyRouter, client: QueryClient, to: string): void {
  forget(client);
  router.history.replace(readReturn(to));
}

/** Someone has signed in, in this tab: the others follow. */
export function signedIn(router: AnyRouter, client: QueryClient, to: string): void {
  tellTabs('signed-in', Date.now());
  enter(router, client, to);
}

/**
 * The session was ended on purpose, in this tab: the others follow. Goes to where the provider ends
 * its own session, if it said an address.
 */
export async function signedOut(
  router: AnyRouter,
  client: QueryClient,
  leadsTo: string | null,
): Promise<void> {
  tellTabs('signed-out', Date.now());
  if (leadsTo !== null && /^https?:\/\//.test(leadsTo)) location.assign(leadsTo);
  else {
    await router.navigate({ to: '/sign-in', search: {}, replace: true });
    forget(client);
  }
}

/** Another tab told of the session: this one shows the same. */
export function followTab(router: AnyRouter, client: QueryClient, news: 'signed-in' | 'signed-out'): void {
  if (news === 'signed-out') void leave(router, client);
  else if (router.latestLocation.pathname === '/sign-in') enter(router, client, toOf(router));
  // It may be someone else's: whatever is shown is read anew.
  else if (!isOutside(router.latestLocation.pathname)) void client.resetQueries();
}

function toOf(router: AnyRouter): string {
  const search: unknown = router.latestLocation.search;
  return typeof search === 'object' && search !== null && 'to' in search ? readReturn(search.to) : '/';
}
