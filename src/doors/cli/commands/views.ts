import type { Command } from 'commander';
import { timesSchema, type View } from '../../../acts/index.ts';
import {
  auditView,
  bindingView,
  dutiesView,
  explainView,
  type AuditAnswer,
  type BindingAnswer,
  type DutiesAnswer,
  type Explanation,
} from '../../../duties/index.ts';
import { systemsView, type SystemsAnswer } from '../../../programs/inventory/index.ts';
import { renderAudit, renderDuties, renderExplanation, renderSystems } from '../render.ts';
import { renderBinding } from '../render-binding.ts';
import { ask } from '../ask.ts';
import { addFields } from '../fields.ts';
import { jsonOption, withHouse, type Common } from '../session.ts';

/** The commands that read. */
export function addViews(program: Command): void {
  const duties = timed(program.command('duties').description('duties as of a day, by due day'))
    .option('--system <name>', 'only of this system')
    .option('--component <name>', 'only of this component')
    .option('--program <name>', 'only of this program, like accounts')
    .option('--duty <type>', 'only of this type, like account.disable')
    .option('--class <class>', 'only of this class, like privileged')
    .option('--status <status>', 'open, overdue, met, met-late or undetermined')
    .option('--limit <n>', 'at most so many', '50')
    .option('--after <cursor>', 'from where the page before ended');
  reading(duties, 'muster duties --as-of 2022-07-08 --status overdue', dutiesView, (answer) =>
    renderDuties(answer as DutiesAnswer),
  );

  const audit = timed(program.command('audit').description('the figures an auditor would write'))
    .option('--system <name>', 'only of this system')
    .option('--program <name>', 'only of this program, like accounts')
    .option('--without <rulebook...>', 'what if this rulebook had not been adopted');
  reading(audit, 'muster audit --system ECM --as-of 2022-07-08', auditView, (answer) =>
    renderAudit(answer as AuditAnswer),
  );

  const systems = timed(
    program.command('systems').description('systems, their components and assets'),
  ).option('--system <name>', 'only this system');
  reading(systems, 'muster systems', systemsView, (answer) => renderSystems(answer as SystemsAnswer));

  const binding = timed(
    program.command('binding').description('what binds each component of a system, and what is set aside'),
  ).requiredOption('--system <name>', 'the system');
  reading(binding, 'muster binding --system ECM --as-of 2022-07-08', bindingView, (answer) =>
    renderBinding(answer as BindingAnswer),
  );

  withHouse(
    timed(program.command('explain').argument('<duty-id>').description('why a duty is what it is')).addOption(
      jsonOption(),
    ),
    'muster explain account.disable:4.17:2022-01-10 --as-of 2022-07-08',
  ).action((id: string, options: Common) =>
    ask(explainView, options, saidOf({ ...options, id }, explainView), (answer) =>
      renderExplanation(answer as Explanation),
    ),
  );
}

/** The two times, as every view takes them. */
function timed(command: Command): Command {
  addFields(command, command.name(), timesSchema);
  return command;
}

function reading(command: Command, example: string, view: View, render: (answer: object) => string): void {
  withHouse(command.addOption(jsonOption()), example).action((options: Common) =>
    ask(view, options, saidOf(options, view), render),
  );
}

function saidOf(options: Common & { readonly id?: string }, { input }: View): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name in input.shape));
}
