import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Command } from 'commander';
import type { ImportResult } from '../../../acts/index.ts';
import { MusterError, type Refusal } from '../../../errors/index.ts';
import { parseDay, type Day } from '../../../time/index.ts';
import type { AgencyFacts } from '../../../programs/inventory/index.ts';
import type { House } from '../../house.ts';
import { takeIn } from '../../on-behalf.ts';
import { startProgress } from '../progress.ts';
import { inAgency, jsonOption, note, print, printJson, withHouse, type Common } from '../session.ts';

interface ImportOptions extends Common {
  system?: string;
  component?: string;
  observed?: string;
  reader?: string;
  dryRun?: boolean;
}

export function addImport(program: Command): void {
  withHouse(
    program
      .command('import')
      .argument('<file...>', 'files of evidence')
      .description('take in evidence; each file whole or not at all')
      .option('--system <name>', 'the system it is about')
      .option('--component <name>', 'the component it is about')
      .option('--observed <day>', 'the day on which it was observed')
      .option('--reader <name>', 'the reader; recognised from the file unless said')
      .option('--dry-run', 'say what would change, and change nothing')
      .addOption(jsonOption()),
    'muster import accounts.csv --system ECM --component cloud --observed 2022-07-08',
  ).action(importFiles);
}

type Shown = Omit<ImportResult, 'reader'> & { readonly reader: string | null };

async function importFiles(files: string[], options: ImportOptions): Promise<void> {
  const observedOn = readObserved(options.observed);
  const results: Shown[] = [];
  await inAgency(options, async (house, agency, stop) => {
    for (const file of files) {
      const result = await importFile(house, agency, file, observedOn, options, stop);
      results.push(result);
      if (!options.json) describe(file, result, options.dryRun === true);
    }
  });
  if (options.json) printJson(results.length === 1 && results[0] ? results[0] : results);
  if (results.some((result) => result.refused.length > 0)) process.exitCode = 3;
}

function readObserved(text: string | undefined): Day | undefined {
  const day = text === undefined ? undefined : parseDay(text);
  if (text !== undefined && day === undefined) {
    throw new MusterError(
      'USAGE',
      `--observed ${text.slice(0, 40)} is not a day: write YYYY-MM-DD, like 2022-07-08`,
    );
  }
  return day;
}

async function importFile(
  house: House,
  agency: AgencyFacts,
  file: string,
  observedOn: Day | undefined,
  options: ImportOptions,
  stop: AbortSignal,
): Promise<Shown> {
  const progress = startProgress(`reading ${file}`, await sizeOf(file));
  try {
    return await takeIn(house, house.operator, agency, {
      file,
      source: readFileOrRefuse(file),
      reader: options.reader,
      system: options.system,
      component: options.component,
      observedOn,
      dryRun: options.dryRun,
      progress: progress.advance,
      signal: stop,
    });
  } catch (error) {
    if (error instanceof MusterError && error.exit === 3)
      return refusedResult(error, observedOn, options.reader);
    throw error;
  } finally {
    progress.end();
  }
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

async function* readFileOrRefuse(file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 18 })) yield chunk as Uint8Array;
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code ?? 'unknown';
    const reason = why === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${why})`;
    throw new MusterError('INPUT_REFUSED', `${file}: ${reason}`, [{ at: 'file', reason }], { cause });
  }
}

function refusedResult(error: MusterError, observedOn: Day | undefined, reader: string | undefined): Shown {
  const refused: readonly Refusal[] =
    error.refused.length > 0 ? error.refused : [{ at: 'file', reason: error.message }];
  const seen = {
    evidence: null,
    reader: reader ?? null,
    observedOn: observedOn ?? null,
    assets: 0,
    observations: 0,
    bySeverity: {},
  };
  return { ...seen, new: 0, closed: 0, reopened: 0, unchanged: 0, repeated: false, refused, notices: [] };
}

function describe(file: string, result: Shown, isDryRun: boolean): void {
  for (const line of result.notices) note(`${file}: note: ${line}`);
  if (result.refused.length > 0) {
    note(`${file}: refused, and nothing was changed`);
    for (const { at, reason } of result.refused) note(`  ${at}: ${reason}`);
    return;
  }
  if (result.repeated) {
    print(`${file}: this file is known (entry ${result.evidence ?? '?'}); nothing was changed`);
    return;
  }
  const changes = `${result.new} new, ${result.closed} closed, ${result.reopened} reopened, ${result.unchanged} unchanged`;
  const outcome = isDryRun
    ? 'would be taken in; nothing was changed'
    : `taken in as entry ${result.evidence ?? '?'}`;
  print(
    `${file}: ${result.observations} observations read as ${result.reader ?? '?'}: ${changes}; ${outcome}`,
  );
}
