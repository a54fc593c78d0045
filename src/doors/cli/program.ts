import { Command, type CommanderError } from 'commander';
import { version } from '../version.ts';
import { addAct } from './commands/act.ts';
import { addAgency } from './commands/agency.ts';
import { addImport } from './commands/import.ts';
import { addLists } from './commands/lists.ts';
import { addPerson } from './commands/person.ts';
import { addPermissions } from './commands/permissions.ts';
import { addRebuild } from './commands/rebuild.ts';
import { addRecord } from './commands/record.ts';
import { addRulebook } from './commands/rulebook.ts';
import { addServe } from './commands/serve.ts';
import { addVerify } from './commands/verify.ts';
import { addViews } from './commands/views.ts';

const EXITS = `
Exit codes: 0 done, 1 fault, 2 usage, 3 input or act refused.
Settings: PORT, HOST, DATA_DIR, DATABASE_URL, DATABASE_OWNER_URL, MUSTER_OPERATOR,
MUSTER_WITNESS_DIRS, MUSTER_KEY_FILE, MUSTER_CHECKPOINT_KEY (docs/operate.md).`;

/** The whole command line. Parsing throws CommanderError for usage, MusterError for refusals. */
export function buildProgram(): Command {
  const program = new Command('muster')
    .description('Security duties with dates: evidence in, duties out as of any day, each able to say why.')
    .version(version)
    .addHelpText('after', EXITS);
  for (const add of [
    addServe,
    addAgency,
    addPerson,
    addImport,
    addViews,
    addLists,
    addAct,
    addRulebook,
    addPermissions,
    addRebuild,
    addRecord,
    addVerify,
  ])
    add(program);
  for (const command of everyCommand(program)) {
    command.exitOverride((error: CommanderError) => {
      throw error;
    });
    command.showHelpAfterError('(see --help)');
  }
  return program;
}

function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}
