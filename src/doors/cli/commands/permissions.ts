import type { Command } from 'commander';
import { roles, roleWords } from '../../../acts/index.ts';
import { MusterError } from '../../../errors/index.ts';
import { declarations } from '../../declarations.ts';
import { ownRoutes } from '../../http/routes.ts';
import { permissionsIn, renderPermissions } from '../../permissions.ts';
import type { FirstSetUp } from '../../sign-in/set-up.ts';
import { jsonOption, print, printJson, type Common } from '../session.ts';

/** Routes are listed here, not served: nothing is set up. */
const first: FirstSetUp = {
  token: undefined,
  create: () => Promise.reject(new MusterError('LINK_SPENT', 'no server is running')),
};

export function addPermissions(program: Command): void {
  program
    .command('permissions')
    .description('who may do what: what each role is for, and what it may read, do and bring in')
    .addOption(jsonOption())
    .addHelpText('after', '\nExample:\n  muster permissions')
    .action((options: Common) => {
      if (options.json) printJson(permissionsAsData());
      else print(permissionsAsText().trimEnd());
    });
}

/** The text of docs/permissions.md. */
export function permissionsAsText(): string {
  return renderPermissions(declarations, ownRoutes({ declarations }, first));
}

function permissionsAsData(): object {
  const routes = ownRoutes({ declarations }, first);
  return {
    roles: roles.map((role) => ({ role, ...roleWords[role] })),
    permissions: permissionsIn(declarations),
    routes: routes.map(({ name, method, path, summary, access }) => ({
      name,
      method,
      path,
      summary,
      may: access,
    })),
  };
}
