import * as client from 'openid-client';
import { MusterError } from '../../errors/index.ts';
import type { Provider } from './providers.ts';

/** What must be kept of a sign-in that was begun, for the browser that began it alone: plain JSON. */
export interface OidcKept {
  readonly provider: string;
  readonly state: string;
  readonly nonce: string;
  /** The verifier of PKCE: a secret until the sign-in is finished. */
  readonly verifier: string;
  /** The instant at which it was begun. */
  readonly begun: string;
}

/** Whom a provider knows a person as. */
export interface Identified {
  /** Says who it is at this provider only: another may give the same to someone else. */
  readonly identity: string;
  /** The way in which the person signed in there, in the provider's words; null where it does not say. */
  readonly acr: string | null;
  /** For signing out there; it says who the person is, and is kept as a secret. */
  readonly idToken: string;
}

/** OpenID Connect: the authorization code flow with PKCE, and the sign-out that the application begins. */
export interface Oidc {
  /** Where to send the browser. Throws PROVIDER_FAILED. `redirectUri` is an address without `?` and `#`. */
  begin(
    provider: Provider,
    to: { readonly redirectUri: string },
  ): Promise<{ location: string; kept: OidcKept }>;
  /**
   * Who came back, from the address that the browser came back to. `kept` must be given up before: an
   * answer counts once. Throws SIGN_IN_REFUSED, whose `cause` says for the log what was wrong and
   * nothing of the person, and PROVIDER_FAILED where the provider did not answer.
   */
  finish(
    provider: Provider,
    kept: OidcKept,
    from: { readonly callback: URL | string; readonly redirectUri: string },
  ): Promise<Identified>;
  /** Where to send the browser to sign out there too; null where the provider has no such place, or is silent. */
  signOut(
    provider: Provider,
    what: { readonly idToken: string; readonly returnTo: string },
  ): Promise<string | null>;
}

export interface OidcOptions {
  readonly now?: () => Date;
  /** How long to wait for an answer of a provider's, in seconds. */
  readonly patience?: number;
}

const PATIENCE_SECONDS = 10;
/** What a provider says of itself is asked again after so long. */
const FRESH_MS = 10 * 60_000;
/** Who takes longer at the provider begins again. */
const MOST_MS = 15 * 60_000;
const MOST_IDENTITY = 255;

/** What a provider says of itself, and its keys once they were needed. */
interface Known {
  readonly metadata: client.ServerMetadata;
  keys: client.ExportedJWKSCache | undefined;
}

interface Asked {
  readonly at: number;
  readonly answer: Promise<Known>;
}

/** Remembers for some minutes what each provider says of itself; a failure is not remembered. */
export function createOidc({ now = () => new Date(), patience = PATIENCE_SECONDS }: OidcOptions = {}): Oidc {
  const asked = new Map<string, Asked>();

  function know(provider: Provider): Promise<Known> {
    const at = now().getTime();
    const earlier = asked.get(provider.issuer);
    if (earlier && Math.abs(at - earlier.at) < FRESH_MS) return earlier.answer;
    const latest = { at, answer: discover(provider, patience) };
    asked.set(provider.issuer, latest);
    latest.answer.catch(() => {
      if (asked.get(provider.issuer) === latest) asked.delete(provider.issuer);
    });
    return latest.answer;
  }

  return {
    begin: async (provider, { redirectUri }) => {
      const configuration = configure(provider, await know(provider), now(), patience);
      const kept = newKept(provider, now());
      const parameters = await parametersOf(provider, kept, redirectUri);
      try {
        return { location: client.buildAuthorizationUrl(configuration, parameters).href, kept };
      } catch (error) {
        throw failed(provider, wordsOf(error));
      }
    },
    finish: async (provider, kept, { callback, redirectUri }) => {
      checkKept(provider, kept, now());
      const answer = answerOf(callback, redirectUri);
      const known = await know(provider);
      const configuration = configure(provider, known, now(), patience);
      try {
        return identify(provider, await redeem(configuration, provider, kept, answer));
      } catch (error) {
        throw judge(provider, error, patience);
      } finally {
        known.keys = client.getJwksCache(configuration);
      }
    },
    signOut: async (provider, { idToken, returnTo }) => {
      try {
        const configuration = configure(provider, await know(provider), now(), patience);
        const parameters = { id_token_hint: idToken, post_logout_redirect_uri: returnTo };
        return client.buildEndSessionUrl(configuration, parameters).href;
      } catch {
        // There is no such place, or nobody to ask for it: Muster's own session ends all the same.
        return null;
      }
    },
  };
}

async function discover(provider: Provider, patience: number): Promise<Known> {
  const issuer = new URL(provider.issuer);
  const options = { timeout: patience, execute: isPlainHttp(provider) ? [client.allowInsecureRequests] : [] };
  try {
    const found = await client.discovery(issuer, provider.clientId, undefined, client.None(), options);
    const metadata = found.serverMetadata();
    // The library lets some issuers give another name than their own, for providers of many tenants.
    if (new URL(metadata.issuer).href !== issuer.href) throw failed(provider, ANOTHER_ISSUER);
    return { metadata, keys: undefined };
  } catch (error) {
    const isOther = codeOf(error) === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED';
    throw error instanceof MusterError
      ? error
      : failed(provider, isOther ? ANOTHER_ISSUER : (silence(error, patience) ?? wordsOf(error)));
  }
}

const ANOTHER_ISSUER = 'its discovery document names another issuer';

function configure(provider: Provider, known: Known, now: Date, patience: number): client.Configuration {
  // The library reads the clock itself.
  const metadata = { [client.clockSkew]: Math.round((now.getTime() - Date.now()) / 1000) };
  const authentication = authenticationOf(provider, known.metadata);
  const configuration = new client.Configuration(known.metadata, provider.clientId, metadata, authentication);
  configuration.timeout = patience;
  // Without it the library trusts the connection alone, and looks at no signature.
  client.enableNonRepudiationChecks(configuration);
  if (isPlainHttp(provider)) client.allowInsecureRequests(configuration);
  if (known.keys) client.setJwksCache(configuration, known.keys);
  return configuration;
}

/** providers.ts allows it on the loopback alone. */
function isPlainHttp({ issuer }: Provider): boolean {
  return new URL(issuer).protocol === 'http:';
}

/** OpenID Connect Core 1.0, section 9: `client_secret_basic` unless the provider says that it takes others. */
function authenticationOf({ clientSecret }: Provider, metadata: client.ServerMetadata): client.ClientAuth {
  if (clientSecret === undefined) return client.None();
  const taken = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  return taken.includes('client_secret_basic')
    ? client.ClientSecretBasic(clientSecret)
    : client.ClientSecretPost(clientSecret);
}

function newKept({ provider }: Provider, now: Date): OidcKept {
  return {
    provider,
    state: client.randomState(),
    nonce: client.randomNonce(),
    verifier: client.randomPKCECodeVerifier(),
    begun: now.toISOString(),
  };
}

async function parametersOf(
  { scope, acr, maxAge }: Provider,
  { state, nonce, verifier }: OidcKept,
  redirectUri: string,
): Promise<Record<string, string>> {
  return {
    scope: ['openid', ...scope].join(' '),
    redirect_uri: new URL(redirectUri).href,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    ...(acr.length > 0 && { acr_values: acr.join(' ') }),
    ...(maxAge !== undefined && { max_age: String(maxAge) }),
  };
}

function checkKept({ provider }: Provider, kept: OidcKept, now: Date): void {
  if (kept.provider !== provider) throw refused('it was begun at another provider');
  const passed = now.getTime() - Date.parse(kept.begun);
  if (!(passed <= MOST_MS)) throw refused('it was begun too long ago');
}

/** The address that was agreed on, with what was answered: behind a proxy Muster sees itself by another name. */
function answerOf(callback: URL | string, redirectUri: string): URL {
  const came = callback instanceof URL ? callback : URL.parse(callback, redirectUri);
  if (!came) throw refused('the address that the browser came back to is none');
  const answer = new URL(redirectUri);
  answer.search = came.search;
  return answer;
}

type Redeemed = Awaited<ReturnType<typeof client.authorizationCodeGrant>>;

function redeem(
  configuration: client.Configuration,
  { maxAge }: Provider,
  { state, nonce, verifier }: OidcKept,
  answer: URL,
): Promise<Redeemed> {
  return client.authorizationCodeGrant(configuration, answer, {
    expectedState: state,
    expectedNonce: nonce,
    pkceCodeVerifier: verifier,
    idTokenExpected: true,
    ...(maxAge !== undefined && { maxAge }),
  });
}

function identify(provider: Provider, redeemed: Redeemed): Identified {
  const claims = redeemed.claims();
  if (!claims || redeemed.id_token === undefined) throw refused('there is no ID token');
  const acr = typeof claims['acr'] === 'string' ? claims['acr'] : null;
  checkAcr(provider, acr);
  return { identity: identityOf(provider, claims), acr, idToken: redeemed.id_token };
}

function checkAcr({ acr: wanted }: Provider, acr: string | null): void {
  if (wanted.length === 0 || (acr !== null && wanted.includes(acr))) return;
  const what = acr === null ? 'has no acr' : 'has another acr';
  throw refused(`the ID token ${what}; wanted: ${wanted.join(' or ')}`);
}

function identityOf({ claim }: Provider, claims: client.IDToken): string {
  const identity = claims[claim];
  if (typeof identity !== 'string' || identity === '' || identity.length > MOST_IDENTITY)
    throw refused(`the ID token has no claim ${claim} that could be an identity`);
  if (claim === 'email' && claims['email_verified'] !== true)
    throw refused('the ID token does not say that its email is verified (email_verified)');
  return identity;
}

/** The sentence is the same whatever was wrong; the cause is for the log, and names no claim's value. */
function refused(reason: string): MusterError {
  const message = 'the sign-in was refused: what the provider answered does not let you in';
  return new MusterError('SIGN_IN_REFUSED', message, [], { cause: new Error(reason) });
}

function failed({ provider, issuer }: Provider, what: string): MusterError {
  return new MusterError('PROVIDER_FAILED', `the provider ${provider} (${issuer}) cannot be used: ${what}`);
}

/** What the library threw, as an error of ours; what is none of its refusals stays a fault. */
function judge(provider: Provider, error: unknown, patience: number): unknown {
  if (error instanceof MusterError) return error;
  const silent = silence(error, patience);
  if (silent !== undefined) return failed(provider, silent);
  return codeOf(error)?.startsWith('OAUTH_') ? refused(wordsOf(error)) : error;
}

/** Answers that are none, or none of an OpenID provider's. */
const SILENCES = [
  'OAUTH_HTTP_REQUEST_FORBIDDEN',
  'OAUTH_INVALID_SERVER_METADATA',
  'OAUTH_MISSING_SERVER_METADATA',
  'OAUTH_PARSE_ERROR',
  'OAUTH_REQUEST_PROTOCOL_FORBIDDEN',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
];
/** Errors of the token endpoint that no sign-in of anybody's would get past (RFC 6749 section 5.2). */
const NOT_THE_PERSONS = ['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'server_error'];

/** In which way a provider did not answer; undefined where it did. */
function silence(error: unknown, patience: number): string | undefined {
  const code = codeOf(error);
  if (code === 'OAUTH_TIMEOUT') return `no answer within ${patience} seconds`;
  if (code !== undefined && SILENCES.includes(code)) return wordsOf(error);
  if (error instanceof client.WWWAuthenticateChallengeError)
    return 'it does not take the client id or secret';
  if (error instanceof client.ResponseBodyError && NOT_THE_PERSONS.includes(error.error))
    return `it does not take the client (${error.error})`;
  // What fetch throws: a TypeError whose cause says why.
  if (!(error instanceof TypeError) || code !== undefined) return undefined;
  return `no connection (${codeOf(error.cause) ?? 'unknown'})`;
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const LIBRARY_ERRORS = ['OperationProcessingError', 'UnsupportedOperationError'];

/** What was wrong in fixed words of the library's: nothing that was sent, but for a plain code of an error. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if (error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError)
    return /^[a-z_]{1,40}$/.test(error.error) ? `it answers ${error.error}` : 'it answers an error';
  const { cause } = error;
  return cause instanceof Error && LIBRARY_ERRORS.includes(cause.name) ? cause.message : error.message;
}
