import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { Collected } from './collected.ts';

/** Where a record is: the data folder, and the settings that every process on it is started with. */
export interface Place {
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** The folders that checkpoints are copied to, by whichever process. */
  readonly witnesses: readonly string[];
  /** What somebody outside has taken from there. */
  readonly collected: Collected;
}

/** A data folder with a witness: beside it, or where it is said. */
export async function placeOf(
  dataDir: string,
  witness: string = join(dirname(dataDir), 'witness'),
): Promise<Place> {
  await mkdir(witness, { recursive: true });
  const env = { MUSTER_WITNESS_DIRS: [witness].join(delimiter) };
  return { dataDir, env, witnesses: [witness], collected: new Collected() };
}
