import type { FastifyInstance, InjectOptions } from 'fastify';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildServer, type ServerSettings } from '../../src/doors/http/server.ts';
import { openTestHouse } from '../house.ts';

export const PUBLIC = 'https://muster.example';
export const PROXY = '192.0.2.10';
/** Who asks, as the proxy saw them. */
export const SOMEBODY = '198.51.100.7';
export const BEHIND_PROXY = { url: PUBLIC, trustedProxies: [PROXY] };
/** A file of the pages. */
export const FILE = '/assets/app.js';

/** Servers that stand on a network in one way or another, with a page that is not ours. */
export interface Networked {
  built(settings?: Partial<ServerSettings>): Promise<FastifyInstance>;
  close(): Promise<void>;
}

export async function openNetworked(): Promise<Networked> {
  const house = await openTestHouse();
  const web = join(house.dataDir, 'web');
  await mkdir(join(web, 'assets'), { recursive: true });
  await writeFile(join(web, 'index.html'), '<!doctype html><title>Muster</title>');
  await writeFile(join(web, 'assets', 'app.js'), 'export {};\n');
  const servers: FastifyInstance[] = [];
  return {
    built: async (settings = {}) => {
      const server = await buildServer({ house, web, log: () => undefined, ...settings });
      servers.push(server);
      return server;
    },
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
      await house.close();
    },
  };
}

/** What the proxy passes on of a request of somebody's. */
export function passedOn(more: InjectOptions = {}): InjectOptions {
  const headers = { host: 'muster.example', 'x-forwarded-proto': 'https', 'x-forwarded-for': SOMEBODY };
  return { url: '/', remoteAddress: PROXY, ...more, headers: { ...headers, ...more.headers } };
}

export async function asked(server: FastifyInstance, request: InjectOptions) {
  const { statusCode: status, headers, body } = await server.inject(request);
  const error = body.startsWith('{') ? (JSON.parse(body) as { error?: { code: string } }).error : undefined;
  return { status, headers, code: error?.code };
}
