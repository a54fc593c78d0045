import type { Command } from 'commander';
import type * as z from 'zod';
import { fieldsOf, type Field } from '../fields.ts';

/** What a command says for itself: no field may have one of these names. */
const OWN = ['agency', 'data', 'json', 'help'];

/**
 * Gives a command an option for each field of an input, and an argument for each that stands in
 * its path. Throws where a field's name is one that the command has already.
 */
export function addFields(
  command: Command,
  what: string,
  input: z.ZodObject,
  inPath: readonly string[] = [],
): void {
  const fields = fieldsOf(what, input);
  for (const field of fields) refuseClash(what, field);
  for (const name of inPath) {
    const field = fields.find((each) => each.name === name);
    if (!field) throw new Error(`${what}: its path takes ${name}, which its input does not have`);
    command.argument(`<${kebab(name)}>`, describe(field));
  }
  for (const field of fields.filter(({ name }) => !inPath.includes(name))) addOption(command, field);
}

/** What a person said of an input's fields: options by name, arguments by their place. */
export function saidOf(
  command: Command,
  input: z.ZodObject,
  inPath: readonly string[] = [],
): Record<string, unknown> {
  const options = Object.entries(command.opts()).filter(([name]) => name in input.shape);
  return {
    ...Object.fromEntries(options),
    ...Object.fromEntries(inPath.map((name, at) => [name, command.args[at]])),
  };
}

function refuseClash(what: string, { name }: Field): void {
  const flag = kebab(name);
  // Commander would read --no-x as the opposite of an option x.
  if (!OWN.includes(flag) && !flag.startsWith('no-')) return;
  throw new Error(
    `${what}: a field cannot be called ${name}: --${flag} means something else on every command`,
  );
}

function addOption(command: Command, field: Field): void {
  const flag = `--${kebab(field.name)} <${PLACEHOLDER[field.kind]}>`;
  if (field.required) command.requiredOption(flag, describe(field));
  else command.option(flag, describe(field));
}

const PLACEHOLDER: Readonly<Record<Field['kind'], string>> = {
  text: 'text',
  day: 'day',
  choice: 'choice',
  number: 'n',
};

function describe({ description, title, choices, default: fallback }: Field): string {
  const says = description ?? title.toLowerCase();
  const among = choices.length > 0 ? `: ${choices.join(', ')}` : '';
  return `${says}${among}${fallback === null ? '' : `; ${fallback} unless said`}`;
}

function kebab(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
