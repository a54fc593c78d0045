import { createPublicKey, hash, sign, verify, type KeyObject } from 'node:crypto';

/** A key that verifies notes: who signs with it and the raw Ed25519 public key (C2SP signed-note). */
export interface VerifierKey {
  readonly name: string;
  /** The first four bytes of the SHA-256 of name, newline, 0x01 and the public key. */
  readonly id: Buffer;
  /** 32 bytes (RFC 8032). */
  readonly publicKey: Buffer;
}

/** A note whose form is right; whether its signatures are, `signedBy` says. */
export interface SignedNote {
  /** What is signed, its last newline included. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** One signature line: the name and id of a key and the bytes it made. */
export interface NoteSignature {
  readonly name: string;
  readonly id: Buffer;
  readonly signature: Buffer;
}

const ED25519 = 1;
const ID_BYTES = 4;
const PUBLIC_KEY_BYTES = 32;
const MOST_SIGNATURES = 16;
/** Sixteen signatures of 5 kB, the largest the specification names, with room to spare. */
const MOST_CHARACTERS = 200_000;

/** The key that `<name>+<id in hex>+<base64>` writes, or undefined. */
export function readVerifierKey(text: string): VerifierKey | undefined {
  const parts = /^([^+]{1,200})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/u.exec(text);
  const [name = '', id = ''] = parts?.slice(1) ?? [];
  const encoded = fromBase64(parts?.[3] ?? '');
  if (!encoded || !isKeyName(name) || encoded[0] !== ED25519) return undefined;
  const publicKey = encoded.subarray(1);
  const key = { name, id: keyId(name, publicKey), publicKey };
  return key.id.toString('hex') === id ? key : undefined;
}

/** The text that `readVerifierKey` reads, as Go's sumdb/note writes it. */
export function verifierKeyText(key: VerifierKey): string {
  const encoded = Buffer.concat([Buffer.of(ED25519), key.publicKey]).toString('base64');
  return `${key.name}+${key.id.toString('hex')}+${encoded}`;
}

/** The key that verifies what an Ed25519 private key signs under a name. Throws a RangeError for a name no key may have. */
export function verifierKeyOf(name: string, privateKey: KeyObject): VerifierKey {
  if (!isKeyName(name)) throw new RangeError('a key name must have no blank, plus or control character');
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new RangeError('the key is not an Ed25519 key');
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const publicKey = spki.subarray(spki.length - PUBLIC_KEY_BYTES);
  return { name, id: keyId(name, publicKey), publicKey };
}

/** The note: the text with one signature line for each signer. Throws a RangeError for a text no note may hold. */
export function signNote(
  text: string,
  signers: readonly { readonly key: VerifierKey; readonly privateKey: KeyObject }[],
): string {
  if (!isNoteText(text))
    throw new RangeError('a note is well-formed text without control characters that ends in a newline');
  const lines = signers.map(({ key, privateKey }) => {
    const signature = sign(null, Buffer.from(text), privateKey);
    return `— ${key.name} ${Buffer.concat([key.id, signature]).toString('base64')}\n`;
  });
  return `${text}\n${lines.join('')}`;
}

/** Reads a note, strictly as C2SP signed-note has it, with at most 16 signatures; else undefined. */
export function readNote(note: string): SignedNote | undefined {
  const division = note.lastIndexOf('\n\n');
  if (note.length > MOST_CHARACTERS || division < 0 || !isNoteText(note)) return undefined;
  const lines = note.slice(division + 2, -1).split('\n', MOST_SIGNATURES + 1);
  if (lines.length > MOST_SIGNATURES) return undefined;
  const signatures = lines.map(readSignature);
  const good = signatures.filter((signature) => signature !== undefined);
  if (good.length < signatures.length) return undefined;
  return { text: note.slice(0, division + 1), signatures: good };
}

function readSignature(line: string): NoteSignature | undefined {
  const [dash, name = '', encoded = '', ...more] = line.split(' ');
  const bytes = fromBase64(encoded);
  if (dash !== '—' || more.length > 0 || !isKeyName(name) || !bytes || bytes.length <= ID_BYTES)
    return undefined;
  return { name, id: bytes.subarray(0, ID_BYTES), signature: bytes.subarray(ID_BYTES) };
}

/** Whether the note bears a signature of this key. A bad one beside a good one counts as none. */
export function signedBy(note: SignedNote, key: VerifierKey): boolean {
  const own = note.signatures.filter(({ name, id }) => name === key.name && id.equals(key.id));
  return own.length > 0 && own.every(({ signature }) => isSignature(note.text, key, signature));
}

function isSignature(text: string, key: VerifierKey, signature: Buffer): boolean {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.publicKey.toString('base64url') };
  return verify(null, Buffer.from(text), createPublicKey({ key: jwk, format: 'jwk' }), signature);
}

/** The bytes that standard base64 with padding writes, where it is written the one way there is; else undefined. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return text !== '' && bytes.toString('base64') === text ? bytes : undefined;
}

function keyId(name: string, publicKey: Buffer): Buffer {
  const message = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ED25519), publicKey]);
  return hash('sha256', message, 'buffer').subarray(0, ID_BYTES);
}

function isKeyName(name: string): boolean {
  // \p{C}: what is no character that can be seen, such as those that turn the direction of writing.
  return name !== '' && !/[\p{White_Space}\p{C}+]/u.test(name);
}

function isNoteText(text: string): boolean {
  return text.endsWith('\n') && isWithoutControls(text.replaceAll('\n', '')) && text.isWellFormed();
}

function isWithoutControls(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what it looks for
  return !/[\u0000-\u001f]/.test(text);
}
