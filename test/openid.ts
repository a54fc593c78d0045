import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type {
  Adapter,
  AdapterPayload,
  ClientAuthMethod,
  Configuration,
  JWK,
  KoaContextWithOIDC,
} from 'oidc-provider';
import { Provider } from 'oidc-provider/lib/provider.js';

/** Someone who can sign in at the provider, by name alone. */
export interface ProviderAccount {
  /** What is typed on the login page, and the claim `sub`. */
  readonly name: string;
  /** The `acr` of the ID token; without it the token has none, whatever was asked for. */
  readonly acr?: string;
  /** Further claims of the ID token; `email` and `email_verified` come with the scope `email`, the others always. */
  readonly claims?: Readonly<Record<string, string | boolean>>;
}

export interface ProviderOptions {
  readonly accounts: readonly ProviderAccount[];
  readonly redirectUris?: readonly string[];
  /** Where a sign-out may lead back to. */
  readonly returnTo?: readonly string[];
  /** Without one the client is public. */
  readonly clientSecret?: string | undefined;
  /** The one way to send a secret that the provider takes, `client_secret_basic` unless said. */
  readonly clientAuthentication?: 'client_secret_basic' | 'client_secret_post';
  /** What the discovery document says other than the truth. */
  readonly discovery?: Readonly<Record<string, unknown>>;
  readonly idTokenSeconds?: number;
  /** The id of the key that signs. */
  readonly keyId?: string;
}

/** A real OpenID provider with one client, on the loopback, all in memory. */
export interface TestProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** Lets the client come back to further addresses, for a Muster whose port is not known before. */
  allow(addresses: { readonly redirectUri: string; readonly returnTo?: string }): void;
  close(): Promise<void>;
}

const CLIENT = 'muster';
const HOUR = 3600;
const MAIL = ['email', 'email_verified'];

export async function openProvider(options: ProviderOptions): Promise<TestProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const issuer = `http://127.0.0.1:${port}`;
  const client = clientOf(options);
  const provider = new Provider(issuer, configurationOf(options, client, port));
  sayOtherwise(provider, options.discovery ?? {});
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/')) void interact(provider, options, request, response);
    else if (takesClient(request, client)) void answer(request, response);
    else response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"invalid_client"}');
  });
  return {
    issuer,
    clientId: CLIENT,
    clientSecret: options.clientSecret,
    allow: ({ redirectUri, returnTo }) => {
      client.redirect_uris.push(redirectUri);
      if (returnTo !== undefined) client.post_logout_redirect_uris.push(returnTo);
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

interface TestClient {
  readonly client_id: string;
  readonly redirect_uris: string[];
  readonly post_logout_redirect_uris: string[];
  readonly token_endpoint_auth_method: ClientAuthMethod;
  readonly client_secret?: string;
}

function clientOf(options: ProviderOptions): TestClient {
  const { redirectUris = [], returnTo = [], clientSecret: secret } = options;
  const { clientAuthentication = 'client_secret_basic' } = options;
  return {
    client_id: CLIENT,
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...returnTo],
    token_endpoint_auth_method: secret === undefined ? 'none' : clientAuthentication,
    ...(secret !== undefined && { client_secret: secret }),
  };
}

/** The package takes a secret in either way; here only the one that the discovery document names will do. */
function takesClient({ url, headers }: IncomingMessage, client: TestClient): boolean {
  const isInHeader = headers.authorization !== undefined;
  return url !== '/token' || isInHeader === (client.token_endpoint_auth_method === 'client_secret_basic');
}

function configurationOf(options: ProviderOptions, client: TestClient, port: number): Configuration {
  const { accounts, idTokenSeconds = HOUR, keyId = `key-${port}` } = options;
  const names = accounts
    .flatMap(({ claims = {} }) => Object.keys(claims))
    .filter((name) => !MAIL.includes(name));
  return {
    adapter: memory(client),
    jwks: { keys: [signingKey(keyId)] },
    clientAuthMethods: ['none', options.clientAuthentication ?? 'client_secret_basic'],
    acrValues: accounts.flatMap(({ acr }) => (acr === undefined ? [] : [acr])),
    claims: { openid: ['sub', ...names], email: MAIL },
    // Muster reads the ID token alone.
    conformIdTokenClaims: false,
    findAccount: (_context, sub) => {
      const account = accounts.find(({ name }) => name === sub);
      return account && { accountId: sub, claims: () => ({ sub, ...account.claims }) };
    },
    loadExistingGrant: async (context) => {
      const accountId = context.oidc.session?.accountId;
      const grant = new context.oidc.provider.Grant({ clientId: CLIENT, ...(accountId && { accountId }) });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
    clientBasedCORS: () => false,
    // Cookies know no ports: two providers and Muster share a host.
    cookies: {
      keys: [randomBytes(32).toString('hex')],
      names: {
        session: `provider-${port}`,
        interaction: `provider-${port}-interaction`,
        resume: `provider-${port}-resume`,
      },
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => {
          context.body = signOutPage(form);
        },
        postLogoutSuccessSource: (context) => {
          context.body = page('<h1>Signed out of the provider</h1>');
        },
      },
    },
    renderError: (context, out) => {
      context.type = 'text';
      context.body = `${out.error}: ${out.error_description ?? ''}`;
    },
    ttl: { AccessToken: HOUR, Grant: HOUR, IdToken: idTokenSeconds, Interaction: HOUR, Session: HOUR },
  };
}

function signingKey(kid: string): JWK {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...(privateKey.export({ format: 'jwk' }) as JWK), kid, alg: 'RS256', use: 'sig' };
}

function sayOtherwise(provider: Provider, discovery: Readonly<Record<string, unknown>>): void {
  provider.use(async (context, next) => {
    await next();
    if ((context as KoaContextWithOIDC).oidc.route === 'discovery')
      Object.assign(context.body as object, discovery);
  });
}

/** What the provider remembers, by kind; its client is what `client` is at the moment. */
function memory(client: TestClient): (kind: string) => Adapter {
  const kept = new Map<string, AdapterPayload>();
  return (kind) => {
    const findBy = async (key: keyof AdapterPayload, value: string) =>
      [...kept].find(([id, payload]) => id.startsWith(`${kind}:`) && payload[key] === value)?.[1];
    return {
      upsert: async (id, payload) => void kept.set(`${kind}:${id}`, payload),
      find: async (id) => (kind === 'Client' ? findClient(client, id) : kept.get(`${kind}:${id}`)),
      findByUid: (uid) => findBy('uid', uid),
      findByUserCode: (code) => findBy('userCode', code),
      consume: async (id) => {
        const payload = kept.get(`${kind}:${id}`);
        if (payload) payload.consumed = Math.floor(Date.now() / 1000);
      },
      destroy: async (id) => void kept.delete(`${kind}:${id}`),
      revokeByGrantId: async (grantId) => {
        for (const [id, payload] of kept) if (payload.grantId === grantId) kept.delete(id);
      },
    };
  };
}

function findClient(client: TestClient, id: string): AdapterPayload | undefined {
  return id === client.client_id ? { ...client } : undefined;
}

/** The login page, and what is sent from it. */
async function interact(
  provider: Provider,
  { accounts }: ProviderOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const form = request.method === 'POST' ? new URLSearchParams(await text(request)) : undefined;
    const account = accounts.find(({ name }) => name === form?.get('account'));
    if (form?.has('cancel'))
      await provider.interactionFinished(request, response, { error: 'access_denied' });
    else if (account) await provider.interactionFinished(request, response, { login: loginOf(account) });
    else send(response, loginPage(form && 'There is no such account.'));
  } catch (error) {
    response.writeHead(400, { 'content-type': 'text/plain' }).end(String(error));
  }
}

function loginOf({ name, acr }: ProviderAccount): { accountId: string; acr?: string } {
  return { accountId: name, ...(acr !== undefined && { acr }) };
}

function send(response: ServerResponse, html: string): void {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(html);
}

function loginPage(refusal = ''): string {
  return page(`<h1>Demo provider</h1>
<p role="alert">${refusal}</p>
<form method="post">
<p><label for="account">Account</label> <input id="account" name="account" autocomplete="username"></p>
<p><button>Sign in at the provider</button> <button name="cancel" value="yes">Cancel</button></p>
</form>`);
}

function signOutPage(form: string): string {
  return page(`<h1>Demo provider</h1>
${form}
<button form="op.logoutForm" name="logout" value="yes">Sign out of the provider</button>`);
}

function page(body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Demo provider</title><link rel="icon" href="data:,"></head><body><main>${body}</main></body></html>`;
}

/** A browser without pages: it keeps cookies, and follows redirects only as far as it is told. */
export interface Follower {
  /** Opens an address at the provider, fills in its pages, and gives the address that it leads back to. */
  follow(location: string, form: Readonly<Record<string, string>>): Promise<string>;
}

export function openFollower(): Follower {
  const cookies = new Map<string, string>();
  async function ask(address: URL, form?: URLSearchParams): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { cookie, accept: 'text/html' },
      ...(form && { method: 'POST', body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  }
  return {
    follow: async (location, form) => {
      const { origin } = new URL(location);
      let address = new URL(location);
      let response = await ask(address);
      // Login, its return and a sign-out take less than this.
      for (let steps = 0; steps < 10; steps += 1) {
        const next = response.headers.get('location');
        if (next !== null) {
          address = new URL(next, address);
          if (address.origin !== origin) return address.href;
          response = await ask(address);
        } else {
          const html = await response.text();
          assert.equal(response.status, 200, html);
          const { action, fields } = formOf(html);
          address = new URL(action, address);
          response = await ask(address, new URLSearchParams({ ...fields, ...form }));
        }
      }
      throw new Error('the provider leads nowhere');
    },
  };
}

/** The only form of a page: where it goes, and its hidden fields. */
function formOf(html: string): { action: string; fields: Record<string, string> } {
  const hidden = html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  return {
    action: / action="([^"]+)"/.exec(html)?.[1] ?? '',
    fields: Object.fromEntries([...hidden].map(([, name = '', value = '']) => [name, value])),
  };
}
