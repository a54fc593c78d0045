import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { MusterError } from '../../../errors/index.ts';
import { liveRecord, proveEntry, readLogTables, rotateKeys, writeExport } from '../../../log/index.ts';
import { listAgencies, type AgencyFacts } from '../../../programs/inventory/index.ts';
import { keyPlace, type House } from '../../house.ts';
import { readSettings } from '../../settings.ts';
import { startProgress } from '../progress.ts';
import { counted } from '../wording.ts';
import { inAgency, inHouse, jsonOption, note, print, printJson, withHouse, type Common } from '../session.ts';

/** What an auditor takes away of the record, and the keys that sign it. */
export function addRecord(program: Command): void {
  const record = program.command('record').description('the record: take it away, and the keys that sign it');
  withHouse(
    record
      .command('export')
      .argument('<folder>', 'a folder that is not there yet, or empty')
      .description('write entries, tree and checkpoints as files that anyone can verify')
      .addOption(jsonOption()),
    'muster record export ./record-2026-11',
  ).action(exportRecord);
  withHouse(
    record
      .command('keys')
      .description('print the verifier keys of the record, oldest first; the last is in force')
      .addOption(jsonOption()),
    'muster record keys',
  ).action(printKeys);
  withHouse(
    record
      .command('rotate-key')
      .description('sign with a new key from now on; checkpoints of the earlier one stay good')
      .option('--earlier-lost', 'the earlier key is gone: those who know only that one cannot follow')
      .addOption(jsonOption()),
    'muster record rotate-key',
    'database',
  ).action(rotate);
  withHouse(
    program
      .command('prove')
      .argument('<entry>', 'the number of an entry')
      .description('write a proof that an entry is in the record, for one who has no access to it')
      .option('--out <file>', 'the file to write; printed unless said')
      .addOption(jsonOption()),
    'muster prove 7 --out entry-7.tlog-proof',
  ).action(prove);
}

async function exportRecord(folder: string, options: Common): Promise<void> {
  const exported = await inAgency(options, async (house, agency, signal) => {
    await signIfPossible(house, agency);
    return house.store.read(agency.agency, async (tx) => {
      const live = await liveRecord(tx, 'checkpoint');
      const progress = startProgress('writing entries', live.size);
      try {
        const written = await writeExport(live, folder, { signal, progress: progress.advance });
        return { ...written, unsigned: live.unsigned };
      } finally {
        progress.end();
      }
    });
  });
  if (options.json) return printJson(exported);
  const { origin, size, checkpoints, unsigned } = exported;
  const signed = counted(checkpoints, 'checkpoint', 'checkpoints');
  print(`${folder} holds ${spanOf(size)} of ${origin} and ${signed}.`);
  if (unsigned > 0)
    print(`${counted(unsigned, 'newer entry is', 'newer entries are')} not signed yet and not in it.`);
  print(`Verify it anywhere with: muster verify ${folder}`);
}

function spanOf(size: number): string {
  return size <= 1 ? counted(size, 'entry', 'entries') : `entries 1 to ${size}`;
}

/**
 * What is to be taken away is signed first. Whoever may not read the key takes what is signed, and
 * so does whoever takes evidence of a record that was changed.
 */
async function signIfPossible(house: House, agency: AgencyFacts): Promise<void> {
  try {
    await house.sealer.checkpointOf(agency.agency);
  } catch (error) {
    if (!(error instanceof MusterError)) throw error;
    note(`nothing new was signed: ${error.message}`);
  }
}

async function printKeys(options: Common): Promise<void> {
  const { origin, keys } = await inAgency(options, (house, agency) =>
    house.store.read(agency.agency, readLogTables),
  );
  if (options.json) return printJson({ origin, keys });
  for (const key of keys) print(key);
  if (keys.length === 0) print('nothing is signed yet');
}

async function rotate(options: Common & { earlierLost?: boolean }): Promise<void> {
  const keys = keyPlace(readSettings(process.env, options.data));
  const rotated = await inHouse(options, (house) =>
    rotateKeys(house.store, house.sealer, keys, {
      agencies: async () =>
        (await listAgencies(house.store)).map((agency) => ({
          agency: agency.agency,
          today: house.today(agency),
        })),
      actor: house.operator.name,
      isLost: options.earlierLost === true,
    }),
  );
  if (options.json) return printJson(rotated.map(({ origin, kept }) => ({ origin, size: kept })));
  for (const { origin, kept } of rotated) print(`${origin}: the new key is in force from entry ${kept} on`);
  if (rotated.length === 0)
    print('There is no record yet that is signed: the next will be signed with the new key.');
  else print('Give the new keys (muster record keys) to whoever verifies the record.');
}

async function prove(entry: string, options: Common & { out?: string }): Promise<void> {
  const index = Number(entry);
  if (!/^\d{1,15}$/.test(entry))
    throw new MusterError('USAGE', `${entry.slice(0, 40)} is not the number of an entry`);
  const proof = await inAgency(options, async (house, agency) => {
    await signIfPossible(house, agency);
    return house.store.read(agency.agency, (tx) => proveEntry(tx, index));
  });
  if (options.out !== undefined) await writeProof(options.out, proof);
  if (options.json) return printJson({ entry: index, proof });
  if (options.out === undefined) return void process.stdout.write(proof);
  print(`${options.out} proves entry ${index}. Verify it anywhere with: muster verify ${options.out}`);
}

/** A proof holds an entry: others read a new one only where its owner lets them. */
async function writeProof(file: string, proof: string): Promise<void> {
  try {
    await writeFile(file, proof, { mode: 0o600 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === undefined) throw cause;
    throw new MusterError('EXPORT_REFUSED', `the proof cannot be written to ${file} (${code})`, [], {
      cause,
    });
  }
}
