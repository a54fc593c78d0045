import type { Command } from 'commander';
import type { Act } from '../../../acts/index.ts';
import { declarations } from '../../declarations.ts';
import { doAct } from '../../on-behalf.ts';
import { addFields, saidOf } from '../fields.ts';
import { inAgency, jsonOption, print, printJson, withHouse, type Common } from '../session.ts';

/** One subcommand for each act that the programs declare; its options are the act's input. */
export function addAct(program: Command): void {
  const declared = [...declarations.acts.values()];
  const [first] = declared;
  const acts = program
    .command('act')
    .description('do what discharges or changes a duty')
    .addHelpText('after', first ? `\nExample:\n  muster act ${first.act} ${first.example}` : '');
  for (const act of declared) {
    const command = acts.command(act.act).description(`${act.title}. ${act.description}`);
    addFields(command, act.act, act.input);
    withHouse(command.addOption(jsonOption()), `muster act ${act.act} ${act.example}`).action(
      (options: Common) => perform(act, options, saidOf(command, act.input)),
    );
  }
}

async function perform(act: Act, options: Common, said: Record<string, unknown>): Promise<void> {
  const entry = await inAgency(options, (house, agency) =>
    doAct(house, house.operator, agency, act.act, said),
  );
  const { index, kind, subject, actor, effective, recorded } = entry;
  if (options.json) printJson({ entry: index, kind, subject, actor, effective, recorded });
  else print(`${act.act} is entry ${index}, effective ${effective}, by ${actor}`);
}
