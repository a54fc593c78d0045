import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { link, open, readFile, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MusterError } from '../errors/index.ts';

/**
 * The private keys that checkpoints are signed with, Ed25519. A new log takes the first; a log
 * that is there is signed with the one in force for it, wherever that stands.
 */
export type Keyring = readonly [KeyObject, ...KeyObject[]];

/** Where the keys come from. */
export interface KeyPlace {
  /** The keys themselves, as PEM: they go before the file. */
  readonly pem?: string | undefined;
  readonly file: string;
}

const KEY_FILE_MODE = 0o600;
const OTHERS = 0o077;

/**
 * The keys of an installation; where there is no file yet, one with a new key is made, mode 0600.
 * Throws KEY_UNUSABLE for a file that others may read and for what is no Ed25519 key.
 */
export async function openKeyring({ pem, file }: KeyPlace): Promise<Keyring> {
  if (pem !== undefined) return readKeyring(pem, 'MUSTER_CHECKPOINT_KEY');
  const there = await readKeyFile(file);
  if (there !== undefined) return readKeyring(there, file);
  await createFile(file, pemOf(newKey()));
  return readKeyring((await readKeyFile(file)) ?? '', file);
}

/** A new private key. */
export function newKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

/** Puts keys in the place of those in a file, the old ones or the new ones whatever happens. */
export async function replaceKeys(file: string, keys: Keyring): Promise<void> {
  const beside = besideOf(file);
  await writeNew(beside, keys.map(pemOf).join(''));
  await rename(beside, file);
  await syncFolder(dirname(file));
}

/** The keys in a PEM text, in its order. Throws KEY_UNUSABLE, naming where it stands and no key. */
export function readKeyring(pem: string, where: string): Keyring {
  const blocks = pem.match(/-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/g) ?? [];
  const [first, ...rest] = blocks.map((block) => readKey(block, where));
  if (first === undefined) throw unusable(where, 'holds no private key (PEM, PKCS#8)');
  return [first, ...rest];
}

function readKey(block: string, where: string): KeyObject {
  let key: KeyObject;
  try {
    key = createPrivateKey(block);
  } catch {
    // What went wrong might quote the key.
    throw unusable(where, 'holds a private key that cannot be read');
  }
  if (key.asymmetricKeyType !== 'ed25519') throw unusable(where, 'holds a key that is not Ed25519');
  return key;
}

function unusable(where: string, what: string): MusterError {
  return new MusterError('KEY_UNUSABLE', `${where} ${what}`);
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' });
}

async function readKeyFile(file: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & OTHERS) !== 0)
      throw unusable(file, `may be read by others (mode ${(mode & 0o777).toString(8)}): chmod 600 it`);
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof MusterError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw unusable(file, `cannot be read (${code ?? 'unknown'})`);
  }
}

/** INVARIANT: of two that create the file at once, one wins and both read the same key. */
async function createFile(file: string, text: string): Promise<void> {
  const beside = besideOf(file);
  try {
    await writeNew(beside, text);
    await link(beside, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
    await unlink(beside);
    await syncFolder(dirname(file));
  } catch (error) {
    throw unusable(file, `cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

/** A name of its own: several may write at once. */
function besideOf(file: string): string {
  return `${file}.${randomBytes(6).toString('hex')}`;
}

async function writeNew(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', KEY_FILE_MODE);
  try {
    await handle.chmod(KEY_FILE_MODE);
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes what was renamed or linked in a folder survive a loss of power. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
