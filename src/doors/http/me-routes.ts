import * as z from 'zod';
import { roles } from '../../acts/index.ts';
import { MusterError } from '../../errors/index.ts';
import { personNamed, wordReach } from '../../programs/people/index.ts';
import { keyText } from '../../record/index.ts';
import { recordingDenials } from '../on-behalf.ts';
import {
  beginOwnPasskey,
  beginOwnTotp,
  changePassword,
  endOwnSessions,
  finishOwnPasskey,
  finishOwnTotp,
  removeOwn,
} from '../sign-in/own.ts';
import { LEAST_CHARACTERS } from '../sign-in/password.ts';
import { credentialsOf } from '../sign-in/credentials.ts';
import { offerSetUp } from '../sign-in/set-up.ts';
import { sessionsOf, type OpenSession } from '../sign-in/sessions.ts';
import { providerSignOut } from '../sign-in/sign-in.ts';
import { makeToken, MOST_DAYS, revokeToken, tokensOf } from '../sign-in/tokens.ts';
import type { Visitor } from '../sign-in/visitor.ts';
import { signedRoute, type OwnRoute } from './own-routes.ts';
import { attemptIn, forgetSession, keepAttemptIn, originOf, standingOf } from './visit.ts';

const typed = z.string().max(512);
const label = z.string().trim().min(1, 'is empty').max(100);
const number = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

/** What people do about their own sign-in, and administrators about others'. */
export const meRoutes: readonly OwnRoute[] = [
  signedRoute({
    name: 'sign-out',
    method: 'POST',
    path: '/sign-out',
    summary: 'end this session; says where to sign out at the provider too',
    access: 'session',
    answer: async ({ gate, request, reply, visitor }) => {
      const { house } = gate;
      const { agency, person } = visitor;
      const session = sessionOf(visitor);
      await endOwnSessions(house, visitor, 'signed out', session.session);
      forgetSession(reply);
      const returnTo = `${originOf(request)}/sign-in`;
      return { leadsTo: await providerSignOut(gate, agency, person, session, returnTo) };
    },
  }),
  signedRoute({
    name: 'me',
    method: 'GET',
    path: '/me',
    summary: 'who is signed in, with their sessions, tokens and ways to sign in',
    access: 'session',
    answer: async ({ gate: { house }, visitor }) => {
      const { agency, person, actor } = visitor;
      const session = sessionOf(visitor);
      const now = house.store.now();
      return house.store.read(agency.agency, async (tx) => ({
        person: {
          person: keyText(person.key),
          name: person.name,
          signInName: person.signInName,
          agency: agency.code,
        },
        lastSignIn: session.beforeAt === null ? null : { at: session.beforeAt, way: session.beforeWay ?? '' },
        failedSince: session.failedSince,
        leastCharacters: LEAST_CHARACTERS,
        roles: actor.grants.map(({ role, reach }) => ({ role, over: wordReach(reach) })),
        sessions: (await sessionsOf(tx, house, person.key, now)).map((each) => ({
          ...each,
          isThis: each.session === session.session,
        })),
        tokens: await tokensOf(tx, person.key, now),
        credentials: await credentialsOf(tx, person.key),
      }));
    },
  }),
  signedRoute({
    name: 'end-session',
    method: 'POST',
    path: '/me/sessions/end',
    summary: 'end one of your sessions',
    access: 'session',
    input: z.object({ session: number }),
    answer: async ({ gate: { house }, visitor, said }) => {
      const ended = await endOwnSessions(house, visitor, 'one', said.session);
      if (ended === 0) throw new MusterError('NOT_FOUND', 'you have no such session');
    },
  }),
  signedRoute({
    name: 'end-sessions',
    method: 'POST',
    path: '/me/sessions/end-all',
    summary: 'sign out everywhere, here too',
    access: 'session',
    answer: async ({ gate: { house }, reply, visitor }) => {
      await endOwnSessions(house, visitor, 'all');
      forgetSession(reply);
    },
  }),
  signedRoute({
    name: 'make-token',
    method: 'POST',
    path: '/me/tokens',
    summary: 'make a token for programs, with some of your roles; its secret is told this once',
    access: 'session',
    isGuessable: true,
    input: z.object({
      name: label,
      roles: z.array(z.enum(roles)).min(1, 'choose one').max(roles.length),
      system: z.string().max(200).optional(),
      days: z.coerce.number().int().min(1).max(MOST_DAYS),
    }),
    answer: async ({ gate: { house }, visitor, said }) => {
      requireFresh(visitor, house.store.now());
      const { agency, actor, person } = visitor;
      return recordingDenials(house, actor, agency, 'make-token', () =>
        makeToken(house, agency, actor, person.key, said),
      );
    },
  }),
  signedRoute({
    name: 'revoke-token',
    method: 'POST',
    path: '/me/tokens/revoke',
    summary: 'revoke a token for good',
    access: 'session',
    isGuessable: true,
    input: z.object({ token: number }),
    answer: async ({ gate: { house }, visitor: { agency, actor, person }, said }) =>
      revokeToken(house, agency, actor, person.key, said.token),
  }),
  signedRoute({
    name: 'change-password',
    method: 'POST',
    path: '/me/password',
    summary: 'change your password; your other sessions end',
    access: 'session',
    isGuessable: true,
    input: z.object({ current: typed, password: typed }),
    answer: async ({ gate, visitor, said }) => {
      requireFresh(visitor, gate.house.store.now());
      await changePassword(gate, visitor, sessionOf(visitor), said);
    },
  }),
  signedRoute({
    name: 'begin-authenticator',
    method: 'POST',
    path: '/me/totp/begin',
    summary: 'a new secret for your authenticator app',
    access: 'session',
    answer: async ({ gate, reply, visitor }) => {
      requireFresh(visitor, gate.house.store.now());
      const { attempt, ...shown } = await beginOwnTotp(gate, visitor);
      keepAttemptIn(reply, attempt);
      return shown;
    },
  }),
  signedRoute({
    name: 'set-authenticator',
    method: 'POST',
    path: '/me/totp/finish',
    summary: 'take the new authenticator app into use, with the code that it shows',
    access: 'session',
    isGuessable: true,
    input: z.object({ code: z.string().max(32) }),
    answer: async ({ gate, request, visitor, said }) => {
      requireFresh(visitor, gate.house.store.now());
      await finishOwnTotp(gate, visitor, attemptIn(request), said.code);
    },
  }),
  signedRoute({
    name: 'begin-own-passkey',
    method: 'POST',
    path: '/me/passkeys/begin',
    summary: 'what a browser needs to make a passkey for you',
    access: 'session',
    answer: async ({ gate, request, reply, visitor }) => {
      requireFresh(visitor, gate.house.store.now());
      const { options, attempt } = await beginOwnPasskey(gate, visitor, standingOf(request).rpId);
      keepAttemptIn(reply, attempt);
      return { options };
    },
  }),
  signedRoute({
    name: 'set-own-passkey',
    method: 'POST',
    path: '/me/passkeys/finish',
    summary: 'take a passkey that the browser made into use',
    access: 'session',
    isGuessable: true,
    input: z.object({ response: z.unknown(), label }),
    answer: async ({ gate, request, visitor, said }) => {
      requireFresh(visitor, gate.house.store.now());
      const made = { response: said.response, label: said.label };
      await finishOwnPasskey(gate, visitor, attemptIn(request), made, standingOf(request));
    },
  }),
  signedRoute({
    name: 'remove-credential',
    method: 'POST',
    path: '/me/credentials/remove',
    summary: 'remove one of your ways to sign in; the last one stays',
    access: 'session',
    input: z.object({ credential: number }),
    answer: async ({ gate, visitor, said }) => {
      requireFresh(visitor, gate.house.store.now());
      await removeOwn(gate, visitor, said.credential);
    },
  }),
  signedRoute({
    name: 'offer-set-up',
    method: 'POST',
    path: '/agencies/:agency/people/:person/set-up-link',
    summary: 'make the link by which a person sets up how they sign in; told this once',
    access: ['administrator'],
    isInPerson: true,
    answer: async ({ gate: { house }, request, visitor }) => {
      requireFresh(visitor, house.store.now());
      const { agency, actor } = visitor;
      const { person: named } = request.params as { person: string };
      const person = await house.store.read(agency.agency, (tx) => personNamed(tx, named));
      const { token, ends } = await offerSetUp(house, agency, actor, person.key);
      return { link: `${originOf(request)}/set-up#${token}`, ends };
    },
  }),
];

/** Routes for sessions are reached by nobody else. */
function sessionOf({ by }: Visitor): OpenSession {
  if ('session' in by) return by.session;
  throw new Error('a token has no session');
}

const FRESH_MS = 15 * 60_000;

/** Throws SIGN_IN_AGAIN where the visitor signed in longer than 15 minutes ago. */
function requireFresh(visitor: Visitor, now: Date): void {
  if (now.getTime() - Date.parse(sessionOf(visitor).started) <= FRESH_MS) return;
  throw new MusterError('SIGN_IN_AGAIN', 'ways to sign in are changed within 15 minutes of signing in');
}
