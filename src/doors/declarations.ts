import { compose, evidenceImported, type Program } from '../acts/index.ts';
import { duties } from '../duties/index.ts';
import { accounts } from '../programs/accounts/index.ts';
import { authorization } from '../programs/authorization/index.ts';
import { inventory } from '../programs/inventory/index.ts';
import { people } from '../programs/people/index.ts';
import { record } from '../programs/record/index.ts';
import { vulnerabilities } from '../programs/vulnerabilities/index.ts';
import { weaknesses } from '../programs/weaknesses/index.ts';

const programs: readonly Program[] = [
  inventory,
  accounts,
  vulnerabilities,
  weaknesses,
  authorization,
  people,
  record,
  duties,
];

/** Everything Muster knows to do: a program joins the house by standing in this list. */
export const declarations = compose([
  ...programs,
  {
    program: 'evidence',
    entryKinds: [evidenceImported(programs.flatMap((program) => program.intakes ?? []))],
  },
]);
