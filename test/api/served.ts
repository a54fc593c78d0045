import type { AddressInfo } from 'node:net';
import { request as send, type IncomingHttpHeaders } from 'node:http';
import { buildServer } from '../../src/doors/http/server.ts';
import type { DeclaredList } from '../../src/doors/declared.ts';
import type { House } from '../../src/doors/house.ts';

/** A server that listens on a loopback port of its own until it is closed. */
export interface Served {
  readonly address: string;
  /** What it logged: a line for each fault. */
  readonly logged: readonly string[];
  close(): Promise<void>;
}

export async function serve(house: House, web?: string): Promise<Served> {
  const logged: string[] = [];
  const server = await buildServer({ house, web, log: (line) => logged.push(line) });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, logged, close: () => server.close() };
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
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** Asks with exactly these headers: fetch would not send another Host, nor a browser's own. */
export function ask(
  served: Served,
  path: string,
  { method = 'GET', headers = {}, body }: Asking = {},
): Promise<Answer> {
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

/** A value that leads somewhere, for each `:name` in the path of a view of a loaded agency. */
export async function samplePlaces(
  served: Served,
  agency: string,
): Promise<Readonly<Record<string, string>>> {
  const read = async (path: string) =>
    (await ask(served, `/api/agencies/${agency}${path}`)).json() as Record<string, Record<string, unknown>[]>;
  const { duties } = await read('/duties?limit=1');
  const { evidence } = await read('/evidence');
  const { systems } = await read('/systems');
  return {
    id: String(duties?.[0]?.['id']),
    evidence: String(evidence?.[0]?.['evidence']),
    line: '2',
    system: String(systems?.[0]?.['system']),
    ...(await placesListed(served, read)),
  };
}

/** Where the rows of the lists lead: the first row of each says where. */
async function placesListed(
  served: Served,
  read: (path: string) => Promise<Record<string, Record<string, unknown>[]>>,
): Promise<Record<string, string>> {
  const { views } = (await ask(served, '/api/views')).json() as { views: readonly DeclaredList[] };
  const found: Record<string, string> = {};
  for (const list of views.filter(({ parameters }) => parameters.length === 0)) {
    const leading = list.columns.flatMap(({ leadsTo }) => (leadsTo ? [leadsTo.with] : []));
    if (leading.length === 0) continue;
    const [row] = (await read(`${list.path}?limit=1`))[list.rows] ?? [];
    for (const [name, field] of leading.flatMap((each) => Object.entries(each)))
      if (row) found[name] = String(row[field]);
  }
  return found;
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
