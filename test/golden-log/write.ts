import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeExport } from '../../src/log/export.ts';
import { makeRecord, prove } from './make.ts';

/** Where the golden log stands, and the proof of one of its entries. */
export const GOLDEN_EXPORT = join(import.meta.dirname, 'export');
export const PROVED = 57;
export const GOLDEN_PROOF = join(import.meta.dirname, `entry-${PROVED}.tlog-proof`);

/** Writes it anew, as `node test/golden-log/write.ts`: only when its format is to change. */
if (import.meta.main) {
  const made = makeRecord();
  await rm(GOLDEN_EXPORT, { recursive: true, force: true });
  await writeExport(made, GOLDEN_EXPORT);
  await writeFile(GOLDEN_PROOF, await prove(made, PROVED));
}
