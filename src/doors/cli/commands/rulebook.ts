import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { adoptRulebooks, readRulebook, rulebooksView, type RulebookFile } from '../../../duties/index.ts';
import { MusterError } from '../../../errors/index.ts';
import {
  lintRulebooks,
  loadRulebook,
  runRulebookTests,
  type Problem,
  type Rulebook,
} from '../../../rulebook/index.ts';
import { declarations } from '../../declarations.ts';
import { shippedRulebooks } from '../../house.ts';
import { ask } from '../ask.ts';
import { addFields, saidOf } from '../fields.ts';
import { inAgency, jsonOption, print, printJson, withHouse, type Common } from '../session.ts';
import { renderTable } from '../table.ts';

export function addRulebook(program: Command): void {
  const rulebook = program
    .command('rulebook')
    .description('policies as data: check, test, adopt, read')
    .addHelpText('after', '\nExample:\n  muster rulebook adopt irm-10.8.24');
  withHouse(
    rulebook
      .command('adopt')
      .argument('<file-or-name...>', 'YAML files, or names of shipped rulebooks')
      .description('adopt rulebooks, each as an entry: all of them or none')
      .addOption(jsonOption()),
    'muster rulebook adopt irm-10.8.24',
  ).action(adopt);
  const list = rulebook.command('list').description(rulebooksView.title);
  addFields(list, rulebooksView.view, rulebooksView.input);
  withHouse(list.addOption(jsonOption()), 'muster rulebook list --known-at 17').action(() =>
    ask(rulebooksView, list.opts(), saidOf(list, rulebooksView.input), renderRulebooks),
  );
  rulebook
    .command('lint')
    .argument('[file...]', 'YAML files; the shipped ones unless said')
    .description('find unknown keys, missing or circular setting aside, conflicts, gaps and overlaps')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster rulebook lint my-policy.yaml')
    .action(lint);
  rulebook
    .command('test')
    .argument('[file...]', 'YAML files; the shipped ones unless said')
    .description("run the rulebooks' own tests")
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster rulebook test irm-10.8.24')
    .action(test);
}

/** Together, so that they may set one another's rules aside. */
async function adopt(names: string[], options: Common): Promise<void> {
  const files = await Promise.all(names.map(findRulebook));
  const entries = await inAgency(options, (house, agency) =>
    house.store
      .as(house.operator.name)
      .write(agency.agency, (tx) => adoptRulebooks(tx, house.declarations, house.operator, files)),
  );
  const adopted = files.map(({ source, file }) => {
    const { id } = readRulebook(source, file, declarations.vocabulary);
    return { rulebook: id, entry: entries.find(({ subject }) => subject === `rulebook:${id}`) };
  });
  if (options.json) {
    const shown = adopted.map(({ rulebook, entry }) => ({
      rulebook,
      entry: entry?.index ?? null,
      repeated: entry === undefined,
    }));
    printJson(shown.length === 1 && shown[0] ? shown[0] : shown);
    return;
  }
  for (const { rulebook, entry } of adopted) {
    if (entry) print(`${rulebook} is adopted as entry ${entry.index}, effective ${entry.effective}`);
    else print(`${rulebook} was adopted before with the same text; nothing was changed`);
  }
}

function renderRulebooks(answer: object): string {
  const { rulebooks } = answer as {
    rulebooks: { rulebook: string; title: string; entry: number; editions: { from: string }[] }[];
  };
  const rows = rulebooks.map(
    ({ rulebook, title, entry, editions }) =>
      [rulebook, title, editions.at(-1)?.from ?? null, entry] as const,
  );
  return renderTable(['rulebook', 'title', 'edition', 'entry'], rows);
}

async function lint(names: string[], options: Common): Promise<void> {
  const { rulebooks, problems } = await readAll(names);
  const others = await shippedBeside(rulebooks);
  const standing = new Set(
    lintRulebooks(others, declarations.vocabulary).map(({ at, message }) => `${at} ${message}`),
  );
  const linted = lintRulebooks([...rulebooks, ...others], declarations.vocabulary);
  const found = [...problems, ...linted.filter(({ at, message }) => !standing.has(`${at} ${message}`))];
  if (options.json) printJson({ problems: found });
  else if (found.length === 0) print(`${rulebooks.length} rulebooks: nothing to mend`);
  for (const { level, at, message } of options.json ? [] : found) print(`${level}: ${at}: ${message}`);
  if (found.some(({ level }) => level === 'error')) process.exitCode = 3;
}

async function test(names: string[], options: Common): Promise<void> {
  const { rulebooks, problems } = await readAll(names);
  const library = [...rulebooks, ...(await shippedBeside(rulebooks))];
  const tests = rulebooks.flatMap((rulebook) =>
    runRulebookTests(rulebook, library, declarations.vocabulary).map((result) => ({
      rulebook: rulebook.id,
      ...result,
    })),
  );
  const failed = tests.filter(({ passed }) => !passed);
  if (options.json) printJson({ problems, tests });
  else {
    for (const { at, message } of problems) print(`error: ${at}: ${message}`);
    for (const { rulebook, line, message } of failed)
      print(`failed: ${rulebook} line ${line}: ${message ?? ''}`);
    print(`${tests.length - failed.length} of ${tests.length} tests of ${rulebooks.length} rulebooks hold`);
  }
  if (failed.length > 0 || problems.length > 0) process.exitCode = 3;
}

async function readAll(names: string[]): Promise<{ rulebooks: Rulebook[]; problems: Problem[] }> {
  const files = names.length > 0 ? await Promise.all(names.map(findRulebook)) : await shippedRulebooks();
  const rulebooks: Rulebook[] = [];
  const problems: Problem[] = [];
  for (const { file, source } of files) {
    const loaded = loadRulebook(source, file, declarations.vocabulary);
    if ('problems' in loaded) problems.push(...loaded.problems);
    else rulebooks.push(loaded.rulebook);
  }
  return { rulebooks, problems };
}

/** The shipped rulebooks that these are read beside: they may set one another aside. */
async function shippedBeside(rulebooks: readonly Rulebook[]): Promise<Rulebook[]> {
  const ids = new Set(rulebooks.map(({ id }) => id));
  const shipped = (await shippedRulebooks()).map(({ file, source }) =>
    readRulebook(source, file, declarations.vocabulary),
  );
  return shipped.filter(({ id }) => !ids.has(id));
}

/** A file by its path, or a shipped rulebook by its name. Throws NOT_FOUND. */
async function findRulebook(name: string): Promise<RulebookFile> {
  const shipped = await shippedRulebooks();
  const found = shipped.find((rulebook) => rulebook.name === name);
  if (found) return found;
  try {
    return { file: basename(name), source: await readFile(name, 'utf8') };
  } catch (cause) {
    const known = shipped.map((rulebook) => rulebook.name).join(', ');
    throw new MusterError('NOT_FOUND', `${name} is neither a file nor a shipped rulebook (${known})`, [], {
      cause,
    });
  }
}
