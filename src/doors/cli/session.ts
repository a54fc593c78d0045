import { Option, type Command } from 'commander';
import type { AgencyFacts } from '../../programs/inventory/index.ts';
import { chooseAgency, openHouse, type House } from '../house.ts';
import { readSettings } from '../settings.ts';

/** Options that every command has. */
export interface Common {
  readonly data?: string;
  readonly agency?: string;
  readonly json?: boolean;
}

/** Adds `--data`, and `--agency` where the command is about one, with an example for `--help`. */
export function withHouse(
  command: Command,
  example: string,
  about: 'agency' | 'database' = 'agency',
): Command {
  command.option('--data <folder>', 'the data folder (DATA_DIR)');
  if (about === 'agency') command.option('--agency <code>', 'the agency; a single one needs no choosing');
  return command.addHelpText('after', `\nExample:\n  ${example}`);
}

export function jsonOption(): Option {
  return new Option('--json', 'print JSON');
}

/** Opens the house for one command and closes it, whatever becomes of the command. */
export async function inHouse<T>(options: Common, work: (house: House) => Promise<T>): Promise<T> {
  const house = await openHouse(readSettings(process.env, options.data), 'command', { log: note });
  const leave = (signal: NodeJS.Signals) => {
    // A command that stops by itself, as an import does, listens too.
    if (process.listenerCount(signal) > 1) return;
    void house.close().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
  try {
    return await work(house);
  } finally {
    process.off('SIGINT', leave);
    process.off('SIGTERM', leave);
    await house.close();
  }
}

/** The same for a command about one agency. */
export async function inAgency<T>(
  options: Common,
  work: (house: House, agency: AgencyFacts) => Promise<T>,
): Promise<T> {
  return inHouse(options, async (house) => work(house, await chooseAgency(house, options.agency)));
}

/** A line for the person at the terminal, kept out of what a script reads. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: object): void {
  print(JSON.stringify(value, null, 2));
}
