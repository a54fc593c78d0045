import assert from 'node:assert/strict';
import { MusterError } from '../src/errors/index.ts';
import { createOidc, type Oidc, type OidcKept } from '../src/doors/sign-in/oidc.ts';
import type { Provider } from '../src/doors/sign-in/providers.ts';
import { openFollower, openProvider, type ProviderOptions, type TestProvider } from './openid.ts';

export const redirectUri = 'http://127.0.0.1:1075/api/sign-in/answer/agency-login';
export const returnTo = 'http://127.0.0.1:1075/sign-in';
export const PIV = 'urn:demo:piv';
export const PASSWORD = 'urn:demo:password';
export const MAIL = 'demo.analyst@agency.example';

const options: ProviderOptions = {
  redirectUris: [redirectUri],
  returnTo: [returnTo],
  clientSecret: 'demo secret: with % and +',
  accounts: [
    { name: 'demo-piv', acr: PIV, claims: { email: MAIL, email_verified: true, employee: 'E-1' } },
    { name: 'demo-password', acr: PASSWORD, claims: { email: MAIL, email_verified: false } },
    { name: 'demo-plain', claims: { employee: '' } },
  ],
};

const opened: TestProvider[] = [];

export async function open(over: Partial<ProviderOptions> = {}): Promise<TestProvider> {
  const provider = await openProvider({ ...options, ...over });
  opened.push(provider);
  return provider;
}

export async function closeAll(): Promise<void> {
  await Promise.all(opened.map((each) => each.close()));
}

/** The provider as the file of providers would say it. */
export function known(
  at: Pick<TestProvider, 'issuer' | 'clientId' | 'clientSecret'>,
  over: Partial<Provider> = {},
): Provider {
  return {
    provider: 'agency-login',
    title: 'Agency sign-in',
    agency: 'DEMO',
    issuer: at.issuer,
    clientId: at.clientId,
    clientSecret: at.clientSecret,
    acr: [],
    claim: 'sub',
    scope: [],
    maxAge: undefined,
    ...over,
  };
}

export interface Answered {
  readonly callback: string;
  readonly kept: OidcKept;
}

/** Begins and signs in at the provider's page, up to the address that it leads back to. */
export async function answered(oidc: Oidc, provider: Provider, account = 'demo-piv'): Promise<Answered> {
  const { location, kept } = await oidc.begin(provider, { redirectUri });
  return { callback: await openFollower().follow(location, { account }), kept };
}

export function changed(address: string, over: Readonly<Record<string, string | null>>): string {
  const url = new URL(address);
  for (const [name, value] of Object.entries(over))
    if (value === null) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  return url.href;
}

/** The error of a sign-in: its code, and what the log says. No claim and no secret is in either. */
export async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('the sign-in was let in'),
    (error: unknown) => error,
  );
  assert.ok(error instanceof MusterError, String(error));
  const cause = error.cause instanceof Error ? error.cause.message : '';
  const told = `${error.code} ${error.code === 'SIGN_IN_REFUSED' ? cause : error.message}`;
  assert.doesNotMatch(`${error.message} ${told}`, /demo-p|demo secret|agency\.example|E-1|:password/);
  if (error.code === 'SIGN_IN_REFUSED')
    assert.equal(error.message, 'the sign-in was refused: what the provider answered does not let you in');
  return told;
}

/** A provider that was there a moment ago. */
export async function gone(): Promise<TestProvider> {
  const provider = await openProvider(options);
  await provider.close();
  return provider;
}

/** What is other than it should be when a person comes back. */
export interface Alterations {
  readonly kept?: Partial<OidcKept>;
  /** Parameters of the answer; null for those that are left out. */
  readonly callback?: Readonly<Record<string, string | null>>;
  /** What the file of providers says meanwhile. */
  readonly as?: Provider;
}

/** A whole sign-in: who it was, and how. */
export async function attempt(
  at: Provider,
  account = 'demo-piv',
  altered: Alterations = {},
): Promise<string> {
  const oidc = createOidc();
  const { callback, kept } = await answered(oidc, at, account);
  const from = { callback: changed(callback, altered.callback ?? {}), redirectUri };
  const { identity, acr } = await oidc.finish(altered.as ?? at, { ...kept, ...altered.kept }, from);
  return `${identity} by ${acr}`;
}
