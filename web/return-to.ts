/** The pages that are shown without a session. */
const OUTSIDE = new Set(['/sign-in', '/set-up']);

/** Stands for whatever host we are at: only what stays there is a path of our own. */
const HERE = 'http://here.invalid';

export function isOutside(pathname: string): boolean {
  return OUTSIDE.has(pathname.replace(/\/+$/, ''));
}

/**
 * Where to go once signed in: a path of our own as an address said it, or `/` where it said anything
 * else, so that no link can send a person who has just signed in to another site.
 */
export function readReturn(said: unknown): string {
  if (typeof said !== 'string' || !said.startsWith('/')) return '/';
  if (!URL.canParse(said, HERE)) return '/';
  const { origin, pathname, search, hash } = new URL(said, HERE);
  // INVARIANT: looked at as a browser reads it, after backslashes, tabs and dots have gone.
  if (origin !== HERE || pathname.startsWith('//') || said.startsWith('//')) return '/';
  if (isOutside(pathname) || pathname.startsWith('/api/')) return '/';
  return pathname + search + hash;
}

/** What to say in the address of the sign-in page of where a person was; nothing for the start. */
export function returnTo(href: string): { readonly to?: string } {
  const to = readReturn(href);
  return to === '/' ? {} : { to };
}

/** The agency that the page to return to is of, where it is one of these. */
export function agencyOfReturn(to: string, codes: readonly string[]): string | undefined {
  const first = to.split(/[/?#]/)[1];
  return codes.find((code) => code === first);
}
