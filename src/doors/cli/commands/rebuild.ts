import type { Command } from 'commander';
import { rebuild } from '../../../acts/index.ts';
import { startProgress } from '../progress.ts';
import { inAgency, jsonOption, print, printJson, withHouse, type Common } from '../session.ts';

export function addRebuild(program: Command): void {
  withHouse(
    program
      .command('rebuild')
      .description('derive every table again from the record')
      .option('--check', 'compare only, name the first row that differs, and change nothing')
      .addOption(jsonOption()),
    'muster rebuild --check',
  ).action(run);
}

async function run(options: Common & { check?: boolean }): Promise<void> {
  const check = options.check === true;
  const rebuilt = await inAgency(options, async (house, agency) => {
    const progress = startProgress('replaying entries', 0);
    try {
      return await rebuild(house.store, house.declarations, agency.agency, {
        check,
        progress: progress.advance,
      });
    } finally {
      progress.end();
    }
  });
  const { difference } = rebuilt;
  if (options.json) printJson(rebuilt);
  else if (difference && !check)
    print(
      `${rebuilt.rows} rows of ${rebuilt.tables} tables were derived anew and put in place; the first that differed: table ${difference.table}, row ${difference.row}`,
    );
  else if (difference)
    print(`first difference: table ${difference.table}, row ${difference.row}: ${difference.finding}`);
  else
    print(
      `${rebuilt.rows} rows of ${rebuilt.tables} tables follow from ${rebuilt.entries} entries: nothing differs`,
    );
  if (difference && check) process.exitCode = 1;
}
