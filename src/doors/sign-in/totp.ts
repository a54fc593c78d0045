import { timingSafeEqual } from 'node:crypto';
import { HOTP, Secret, TOTP } from 'otpauth';

/**
 * What every authenticator app knows: HMAC-SHA-1 (RFC 6238, section 1.2), steps of 30 seconds from 1970
 * on (section 4.1), six digits (RFC 4226, section 5.3).
 */
export const totpParameters = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** 160 bits, which RFC 4226, section 4 (R6), recommends. */
const SECRET_BYTES = 20;
/** RFC 6238 allows for one step of delay (section 5.2) and for clocks that differ (section 6). */
const STEPS_EITHER_WAY = 1;

/** Longer than six digits with spaces anywhere between. */
const MOST_TYPED = 32;

/** A new secret, 20 random bytes. */
export function newTotpSecret(): Buffer {
  return Buffer.from(new Secret({ size: SECRET_BYTES }).bytes);
}

/** What an authenticator app reads from a QR code: an otpauth:// address. It holds the secret. */
export function totpAddress({ agency, name, secret }: TotpOwner): string {
  const issuer = withoutColons(`Muster ${agency}`);
  return new TOTP({
    ...totpParameters,
    issuer,
    label: withoutColons(name),
    secret: readSecret(secret),
  }).toString();
}

export interface TotpOwner {
  /** The agency's code. */
  readonly agency: string;
  /** The person's sign-in name. */
  readonly name: string;
  readonly secret: Uint8Array;
}

/** A colon parts the issuer from the name, however it is escaped. */
function withoutColons(text: string): string {
  return text.replaceAll(':', ' ');
}

/** The secret for whoever has to type it: base32. */
export function totpText(secret: Uint8Array): string {
  return readSecret(secret).base32;
}

/**
 * The step of a code that is good now, undefined where it is not. A code is good once (RFC 6238,
 * section 5.2): one whose step is not later than `lastStep`, the step of the code taken last, is not
 * taken. Spaces in a code do not matter. It takes the same time whatever is wrong with a code of six digits.
 */
export function acceptCode(
  secret: Uint8Array,
  code: string,
  now: Date,
  lastStep: number | null,
): number | undefined {
  const typed = readCode(code);
  if (!typed) return undefined;
  const read = readSecret(secret);
  const good = stepsAround(now).filter((step) => timingSafeEqual(codeOf(read, step), typed));
  // Of two steps that share a code the later one: the code is spent for both.
  return good.filter((step) => lastStep === null || step > lastStep).at(-1);
}

function readCode(code: string): Buffer | undefined {
  if (code.length > MOST_TYPED) return undefined;
  const digits = code.replace(/\s/gu, '');
  return digits.length === totpParameters.digits && /^[0-9]+$/.test(digits) ? Buffer.from(digits) : undefined;
}

function stepsAround(now: Date): number[] {
  const step = TOTP.counter({ period: totpParameters.period, timestamp: now.getTime() });
  const steps = Array.from({ length: 2 * STEPS_EITHER_WAY + 1 }, (_, at) => step - STEPS_EITHER_WAY + at);
  return steps.filter((each) => each >= 0);
}

function codeOf(secret: Secret, step: number): Buffer {
  const { algorithm, digits } = totpParameters;
  return Buffer.from(HOTP.generate({ secret, algorithm, digits, counter: step }));
}

/** The library takes a whole buffer, and a Buffer of Node's may be a part of one. */
function readSecret(secret: Uint8Array): Secret {
  return new Secret({ buffer: new Uint8Array(secret).buffer });
}
