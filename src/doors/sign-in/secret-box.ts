import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { MusterError } from '../../errors/index.ts';
import { createKeyFile, readKeyFile } from '../../log/index.ts';

/** AES-256-GCM with a random nonce of 96 bits and a tag of 128 (NIST SP 800-38D, sections 5.2 and 8.2.2). */
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The first byte of what is sealed: how it is sealed. */
const VERSION = 1;
const HEAD_BYTES = 1 + NONCE_BYTES + TAG_BYTES;

/**
 * A secret sealed: version, nonce, tag, secret. `about` says whose it is and what for ("totp 12.0"):
 * what is sealed about one thing does not open about another.
 */
export function sealSecret(key: Buffer, about: string, secret: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo(about));
  const hidden = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([Buffer.from([VERSION]), nonce, cipher.getAuthTag(), hidden]);
}

/** The secret, undefined where it was sealed with another key or about something else, or was changed. */
export function openSecret(key: Buffer, about: string, sealed: Uint8Array): Buffer | undefined {
  if (sealed.length < HEAD_BYTES || sealed[0] !== VERSION) return undefined;
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(about));
  decipher.setAuthTag(sealed.subarray(1 + NONCE_BYTES, HEAD_BYTES));
  const open = decipher.update(sealed.subarray(HEAD_BYTES));
  try {
    return Buffer.concat([open, decipher.final()]);
  } catch {
    return undefined;
  }
}

function boundTo(about: string): Buffer {
  return Buffer.concat([Buffer.from([VERSION]), Buffer.from(about, 'utf8')]);
}

/** Where the key comes from. */
export interface SecretKeyPlace {
  /** The key itself, 32 bytes in base64: it goes before the file. */
  readonly base64?: string | undefined;
  readonly file: string;
  /**
   * A file with a new key is made where there is none. Not for a database that others work with too:
   * what one seals with a key of its own, the others cannot open.
   */
  readonly isMade: boolean;
}

/**
 * The key that secrets are sealed with; where there is no file yet, one with a new key may be made, mode
 * 0600. Throws KEY_UNUSABLE where there is none, for a file that others may read, and for what is no key.
 */
export async function openSecretKey({ base64, file, isMade }: SecretKeyPlace): Promise<Buffer> {
  if (base64 !== undefined) return readKey(base64, 'MUSTER_SECRET_KEY');
  const there = await readKeyFile(file);
  if (there !== undefined) return readKey(there, file);
  if (!isMade) throw unusable(file, `is missing: put the key that others use there, or ${HOW_TO_MAKE}`);
  await createKeyFile(file, `${randomBytes(KEY_BYTES).toString('base64')}\n`);
  return readKey((await readKeyFile(file)) ?? '', file);
}

const HOW_TO_MAKE = 'make one with: openssl rand -base64 32';

function readKey(text: string, where: string): Buffer {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, 'base64');
  if (key.length === KEY_BYTES && key.toString('base64') === trimmed) return key;
  throw unusable(where, `holds no key (32 bytes in base64): ${HOW_TO_MAKE}`);
}

function unusable(where: string, what: string): MusterError {
  return new MusterError('KEY_UNUSABLE', `${where} ${what}`);
}
