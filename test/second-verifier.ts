import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './docs/markdown.ts';

const run = promisify(execFile);

/** The verifier that shares nothing with Muster: Python 3 and openssl. */
export const SCRIPT = join(root, 'docs', 'verify', 'verify.py');

export interface Said {
  readonly code: number;
  /** Its one line. */
  readonly line: string;
}

/** Runs docs/verify/verify.py. Fails where there is no python3, or it says anything but one line. */
export async function secondVerifier(...args: readonly string[]): Promise<Said> {
  const { code, stdout, stderr } = await run('python3', [SCRIPT, ...args], { timeout: 60_000 }).then(
    (said) => ({ code: 0, ...said }),
    (error: { code: number | string; stdout: string; stderr: string }) => error,
  );
  if (typeof code !== 'number') throw new Error(`python3 cannot be run (${code}): the tests need it`);
  if (stderr !== '' || !/^(NOT )?VERIFIED: [^\n]+\n$/.test(stdout))
    throw new Error(`verify.py ${args.join(' ')}: ${JSON.stringify([code, stdout, stderr])}`);
  return { code, line: stdout.trimEnd() };
}
