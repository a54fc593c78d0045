import { constants } from 'node:fs';
import { open, readdir, realpath, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { MusterError } from '../errors/index.ts';
import {
  HASH_BYTES,
  leafOf,
  readCheckpoint,
  tilePath,
  verifyRecord,
  type Fault,
  type RecordSource,
  type Verified,
  type VerifyOptions,
} from '../record/index.ts';

/** An exported folder as something to verify. */
export interface ExportFolder extends RecordSource {
  /** What was wrong with the files themselves, as far as they have been read. */
  readonly faults: readonly Fault[];
  /** Names below checkpoints/ that are no sizes and were not looked at, a few of them. */
  readonly ignored: readonly string[];
  /** The last line that was read, without its newline. */
  lastLine(): string | undefined;
}

/** An export that was verified: as it was signed if, and only if, there is no fault. */
export interface VerifiedExport extends Verified {
  /** When the last entry says that it was recorded; null where there is none, or a fault. */
  readonly recorded: string | null;
  readonly ignored: readonly string[];
}

/** An entry that is longer is none, nor is it read on. */
const MOST_ENTRY_BYTES = 64 * 1024 * 1024;
const MOST_KEYS_BYTES = 1024 * 1024;
/** Sixteen signatures of 5 kB, the largest the specification names, with room to spare. */
const MOST_NOTE_BYTES = 256 * 1024;
const MOST_TILE_BYTES = 256 * HASH_BYTES;
const MOST_IGNORED = 5;
const MOST_FAULTS = 20;
const CHUNK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;
const SIZE_NAME = /^(0|[1-9]\d{0,14})$/;

/**
 * Verifies an export: its entries, tiles and checkpoints by `verifyRecord`, and that the files are
 * what an export has. Needs no database and no key but the public one. Throws as `openExport` does.
 */
export async function verifyExport(folder: string, options: VerifyOptions = {}): Promise<VerifiedExport> {
  const source = await openExport(folder);
  const verified = await verifyRecord(source, options);
  const faults = [...source.faults, ...verified.faults];
  const last = faults.length === 0 ? source.lastLine() : undefined;
  const read = last === undefined ? { recorded: null } : readLast(last, verified.size);
  if (read.fault) faults.push(read.fault);
  return { ...verified, faults, ignored: source.ignored, recorded: read.recorded };
}

/** `verifyRecord` binds the bytes of an entry; that it can be read does not follow. */
function readLast(line: string, entry: number): { recorded: string | null; fault?: Fault } {
  try {
    return { recorded: leafOf(line).recorded };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { recorded: null, fault: { entry, says: `entry ${entry} cannot be read: ${error.message}` } };
  }
}

/**
 * Opens an export. Nothing in it is trusted: no link in it is followed, whatever is longer than it
 * can be is not read, and what is not as an export has it is a fault or, where nothing can be read
 * at all, NOT_VERIFIABLE: no folder, or none that has entries.jsonl, keys, checkpoint and checkpoints.
 */
export async function openExport(folder: string): Promise<ExportFolder> {
  const files = new Files(await rootOf(folder), folder);
  const keys = textOf(await files.require('keys', MOST_KEYS_BYTES));
  const latest = textOf(await files.require('checkpoint', MOST_NOTE_BYTES));
  const names = await files.list('checkpoints');
  await (await files.open('entries.jsonl', 'required')).close();
  const faults = new Faults();
  let lastLine: Buffer | undefined;
  if (!keys.endsWith('\n')) faults.add(null, 'the file keys is cut off: it does not end with a newline');
  return {
    keys: keys.split('\n').slice(0, -1),
    latest,
    faults: faults.found,
    ignored: names.filter((name) => !SIZE_NAME.test(name)).slice(0, MOST_IGNORED),
    lastLine: () => lastLine?.toString(),
    // One byte more than a tile can have is enough to show that it is none.
    tile: (tile) => files.begin(tilePath(tile), MOST_TILE_BYTES + 1, faults),
    checkpoints: () => readCheckpoints(files, names, faults),
    leaves: async function* leaves() {
      for await (const lines of readLines(files, faults)) {
        lastLine = lines.subarray(lines.lastIndexOf(NEWLINE, -2) + 1, -1);
        yield lines;
      }
    },
  };
}

async function rootOf(folder: string): Promise<string> {
  try {
    if (!(await stat(folder)).isDirectory())
      throw unusable(`${folder} is no folder and no proof of an entry`);
    return await realpath(folder);
  } catch (error) {
    if (error instanceof MusterError) throw error;
    throw unusable(`${folder} ${why(error)}`, error);
  }
}

/** Chunks of whole lines, however the file is divided; of an entry too long or cut off nothing. */
async function* readLines(files: Files, faults: Faults): AsyncGenerator<Buffer> {
  const file = await files.open('entries.jsonl', 'required');
  try {
    let rest: Buffer = Buffer.alloc(0);
    let offset = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, 2 * rest.length));
      rest.copy(chunk);
      const bytesRead = await files.read('entries.jsonl', file, chunk, rest.length);
      const filled = chunk.subarray(0, rest.length + bytesRead);
      if (bytesRead === 0) break;
      const end = filled.lastIndexOf(NEWLINE) + 1;
      if (end > 0) yield filled.subarray(0, end);
      rest = filled.subarray(end);
      offset += end;
      if (rest.length > MOST_ENTRY_BYTES) {
        const entry = await lineAt(file, offset);
        faults.add(entry, `entry ${entry} is longer than 64 MiB: it is no entry of Muster's`);
        return;
      }
    }
    if (rest.length > 0) {
      const entry = await lineAt(file, offset);
      faults.add(entry, `entry ${entry} is cut off: entries.jsonl does not end with a newline`);
    }
  } finally {
    await file.close();
  }
}

/** The number of the line, from 1, that begins at an offset. */
async function lineAt(file: FileHandle, offset: number): Promise<number> {
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let line = 1;
  for (let at = 0; at < offset;) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, offset - at), at);
    if (bytesRead === 0) break;
    for (const byte of chunk.subarray(0, bytesRead)) if (byte === NEWLINE) line++;
    at += bytesRead;
  }
  return line;
}

/** Every checkpoint by size, each in a file named as its size. */
async function* readCheckpoints(
  files: Files,
  names: readonly string[],
  faults: Faults,
): AsyncGenerator<string> {
  const sizes = names.filter((name) => SIZE_NAME.test(name)).sort((a, b) => Number(a) - Number(b));
  for (const name of sizes) {
    const path = `checkpoints/${name}`;
    const text = textOf((await files.begin(path, MOST_NOTE_BYTES, faults)) ?? Buffer.alloc(0));
    const size = sizeOf(text);
    if (String(size) === name) yield text;
    else {
      const says = size === undefined ? 'is no checkpoint' : `is of size ${size}`;
      faults.add(Number(name), `${path} ${says}: the entries up to ${name} cannot be compared with it`);
    }
  }
}

function sizeOf(checkpoint: string): number | undefined {
  return readCheckpoint(checkpoint)?.head.size;
}

/** What is not UTF-8 becomes text that no key has signed. */
function textOf(bytes: Buffer): string {
  return bytes.toString();
}

/** Faults of the files, each once and not without end. */
class Faults {
  readonly found: Fault[] = [];

  add(entry: number | null, says: string): void {
    if (this.found.length < MOST_FAULTS && !this.found.some((fault) => fault.says === says))
      this.found.push({ entry, says });
  }
}

/** The files of a folder that somebody else made. */
class Files {
  readonly #root: string;
  readonly #shown: string;

  constructor(root: string, shown: string) {
    this.#root = root;
    this.#shown = shown;
  }

  /** A whole file that must be there. Throws NOT_VERIFIABLE. */
  async require(path: string, most: number): Promise<Buffer> {
    const file = await this.open(path, 'required');
    try {
      const bytes = await this.#bytes(path, file, most + 1);
      if (bytes.length > most) throw unusable(`${path} of ${this.#shown} is longer than ${most} bytes`);
      return bytes;
    } finally {
      await file.close();
    }
  }

  /** What a file begins with, undefined where it is missing; and with a fault where it is no plain file. */
  async begin(path: string, bytes: number, faults: Faults): Promise<Buffer | undefined> {
    const file = await this.open(path, faults);
    if (file === undefined) return undefined;
    try {
      return await this.#bytes(path, file, bytes);
    } finally {
      await file.close();
    }
  }

  async list(path: string): Promise<string[]> {
    try {
      await this.#refuseLinks(path);
      return await readdir(join(this.#root, path));
    } catch (error) {
      throw this.#unusable(path, error);
    }
  }

  async open(path: string, absent: 'required'): Promise<FileHandle>;
  async open(path: string, absent: Faults): Promise<FileHandle | undefined>;
  async open(path: string, absent: 'required' | Faults): Promise<FileHandle | undefined> {
    try {
      return await this.#openPlain(path);
    } catch (error) {
      if (absent === 'required') throw this.#unusable(path, error);
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') absent.add(null, `${path} ${why(error)}`);
      return undefined;
    }
  }

  async read(path: string, file: FileHandle, into: Buffer, at: number): Promise<number> {
    try {
      return (await file.read(into, at)).bytesRead;
    } catch (error) {
      throw this.#unusable(path, error);
    }
  }

  /** No pipe is waited for, and no link leads out of the folder. */
  async #openPlain(path: string): Promise<FileHandle> {
    await this.#refuseLinks(path);
    const file = await open(join(this.#root, path), constants.O_RDONLY | constants.O_NONBLOCK);
    if ((await file.stat()).isFile()) return file;
    await file.close();
    throw new Error('is no plain file');
  }

  async #refuseLinks(path: string): Promise<void> {
    const full = join(this.#root, path);
    if ((await realpath(full)) !== full) throw new Error('is a link, and no link is followed');
  }

  async #bytes(path: string, file: FileHandle, most: number): Promise<Buffer> {
    const bytes = Buffer.alloc(most);
    let length = 0;
    for (let more = 1; more > 0 && length < most; length += more)
      more = await this.read(path, file, bytes.subarray(length), 0);
    return Buffer.from(bytes.subarray(0, length));
  }

  #unusable(path: string, error: unknown): MusterError {
    if (error instanceof MusterError) return error;
    return unusable(`${this.#shown} is no export that can be verified: ${path} ${why(error)}`, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'is missing',
  ENOTDIR: 'is no folder',
  EISDIR: 'is a folder and no file',
  ELOOP: 'is a link, and no link is followed',
};

function why(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined) return message;
  return REASONS[code] ?? `cannot be read (${code})`;
}

function unusable(what: string, cause?: unknown): MusterError {
  return new MusterError('NOT_VERIFIABLE', what, [], { cause });
}
