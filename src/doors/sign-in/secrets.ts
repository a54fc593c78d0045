import { createHash, randomBytes } from 'node:crypto';

/** A secret that lets somebody in: told once, kept as a hash. It says of which agency it is, to be found there. */
export interface NewSecret {
  readonly text: string;
  readonly hash: Buffer;
}

/** What came in as such a secret. */
export interface ReadSecret {
  readonly agency: number;
  readonly hash: Buffer;
}

const BYTES = 32;
const SHAPE = /^(\d{1,9})\.([A-Za-z0-9_-]{43})$/;

/** 256 random bits: nobody guesses them, so a plain hash is enough. */
export function newSecret(agency: number): NewSecret {
  const text = `${agency}.${randomBytes(BYTES).toString('base64url')}`;
  return { text, hash: hashOf(text) };
}

/** The agency and the hash of a secret, undefined where the text is none. */
export function readSecret(text: string): ReadSecret | undefined {
  const [, agency] = SHAPE.exec(text) ?? [];
  return agency === undefined ? undefined : { agency: Number(agency), hash: hashOf(text) };
}

export function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
