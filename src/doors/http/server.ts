import fastifyMultipart from '@fastify/multipart';
import fastifyStatic from '@fastify/static';
import fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify';
import { readFile } from 'node:fs/promises';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { SecureContextOptions, Server as TlsServer, TLSSocket } from 'node:tls';
import { errorCatalogue, MusterError } from '../../errors/index.ts';
import { describeFault } from '../fault.ts';
import type { House } from '../house.ts';
import type { Settings, TlsFiles } from '../settings.ts';
import { isBelowApi, isPublic, refuseStrangers, secureAddress } from './guard.ts';
import { securityHeaders } from './headers.ts';
import { addLimits, LIMITS, type Limits } from './limits.ts';
import { addRoutes } from './routes.ts';
import { openGate } from '../sign-in/gate.ts';
import { openFirstSetUp, type FirstSetUp } from '../sign-in/set-up.ts';
import { addSecurityTxt } from './security-txt.ts';
import { keepTls, readTls } from './tls.ts';
import { addVisitors } from './visit.ts';

export interface ServerSettings {
  readonly house: House;
  /** Whoever shall make the first agency; prepared here where nobody was told of it. */
  readonly first?: FirstSetUp | undefined;
  /** The folder with the built web application, or none: then only the API is served. */
  readonly web?: string | undefined;
  readonly log: (line: string) => void;
  /** How it stands on the network; as the house's settings say, unless said. */
  readonly network?: Network | undefined;
  readonly limits?: Limits | undefined;
  readonly now?: (() => Date) | undefined;
}

/** What the settings say of the network; see `Settings`. */
export type Network = Partial<Pick<Settings, 'url' | 'tls' | 'trustedProxies' | 'securityContact'>>;

/** A connection on which nothing comes or goes for so long is closed, with whatever it was sending. */
const IDLE_MS = 120_000;
/** The longest that a request may take to come, a large file over a slow line. */
const REQUEST_MS = 3_600_000;
/** How often requests that take too long are looked for. */
const CHECK_MS = 5_000;
const HANDSHAKE_MS = 10_000;
/** The same fault is logged again only after so long. */
const REPEAT_MS = 60_000;

/** The HTTP server, not yet listening: the API below /api and the web application beside it. */
export async function buildServer(given: ServerSettings): Promise<FastifyInstance> {
  const settings = { ...given, log: withoutRepeating(given.log) };
  const { network = settings.house.settings, limits = LIMITS, now = () => new Date() } = settings;
  const own = network.url === undefined ? undefined : new URL(network.url);
  const tls = network.tls && (await readTls(network.tls));
  const headersOf = (request: FastifyRequest) => securityHeaders(isPublic(request, own));
  const server = fastify({
    ...listening(tls, limits),
    bodyLimit: limits.jsonBytes,
    connectionTimeout: IDLE_MS,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
    trustProxy: network.trustedProxies?.length ? [...network.trustedProxies] : false,
    routerOptions: { maxParamLength: 300 },
    // Addresses that no route can be found for come here, before any hook.
    frameworkErrors: (error, request, reply) => {
      void answerError(error, reply.headers(headersOf(request)), settings.log);
    },
    clientErrorHandler: (error, socket) =>
      answerBroken(error, socket, securityHeaders(own?.protocol === 'https:' && isEncrypted(socket))),
  });
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(headersOf(request));
    refuseStrangers(request, own);
    const secure = secureAddress(request, own);
    return secure === undefined ? undefined : reply.redirect(secure, 308);
  });
  server.setErrorHandler((error: FastifyError | MusterError, _request, reply) =>
    answerError(error, reply, settings.log),
  );
  await addLimits(server, limits);
  await server.register(fastifyMultipart, {
    limits: { fileSize: limits.fileBytes, files: 1, fields: 10, fieldSize: 1024 },
  });
  await addVisitors(server, settings.house);
  const gate = await openGate(settings.house, settings.log);
  addRoutes(server, gate, settings.first ?? (await openFirstSetUp(settings.house)), limits);
  const { securityContact: contact, url } = network;
  if (contact !== undefined) addSecurityTxt(server, { contact, url }, now);
  await addWeb(server, settings.web);
  if (network.tls) keepRenewing(server, network.tls, settings.log);
  return server;
}

/** How Node listens: over TLS where there is a certificate. */
function listening(tls: SecureContextOptions | undefined, limits: Limits): FastifyServerOptions {
  const patience = { headersTimeout: limits.headMilliseconds, connectionsCheckingInterval: CHECK_MS };
  const options = tls
    ? { https: { ...tls, ...patience, handshakeTimeout: HANDSHAKE_MS } }
    : { http: patience };
  return options as FastifyServerOptions;
}

function keepRenewing(server: FastifyInstance, files: TlsFiles, log: (line: string) => void): void {
  const secure = server.server as unknown as TlsServer;
  const stop = keepTls(files, (renewed) => secure.setSecureContext(renewed), log);
  server.addHook('onClose', async () => stop());
}

function isEncrypted(socket: Socket): boolean {
  return (socket as Partial<TLSSocket>).encrypted === true;
}

/** Answers what is no request, or did not come in time. Of a handshake that failed nothing is told. */
function answerBroken(
  error: NodeJS.ErrnoException,
  socket: Socket,
  headers: Readonly<Record<string, string>>,
): void {
  const isRequest = error.code?.startsWith('HPE_') || error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  if (!isRequest || !socket.writable || socket.destroyed) {
    socket.destroy();
    return;
  }
  const { code, status, message, remedy, refused } = new MusterError(
    'BAD_REQUEST',
    'what came is no request, or did not come in time',
  );
  const body = JSON.stringify({ error: { code, message, remedy, refused } });
  const head = {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  };
  const lines = Object.entries(head).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join('')}\r\n${body}`, () =>
    socket.destroy(),
  );
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
  // What is out of order with the machine names its files: that is for whoever reads the log.
  const { status, code, message, remedy, refused } = known.status === 500 ? fault(error) : known;
  return reply.status(status).send({ error: { code, message, remedy, refused } });
}

function fromFramework(error: FastifyError): MusterError {
  if (error.code === 'FST_REQ_FILE_TOO_LARGE' || error.statusCode === 413) {
    return new MusterError('TOO_LARGE', 'what was sent is larger than Muster takes at once');
  }
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new MusterError('BAD_REQUEST', 'the request does not read as what this route takes');
  }
  return fault(error);
}

function fault(cause: Error): MusterError {
  return new MusterError('FAULT', 'something went wrong on our side', [], { cause });
}

async function addWeb(server: FastifyInstance, folder: string | undefined): Promise<void> {
  const index = folder === undefined ? undefined : await readFile(join(folder, 'index.html'));
  if (folder !== undefined) {
    await server.register(fastifyStatic, { root: folder, index: false, maxAge: '1h', wildcard: false });
  }
  server.setNotFoundHandler(async (request, reply) => {
    const wantsPage =
      request.method === 'GET' && !isBelowApi(request.url) && !/\.\w+$/.test(request.url.split('?')[0] ?? '');
    if (index && wantsPage)
      return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(index);
    const error = new MusterError('NOT_FOUND', 'there is nothing at this address');
    const { code, message, remedy, refused } = error;
    return reply.status(errorCatalogue.NOT_FOUND.status).send({ error: { code, message, remedy, refused } });
  });
}
