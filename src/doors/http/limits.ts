import fastifyRateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteShorthandOptions } from 'fastify';
import { MusterError } from '../../errors/index.ts';
import { isLocal } from './guard.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Where secrets are guessed at: far fewer requests an address. */
    limit?: 'sign-in';
  }
}

/** How much anyone may ask of this process. An address of IPv6 stands for its network of 64 bits. */
export interface Limits {
  /** Requests a minute from an address, but for the files of the pages, and for this machine's own people. */
  readonly requests: number;
  /** Sign-ins a minute from an address, this machine's too: all routes marked `signInLimit` together. */
  readonly signIns: number;
  /** Until the head of a request, and what is no file in it, must have come. */
  readonly headMilliseconds: number;
  readonly bodyMilliseconds: number;
  /** The largest body, and the largest file in a form. */
  readonly jsonBytes: number;
  readonly fileBytes: number;
}

export const LIMITS: Limits = {
  requests: 600,
  signIns: 20,
  headMilliseconds: 20_000,
  bodyMilliseconds: 30_000,
  jsonBytes: 64 * 1024,
  fileBytes: 1024 ** 3,
};

/** Options of a route that takes a password, a code, a token of a link, or an answer of a provider. */
export const signInLimit = { config: { limit: 'sign-in' } } as const satisfies RouteShorthandOptions;

const MINUTE = 60_000;

/** Refuses with TOO_MANY whoever asks too much. It comes before whatever costs more than counting. */
export async function addLimits(server: FastifyInstance, limits: Limits): Promise<void> {
  await server.register(fastifyRateLimit, { global: false });
  const countRequest = server.createRateLimit({ max: limits.requests, timeWindow: MINUTE });
  const countSignIn = server.createRateLimit({ max: limits.signIns, timeWindow: MINUTE });
  server.addHook('onRequest', async (request, reply) => {
    const isFree = isLocal(request) || request.url.startsWith('/assets/');
    const counts = [
      ...(isFree ? [] : [countRequest]),
      ...(request.routeOptions.config?.limit === 'sign-in' ? [countSignIn] : []),
    ];
    for (const count of counts) {
      const found = await count(request);
      if (found.isAllowed || !found.isExceeded) continue;
      reply.header('retry-after', found.ttlInSeconds);
      throw new MusterError(
        'TOO_MANY',
        'more was asked from this address within a minute than Muster answers',
      );
    }
    hurry(request, reply, limits.bodyMilliseconds);
  });
}

/**
 * A body that trickles in would hold its connection for long. Files take their time, but not once the
 * answer is out.
 */
function hurry({ raw, headers }: FastifyRequest, reply: FastifyReply, milliseconds: number): void {
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return;
  let late: NodeJS.Timeout | undefined;
  const begin = () => {
    late = setTimeout(() => {
      if (!raw.complete) raw.destroy();
    }, milliseconds).unref();
  };
  if (headers['content-type']?.startsWith('multipart/form-data'))
    reply.raw.once('finish', () => {
      // A client that is still sending reads its answer only when it is done.
      raw.unpipe().resume();
      begin();
    });
  else begin();
  raw.once('close', () => clearTimeout(late));
}
