import type { Command } from 'commander';
import type { Listing, View } from '../../../acts/index.ts';
import { declarations } from '../../declarations.ts';
import { fieldsInPath } from '../../fields.ts';
import { ask } from '../ask.ts';
import { addFields, saidOf } from '../fields.ts';
import { renderListing } from '../listing.ts';
import { jsonOption, withHouse } from '../session.ts';

/** One command for each view that is a list. */
export function addLists(program: Command): void {
  for (const view of declarations.views.values()) if (view.listing) addList(program, view, view.listing);
}

/** The command of one list: its options, its table and its help follow from the declaration. */
export function addList(program: Command, view: View, listing: Listing): void {
  const inPath = fieldsInPath(view.path);
  const command = program.command(listing.command).description(view.title);
  addFields(command, view.view, view.input, inPath);
  withHouse(command.addOption(jsonOption()), exampleOf(listing, inPath)).action(() =>
    ask(view, command.opts(), saidOf(command, view.input, inPath), (answer) =>
      renderListing(listing, answer),
    ),
  );
}

function exampleOf({ command }: Listing, inPath: readonly string[]): string {
  const places = inPath.map((name) => ` ${name.toUpperCase()}`).join('');
  return `muster ${command}${places} --as-of 2022-07-08`;
}
