import { randomBytes } from 'node:crypto';
import { lstat, mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { MusterError } from '../errors/index.ts';
import { readCheckpoint, tilePath, tilesFor, type RecordSource } from '../record/index.ts';
import { syncFolder } from './keys.ts';
import { explain } from './readme.ts';

/** What an export holds. */
export interface Exported {
  readonly origin: string;
  /** Entries that the latest checkpoint covers: the export reaches up to it and no further. */
  readonly size: number;
  /** Checkpoints kept, the latest not counted where it is none of them. */
  readonly checkpoints: number;
}

export interface ExportOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told now and then how many entries are written. */
  readonly progress?: ((entries: number) => void) | undefined;
}

/** Files that are written at once: each waits for the disk. */
const AT_ONCE = 16;
const NEWLINE = 0x0a;

/**
 * Writes a record as a folder: entries.jsonl, tile/, checkpoint, checkpoints/, keys, README.txt. It
 * writes what the source has and judges nothing; a tile that is missing there is missing here. The
 * folder appears whole or not at all: it is written beside its place and renamed.
 * Throws EXPORT_REFUSED for a folder that is there and not empty and where nothing can be written,
 * RECORD_INCONSISTENT for a checkpoint that is none, the signal's reason where it was aborted.
 */
export async function writeExport(
  source: RecordSource,
  folder: string,
  options: ExportOptions = {},
): Promise<Exported> {
  const place = resolve(folder);
  await requireFree(place, folder);
  const part = `${place}.part-${randomBytes(4).toString('hex')}`;
  try {
    const exported = await fill(source, new Folder(part), options);
    await onDisk(rename(part, place), folder);
    await syncFolder(dirname(place));
    return exported;
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
}

async function requireFree(place: string, folder: string): Promise<void> {
  const there = await onDisk(lstat(place).catch(unlessMissing), folder);
  if (there === undefined) return;
  if (!there.isDirectory()) throw refused(`${folder} is there and is no folder`);
  if ((await onDisk(readdir(place), folder)).length > 0) throw refused(`the folder ${folder} is not empty`);
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

async function fill(source: RecordSource, folder: Folder, options: ExportOptions): Promise<Exported> {
  const latest = readCheckpoint(source.latest);
  if (latest === undefined) throw inconsistent('the latest checkpoint of the record cannot be read');
  await folder.write('README.txt', Buffer.from(explain(latest.head)));
  await folder.write('keys', Buffer.from(source.keys.map((key) => `${key}\n`).join('')));
  await folder.write('checkpoint', Buffer.from(source.latest));
  const checkpoints = await writeCheckpoints(source, folder, options);
  await writeLeaves(source, folder, options);
  await writeTiles(source, latest.head.size, folder, options);
  await folder.sync();
  return { origin: latest.head.origin, size: latest.head.size, checkpoints };
}

async function writeCheckpoints(
  source: RecordSource,
  folder: Folder,
  { signal }: ExportOptions,
): Promise<number> {
  await folder.make('checkpoints');
  const writing = new AFew(AT_ONCE);
  let count = 0;
  try {
    for await (const text of source.checkpoints()) {
      signal?.throwIfAborted();
      const size = readCheckpoint(text)?.head.size;
      count++;
      if (size === undefined) throw inconsistent(`checkpoint ${count} of the record cannot be read`);
      await writing.add(folder.write(`checkpoints/${size}`, Buffer.from(text)));
    }
  } finally {
    await writing.end();
  }
  return count;
}

async function writeLeaves(
  source: RecordSource,
  folder: Folder,
  { signal, progress }: ExportOptions,
): Promise<void> {
  let entries = 0;
  await folder.writeInTurn('entries.jsonl', async (append) => {
    for await (const chunk of source.leaves()) {
      signal?.throwIfAborted();
      await append(chunk);
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) entries++;
      progress?.(entries);
    }
  });
}

async function writeTiles(
  source: RecordSource,
  size: number,
  folder: Folder,
  { signal }: ExportOptions,
): Promise<void> {
  const writing = new AFew(AT_ONCE);
  try {
    for (const tile of tilesFor(size)) {
      signal?.throwIfAborted();
      const hashes = await source.tile(tile);
      if (hashes !== undefined) await writing.add(folder.write(tilePath(tile), hashes));
    }
  } finally {
    await writing.end();
  }
}

/** A folder of new files, each on the disk once it is written; the folders themselves once it is synced. */
class Folder {
  readonly #root: string;
  readonly #made = new Map<string, Promise<unknown>>();

  constructor(root: string) {
    this.#root = root;
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    await this.writeInTurn(path, (append) => append(bytes));
  }

  async writeInTurn(
    path: string,
    work: (append: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    await this.make(dirname(path));
    const file = await onDisk(open(join(this.#root, path), 'wx'), path);
    try {
      await work((bytes) => onDisk(writeWhole(file, bytes), path));
      await onDisk(file.sync(), path);
    } finally {
      await file.close();
    }
  }

  /** Makes a folder in it, by a path with slashes. */
  async make(path: string): Promise<void> {
    const parts = path === '.' ? [] : path.split('/');
    for (let depth = 0; depth <= parts.length; depth++) {
      const folder = join(this.#root, ...parts.slice(0, depth));
      // Others read what is exported only where its owner lets them.
      if (!this.#made.has(folder)) this.#made.set(folder, onDisk(mkdir(folder, { mode: 0o700 }), folder));
      await this.#made.get(folder);
    }
  }

  async sync(): Promise<void> {
    for (const folder of this.#made.keys()) await onDisk(syncFolder(folder), folder);
  }
}

async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}

/** A few things under way at a time. The first that fails fails what is added next, or the end. */
class AFew {
  readonly #most: number;
  #underWay: Promise<void>[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  async add(work: Promise<void>): Promise<void> {
    this.#underWay.push(work);
    if (this.#underWay.length >= this.#most) await this.end();
  }

  async end(): Promise<void> {
    const ended = await Promise.allSettled(this.#underWay.splice(0));
    for (const each of ended) if (each.status === 'rejected') throw each.reason;
  }
}

/** What the disk refuses is said with its code, such as ENOSPC. */
async function onDisk<T>(work: Promise<T>, what: string): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw refused(`${what} cannot be written (${code})`, cause);
  }
}

function inconsistent(what: string): MusterError {
  return new MusterError('RECORD_INCONSISTENT', what);
}

function refused(what: string, cause?: unknown): MusterError {
  return new MusterError('EXPORT_REFUSED', what, [], { cause });
}
