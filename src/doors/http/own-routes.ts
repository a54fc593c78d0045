import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type * as z from 'zod';
import { AGENCY, parseInput, requireReach, type Role } from '../../acts/index.ts';
import { MusterError } from '../../errors/index.ts';
import type { AgencyFacts } from '../../programs/inventory/index.ts';
import { noteDenial, recordingDenials } from '../on-behalf.ts';
import type { Gate } from '../sign-in/gate.ts';
import type { Visitor } from '../sign-in/visitor.ts';
import { signInLimit } from './limits.ts';
import { visitorOf } from './visit.ts';

/** A route below an agency's address. */
export interface OfAgency {
  Params: { agency: string };
}

/** What a route of the house's own is told. `said` is the body of a POST, the query of a GET. */
export interface Asked<Who, Said> {
  readonly gate: Gate;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly visitor: Who;
  readonly said: Said;
}

interface Described {
  /** The operation's name in the API's document. */
  readonly name: string;
  readonly method: 'GET' | 'POST';
  /** Below /api; `:name` takes a part of the path. */
  readonly path: string;
  readonly summary: string;
  readonly input?: z.ZodObject;
  /** Secrets are guessed at here: few requests an address. */
  readonly isGuessable?: boolean;
  /** Whoever holds the role does it by a session: it would make of a token more than the token is. */
  readonly isInPerson?: boolean;
}

/**
 * A route of the house's own, beside those of views and acts. `open` to anyone; else to whoever is signed
 * in, by a session alone where it says so, and with one of the roles it names.
 */
export type OwnRoute = Described &
  (
    | { readonly access: 'open'; answer(asked: Asked<undefined, never>): Promise<unknown> }
    | {
        readonly access: 'signed-in' | 'session' | readonly Role[];
        answer(asked: Asked<Visitor, never>): Promise<unknown>;
      }
  );

/** A route that anyone may ask. */
export function openRoute<Input extends z.ZodObject>(
  route: Described & {
    readonly input?: Input;
    answer(asked: Asked<undefined, z.output<Input>>): Promise<unknown>;
  },
): OwnRoute {
  return { ...route, access: 'open' };
}

/** A route for whoever is signed in. */
export function signedRoute<Input extends z.ZodObject>(
  route: Described & {
    readonly access: 'signed-in' | 'session' | readonly Role[];
    readonly input?: Input;
    answer(asked: Asked<Visitor, z.output<Input>>): Promise<unknown>;
  },
): OwnRoute {
  return route;
}

/** Puts the routes on the server; what nobody answered is `{}`. */
export function mountRoutes(server: FastifyInstance, gate: Gate, routes: readonly OwnRoute[]): void {
  for (const route of routes) {
    const { method, path, access } = route;
    const config = { ...(route.isGuessable && signInLimit.config), isOpen: access === 'open' };
    server.route({
      method,
      url: `/api${path}`,
      config,
      handler: async (request, reply) => {
        const asked = { gate, request, reply };
        if (route.access === 'open')
          return (await route.answer({ ...asked, visitor: undefined, said: saidIn(route, request) })) ?? {};
        // Who may ask comes first: what was said is looked at only then.
        const visitor = await admit(gate, route, request);
        return (await route.answer({ ...asked, visitor, said: saidIn(route, request) })) ?? {};
      },
    });
  }
}

/** What was said, as the route reads it. Throws BAD_REQUEST. */
function saidIn({ input }: OwnRoute, { method, query, body }: FastifyRequest): never {
  return (input && parseInput(input.strict(), method === 'GET' ? query : (body ?? {}))) as never;
}

/**
 * Throws NOT_FOUND where the path names another agency than the visitor's, and NOT_ALLOWED where they may
 * not ask.
 */
async function admit(
  gate: Gate,
  { access, name, isInPerson = false }: OwnRoute,
  request: FastifyRequest,
): Promise<Visitor> {
  const visitor = visitorOf(request);
  const { actor, agency, by } = visitor;
  const { agency: code = agency.code } = request.params as { readonly agency?: string };
  await ownAgency(gate, visitor, code);
  await recordingDenials(gate.house, actor, agency, name, async () => {
    if ((access === 'session' || isInPerson) && !('session' in by))
      throw new MusterError('NOT_ALLOWED', `${name} is for people who signed in, not for tokens`);
    if (typeof access !== 'string') requireReach(name, access, actor, AGENCY);
  });
  return visitor;
}

/**
 * The visitor's agency, if that is the one that was asked for. Of another nobody learns whether it
 * exists. Throws NOT_FOUND, and the attempt is recorded.
 */
export async function ownAgency(gate: Gate, visitor: Visitor, code: string): Promise<AgencyFacts> {
  const { agency, actor } = visitor;
  if (agency.code === code) return agency;
  await noteDenial(gate.house, actor, agency, 'another agency');
  throw new MusterError('NOT_FOUND', `there is no agency ${code.slice(0, 40)} that you belong to`);
}
