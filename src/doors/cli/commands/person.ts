import type { Command } from 'commander';
import { MusterError } from '../../../errors/index.ts';
import type { AgencyFacts } from '../../../programs/inventory/index.ts';
import { findBySignInName, findPerson } from '../../../programs/people/index.ts';
import { keyText, parseKey } from '../../../record/index.ts';
import type { House } from '../../house.ts';
import { publicAddress } from '../../settings.ts';
import { addAdministrator, offerSetUp } from '../../sign-in/set-up.ts';
import { setUpPage } from '../first-start.ts';
import { inAgency, jsonOption, print, printJson, withHouse, type Common } from '../session.ts';

/** What nobody can do who is not in yet: make an administrator, and a link for whoever cannot sign in. */
export function addPerson(program: Command): void {
  withHouse(
    program
      .command('administrator')
      .argument('<name>', 'their name, as others read it')
      .description(
        'add a person who administers the agency, and make the link by which they set up how they sign in',
      )
      .requiredOption('--sign-in-name <name>', 'the name they sign in with')
      .addOption(jsonOption()),
    'muster administrator "Demo Administrator" --sign-in-name demo.administrator',
  ).action(administrator);
  withHouse(
    program
      .command('set-up-link')
      .argument('<person>', 'the person, by key or by sign-in name')
      .description(
        'make a new link by which a person sets up how they sign in: what they had before is gone once they do',
      )
      .addOption(jsonOption()),
    'muster set-up-link demo.administrator',
  ).action(setUpLink);
}

async function administrator(name: string, options: Common & { readonly signInName: string }): Promise<void> {
  await inAgency(options, async (house, agency) => {
    const { operator } = house;
    const said = { name, signInName: options.signInName };
    await offer(house, agency, await addAdministrator(house, agency, operator, said), options);
  });
}

async function setUpLink(named: string, options: Common): Promise<void> {
  await inAgency(options, async (house, agency) => {
    const key = parseKey(named);
    const person = await house.store.read(
      agency.agency,
      async (tx) =>
        (key === undefined ? undefined : await findPerson(tx, key)) ?? (await findBySignInName(tx, named)),
    );
    if (!person)
      throw new MusterError(
        'NOT_FOUND',
        `there is no person ${named.slice(0, 40)}: muster people lists them`,
      );
    await offer(house, agency, person.key, options);
  });
}

async function offer(house: House, agency: AgencyFacts, person: number, options: Common): Promise<void> {
  const offered = await offerSetUp(house, agency, house.operator, person);
  const link = setUpPage(publicAddress(house.settings, house.settings.port), offered);
  const { ends } = offered;
  if (options.json) printJson({ person: keyText(person), link, ends });
  else {
    print(`person ${keyText(person)} sets up how they sign in at ${link}`);
    print(
      `The link is good once, until ${ends}. Whoever has it becomes that person: hand it over with care.`,
    );
  }
}
