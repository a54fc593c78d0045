import { WebAuthnError, type WebAuthnErrorCode } from '@simplewebauthn/browser';
import { ApiError } from './api.ts';

const KNOWN: Partial<Record<WebAuthnErrorCode, readonly [string, string]>> = {
  ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED: [
    'this device holds a passkey of yours already',
    'use that one, or another device',
  ],
  ERROR_INVALID_DOMAIN: ['passkeys do not work at this address', 'open Muster by its name'],
  ERROR_INVALID_RP_ID: ['passkeys do not work at this address', 'open Muster by its name'],
  ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT: [
    'this device does not ask who you are',
    'use one with a PIN, a fingerprint or a face',
  ],
};

/** What went wrong with the browser's passkeys, as an error that a person can read; others stay what they are. */
export function passkeyFault(error: unknown): unknown {
  if (!(error instanceof WebAuthnError) && !(error instanceof DOMException)) return error;
  const known = error instanceof WebAuthnError ? KNOWN[error.code] : undefined;
  const [message, remedy] = known ?? [
    'no passkey was used: it was cancelled, there is none here, or it took too long',
    'try again, or sign in another way',
  ];
  return new ApiError(0, { code: 'PASSKEY', message, remedy, refused: [] });
}

/** The same page at the name of this machine, where it was opened by its number. */
export function byName({
  protocol,
  hostname,
  port,
}: Pick<Location, 'protocol' | 'hostname' | 'port'>): string | undefined {
  if (hostname !== '127.0.0.1' && hostname !== '[::1]') return undefined;
  return `${protocol}//localhost${port === '' ? '' : `:${port}`}`;
}
