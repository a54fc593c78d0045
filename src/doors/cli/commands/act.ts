import type { Command } from 'commander';
import type * as z from 'zod';
import { performAct, type Act } from '../../../acts/index.ts';
import { declarations } from '../../declarations.ts';
import { inAgency, jsonOption, print, printJson, withHouse, type Common } from '../session.ts';

/** One subcommand for each act that the programs declare; its options are the act's input. */
export function addAct(program: Command): void {
  const acts = program
    .command('act')
    .description('do what discharges or changes a duty')
    .addHelpText(
      'after',
      '\nExample:\n  muster act account.record-disabled --duty account.disable:5.17:2022-01-10 --effective 2022-10-20',
    );
  for (const act of declarations.acts.values()) {
    const command = acts.command(act.act).description(`${act.title}. ${act.description}`);
    for (const [name, field] of Object.entries(act.input.shape)) addField(command, name, field as z.ZodType);
    withHouse(command.addOption(jsonOption()), `muster act ${act.act} ${act.example}`).action(
      (options: Common) => perform(act, options),
    );
  }
}

function addField(command: Command, name: string, field: z.ZodType): void {
  const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} <value>`;
  const says = field.description ?? name;
  if (field.safeParse(undefined).success) command.option(flag, says);
  else command.requiredOption(flag, says);
}

async function perform(act: Act, options: Common): Promise<void> {
  const said = Object.fromEntries(Object.entries(options).filter(([name]) => name in act.input.shape));
  const entry = await inAgency(options, (house, agency) =>
    performAct(
      house.store,
      house.declarations,
      agency.agency,
      house.actor,
      house.today(agency),
      act.act,
      said,
    ),
  );
  const { index, kind, subject, actor, effective, recorded } = entry;
  if (options.json) printJson({ entry: index, kind, subject, actor, effective, recorded });
  else print(`${act.act} is entry ${index}, effective ${effective}, by ${actor}`);
}
