import type { Command } from 'commander';
import { listAgencies } from '../../../programs/inventory/index.ts';
import { setUpAgency } from '../../house.ts';
import { inHouse, jsonOption, print, printJson, withHouse, type Common } from '../session.ts';
import { renderTable } from '../table.ts';

interface CreateOptions extends Common {
  kind: string;
  timeZone: string;
  rulebooks: boolean;
}

export function addAgency(program: Command): void {
  const agency = program
    .command('agency')
    .description('agencies')
    .addHelpText('after', '\nExample:\n  muster agency create NORTH --kind irs');
  withHouse(
    agency
      .command('create')
      .argument('<code>', 'capitals, digits and hyphens')
      .description('create an agency and adopt the shipped rulebooks that bind its kind')
      .requiredOption('--kind <kind>', 'irs, or recipient: an agency that receives federal tax information')
      .option('--time-zone <zone>', 'whose midnight ends its days', 'America/New_York')
      .option('--no-rulebooks', 'adopt none')
      .addOption(jsonOption()),
    'muster agency create NORTH --kind irs',
    'database',
  ).action(create);
  withHouse(
    agency.command('list').description('list the agencies').addOption(jsonOption()),
    'muster agency list --json',
    'database',
  ).action(list);
}

async function create(code: string, options: CreateOptions): Promise<void> {
  const wanted = { code, kind: options.kind, timeZone: options.timeZone, demonstration: false };
  await inHouse(options, async (house) => {
    await setUpAgency(house, wanted, options.rulebooks);
    if (options.json) printJson(wanted);
    else print(`agency ${code} is created (${wanted.kind}, ${wanted.timeZone})`);
  });
}

async function list(options: Common): Promise<void> {
  const agencies = (await inHouse(options, (house) => listAgencies(house.store))).map(
    ({ code, kind, timeZone }) => ({ code, kind, timeZone }),
  );
  if (options.json) printJson({ agencies });
  else
    print(
      renderTable(
        ['agency', 'kind', 'time zone'],
        agencies.map(({ code, kind, timeZone }) => [code, kind, timeZone]),
      ),
    );
}
