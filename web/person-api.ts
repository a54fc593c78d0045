import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/browser';
import { queryOptions } from '@tanstack/react-query';
import { agencyPath, read, send } from './api.ts';
import type {
  AuthenticatorSecret,
  Key,
  MadeLink,
  MadeToken,
  Me,
  NewAgency,
  NewPassword,
  NewToken,
  PasskeyCreation,
  PasskeyRequest,
  SetUpOffer,
  SignedIn,
  SignInOffer,
} from './contract-person.ts';
import { stringifySearch } from './url-state.ts';

export function signInQuery() {
  return queryOptions({
    queryKey: ['sign-in'],
    queryFn: ({ signal }) => read<SignInOffer>('/api/sign-in', {}, signal),
  });
}

/** Where a person signs in, and the notice that they have read, by its digest. */
export interface SigningIn {
  readonly agency: string;
  readonly notice: string;
}

export interface PasswordSaid extends SigningIn {
  readonly signInName: string;
  readonly password: string;
  readonly code?: string;
}

export function signInByPassword(said: PasswordSaid): Promise<SignedIn> {
  return send('/api/sign-in/password', said);
}

export function beginPasskeySignIn(said: SigningIn): Promise<PasskeyRequest> {
  return send('/api/sign-in/passkey/begin', said);
}

export function finishPasskeySignIn(response: AuthenticationResponseJSON): Promise<SignedIn> {
  return send('/api/sign-in/passkey/finish', { response });
}

/** The address that leads to a provider of OpenID, and by it back to a path of ours. */
export function providerAddress(provider: string, said: SigningIn, to: string): string {
  return `/api/sign-in/providers/${encodeURIComponent(provider)}${stringifySearch({ ...said, to })}`;
}

/** Creates the first agency; the answer is the token of its administrator's set-up link. */
export function setUpAgency(token: string, agency: NewAgency): Promise<{ readonly link: string }> {
  return send('/api/set-up/agency', { token, ...agency });
}

/** What a set-up link is for; asked once, as the secret that comes with it is the one to set up. */
export function setUpQuery(token: string) {
  return queryOptions({
    queryKey: ['set-up', token],
    queryFn: () => send<SetUpOffer>('/api/set-up/begin', { token }),
    staleTime: Infinity,
    // Secrets: they go with the page.
    gcTime: 0,
    retry: false,
  });
}

export function setUpPassword(token: string, said: NewPassword): Promise<SignedIn> {
  return send('/api/set-up/password', { token, ...said });
}

export function beginSetUpPasskey(token: string): Promise<PasskeyCreation> {
  return send('/api/set-up/passkey/begin', { token });
}

export function finishSetUpPasskey(
  token: string,
  response: RegistrationResponseJSON,
  label: string,
): Promise<SignedIn> {
  return send('/api/set-up/passkey/finish', { token, response, label });
}

/** Ends the session; `leadsTo` is where the provider signs the person out too. */
export function signOut(): Promise<{ readonly leadsTo: string | null }> {
  return send('/api/sign-out', {});
}

export function meQuery() {
  return queryOptions({
    queryKey: ['me'],
    queryFn: ({ signal }) => read<Me>('/api/me', {}, signal),
  });
}

export function endSession(session: Key): Promise<object> {
  return send('/api/me/sessions/end', { session });
}

/** Ends all sessions, this one too. */
export function endAllSessions(): Promise<object> {
  return send('/api/me/sessions/end-all', {});
}

export function makeToken(token: NewToken): Promise<MadeToken> {
  return send('/api/me/tokens', token);
}

export function revokeToken(token: Key): Promise<object> {
  return send('/api/me/tokens/revoke', { token });
}

export function changePassword(current: string, password: string): Promise<object> {
  return send('/api/me/password', { current, password });
}

export function beginAuthenticator(): Promise<AuthenticatorSecret> {
  return send('/api/me/totp/begin', {});
}

export function finishAuthenticator(code: string): Promise<object> {
  return send('/api/me/totp/finish', { code });
}

export function beginPasskey(): Promise<PasskeyCreation> {
  return send('/api/me/passkeys/begin', {});
}

export function finishPasskey(response: RegistrationResponseJSON, label: string): Promise<object> {
  return send('/api/me/passkeys/finish', { response, label });
}

export function removeCredential(credential: Key): Promise<object> {
  return send('/api/me/credentials/remove', { credential });
}

export function makeSetUpLink(agency: string, person: string): Promise<MadeLink> {
  return send(agencyPath(agency, 'people', person, 'set-up-link'), {});
}
