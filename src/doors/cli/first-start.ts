import { listAgencies, type AgencyFacts } from '../../programs/inventory/index.ts';
import { listPersons } from '../../programs/people/index.ts';
import type { House } from '../house.ts';
import type { DemoSignIn } from '../demonstration-people.ts';
import type { FirstSetUp, SetUpLink } from '../sign-in/set-up.ts';
import { renderTable } from './table.ts';

/** The page where somebody sets up how they sign in. The secret stands where no server and no proxy is sent it. */
export function setUpPage(address: string, { token }: Pick<SetUpLink, 'token'>): string {
  return `${address}/set-up#${token}`;
}

/** What whoever starts a server has to know before anybody can sign in, in lines. */
export async function describeFirstStart(
  house: House,
  address: string,
  { token }: FirstSetUp,
): Promise<string[]> {
  if (token !== undefined)
    return [
      `Set up your agency and its first administrator: ${setUpPage(address, { token: `first.${token}` })}`,
      'That link is good once, while this server runs. At a terminal: muster agency create CODE --kind irs',
    ];
  const agencies = await listAgencies(house.store);
  const missing = await Promise.all(agencies.map((agency) => whyNobody(house, agency)));
  return missing.filter((line) => line !== undefined);
}

/** Why nobody can sign in to an agency, and the command that changes it. */
async function whyNobody(house: House, agency: AgencyFacts): Promise<string | undefined> {
  const { code } = agency;
  const { isAny, isSet } = await house.store.read(agency.agency, async (tx) => {
    const people = (await listPersons(tx)).filter(({ disabledFor }) => disabledFor === null);
    const { isSet: is } = await tx.row<{ isSet: boolean }>(
      'select exists (select 1 from credential where agency_id = $1 and person_key = any($2)) as "isSet"',
      [tx.agency, people.map(({ key }) => key)],
    );
    return { isAny: people.length > 0, isSet: is };
  });
  if (!isAny)
    return `Nobody may sign in to ${code}. To make an administrator: muster administrator "NAME" --sign-in-name NAME --agency ${code}`;
  // A provider may let them in.
  if (isSet || house.settings.providersFile !== undefined) return undefined;
  return `Nobody has set up how they sign in to ${code}. To make a link for one of muster people: muster set-up-link PERSON --agency ${code}`;
}

/** The passwords of the demonstration, which are told here and nowhere else. */
export function describeSignIns(signIns: readonly DemoSignIn[]): string {
  return renderTable(
    ['sign-in name', 'password', 'role'],
    signIns.map(({ signInName, password, role }) => [signInName, password, role]),
  );
}
