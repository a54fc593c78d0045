import fastifyMultipart from '@fastify/multipart';
import fastifyStatic from '@fastify/static';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from 'fastify';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCatalogue, MusterError } from '../../errors/index.ts';
import { describeFault } from '../fault.ts';
import type { House } from '../house.ts';
import { refuseStrangers } from './guard.ts';
import { addRoutes } from './routes.ts';

export interface ServerSettings {
  readonly house: House;
  /** The folder with the built web application, or none: then only the API is served. */
  readonly web?: string | undefined;
  readonly log: (line: string) => void;
}

const JSON_BYTES = 64 * 1024;
const UPLOAD_BYTES = 1024 ** 3;
/** A connection on which nothing comes or goes for so long is closed, with whatever it was sending. */
const IDLE_MS = 120_000;
/** The same fault is logged again only after so long. */
const REPEAT_MS = 60_000;

const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** The HTTP server, not yet listening: the API below /api and the web application beside it. */
export async function buildServer(given: ServerSettings): Promise<FastifyInstance> {
  const settings = { ...given, log: withoutRepeating(given.log) };
  const server = fastify({
    bodyLimit: JSON_BYTES,
    connectionTimeout: IDLE_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300 },
    // Addresses that no route can be found for come here, before any hook.
    frameworkErrors: (error, _request, reply) => {
      void answerError(error, reply.headers(SECURITY_HEADERS), settings.log);
    },
  });
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    refuseStrangers(request);
  });
  server.setErrorHandler((error: FastifyError | MusterError, _request, reply) =>
    answerError(error, reply, settings.log),
  );
  await server.register(fastifyMultipart, {
    limits: { fileSize: UPLOAD_BYTES, files: 1, fields: 10, fieldSize: 1024 },
  });
  addRoutes(server, settings);
  await addWeb(server, settings.web);
  return server;
}

/** While something is out of order every request says the same: it is logged once a minute. */
function withoutRepeating(log: (line: string) => void): (line: string) => void {
  const told = new Map<string, number>();
  return (line) => {
    const now = performance.now();
    for (const [each, at] of told) if (now - at > REPEAT_MS) told.delete(each);
    if (told.has(line)) return;
    told.set(line, now);
    log(line);
  };
}

/** What a client is told of an error; faults of ours are logged without what was sent. */
async function answerError(
  error: FastifyError | MusterError,
  reply: FastifyReply,
  log: (line: string) => void,
): Promise<FastifyReply> {
  const known = error instanceof MusterError ? error : fromFramework(error);
  if (known.status >= 500 && known.code !== 'STOPPED' && known.code !== 'BUSY')
    log(`fault: ${describeFault(error)}`);
  const { code, message, remedy, refused } = known;
  return reply.status(known.status).send({ error: { code, message, remedy, refused } });
}

function fromFramework(error: FastifyError): MusterError {
  if (error.code === 'FST_REQ_FILE_TOO_LARGE' || error.statusCode === 413) {
    return new MusterError('TOO_LARGE', 'what was sent is larger than Muster takes at once');
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new MusterError('BAD_REQUEST', 'the request does not read as what this route takes');
  }
  return new MusterError('FAULT', 'something went wrong on our side', [], { cause: error });
}

async function addWeb(server: FastifyInstance, folder: string | undefined): Promise<void> {
  const index = folder === undefined ? undefined : await readFile(join(folder, 'index.html'));
  if (folder !== undefined) {
    await server.register(fastifyStatic, { root: folder, index: false, maxAge: '1h', wildcard: false });
  }
  server.setNotFoundHandler(async (request, reply) => {
    const wantsPage =
      request.method === 'GET' &&
      !request.url.startsWith('/api/') &&
      !/\.\w+$/.test(request.url.split('?')[0] ?? '');
    if (index && wantsPage)
      return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(index);
    const error = new MusterError('NOT_FOUND', 'there is nothing at this address');
    const { code, message, remedy, refused } = error;
    return reply.status(errorCatalogue.NOT_FOUND.status).send({ error: { code, message, remedy, refused } });
  });
}
