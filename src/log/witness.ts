import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readCheckpoint, signedBy, type TreeHead, type VerifierKey } from '../record/index.ts';
import { syncFolder } from './keys.ts';
import { inconsistent } from './tree.ts';

/*
 * A witness is a folder, best on somebody else's disk, that holds copies of checkpoints: for each
 * log a folder named as its origin, in it a file for each checkpoint named as its size, and `latest`.
 */

const LATEST = 'latest';
const MOST_NOTE_BYTES = 256 * 1024;
/** A share that does not answer for so long is left to itself. */
const PATIENCE_MS = 10_000;

/** A checkpoint as a witness holds it. */
export interface Witnessed extends TreeHead {
  readonly note: string;
}

export interface KeptCheckpoint {
  readonly size: number;
  readonly note: string;
}

/** A witness folder. What it does not do in ten seconds fails with ETIMEDOUT, and so does all until it answers. */
export interface Witness {
  readonly folder: string;
  /**
   * The newest checkpoint that it holds of a log, undefined where it holds none. Throws
   * RECORD_INCONSISTENT for one that none of the log's keys signed: it may be of a record that was lost.
   */
  newest(origin: string, keys: readonly VerifierKey[]): Promise<Witnessed | undefined>;
  /** Copies checkpoints, ascending by size. Throws RECORD_INCONSISTENT where it holds another of that size. */
  keep(origin: string, checkpoints: readonly KeptCheckpoint[]): Promise<void>;
}

export function openWitness(folder: string): Witness {
  let underway: Promise<unknown> | undefined;

  /** One thing at a time: of a share that hangs no more than one call hangs with it. */
  async function inTime<T>(work: () => Promise<T>): Promise<T> {
    if (underway !== undefined) throw silent();
    const working = requireFolder(folder).then(work);
    underway = working.catch(() => undefined).then(() => (underway = undefined));
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => late.reject(silent()), PATIENCE_MS);
    timer.unref();
    try {
      return await Promise.race([working, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    folder,
    newest: (origin, keys) => inTime(() => readNewest(join(folder, origin, LATEST), origin, keys)),
    keep: (origin, checkpoints) => inTime(() => copy(folder, origin, checkpoints)),
  };
}

function silent(): Error {
  return Object.assign(new Error('the witness does not answer'), { code: 'ETIMEDOUT' });
}

/** INVARIANT: the folder itself is never made: where a share is not mounted, nothing must be kept in its place. */
async function requireFolder(folder: string): Promise<void> {
  if ((await stat(folder)).isDirectory()) return;
  throw Object.assign(new Error('it is no folder'), { code: 'ENOTDIR' });
}

async function readNewest(
  file: string,
  origin: string,
  keys: readonly VerifierKey[],
): Promise<Witnessed | undefined> {
  const note = await readSmall(file);
  if (note === undefined) return undefined;
  const read = readCheckpoint(note);
  if (read?.head.origin !== origin || !keys.some((key) => signedBy(read.note, key)))
    throw inconsistent(`${file} is no checkpoint that a key of ${origin} signed`);
  return { ...read.head, note };
}

async function copy(witness: string, origin: string, checkpoints: readonly KeptCheckpoint[]): Promise<void> {
  const folder = join(witness, origin);
  await makeFolder(folder);
  for (const { size, note } of checkpoints) await writeOnce(join(folder, String(size)), note);
  const newest = checkpoints.at(-1);
  if (newest) await inPlace(join(folder, LATEST), newest.note, rename);
}

/** INVARIANT: a checkpoint that a witness holds is never written over: it may be the one that tells of a fork. */
async function writeOnce(file: string, note: string): Promise<void> {
  const there = await readSmall(file);
  if (there === note) return;
  if (there !== undefined) throw inconsistent(`${file} is another checkpoint than the one of that size here`);
  await inPlace(file, note, async (from, to) => {
    await link(from, to);
    await unlink(from);
  });
}

/** A plain file that is not too long; undefined where there is none. */
async function readSmall(file: string): Promise<string | undefined> {
  try {
    // No pipe is waited for.
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      if (!found.isFile()) throw Object.assign(new Error('it is no plain file'), { code: 'ENOTSUP' });
      if (found.size > MOST_NOTE_BYTES) throw inconsistent(`${file} is longer than any checkpoint`);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes a folder and those above it that are missing, so that a loss of power takes none of them away. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

/** The file with that text or as it was before, also after a loss of power. */
async function inPlace(
  file: string,
  text: string,
  put: (from: string, to: string) => Promise<void>,
): Promise<void> {
  const beside = `${file}.${randomBytes(6).toString('hex')}.part`;
  const handle = await open(beside, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await put(beside, file);
  await syncFolder(dirname(file));
}
