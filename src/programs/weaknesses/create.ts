import * as z from 'zod';
import { daySchema, declareAct, type Deciding, KNOWN_NOW, placeOfSystem } from '../../acts/index.ts';
import { atDuty, findDuty, parseDutyId } from '../../duties/index.ts';
import { isBlank, pluginsIn } from '../../readers/index.ts';
import { keyText } from '../../record/index.ts';
import type { Day } from '../../time/index.ts';
import { plansSql } from '../vulnerabilities/index.ts';
import { MAY } from './acts.ts';
import { POAM_CREATED, type CreatedBody } from './tables.ts';

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;
type Severity = (typeof SEVERITIES)[number];

const ABOUT = ['poam.create', 'vulnerability.remediate'] as const;

const DOLLARS = /^\$?(?:\d{1,12}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d{1,2})?$/;

/** An amount as a number or as people write it, at most twelve digits before the point and two after. */
const costSchema = z
  .unknown()
  .transform((said, context): number => {
    const text = typeof said === 'number' ? String(said) : said;
    if (typeof text === 'string' && DOLLARS.test(text.trim()))
      return Number(text.trim().replaceAll(/[$,]/g, ''));
    context.addIssue(
      typeof text === 'string'
        ? 'is not an amount in dollars: write it like 12000 or 12000.50'
        : 'is not a number',
    );
    return z.NEVER;
  })
  .meta({ type: 'number' });

/** A text of one line, so that two that look alike are alike. */
const nameSchema = z
  .string()
  .trim()
  .refine((text) => !isBlank(text), 'is empty')
  .max(200)
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'holds a line break or an invisible character');

const input = z.object({
  poam: nameSchema.describe('the number of the POA&M'),
  weakness: z
    .string()
    .trim()
    .refine((text) => !isBlank(text), 'say what is wrong')
    .max(2000)
    .describe('what is wrong'),
  scheduled: daySchema.describe('the day by which it is to be completed'),
  duty: z
    .string()
    .optional()
    .describe('a duty of the finding it is for, by its id; the next five fields are known from it then'),
  system: nameSchema.optional().describe('the system it is for'),
  component: nameSchema.optional().describe('the component it is for; the whole system where none is said'),
  severity: z.enum(SEVERITIES).optional().describe('how severe the weakness is'),
  identified: daySchema.optional().describe('the day on which the weakness was identified'),
  finding: nameSchema
    .refine((text) => pluginsIn(text) !== null, "has a number larger than any plugin's")
    .optional()
    .describe('the plugins of the findings it covers, or the weakness it is about'),
  trigger: daySchema.optional().describe('the day the clock starts, where not the day of identification'),
  owner: nameSchema.optional().describe('the office that owns it'),
  cost: costSchema.optional().describe('what it will cost, in dollars'),
  comment: z.string().trim().max(2000).optional().describe('how it is to be done'),
});

type Input = z.output<typeof input>;

/**
 * Create a POA&M, today: a day of one's choice would let what was created late pass for in time.
 * For a finding, all that is known of it follows from its duty.
 */
export const createPoam = declareAct({
  act: 'poam.create',
  title: 'create a POA&M',
  description:
    'The plan to mend a weakness is there from today on. It cannot be dated back: what was created late must not pass for in time.',
  example:
    '--poam POAM-10 --weakness "servers lack protection" --scheduled 2030-05-01 --system ECM --severity high --identified 2022-06-01',
  input,
  may: MAY,
  where: async (at, { duty, system }) => (duty === undefined ? placeOfSystem(system) : atDuty(at, { duty })),
  about: ABOUT,
  decide: async (at, said) => {
    const of = said.duty === undefined ? await ofWeakness(at, said) : await ofFinding(at, said, said.duty);
    if ('refused' in of) return of;
    const { today, actor } = at;
    const trigger = said.trigger ?? of.identified;
    if (said.scheduled < today) return { refused: `the day ${said.scheduled} has passed: today is ${today}` };
    for (const day of [of.identified, trigger])
      if (day > today) return { refused: `the day ${day} has not come yet: today is ${today}` };
    if (trigger < of.identified)
      return {
        refused: `the clock cannot start on ${trigger}: the weakness was identified on ${of.identified}`,
      };
    if (await isTaken(at, of.system, said.poam))
      return { refused: `the system has a POA&M ${said.poam} already: give another number` };
    const body: CreatedBody = {
      number: said.poam,
      system: keyText(of.system),
      component: of.component === null ? null : keyText(of.component),
      weakness: said.weakness,
      severity: of.severity,
      identified: of.identified,
      trigger,
      scheduled: said.scheduled,
      owner: said.owner ?? '',
      cost: said.cost ?? null,
      finding: of.finding,
      comment: said.comment ?? '',
    };
    const subject = `system:${keyText(of.system)}`;
    return { kind: POAM_CREATED, subject, actor: actor.name, effective: today, body: { ...body } };
  },
});

interface Covered {
  readonly system: number;
  readonly component: number | null;
  readonly severity: Severity;
  readonly identified: Day;
  readonly finding: string;
}

type Refused = { readonly refused: string };

async function ofWeakness({ tx }: Deciding, said: Input): Promise<Covered | Refused> {
  const { system, component, severity, identified } = said;
  if (system === undefined || severity === undefined || identified === undefined) {
    return {
      refused: 'say the duty of the finding it is for, or system, severity and day of identification',
    };
  }
  const [found] = await tx.rows<{ system: number; component: number | null }>(
    `select k.system_key as system, c.component_key as component
     from system k left join component c on c.agency_id = $1 and c.system_key = k.system_key and c.name = $3
     where k.agency_id = $1 and k.name = $2`,
    [tx.agency, system, component ?? null],
  );
  if (!found) return { refused: `there is no system ${system}: import the inventory that declares it first` };
  if (component !== undefined && found.component === null) {
    return {
      refused: `the system ${system} has no component ${component}: import the inventory that declares it first`,
    };
  }
  return { ...found, severity, identified, finding: pluginsIn(said.finding ?? '') ?? said.finding ?? '' };
}

interface FindingRow {
  system: number;
  component: number;
  plugin: number;
  /** Of its last spell. */
  trigger: Day;
  done: Day | null;
  plan: string | null;
}

async function ofFinding(at: Deciding, said: Input, id: string): Promise<Covered | Refused> {
  const { tx, declarations, today } = at;
  const extra = (['system', 'component', 'identified', 'finding'] as const).find(
    (field) => said[field] !== undefined,
  );
  if (extra !== undefined) return { refused: `${extra} is known from the duty of the finding: leave it out` };
  const duty = await findDuty(tx, declarations, id, { asOf: today, knownAt: KNOWN_NOW });
  if (duty.id !== id) return { refused: `${id} has been superseded by ${duty.id}` };
  const wanted = parseDutyId(id);
  if (!wanted || !ABOUT.some((type) => type === wanted.duty))
    return { refused: `${id} is not a duty to create a POA&M or to remediate a finding` };
  const [row] = await tx.rows<FindingRow>(FINDING, [tx.agency, wanted.subject, today, KNOWN_NOW]);
  if (!row) return { refused: `${id} is of a POA&M, which is there already` };
  if (row.trigger !== wanted.trigger)
    return { refused: `the finding opened anew on ${row.trigger}: create it for that duty` };
  if (row.done !== null && row.done <= today)
    return { refused: `the finding was already remediated on ${row.done}` };
  if (row.plan !== null)
    return { refused: `the POA&M ${row.plan} covers this finding already: update that one` };
  const ranked = SEVERITIES.find((each) => each === duty.class);
  if (ranked !== undefined && said.severity !== undefined)
    return { refused: 'severity is known from the duty of the finding: leave it out' };
  const severity = ranked ?? said.severity;
  if (severity === undefined)
    return { refused: 'no rulebook ranks the severity of this finding: say how severe it is' };
  const { system, component, plugin } = row;
  return { system, component, severity, identified: duty.trigger, finding: String(plugin) };
}

const FINDING = `
  select c.system_key as system, f.component_key as component, f.plugin, s.trigger, s.done,
    (select min(p.number collate "C") from (${plansSql('$1', '$4')}) n join poam p on p.agency_id = $1 and p.poam_key = n.plan_key
     where n.component_key = f.component_key and n.plugin = f.plugin
       and n.from_day <= $3 and (n.until_day is null or n.until_day > $3)) as plan
  from finding f
  join component c on c.agency_id = $1 and c.component_key = f.component_key
  join finding_spell s on s.agency_id = $1 and s.finding_key = f.finding_key and s.known_until is null and s.trigger <= $3
  where f.agency_id = $1 and f.finding_key = $2 order by s.trigger desc limit 1`;

async function isTaken({ tx }: Deciding, system: number, number: string): Promise<boolean> {
  const rows = await tx.rows('select 1 from poam where agency_id = $1 and system_key = $2 and number = $3', [
    tx.agency,
    system,
    number,
  ]);
  return rows.length > 0;
}
