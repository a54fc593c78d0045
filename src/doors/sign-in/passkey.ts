import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { COSEALG, decodeAttestationObject } from '@simplewebauthn/server/helpers';
import * as z from 'zod';

/*
 * Passkeys: Web Authentication, Level 3. What a browser answers is untrusted: whatever is wrong with it,
 * the answer is `undefined`.
 */

/** How long a person may take, in milliseconds: section 15.1, the least that it recommends. */
export const PASSKEY_TIMEOUT = 300_000;

/** Those that section 5.4 wants at least (pubKeyCredParams); FIPS 186-5 approves all three. */
const ALGORITHMS = [COSEALG.ES256, COSEALG.EdDSA, COSEALG.RS256];

const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];

/** Section 4, "Credential ID". */
const ID_BYTES = 1023;
/** Section 5.4.3. */
const USER_HANDLE_BYTES = 64;
/** Some hundred bytes for ES256, some thousand with a long key and extensions. */
const DATA_BYTES = 8 * 1024;

function base64url(mostBytes: number) {
  const most = Math.ceil((mostBytes * 4) / 3);
  return z
    .string()
    .max(most)
    .regex(/^[A-Za-z0-9_-]+$/);
}

const idSchema = z.object({ id: base64url(ID_BYTES) });

const credentialSchema = z.object({
  ...idSchema.shape,
  rawId: base64url(ID_BYTES),
  type: z.literal('public-key'),
});

const registrationSchema = z.object({
  ...credentialSchema.shape,
  response: z.object({
    clientDataJSON: base64url(DATA_BYTES),
    attestationObject: base64url(DATA_BYTES),
    transports: z.array(z.string().max(32)).max(16).optional(),
  }),
});

const authenticationSchema = z.object({
  ...credentialSchema.shape,
  response: z.object({
    clientDataJSON: base64url(DATA_BYTES),
    authenticatorData: base64url(DATA_BYTES),
    signature: base64url(DATA_BYTES),
    userHandle: base64url(USER_HANDLE_BYTES).nullish(),
  }),
});

const clientDataSchema = z.object({
  crossOrigin: z.literal(false).optional(),
  topOrigin: z.never().optional(),
});

/** Whose passkey it is: a person's key ("12.0") in the agency with a code. */
export interface PasskeyOwner {
  readonly agency: string;
  readonly key: string;
}

/** What a browser needs to make a passkey for a person; those known are not made twice. */
export async function registrationOptions(wanted: {
  readonly rpId: string;
  readonly agency: string;
  readonly person: { readonly key: string; readonly name: string; readonly signInName: string };
  /** The ids of the passkeys that the person has. */
  readonly known: readonly Uint8Array[];
}): Promise<PublicKeyCredentialCreationOptionsJSON> {
  const { rpId, agency, person, known } = wanted;
  return generateRegistrationOptions({
    rpName: 'Muster',
    rpID: rpId,
    userID: new Uint8Array(userHandleOf({ agency, key: person.key })),
    // What the browser shows where somebody has passkeys of several agencies.
    userName: `${person.signInName} (${agency})`,
    userDisplayName: person.name,
    timeout: PASSKEY_TIMEOUT,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: [...ALGORITHMS],
    excludeCredentials: described(known),
  });
}

/** What a browser needs to sign in with a passkey: any of Muster's that it has, or one of those known. */
export async function authenticationOptions(wanted: {
  readonly rpId: string;
  readonly known?: readonly Uint8Array[];
}): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const { rpId, known } = wanted;
  return generateAuthenticationOptions({
    rpID: rpId,
    timeout: PASSKEY_TIMEOUT,
    userVerification: 'required',
    ...(known && { allowCredentials: described(known) }),
  });
}

function described(ids: readonly Uint8Array[]): { id: string }[] {
  return ids.map((id) => ({ id: Buffer.from(id).toString('base64url') }));
}

/**
 * The name that an authenticator files a passkey under: it replaces the one it has of the same name, so
 * that persons of two agencies must not share one. It tells nothing of the person (section 14.6.1).
 */
function userHandleOf({ agency, key }: PasskeyOwner): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(['muster', agency, key]))
    .digest();
}

/** What an answer must be to: the challenge of the options, asked by a page of the origin. */
export interface PasskeyAnswer {
  readonly response: unknown;
  readonly challenge: string;
  readonly origin: string;
  readonly rpId: string;
}

/** What is kept of a passkey. */
export interface NewPasskey {
  readonly id: Buffer;
  /** The public key as the authenticator writes it (COSE). */
  readonly publicKey: Buffer;
  readonly counter: number;
  readonly transports: readonly string[];
}

/** The passkey that was made, undefined where the answer is not one to the challenge. */
export async function readRegistration(answer: PasskeyAnswer): Promise<NewPasskey | undefined> {
  const read = registrationSchema.safeParse(answer.response);
  return read.success ? orUndefined(async () => registrationIn(read.data, answer)) : undefined;
}

async function registrationIn(
  { id, rawId, type, response }: z.infer<typeof registrationSchema>,
  { challenge, origin, rpId }: PasskeyAnswer,
): Promise<NewPasskey | undefined> {
  const { clientDataJSON, attestationObject, transports = [] } = response;
  if (!isOurPage(clientDataJSON) || !isUnattested(attestationObject)) return undefined;
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: {
      id,
      rawId,
      type,
      response: { clientDataJSON, attestationObject },
      clientExtensionResults: {},
    },
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    supportedAlgorithmIDs: [...ALGORITHMS],
  });
  const made = verified ? registrationInfo.credential : undefined;
  if (!made || !isSame(bytesOf(made.id), bytesOf(id))) return undefined;
  return {
    id: bytesOf(made.id),
    publicKey: Buffer.from(made.publicKey),
    counter: made.counter,
    transports: TRANSPORTS.filter((each) => transports.includes(each)),
  };
}

/** The id of the passkey that an answer claims to be of: nothing is known of it until it is read. */
export function credentialIdOf(response: unknown): Buffer | undefined {
  const read = idSchema.safeParse(response);
  return read.success ? bytesOf(read.data.id) : undefined;
}

/**
 * The counter of a passkey that has signed, undefined where the answer is not one of that passkey to the
 * challenge, or its counter did not go on: then there are two of it (section 6.1.1). Passkeys without a
 * counter say 0 each time.
 */
export async function readAuthentication(
  answer: PasskeyAnswer & {
    readonly credential: {
      readonly id: Uint8Array;
      readonly publicKey: Uint8Array;
      readonly counter: number;
      readonly owner: PasskeyOwner;
    };
  },
): Promise<{ counter: number } | undefined> {
  const read = authenticationSchema.safeParse(answer.response);
  return read.success ? orUndefined(async () => authenticationIn(read.data, answer)) : undefined;
}

async function authenticationIn(
  { id, rawId, type, response }: z.infer<typeof authenticationSchema>,
  { challenge, origin, rpId, credential }: Parameters<typeof readAuthentication>[0],
): Promise<{ counter: number } | undefined> {
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  if (!isOurPage(clientDataJSON) || !isSame(bytesOf(id), credential.id)) return undefined;
  // An authenticator that was told which passkey to use may leave out whose it is.
  if (userHandle && !isSame(bytesOf(userHandle), userHandleOf(credential.owner))) return undefined;
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: {
      id,
      rawId,
      type,
      response: { clientDataJSON, authenticatorData, signature },
      clientExtensionResults: {},
    },
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: rpId,
    requireUserVerification: true,
    credential: { id, publicKey: new Uint8Array(credential.publicKey), counter: credential.counter },
  });
  return verified ? { counter: authenticationInfo.newCounter } : undefined;
}

/** The library takes an answer from a page within another site's page, if its browser says no more of it. */
function isOurPage(clientDataJSON: string): boolean {
  return clientDataSchema.safeParse(JSON.parse(bytesOf(clientDataJSON).toString('utf8'))).success;
}

/**
 * Asked for no attestation, a browser passes on none, or one that the passkey made of itself (section
 * 5.1.3). INVARIANT: no certificate that was sent is read, and no list fetched that it points to.
 */
function isUnattested(attestationObject: string): boolean {
  const attestation = decodeAttestationObject(new Uint8Array(bytesOf(attestationObject)));
  const format = attestation.get('fmt');
  return format === 'none' || (format === 'packed' && attestation.get('attStmt').get('x5c') === undefined);
}

/** The library throws for whatever it does not take. */
async function orUndefined<T>(read: () => Promise<T | undefined>): Promise<T | undefined> {
  try {
    return await read();
  } catch {
    return undefined;
  }
}

function bytesOf(text: string): Buffer {
  return Buffer.from(text, 'base64url');
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * The name that passkeys are made for: the host of Muster's public address. Undefined where browsers
 * offer no passkeys: for an IP number (section 5.1.3 wants a domain) and without TLS, unless it is localhost.
 */
export function rpIdOf(address: string): string | undefined {
  const url = URL.parse(address);
  if (!url || isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) return undefined;
  const isLocal = url.hostname === 'localhost' || url.hostname.endsWith('.localhost');
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLocal) ? url.hostname : undefined;
}
