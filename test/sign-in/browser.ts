import { request as send } from 'node:http';

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly setCookies: readonly string[];
  readonly text: string;
  json(): unknown;
}

/** A browser without pages: it keeps cookies, and says where its requests come from. */
export class Browser {
  readonly address: string;
  readonly cookies = new Map<string, string>();

  constructor(address: string) {
    this.address = address;
  }

  /** The session's secret. */
  get session(): string | undefined {
    return this.cookies.get('__Host-muster');
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.#ask('GET', path, headers);
  }

  /** As a page of Muster's own sends it. */
  post(path: string, input: object = {}, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const own = { origin: this.address, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };
    return this.#ask('POST', path, { ...own, ...headers }, JSON.stringify(input));
  }

  /** Another browser with the same cookies. */
  copy(): Browser {
    const other = new Browser(this.address);
    for (const [name, value] of this.cookies) other.cookies.set(name, value);
    return other;
  }

  async #ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await ask(this.address, method, path, { ...(cookie && { cookie }), ...headers }, body);
    for (const line of answer.setCookies) this.#keep(line);
    return answer;
  }

  #keep(line: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (/; Max-Age=0(?:;|$)/.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, value);
  }
}

/** Asks with these headers alone: a program rather than a browser. */
export function ask(
  address: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port, host } = new URL(address);
    const options = {
      hostname: '127.0.0.1',
      port,
      path,
      method,
      headers: { host, ...headers },
      agent: false,
    };
    const asking = send(options, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.once('error', reject);
      answer.once('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          setCookies: answer.headers['set-cookie'] ?? [],
          text,
          json: (): unknown => JSON.parse(text),
        });
      });
    });
    asking.once('error', reject);
    asking.end(body);
  });
}
