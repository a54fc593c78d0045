import { Option, type Command } from 'commander';
import { MusterError } from '../../errors/index.ts';
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

/**
 * Opens the house for one command and closes it, whatever becomes of the command. `stop` aborts at
 * the first SIGINT or SIGTERM: what can stop halfway listens to it, anything else ends by itself.
 */
export async function inHouse<T>(
  options: Common,
  work: (house: House, stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const house = await openHouse(readSettings(process.env, options.data), 'command', { log: note });
  const stopping = new AbortController();
  const stop = () => stopping.abort(new MusterError('STOPPED', 'the command was stopped'));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(house, stopping.signal);
  } finally {
    await house.close();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** The same for a command about one agency. */
export async function inAgency<T>(
  options: Common,
  work: (house: House, agency: AgencyFacts, stop: AbortSignal) => Promise<T>,
): Promise<T> {
  return inHouse(options, async (house, stop) =>
    work(house, await chooseAgency(house, options.agency), stop),
  );
}

/** What only reads may be left where it stands. */
export async function unlessStopped<T>(stop: AbortSignal, reading: Promise<T>): Promise<T> {
  const stopped = Promise.withResolvers<never>();
  const leave = () => stopped.reject(stop.reason);
  stop.addEventListener('abort', leave, { once: true });
  try {
    stop.throwIfAborted();
    return await Promise.race([reading, stopped.promise]);
  } finally {
    stop.removeEventListener('abort', leave);
  }
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
