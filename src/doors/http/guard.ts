import type { FastifyRequest } from 'fastify';
import { MusterError } from '../../errors/index.ts';

const OWN_HOSTS = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Until there is sign-in, being on this machine is what lets people in. So a page of another
 * site, which the browser would let send requests here, is refused: by the name it used to get
 * here (DNS rebinding), and by where it comes from (cross-site requests). Throws FOREIGN_REQUEST.
 */
export function refuseStrangers(request: FastifyRequest): void {
  const host = request.headers.host ?? '';
  if (!OWN_HOSTS.has(host.replace(/:\d+$/, ''))) {
    throw new MusterError('FOREIGN_REQUEST', 'this server answers only to its own loopback address');
  }
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const { origin } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const isCrossSite = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (isCrossSite || (origin !== undefined && origin !== `http://${host}`)) {
    throw new MusterError('FOREIGN_REQUEST', 'requests that change something must come from Muster itself');
  }
}
