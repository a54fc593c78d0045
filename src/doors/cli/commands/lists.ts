import type { Command } from 'commander';
import type { Listing, View } from '../../../acts/index.ts';
import { declarations } from '../../declarations.ts';
import { fieldsInPath } from '../../fields.ts';
import { readView } from '../../view.ts';
import { addFields, saidOf } from '../fields.ts';
import { renderListing } from '../listing.ts';
import { patiently } from '../progress.ts';
import { inAgency, jsonOption, print, printJson, unlessStopped, withHouse, type Common } from '../session.ts';

/** One command for each view that is a list. */
export function addLists(program: Command): void {
  for (const view of declarations.views.values()) if (view.listing) addList(program, view, view.listing);
}

/** The command of one list: its options, its table and its help follow from the declaration. */
export function addList(program: Command, view: View, listing: Listing): void {
  const inPath = fieldsInPath(view.path);
  const command = program.command(listing.command).description(view.title);
  addFields(command, view.view, view.input, inPath);
  withHouse(command.addOption(jsonOption()), exampleOf(listing, inPath, view)).action(async () => {
    const options: Common = command.opts();
    const answer = await inAgency(options, (house, agency, stop) =>
      patiently(`${view.title}, seconds`, () =>
        unlessStopped(stop, readView(house, agency, view, saidOf(command, view.input, inPath))),
      ),
    );
    if (options.json) printJson(answer);
    else print(renderListing(listing, answer));
  });
}

function exampleOf({ command }: Listing, inPath: readonly string[], { input }: View): string {
  const places = inPath.map((name) => ` ${name.toUpperCase()}`).join('');
  return `muster ${command}${places}${'asOf' in input.shape ? ' --as-of 2022-07-08' : ' --json'}`;
}
