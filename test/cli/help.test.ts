import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Command } from 'commander';
import { buildProgram } from '../../src/doors/cli/program.ts';
import { version } from '../../src/doors/version.ts';
import { clearAway, run } from '../process/muster.ts';
import { Desk } from './desk.ts';

let desk: Desk;
before(async () => {
  desk = await Desk.open();
});
after(async () => {
  await desk.close();
  await clearAway();
});

/** Every command that does something, by the words that name it. */
function leaves(command: Command, words: readonly string[] = []): string[][] {
  if (command.commands.length === 0) return [[...words]];
  return command.commands.flatMap((child) => leaves(child, [...words, child.name()]));
}

const commands = leaves(buildProgram());

test('there are the commands that there should be', () => {
  const names = new Set(commands.map(([first]) => first));
  for (const name of [
    'serve',
    'agency',
    'import',
    'duties',
    'audit',
    'explain',
    'act',
    'rulebook',
    'systems',
    'binding',
    'evidence',
    'rebuild',
  ]) {
    assert.ok(names.has(name), name);
  }
});

for (const words of commands) {
  test(`muster ${words.join(' ')} --help has an example`, async () => {
    const text = await desk.done(...words, '--help');
    assert.match(text, new RegExp(`Example:\\n +muster ${words.join(' ')}\\b`));
    const reads = !['serve'].includes(words[0] ?? '');
    if (reads) assert.match(text, /--json/);
  });
}

test('the help says what the exit codes mean, and the version is the package’s', async () => {
  const text = await desk.done('--help');
  assert.match(text, /0 done, 1 fault, 2 usage, 3 input or act refused/);
  assert.equal(await desk.done('--version'), `${version}\n`);
});

test('a command without its subcommand shows what there is', async () => {
  for (const group of ['agency', 'act', 'rulebook']) {
    const { code, stderr } = await desk.run(group);
    assert.equal(code, 2);
    assert.match(stderr, /Commands:/);
  }
  const { code, stderr } = await desk.run();
  assert.equal(code, 2);
  assert.match(stderr, /Commands:/);
});

test('./muster itself ends with these codes', async () => {
  const env = { DATA_DIR: `${desk.folder}/data` };
  const outcomes = await Promise.all(
    [['--version'], ['agency', 'list'], ['nonsense'], ['duties']].map(
      async (args) => (await run(args, env)).code,
    ),
  );
  assert.deepEqual(outcomes, [0, 0, 2, 3]);
  const unusable = await run(['agency', 'list'], { DATA_DIR: '/dev/null/data' });
  assert.equal(unusable.code, 1);
});
