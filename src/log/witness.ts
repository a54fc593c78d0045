import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readCheckpoint, type TreeHead } from '../record/index.ts';
import type { Reading } from '../store/index.ts';
import { inconsistent } from './tree.ts';
import { syncFolder } from './keys.ts';

/*
 * A witness is a folder, best on somebody else's disk, that holds copies of checkpoints: for each
 * log a folder named as its origin, in it a file for each checkpoint named as its size, and `latest`.
 */

const LATEST = 'latest';
/** Checkpoints that are copied at a time. */
const BATCH = 500;

/** The newest checkpoint that a witness holds of a log, undefined where it holds none. */
export async function readWitness(witness: string, origin: string): Promise<Witnessed | undefined> {
  const file = join(witness, origin, LATEST);
  const note = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (note === undefined) return undefined;
  const read = readCheckpoint(note);
  if (read?.head.origin !== origin) throw inconsistent(`${file} is no checkpoint of ${origin}`);
  return { ...read.head, note };
}

/** A checkpoint as a witness holds it. */
export interface Witnessed extends TreeHead {
  readonly note: string;
}

/** Copies to a witness every checkpoint that is kept and larger than what it holds. */
export async function copyToWitness(tx: Reading, witness: string, origin: string): Promise<void> {
  const folder = join(witness, origin);
  let last = (await readWitness(witness, origin))?.size ?? 0;
  for (;;) {
    const kept = await tx.rows<{ size: number; note: string }>(
      'select size, note from checkpoint where agency_id = $1 and size > $2 order by size limit $3',
      [tx.agency, last, BATCH],
    );
    if (kept.length === 0) return;
    await makeFolder(folder);
    for (const { size, note } of kept) await writeDurably(join(folder, String(size)), note);
    const newest = kept[kept.length - 1];
    await writeDurably(join(folder, LATEST), newest?.note ?? '');
    last = newest?.size ?? last;
  }
}

/** Makes a folder and those above it that are missing, so that a loss of power takes none of them away. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

/** The file with that text or as it was before, also after a loss of power. */
async function writeDurably(file: string, text: string): Promise<void> {
  const beside = `${file}.${randomBytes(6).toString('hex')}.part`;
  const handle = await open(beside, 'w');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, file);
  await syncFolder(dirname(file));
}
