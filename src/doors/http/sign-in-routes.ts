import type { FastifyRequest } from 'fastify';
import * as z from 'zod';
import { MusterError } from '../../errors/index.ts';
import { listAgencies } from '../../programs/inventory/index.ts';
import { providersOf, type Gate } from '../sign-in/gate.ts';
import { rpIdOf } from '../sign-in/passkey.ts';
import {
  beginSetUp,
  beginSetUpPasskey,
  finishPassword,
  finishSetUpPasskey,
  type FirstSetUp,
} from '../sign-in/set-up.ts';
import {
  agencyFor,
  beginPasskey,
  beginProvider,
  finishPasskey,
  finishProvider,
  signInByPassword,
} from '../sign-in/sign-in.ts';
import { openRoute, type OwnRoute } from './own-routes.ts';
import { attemptIn, clientOf, keepAttemptIn, keepSession, originOf, standingOf } from './visit.ts';

const code = z.string().max(32);
const secret = z.string().max(200);
const typed = z.string().max(512);

/** A passkey's answer, which its reader reads. */
const response = z.unknown();

/** Only a page of our own: no address of another host, however it is written. */
const PAGE = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;
const MOST_PAGE = 2000;

/** Signing in and setting up a sign-in: what anyone may ask. */
export function signInRoutes(first: FirstSetUp): OwnRoute[] {
  return [
    openRoute({
      name: 'sign-in',
      method: 'GET',
      path: '/sign-in',
      summary: 'the system-use notice, and how people of each agency sign in',
      answer: async ({ gate, request }) => ({
        notice: gate.notice,
        agencies: (await listAgencies(gate.house.store)).map((agency) => ({
          code: agency.code,
          demonstration: agency.demonstration,
          providers: providersOf(gate, agency).map(({ provider, title }) => ({ provider, title })),
        })),
        passkeys: rpIdOf(originOf(request)) !== undefined,
        setUp: first.token !== undefined && (await listAgencies(gate.house.store)).length === 0,
      }),
    }),
    openRoute({
      name: 'sign-in-by-password',
      method: 'POST',
      path: '/sign-in/password',
      summary: 'sign in with a password and the code of an authenticator app',
      isGuessable: true,
      input: z.object({
        agency: code,
        notice: secret,
        signInName: typed,
        password: typed,
        code: secret.optional(),
      }),
      answer: async ({ gate, request, reply, said: { agency, notice, ...said } }) => {
        requireNotice(gate, notice);
        const found = await agencyFor(gate, agency);
        const session = await signInByPassword(gate, found, said, clientOf(request));
        await keepSession(gate.house, request, reply, session);
        return { signedIn: true };
      },
    }),
    openRoute({
      name: 'begin-passkey',
      method: 'POST',
      path: '/sign-in/passkey/begin',
      summary: 'what to ask a passkey for',
      isGuessable: true,
      input: z.object({ agency: code, notice: secret }),
      answer: async ({ gate, request, reply, said: { agency, notice } }) => {
        requireNotice(gate, notice);
        const found = await agencyFor(gate, agency);
        const { options, attempt } = await beginPasskey(gate, found, standingOf(request).rpId);
        keepAttemptIn(reply, attempt);
        return { options };
      },
    }),
    openRoute({
      name: 'sign-in-by-passkey',
      method: 'POST',
      path: '/sign-in/passkey/finish',
      summary: 'sign in with what the passkey answered',
      isGuessable: true,
      input: z.object({ response }),
      answer: async ({ gate, request, reply, said }) => {
        const standing = standingOf(request);
        const attempt = attemptIn(request);
        const session = await finishPasskey(gate, attempt, said.response, standing, clientOf(request));
        await keepSession(gate.house, request, reply, session);
        return { signedIn: true };
      },
    }),
    openRoute({
      name: 'begin-provider',
      method: 'GET',
      path: '/sign-in/providers/:provider',
      summary: 'go to sign in at an OpenID provider',
      isGuessable: true,
      input: z.object({ agency: code, notice: secret, to: z.string().optional() }),
      answer: async ({ gate, request, reply, said }) => {
        const { provider } = request.params as { provider: string };
        return orBack(gate, reply, async () => {
          requireOwnLink(request);
          requireNotice(gate, said.notice);
          const agency = await agencyFor(gate, said.agency);
          const redirectUri = `${originOf(request)}/api/sign-in/answer/${encodeURIComponent(provider)}`;
          const where = { redirectUri, to: ownPage(said.to) };
          const { location, attempt } = await beginProvider(gate, agency, provider, where);
          keepAttemptIn(reply, attempt);
          return reply.redirect(location, 303);
        });
      },
    }),
    openRoute({
      name: 'sign-in-by-provider',
      method: 'GET',
      path: '/sign-in/answer/:provider',
      summary: 'where an OpenID provider sends people back to: each to an address of its own',
      isGuessable: true,
      answer: async ({ gate, request, reply }) =>
        orBack(gate, reply, async () => {
          const { provider } = request.params as { provider: string };
          const came = { provider, callback: `${originOf(request)}${request.url}` };
          const answer = await finishProvider(gate, attemptIn(request), came, clientOf(request));
          await keepSession(gate.house, request, reply, answer.secret);
          return reply.redirect(ownPage(answer.to), 303);
        }),
    }),
    ...setUpRoutes(first),
  ];
}

function setUpRoutes(first: FirstSetUp): OwnRoute[] {
  const name = z.string().trim().min(1, 'is empty').max(200);
  return [
    openRoute({
      name: 'set-up-agency',
      method: 'POST',
      path: '/set-up/agency',
      summary: 'create the first agency and its first administrator, by the link that the server printed',
      isGuessable: true,
      input: z.object({ token: secret, code, kind: code, timeZone: typed, name, signInName: name }),
      answer: async ({ said }) => ({ link: (await first.create(said)).token }),
    }),
    openRoute({
      name: 'begin-set-up',
      method: 'POST',
      path: '/set-up/begin',
      summary: 'whom a set-up link is for, and the secret for their authenticator app',
      isGuessable: true,
      input: z.object({ token: secret }),
      answer: async ({ gate, request, said }) => ({
        ...(await beginSetUp(gate, said.token)),
        passkeys: rpIdOf(originOf(request)) !== undefined,
      }),
    }),
    openRoute({
      name: 'set-up-password',
      method: 'POST',
      path: '/set-up/password',
      summary: 'set a password and the authenticator app by a set-up link, and sign in',
      isGuessable: true,
      input: z.object({ token: secret, password: typed, code: secret.optional() }),
      answer: async ({ gate, request, reply, said }) => {
        const session = await finishPassword(gate, said, clientOf(request));
        await keepSession(gate.house, request, reply, session);
        return { signedIn: true };
      },
    }),
    openRoute({
      name: 'begin-set-up-passkey',
      method: 'POST',
      path: '/set-up/passkey/begin',
      summary: 'what a browser needs to make a passkey by a set-up link',
      isGuessable: true,
      input: z.object({ token: secret }),
      answer: async ({ gate, request, reply, said }) => {
        const { options, attempt } = await beginSetUpPasskey(gate, said.token, standingOf(request).rpId);
        keepAttemptIn(reply, attempt);
        return { options };
      },
    }),
    openRoute({
      name: 'set-up-passkey',
      method: 'POST',
      path: '/set-up/passkey/finish',
      summary: 'set a passkey by a set-up link, and sign in',
      isGuessable: true,
      input: z.object({ token: secret, response, label: name }),
      answer: async ({ gate, request, reply, said }) => {
        const { token, label } = said;
        const wanted = { token, label, response: said.response };
        const attempt = attemptIn(request);
        const standing = standingOf(request);
        const session = await finishSetUpPasskey(gate, wanted, attempt, standing, clientOf(request));
        await keepSession(gate.house, request, reply, session);
        return { signedIn: true };
      },
    }),
  ];
}

/** Whoever signs in has read the notice that is in force. Throws BAD_REQUEST. */
function requireNotice({ notice }: Gate, digest: string): void {
  if (digest === notice.digest) return;
  const reason = 'is not the system-use notice in force: read it, then sign in';
  throw new MusterError('BAD_REQUEST', `notice: ${reason}`, [{ at: 'notice', reason }]);
}

/** Only our own page, or somebody themselves, sends people to a provider. Throws FOREIGN_REQUEST. */
function requireOwnLink({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'] ?? 'none';
  if (site !== 'same-origin' && site !== 'none')
    throw new MusterError('FOREIGN_REQUEST', 'signing in must begin at Muster itself');
}

/** A page of our own to go on to, the first where it is none. */
function ownPage(to: string | undefined): string {
  return to !== undefined && to.length <= MOST_PAGE && PAGE.test(to) ? to : '/';
}

/** What fails on the way to a provider and back is told by the page of signing in, and why by the log. */
async function orBack<T>(
  { log }: Gate,
  reply: { redirect(to: string, status: number): T },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    const { code, message, cause } = error;
    if (cause instanceof Error || code === 'PROVIDER_FAILED')
      log(`sign-in at a provider: ${cause instanceof Error ? cause.message : message}`);
    return reply.redirect(`/sign-in?refused=${code}`, 303);
  }
}
