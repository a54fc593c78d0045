import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { link, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
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
  /**
   * A file with a new key is made where there is none. Not for a database that others work with too:
   * whoever came without a key would sign with one that the others do not have.
   */
  readonly isMade: boolean;
}

const KEY_FILE_MODE = 0o600;
const OTHERS = 0o077;

/**
 * The keys of an installation; where there is no file yet, one with a new key may be made, mode 0600.
 * Throws KEY_UNUSABLE where there is none, for a file that others may read, and for what is no Ed25519 key.
 */
export async function openKeyring(place: KeyPlace): Promise<Keyring> {
  const found = await findKeyring(place);
  if (found) return found;
  const { file, isMade } = place;
  if (!isMade) throw unusable(file, 'is missing: there is no key here to sign the record with');
  await createKeyFile(file, pemOf(newKey()));
  return readKeyring((await readKeyFile(file)) ?? '', file);
}

/** The keys that are there, undefined where there is no file. Throws KEY_UNUSABLE as `openKeyring` does. */
export async function findKeyring({ pem, file }: KeyPlace): Promise<Keyring | undefined> {
  if (pem !== undefined) return readKeyring(pem, 'MUSTER_CHECKPOINT_KEY');
  const there = await readKeyFile(file);
  return there === undefined ? undefined : readKeyring(there, file);
}

/** A new private key. */
export function newKey(): KeyObject {
  return generateKeyPairSync('ed25519').privateKey;
}

/** Puts keys in the place of those in a file, the old ones or the new ones whatever happens. */
export async function replaceKeys(place: string, keys: Keyring): Promise<void> {
  await orUnusable(place, async () => {
    // A link stays one, and the file its owner's.
    const file = await realpath(place);
    const { uid, gid } = await stat(file);
    const beside = besideOf(file);
    try {
      await writeNew(beside, keys.map(pemOf).join(''), { uid, gid });
      await rename(beside, file);
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
    await syncFolder(dirname(file));
  });
}

async function orUnusable(file: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw unusable(file, `cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
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

/** What a file of keys holds, undefined where there is none. Throws KEY_UNUSABLE for one that others may read. */
export async function readKeyFile(file: string): Promise<string | undefined> {
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

/**
 * Makes a file of keys, mode 0600; one that is there meanwhile stays as it is. Throws KEY_UNUSABLE.
 * INVARIANT: of two that create the file at once, one wins and both read the same key.
 */
export async function createKeyFile(file: string, text: string): Promise<void> {
  await orUnusable(file, async () => {
    const beside = besideOf(file);
    try {
      await writeNew(beside, text);
      await link(beside, file).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
    } finally {
      await rm(beside, { force: true });
    }
    await syncFolder(dirname(file));
  });
}

/** A name of its own: several may write at once. */
function besideOf(file: string): string {
  return `${file}.${randomBytes(6).toString('hex')}`;
}

async function writeNew(file: string, text: string, owner?: { uid: number; gid: number }): Promise<void> {
  const handle = await open(file, 'wx', KEY_FILE_MODE);
  try {
    await handle.chmod(KEY_FILE_MODE);
    if (owner && process.getuid?.() === 0) await handle.chown(owner.uid, owner.gid);
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
