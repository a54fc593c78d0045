import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { Command } from 'commander';
import { buildProgram } from '../../src/doors/cli/program.ts';
import { loadDemonstration } from '../../src/doors/demonstration.ts';
import { openTestHouse, type TestHouse } from '../house.ts';
import { blocks, page, pages, prose, root, type Page } from './markdown.ts';

const run = promisify(execFile);
const program = buildProgram();

/** The command lines that a page shows, in its blocks and in its text, from `muster` on. */
function shown(from: Page): string[] {
  const lines = [...blocks(from, 'sh'), ...blocks(from, '')].flatMap((block) => block.split('\n'));
  const spans = [...prose(from).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
  return [...lines, ...spans].flatMap(
    (text) => /^\s*(?:\w+='[^']*' )?(?:\.\/)?muster( .*)?$/.exec(text)?.[1] ?? [],
  );
}

/** The acts that a recipe's own code declares. */
function added(from: Page): string[] {
  return blocks(from, 'ts').flatMap((block) =>
    [...block.matchAll(/^ *act: '([^']+)'/gm)].map(([, act = '']) => act),
  );
}

/** What is wrong with a command line, or undefined. */
function fault(line: string): string | undefined {
  const words = [...line.matchAll(/"[^"]*"|\S+/g)].map(([word]) => word);
  let command: Command = program;
  for (let [word] = words; word !== undefined && command.commands.length > 0; [word] = words) {
    // Words in capitals and dots stand for what the reader puts there.
    if (/^([A-Z]+|…)$/.test(word) || word.startsWith('-')) break;
    const next = command.commands.find((each) => each.name() === word);
    if (!next) return `there is no command ${word}`;
    command = next;
    words.shift();
  }
  const known = [...command.options.map(({ long }) => long), '--help', '--version'];
  const stranger = words.find((word) => word.startsWith('--') && !known.includes(word));
  return stranger === undefined ? undefined : `${command.name()} has no option ${stranger}`;
}

test('every command that a page names exists, with its options', () => {
  const faults = pages().flatMap((from) =>
    shown(from).flatMap((line) => {
      if (added(from).some((act) => line.startsWith(` act ${act}`))) return [];
      const wrong = fault(line);
      return wrong === undefined ? [] : [`${from.path}: muster${line}: ${wrong}`];
    }),
  );
  assert.deepEqual(faults, []);
  assert.ok(shown(page('README.md')).length >= 6);
});

test('docs/cli.md describes every command and names every option', () => {
  const text = page('docs/cli.md').text;
  for (const { path, command } of leaves(program, 'muster')) {
    assert.match(text, new RegExp(`^#+ \`${path.replaceAll('.', '\\.')}\`$`, 'm'), path);
    for (const { long } of command.options) assert.ok(text.includes(long ?? ''), `${path} ${long}`);
  }
});

function leaves(command: Command, path: string): { path: string; command: Command }[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.flatMap((each) => leaves(each, `${path} ${each.name()}`));
}

const disagreements: string[] = [];
/** What each run makes anew, and what a page cuts short. */
const varying = new Set(['actor', 'recorded', 'next']);
const shortened = new Set(['rates', 'duty']);

/** Notes where an answer lacks what a sample shows; `…` in a text stands for anything, and a list may be cut short. */
function compare(sample: unknown, said: unknown, at: string): void {
  if (Array.isArray(sample) && Array.isArray(said)) {
    if (sample.length === 0 && said.length > 0) disagreements.push(`${at} is not empty`);
    for (const [index, each] of sample.entries()) compare(each, said[index], `${at}[${index}]`);
  } else if (isObject(sample) && isObject(said)) {
    const name = at.split('.').at(-1) ?? '';
    if (!shortened.has(name) && Object.keys(sample).join() !== Object.keys(said).join())
      disagreements.push(`${at} has ${Object.keys(said).join(', ')}`);
    for (const [key, value] of Object.entries(sample))
      if (!varying.has(key)) compare(value, said[key], `${at}.${key}`);
  } else if (!isLike(sample, said)) disagreements.push(`${at} is ${JSON.stringify(said)}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isLike(sample: unknown, said: unknown): boolean {
  if (typeof sample !== 'string' || typeof said !== 'string') return sample === said;
  const pattern = sample.split('…').map((part) => RegExp.escape(part));
  return new RegExp(`^${pattern.join('.*')}$`).test(said);
}

describe('what the pages show runs', () => {
  let folder = '';
  let house: TestHouse | undefined;
  let environment: NodeJS.ProcessEnv = {};

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-docs-'));
    const main = join(root, 'src', 'doors', 'cli', 'main.ts');
    await writeFile(join(folder, 'muster'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, {
      mode: 0o755,
    });
    await symlink(join(root, 'rulebooks'), join(folder, 'rulebooks'));
    environment = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  });
  after(async () => {
    await house?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('the commands of the README, beside the demonstration', async () => {
    house = await openTestHouse();
    await loadDemonstration(house);
    const [script = ''] = blocks(page('README.md'), 'sh').filter((block) => block.includes('./muster'));
    const said = await runScript(script, { ...environment, DATA_DIR: house.dataDir });
    assert.match(said, /315 +401 +78\.6 %/);
    assert.match(said, /had to be disabled by 2021-04-11/);
    assert.match(said, /nothing differs/);
    assert.match(said, /VERIFIED: the record muster\/DEMO-/);
  });

  test('the answers that docs/cli.md shows are what the commands say', async () => {
    const shows = [
      ['## `muster duties`', 'muster duties --as-of 2022-07-08 --status overdue'],
      ['## `muster audit`', 'muster audit --system ECM --as-of 2022-07-08'],
      ['## `muster explain`', 'muster explain account.disable:7.766:2021-01-11 --as-of 2022-07-08'],
    ] as const;
    for (const [heading, command] of shows) {
      const text = page('docs/cli.md').text.split(`\n${heading}\n`)[1] ?? '';
      const [sample = ''] = blocks({ path: 'docs/cli.md', text }, 'json');
      const said = await runScript(`${command} --json`, { ...environment, DATA_DIR: house?.dataDir });
      disagreements.length = 0;
      compare(JSON.parse(sample), JSON.parse(said), heading);
      assert.deepEqual(disagreements, []);
    }
  });

  test('the whole run of docs/cli.md, on a data folder of its own', async () => {
    const [script = ''] = blocks(page('docs/cli.md'), 'sh');
    const said = await runScript(script, environment);
    assert.match(said, /2 observations read as accounts: 2 new/);
    assert.match(said, /The account u-1 had to be disabled by 2022-04-10/);
    assert.match(said, /account\.record-disabled is entry 8, effective 2022-07-11/);
    assert.match(said, /nothing differs/);
  });

  test('the files that docs/rulebooks.md names', async () => {
    const [yaml = ''] = blocks(page('docs/rulebooks.md'), 'yaml');
    await writeFile(join(folder, 'irm-10.8.24.yaml'), yaml);
    const said = await runScript(
      'muster rulebook lint rulebooks/irm-10.8.1.yaml irm-10.8.24.yaml\nmuster rulebook test ./irm-10.8.24.yaml',
      environment,
    );
    assert.doesNotMatch(said, /error/i);
    assert.match(said, /1 of 1 tests/);
    assert.match(
      await readFile(join(folder, 'rulebooks', 'irm-10.8.24.yaml'), 'utf8'),
      /^rulebook: irm-10\.8\.24$/m,
    );
  });

  /** Runs a script as a person would, stopping at the first command that fails. */
  async function runScript(script: string, env: NodeJS.ProcessEnv): Promise<string> {
    const { stdout } = await run('sh', ['-e', '-c', script], { cwd: folder, env, timeout: 120_000 });
    return stdout;
  }
});
