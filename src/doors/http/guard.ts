import type { FastifyRequest } from 'fastify';
import { MusterError } from '../../errors/index.ts';

const LOOPBACK_NAMES = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * A page of another site, which a browser would let send requests here, is refused: by the name it used
 * to get here (DNS rebinding), and by where it comes from (cross-site requests). `own` is the public
 * address; without one only this machine's own names lead here. Throws FOREIGN_REQUEST.
 */
export function refuseStrangers(request: FastifyRequest, own: URL | undefined): void {
  if (!isLocal(request) && !isAtOwnName(request, own)) {
    throw new MusterError(
      'FOREIGN_REQUEST',
      `this server answers only to its own ${own ? '' : 'loopback '}address`,
    );
  }
  if (request.method === 'GET' || request.method === 'HEAD') return;
  if (!isFromOwnPage(request, own)) {
    throw new MusterError('FOREIGN_REQUEST', 'requests that change something must come from Muster itself');
  }
}

/** Whether somebody at this machine asks, by one of its own names. */
export function isLocal(request: FastifyRequest): boolean {
  return isLoopback(request.ip) && LOOPBACK_NAMES.has(nameIn(request.host));
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);
}

function nameIn(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}

/** Over TLS the port counts too; in the clear it may be another, on the way to being sent on. */
function isAtOwnName(request: FastifyRequest, own: URL | undefined): boolean {
  if (!own || !/^[\w.:[\]-]+$/.test(request.host)) return false;
  const asked = URL.parse(`${own.protocol}//${request.host}`);
  return isInTheClear(request, own) ? asked?.hostname === own.hostname : asked?.host === own.host;
}

/**
 * INVARIANT: what a browser sends of its own accord, a cookie, counts only where the browser also says
 * that our own page asked. A program that sends its token, or nothing, is not a browser led astray.
 */
function isFromOwnPage(request: FastifyRequest, own: URL | undefined): boolean {
  const { origin, cookie } = request.headers;
  const site = request.headers['sec-fetch-site'];
  if (origin === undefined && site === undefined) return cookie === undefined;
  const ours = own && !isLocal(request) ? own.origin : `${request.protocol}://${request.host}`;
  return (origin === undefined || origin === ours) && (site === undefined || site === 'same-origin');
}

/** Whether a request came in the clear to a server whose public address is https. */
function isInTheClear(request: FastifyRequest, own: URL | undefined): boolean {
  return own?.protocol === 'https:' && request.protocol !== 'https';
}

/**
 * Where to send somebody who opened a page in the clear; undefined where all is well. Whatever else asks
 * in the clear is not sent on, so that the mistake shows. Throws FOREIGN_REQUEST.
 */
export function secureAddress(request: FastifyRequest, own: URL | undefined): string | undefined {
  if (!own || !isInTheClear(request, own) || isLocal(request)) return undefined;
  const isPage = ['GET', 'HEAD'].includes(request.method) && !isBelowApi(request.url);
  if (!isPage) throw new MusterError('FOREIGN_REQUEST', `Muster answers over https alone, at ${own.origin}`);
  // A whole address in place of a path would make another host of ours.
  return `${own.origin}${request.url.startsWith('/') ? request.url : '/'}`;
}

/** Whether an answer goes over TLS to somebody who asked the public address. */
export function isPublic(request: FastifyRequest, own: URL | undefined): boolean {
  return own?.protocol === 'https:' && request.protocol === 'https' && !isLocal(request);
}

/** Whether an address is one of the API, not of a page. */
export function isBelowApi(url: string): boolean {
  return url === '/api' || url.startsWith('/api/') || url.startsWith('/api?');
}
