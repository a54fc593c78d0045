import { existsSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import { MusterError } from '../../../errors/index.ts';
import { verifyExport, type VerifiedExport } from '../../../log/index.ts';
import { readCheckpoint, readVerifierKey, verifyProof, type Proved } from '../../../record/index.ts';
import { startProgress } from '../progress.ts';
import { jsonOption, note, print, printJson, type Common } from '../session.ts';
import { counted, shown } from '../wording.ts';
import { verifyLive } from './verify-live.ts';

interface VerifyOptions extends Common {
  readonly key: readonly string[];
  readonly against: readonly string[];
}

export function addVerify(program: Command): void {
  program
    .command('verify')
    .argument('[path]', 'a folder that `muster record export` wrote, or a file that `muster prove` wrote')
    .description(
      'prove that a record is as it was signed: an export or a proof with nothing else at hand, or the live one',
    )
    .option('--key <key>', 'a verifier key you were told, or a file of them; may be repeated', more, [])
    .option('--against <file>', 'a checkpoint that you kept; may be repeated', more, [])
    .option('--data <folder>', 'where nothing is named: the data folder (DATA_DIR)')
    .option('--agency <code>', 'where nothing is named: the agency; a single one needs no choosing')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster verify record-2022-07 --key keys.txt')
    .action(verify);
}

/** As many faults as are looked for. */
const MOST_SHOWN = 20;

function more(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** INVARIANT: an export and a proof are verified without settings, data folder and database. */
async function verify(path: string | undefined, options: VerifyOptions): Promise<void> {
  const trusted = await readKeys(options.key);
  const against = await Promise.all(options.against.map(readKept));
  if (path === undefined)
    return verifyLive({ ...options, ...(trusted.length > 0 && { keys: trusted }), kept: against });
  if (await isFile(path)) await verifyOneProof(path, trusted, options);
  else await verifyOneExport(path, trusted, against, options);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

async function verifyOneExport(
  path: string,
  keys: readonly string[],
  against: readonly string[],
  { json, against: files }: VerifyOptions,
): Promise<void> {
  const progress = startProgress('verifying', 0);
  const verified = await verifyExport(path, {
    ...(keys.length > 0 && { keys }),
    against,
    progress: progress.advance,
  }).finally(progress.end);
  const { faults, ignored } = verified;
  if (json) {
    printJson(recordJson(verified));
  } else if (faults.length > 0) {
    print(`NOT VERIFIED: ${shown(path)} is not as it was signed`);
    for (const { says } of faults) print(`  ${shown(says)}`);
    if (faults.length >= MOST_SHOWN) print('  and perhaps more: it was not looked further');
  } else {
    for (const line of proofOf(verified, files)) print(line);
  }
  if (ignored.length > 0)
    note(`not looked at: ${ignored.map((name) => `checkpoints/${shown(name)}`).join(', ')}`);
  if (faults.length > 0) process.exitCode = 1;
}

function recordJson(verified: VerifiedExport): object {
  const { origin, size, root, recorded, checkpoints, keys, trusted, faults, ignored } = verified;
  const tree = { origin, size, root: root.toString('base64'), recorded, checkpoints };
  return { verified: faults.length === 0, ...tree, keys, trusted, faults, ignored };
}

/** What was proved, and what that does not prove, in plain words. */
function proofOf(verified: VerifiedExport, against: readonly string[]): string[] {
  const { origin, size, recorded, root, checkpoints, trusted, keys } = verified;
  const last = recorded === null ? 'It holds no entry' : `The last is entry ${size}, recorded ${recorded}`;
  const count =
    checkpoints === 1 ? 'one signed checkpoint agrees' : `${checkpoints} signed checkpoints agree`;
  return [
    `VERIFIED: the record ${shown(origin)}, ${counted(size, 'entry', 'entries')}`,
    `  Each is as it was signed, in its place, and none is missing: ${count}. ${last}.`,
    ...against.map((file) => `  It begins with what the checkpoint ${shown(file)} covers.`),
    `  root ${root.toString('base64')}`,
    `  key  ${shown(keys.at(-1) ?? '')}`,
    trusted === 'given'
      ? '  A key you gave vouches for it.'
      : '  The export brings that key: compare it with the one you were told, or give that with --key.',
    'Not proved: that what an entry says is true; that nothing was left out before it was written down.',
    ...(against.length > 0
      ? []
      : [
          'Nor, without an earlier checkpoint (--against), that the holder of the key has not written it anew.',
        ]),
  ];
}

async function verifyOneProof(
  path: string,
  keys: readonly string[],
  { json, against }: VerifyOptions,
): Promise<void> {
  if (against.length > 0)
    throw new MusterError(
      'USAGE',
      '--against is for a record: a proof brings the one checkpoint it is about',
    );
  if (keys.length === 0)
    throw new MusterError('USAGE', 'a proof brings no key: give the one you were told with --key');
  const proved = verifyProof(await readSmall(path, MOST_PROOF_BYTES, notVerifiable), { keys });
  if (json) printJson(proofJson(proved));
  else if (proved.fault === undefined) {
    const { entry, head, key } = proved;
    print(`VERIFIED: entry ${entry.index} of the record ${shown(head.origin)}`);
    print(`  ${shown(entry.kind)}, ${shown(entry.subject)}, by ${shown(entry.actor)}`);
    print(`  effective ${entry.effective}, recorded ${entry.recorded}`);
    const record = `the record of ${counted(head.size, 'entry', 'entries')}`;
    print(`  It is in ${record} that was signed with a key you gave: ${shown(key)}`);
    print('Not proved: that what it says is true.');
  } else {
    print(`NOT VERIFIED: ${shown(path)} proves nothing`);
    print(`  ${shown(proved.fault)}`);
  }
  if (proved.fault !== undefined) process.exitCode = 1;
}

function proofJson(proved: Proved): object {
  if (proved.fault !== undefined) return { verified: false, fault: proved.fault };
  const { entry, head, key } = proved;
  return {
    verified: true,
    entry,
    origin: head.origin,
    size: head.size,
    root: head.root.toString('base64'),
    key,
  };
}

const MOST_SMALL_BYTES = 1024 * 1024;
/** An entry of 64 MiB in base64, its hashes and a checkpoint. */
const MOST_PROOF_BYTES = 90 * 1024 * 1024;

/** Each value is a verifier key, or a file of them with one a line. */
async function readKeys(values: readonly string[]): Promise<string[]> {
  const read = await Promise.all(
    values.map(async (value) => (readVerifierKey(value) ? [value] : keysIn(value))),
  );
  return read.flat();
}

async function keysIn(file: string): Promise<string[]> {
  if (!existsSync(file)) throw noKey(`${file} is no verifier key and no file of them`);
  const lines = (await readSmall(file, MOST_SMALL_BYTES, noKey)).split('\n').map((line) => line.trim());
  const keys = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (keys.length === 0) throw noKey(`${file} holds no key`);
  if (!keys.every((line) => readVerifierKey(line))) throw noKey(`${file} holds what is no verifier key`);
  return keys;
}

function noKey(what: string, cause?: unknown): MusterError {
  const key = 'a key looks like NAME+8 digits+base64';
  return new MusterError('USAGE', `--key: ${shown(what)}: ${key}`, [], { cause });
}

async function readKept(file: string): Promise<string> {
  const text = await readSmall(file, MOST_SMALL_BYTES, notKept);
  if (readCheckpoint(text)) return text;
  throw notKept(`${file} is no checkpoint`);
}

function notKept(what: string, cause?: unknown): MusterError {
  const kept = 'a checkpoint that you kept is a file of a witness folder, or of checkpoints/ in an export';
  return new MusterError('USAGE', `--against: ${shown(what)}: ${kept}`, [], { cause });
}

/** A whole small file; `refused` says what it was to be. */
async function readSmall(
  file: string,
  most: number,
  refused: (what: string, cause?: unknown) => MusterError,
): Promise<string> {
  try {
    const handle = await open(file);
    try {
      if ((await handle.stat()).size > most) throw refused(`${file} is longer than ${most} bytes`);
      return await handle.readFile('utf8');
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof MusterError) throw cause;
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw refused(code === 'ENOENT' ? `there is no file ${file}` : `${file} cannot be read (${code})`, cause);
  }
}

function notVerifiable(what: string, cause?: unknown): MusterError {
  return new MusterError('NOT_VERIFIABLE', shown(what), [], { cause });
}
