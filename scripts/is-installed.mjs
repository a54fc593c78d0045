// Exits 0 when node_modules of the folder given holds exactly what package-lock.json names for
// this platform, as npm itself noted down. Runs on Node.js 20.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const root = process.argv[2] ?? '.';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, os?: string | string[], cpu?: string | string[] }} Entry */

/**
 * @param {string[]} path
 * @returns {Record<string, Entry & { optionalDependencies?: Record<string, string> }>}
 */
function packagesIn(...path) {
  return JSON.parse(readFileSync(join(root, ...path), 'utf8')).packages;
}

const { '': project, ...wanted } = packagesIn('package-lock.json');
const { '': _, ...found } = packagesIn('node_modules', '.package-lock.json');

/**
 * What others have as optional is npm's to choose; what the project has must be there if it fits.
 * @param {string} name
 * @param {Entry} entry
 */
function mayBeAbsent(name, entry) {
  const ours = name.replace('node_modules/', '') in (project?.optionalDependencies ?? {});
  const fits =
    [entry.os ?? process.platform].flat().includes(process.platform) &&
    [entry.cpu ?? process.arch].flat().includes(process.arch);
  return entry.optional === true && !(ours && fits);
}

const lacking = Object.entries(wanted).some(([name, entry]) => {
  const there = found[name];
  if (there === undefined) return !mayBeAbsent(name, entry);
  return there.version !== entry.version || there.integrity !== entry.integrity;
});
const foreign = Object.keys(found).some((name) => !(name in wanted));
process.exit(lacking || foreign ? 1 : 0);
