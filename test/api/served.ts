import type { AddressInfo } from 'node:net';
import { request as send, type IncomingHttpHeaders } from 'node:http';
import { everyRole, type Grant } from '../../src/acts/index.ts';
import { LIMITS } from '../../src/doors/http/limits.ts';
import { buildServer } from '../../src/doors/http/server.ts';
import type { House } from '../../src/doors/house.ts';
import { listAgencies } from '../../src/programs/inventory/index.ts';
import { signedIn, type SignedIn } from '../people.ts';

/** A server that listens on a loopback port of its own until it is closed. */
export interface Served {
  readonly address: string;
  /** Who asks, unless a call says otherwise; nobody where there is no agency. */
  readonly person: SignedIn | undefined;
  /** What it logged: a line for each fault. */
  readonly logged: readonly string[];
  close(): Promise<void>;
}

/** Every role over the agency, but for the auditor's, who holds no other. */
export const EVERYTHING: readonly Grant[] = everyRole('').grants.filter(({ role }) => role !== 'auditor');

/** Serves the house, to somebody of its first agency with every role but the auditor's. */
export async function serve(house: House, web?: string, limits = LIMITS): Promise<Served> {
  const logged: string[] = [];
  const [agency] = await listAgencies(house.store);
  const person = agency && (await signedIn(house, agency, EVERYTHING));
  const server = await buildServer({ house, web, limits, log: (line) => logged.push(line) });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, person, logged, close: () => server.close() };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; throws where it is none. */
  json(): unknown;
}

export interface Asking {
  readonly method?: string;
  /** Where they name a cookie or a token, nobody else is signed in. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly anonymous?: boolean;
}

/** What a browser adds of whoever is signed in: their session, and where a request that changes something comes from. */
export function signedHeaders(
  { address, person }: Served,
  { method = 'GET', headers = {}, anonymous = false }: Asking,
): Readonly<Record<string, string>> {
  if (anonymous || !person || 'cookie' in headers || 'authorization' in headers) return headers;
  return { ...person.headers, ...(method !== 'GET' && { origin: address }), ...headers };
}

/** Asks with these headers and those of whoever is signed in: fetch would not send another Host, nor a browser's own. */
export function ask(served: Served, path: string, given: Asking = {}): Promise<Answer> {
  const { method = 'GET', body } = given;
  const headers = signedHeaders(served, given);
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(served.address);
    const asking = send({ hostname, port, path, method, headers, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const json = (): unknown => JSON.parse(text);
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text, json });
      });
    });
    asking.once('error', reject);
    asking.end(body);
  });
}

/** Posts an input as JSON. */
export function post(
  served: Served,
  path: string,
  input: unknown,
  headers: Asking['headers'] = {},
): Promise<Answer> {
  const body = JSON.stringify(input);
  return ask(served, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

export interface Upload {
  readonly name?: string;
  readonly bytes: Uint8Array;
  readonly fields?: Readonly<Record<string, string>>;
  readonly dryRun?: boolean;
}

const BOUNDARY = 'muster-test-boundary';

/** A file as a form sends it: the other fields first. */
export function formOf({ name = 'test.csv', bytes, fields = {} }: Upload): Buffer {
  const parts = Object.entries(fields).map(
    ([field, value]) =>
      `--${BOUNDARY}\r\ncontent-disposition: form-data; name="${field}"\r\n\r\n${value}\r\n`,
  );
  const head = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="${name}"\r\ncontent-type: text/csv\r\n\r\n`;
  return Buffer.concat([Buffer.from(parts.join('') + head), bytes, Buffer.from(`\r\n--${BOUNDARY}--\r\n`)]);
}

export const FORM = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

export function upload(served: Served, agency: string, wanted: Upload): Promise<Answer> {
  const path = `/api/agencies/${agency}/evidence?dryRun=${wanted.dryRun ?? false}`;
  return ask(served, path, { method: 'POST', headers: FORM, body: formOf(wanted) });
}
