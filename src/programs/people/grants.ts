import * as z from 'zod';
import { daySchema, declareAct, roles, UNIT, type Deciding } from '../../acts/index.ts';
import { MusterError } from '../../errors/index.ts';
import { keyText, parseKey } from '../../record/index.ts';
import { addDays, type Day } from '../../time/index.ts';
import { findSystem } from '../inventory/index.ts';
import { isLastAdministrator, LAST, MAY, personField, reasonField } from './acts.ts';
import { isActor, personNamed, type Person } from './standing.ts';
import { GRANT_ENDED, GRANT_GIVEN, type GrantBody } from './tables.ts';

const unitField = z.string().trim().regex(UNIT, 'is not a unit number: five digits');

const input = z.object({
  person: personField,
  role: z.enum(roles).describe('what they come to do'),
  over: z
    .enum(['agency', 'system', 'units'])
    .describe(
      'what it reaches: the agency, the one system named below, or the units from one number to another',
    ),
  system: z.string().optional().describe('the system, where it reaches one'),
  unitFrom: unitField.optional().describe('the first unit, where it reaches a range of them'),
  unitTo: unitField.optional().describe('the last unit of the range'),
  from: daySchema.optional().describe('the first day on which it is in force; today unless said'),
  until: daySchema.optional().describe('the last day on which it is in force; open unless said'),
});

type Input = z.output<typeof input>;

/**
 * Grant a role, from today or later: dated back, it would make what was done without it look allowed.
 * Whoever audits does nothing else in the agency, and nobody grants to themselves.
 */
export const giveGrant = declareAct({
  act: 'grant.give',
  title: 'grant a role',
  description:
    'It reaches the agency, one system of it or a range of units, from a day until a day. It cannot be dated back.',
  example: '--person 12.1 --role isso --over system --system ECM',
  input,
  may: MAY,
  beside: 'person-grants',
  decide: async (at, said) => {
    const person = await personNamed(at.tx, said.person);
    const { today, actor } = at;
    const from = said.from ?? today;
    const refused =
      (isActor(actor, person.key) && 'nobody grants a role to themselves: ask another administrator') ||
      (person.disabledFor !== null && 'the person is disabled: enable them first') ||
      whyNotDays(from, said.until, today) ||
      (await whyNotReach(at, said)) ||
      (await whyNotBeside(at, person, said));
    if (refused) return { refused };
    const body: GrantBody = {
      person: keyText(person.key),
      role: said.role,
      over: said.over,
      system: said.system ?? null,
      unitFrom: said.unitFrom ?? null,
      unitTo: said.unitTo ?? null,
      from,
      ends: said.until === undefined ? null : addDays(said.until, 1),
    };
    const subject = `person:${keyText(person.key)}`;
    return { kind: GRANT_GIVEN, subject, actor: actor.name, effective: today, body };
  },
});

function whyNotDays(from: Day, until: Day | undefined, today: Day): string | false {
  if (from < today) return `a grant cannot be dated back: today is ${today}`;
  return until !== undefined && until < from && `it would end on ${until}, before it begins on ${from}`;
}

async function whyNotReach({ tx }: Deciding, said: Input): Promise<string | false> {
  const { role, over, system, unitFrom, unitTo } = said;
  if (role === 'administrator' && over !== 'agency') return 'an administrator administers the whole agency';
  if (over !== 'system' && system !== undefined) return 'name a system only where the role reaches one';
  if (over !== 'units' && (unitFrom ?? unitTo) !== undefined)
    return 'name units only where the role reaches a range of them';
  if (over === 'units') {
    if (unitFrom === undefined || unitTo === undefined)
      return 'name the first and the last unit of the range';
    return unitTo < unitFrom && `the range ends with ${unitTo}, before ${unitFrom}`;
  }
  if (over === 'agency') return false;
  if (system === undefined) return 'name the system that the role reaches';
  if ((await findSystem(tx, system)) !== undefined) return false;
  return `there is no system ${system.slice(0, 40)}: import the inventory that declares it first`;
}

interface Held {
  readonly role: string;
  readonly same: boolean;
}

/** What the person holds already, or will. */
async function whyNotBeside({ tx, today }: Deciding, person: Person, said: Input): Promise<string | false> {
  const { role, over, system, unitFrom, unitTo } = said;
  const held = await tx.rows<Held>(
    `select role, role = $3 and (over::text, system, unit_from, unit_to) is not distinct from ($4, $5, $6, $7) as same
     from role_grant where agency_id = $1 and person_key = $2 and known_until is null and (ends is null or ends > $8)`,
    [tx.agency, person.key, role, over, system ?? null, unitFrom ?? null, unitTo ?? null, today],
  );
  if (held.some(({ same }) => same))
    return 'the person holds that role there already: end it first to change its days';
  const others = held.filter((each) => (each.role === 'auditor') !== (role === 'auditor'));
  if (others.length === 0) return false;
  return role === 'auditor'
    ? 'an auditor does nothing else in the agency: end the other roles first'
    : 'the person is an auditor, who does nothing else in the agency: end that role first';
}

export const endGrant = declareAct({
  act: 'grant.end',
  title: 'end a grant',
  description:
    'From this moment on it is in force no more. It stays in the record, with the days it was in force.',
  example: '--grant 14.1 --reason "moved to another office"',
  input: z.object({ grant: z.string().describe('the grant, by key, like 14.1'), reason: reasonField }),
  may: MAY,
  beside: 'person-grants',
  decide: async (at, { grant: named, reason }) => {
    const { tx, today, actor } = at;
    const key = parseKey(named);
    const [grant] = await tx.rows<{ person: number; role: string; over: boolean; ends: Day | null }>(
      `select person_key as person, role, coalesce(ends <= $3, false) as over, ends
       from role_grant where agency_id = $1 and grant_key = $2 and known_until is null`,
      [tx.agency, key ?? 0, today],
    );
    if (!grant) throw new MusterError('NOT_FOUND', `there is no grant ${named.slice(0, 40)}`);
    if (grant.over)
      return { refused: `it was in force until ${grant.ends ? addDays(grant.ends, -1) : today}` };
    const person = await personNamed(tx, keyText(grant.person));
    if (grant.role === 'administrator' && (await isLastAdministrator(at, person))) return { refused: LAST };
    const body = { grant: named, person: keyText(grant.person), reason };
    return {
      kind: GRANT_ENDED,
      subject: `person:${keyText(grant.person)}`,
      actor: actor.name,
      effective: today,
      body,
    };
  },
});
