import assert from 'node:assert/strict';
import test from 'node:test';
import { Command } from 'commander';
import * as z from 'zod';
import { daySchema } from '../../acts/index.ts';
import { addFields, saidOf } from './fields.ts';

const input = z.object({
  thing: z.string().describe('the thing'),
  observedOn: daySchema.describe('the day'),
  kind: z.enum(['round', 'square']).optional().describe('only of this kind'),
  limit: z.coerce.number().default(50),
});

function command(): Command {
  const made = new Command('thing').exitOverride().configureOutput({ writeErr: () => undefined });
  addFields(made, 'thing', input, ['thing']);
  return made;
}

test('fields are options in the words of the declaration, what stands in the path an argument', () => {
  const help = command().configureHelp({ helpWidth: 200 }).helpInformation();
  assert.match(help, /\n +thing +the thing/);
  assert.match(help, /--observed-on <day> +the day/);
  assert.match(help, /--kind <choice> +only of this kind: round, square/);
  assert.match(help, /--limit <n> +at most so many; 50 unless said/);
});

test('what was said comes back under the names of the fields', () => {
  const made = command();
  made.option('--json').parse(['3.1', '--observed-on', '2022-07-08', '--json'], { from: 'user' });
  assert.deepEqual(saidOf(made, input, ['thing']), { thing: '3.1', observedOn: '2022-07-08' });
});

test('a field that must be said must be said', () => {
  assert.throws(() => command().parse(['3.1'], { from: 'user' }), /--observed-on/);
  assert.throws(() => command().parse(['--observed-on', '2022-07-08'], { from: 'user' }), /thing/);
});

test('a field with the name of what every command has is an error at the start', () => {
  for (const name of ['agency', 'data', 'json', 'help', 'noRulebooks']) {
    assert.throws(
      () => addFields(new Command('x'), 'trial.say', z.object({ [name]: z.string() })),
      new RegExp(`^Error: trial\\.say: a field cannot be called ${name}: `),
    );
  }
});

test('a path that takes what the input does not have is an error at the start', () => {
  assert.throws(() => addFields(new Command('x'), 'thing', input, ['other']), /its path takes other/);
});
