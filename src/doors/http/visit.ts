import fastifyCookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MusterError } from '../../errors/index.ts';
import type { House } from '../house.ts';
import type { Client } from '../sign-in/gate.ts';
import { isLocal } from './guard.ts';
import { rpIdOf } from '../sign-in/passkey.ts';
import { endOwnSessions } from '../sign-in/own.ts';
import { visitorBySession, visitorByToken, type Visitor } from '../sign-in/visitor.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Anyone may ask; any other route below /api wants a session or a token. */
    isOpen?: boolean;
  }
  interface FastifyInstance {
    /** The origin of the public address, where there is one. */
    publicOrigin: string | undefined;
  }
}

/** `__Host-`: for this host alone, over TLS or on loopback, whatever a neighbouring host sets. */
const SESSION = '__Host-muster';
const ATTEMPT = '__Host-muster-attempt';
const KEPT = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } as const;

const visitors = new WeakMap<FastifyRequest, Visitor>();

/** INVARIANT: no route below /api is answered to somebody unknown, unless it says that it is open. */
export async function addVisitors(server: FastifyInstance, house: House): Promise<void> {
  await server.register(fastifyCookie);
  server.decorate('publicOrigin', house.settings.url);
  server.addHook('onRequest', async (request) => {
    // By the route that was found: an address is written in more ways than one.
    const { url = '', config } = request.routeOptions;
    if (request.is404 || !url.startsWith('/api/') || config.isOpen === true) return;
    const visitor = await findVisitor(house, request);
    if (!visitor) throw new MusterError('SIGN_IN_REQUIRED', 'this is for people who have signed in');
    visitors.set(request, visitor);
  });
}

async function findVisitor(house: House, request: FastifyRequest): Promise<Visitor | undefined> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const [, token] = /^bearer (\S{1,200})$/i.exec(authorization) ?? [];
    return token === undefined ? undefined : visitorByToken(house, token);
  }
  const secret = request.cookies[SESSION];
  return secret === undefined ? undefined : visitorBySession(house, secret);
}

/** Who asks. Throws where the route is open: a fault of the route. */
export function visitorOf(request: FastifyRequest): Visitor {
  const visitor = visitors.get(request);
  if (!visitor) throw new Error('nobody was asked to sign in here');
  return visitor;
}

/** Gives the browser its new session; the one that it had before ends, whosever it was. */
export async function keepSession(
  house: House,
  request: FastifyRequest,
  reply: FastifyReply,
  secret: string,
): Promise<void> {
  const before = request.cookies[SESSION];
  const visitor = before === undefined ? undefined : await visitorBySession(house, before);
  if (visitor) await endOwnSessions(house, visitor, 'by another sign-in', visitor.by.session.session);
  reply.setCookie(SESSION, secret, KEPT).clearCookie(ATTEMPT, KEPT);
}

export function forgetSession(reply: FastifyReply): void {
  reply.clearCookie(SESSION, KEPT);
}

export function keepAttemptIn(reply: FastifyReply, secret: string): void {
  reply.setCookie(ATTEMPT, secret, KEPT);
}

export function attemptIn(request: FastifyRequest): string | undefined {
  return request.cookies[ATTEMPT];
}

/** What the browser says of itself, for its person to recognise it by. */
export function clientOf(request: FastifyRequest): Client {
  return { agent: request.headers['user-agent'] ?? '', address: request.ip };
}

/** The origin at which the browser sees us: the public one, or on this machine the name it came by. */
export function originOf(request: FastifyRequest): string {
  const { publicOrigin } = request.server;
  if (publicOrigin !== undefined && !isLocal(request)) return publicOrigin;
  return `${request.protocol}://${request.host}`;
}

/** Where passkeys are made and used. Throws BAD_REQUEST where browsers offer none: at a number. */
export function standingOf(request: FastifyRequest): { readonly origin: string; readonly rpId: string } {
  const origin = originOf(request);
  const rpId = rpIdOf(origin);
  if (rpId === undefined)
    throw new MusterError('BAD_REQUEST', 'passkeys need Muster to be opened by a name, such as localhost');
  return { origin, rpId };
}
