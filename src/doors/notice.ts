import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { MusterError } from '../errors/index.ts';

/** What everyone is told before they sign in. */
export interface Notice {
  /** Paragraphs, with an empty line between them. */
  readonly text: string;
  /** Names this very text: whoever signs in sends back which one they were shown. */
  readonly digest: string;
}

const MOST_BYTES = 16 * 1024;

/** The four things that NIST SP 800-53 (AC-8) has a notice of a federal system say. */
const SHIPPED = `You are accessing a system that holds or protects information of the U.S. Government, which may include federal tax information.

What you do here may be monitored, recorded and audited.

Using this system without authorization, or for anything you are not authorized to do, is prohibited. It may bring criminal and civil penalties.

By using this system you consent to being monitored and recorded.`;

/**
 * The system-use notice, from the file or the one that comes with Muster. Throws USAGE for a file that
 * cannot be read, is longer than 16 KiB, is empty, or is not plain text in UTF-8.
 */
export async function readNotice(file: string | undefined): Promise<Notice> {
  const text = file === undefined ? SHIPPED : readText(await readBytes(file), file);
  return { text, digest: createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 16) };
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw refuse(file, `cannot be read (${code ?? 'unknown'})`, { cause });
  }
}

function readText(bytes: Buffer, file: string): string {
  if (bytes.length > MOST_BYTES) throw refuse(file, `is longer than ${MOST_BYTES / 1024} KiB`);
  const text = decode(bytes, file).replaceAll('\r\n', '\n').trim();
  if (text === '') throw refuse(file, 'is empty');
  if (/[^\P{Cc}\n\t]/u.test(text)) throw refuse(file, 'holds control characters');
  return text.replaceAll(/\n[ \t]*\n\s*/g, '\n\n');
}

function decode(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refuse(file, 'is not UTF-8', { cause });
  }
}

function refuse(file: string, what: string, options?: ErrorOptions): MusterError {
  return new MusterError('USAGE', `MUSTER_NOTICE_FILE: ${file} ${what}`, [], options);
}
