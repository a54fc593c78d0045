import * as z from 'zod';
import { daySchema, declareAct, type Deciding, KNOWN_NOW, type Role } from '../../acts/index.ts';
import { atDuty, findDuty, parseDutyId } from '../../duties/index.ts';
import { isBlank } from '../../readers/index.ts';
import { keyText, type NewEntry } from '../../record/index.ts';
import { isOpen, readStandings, type Standing } from './standing.ts';
import {
  POAM_COMPLETED,
  POAM_RESCHEDULED,
  POAM_UPDATED,
  type ChangeBody,
  type CompletedBody,
  type RescheduledBody,
} from './tables.ts';

export const MAY: readonly Role[] = ['system-owner', 'isso'];

const ABOUT = ['poam.update', 'poam.complete'] as const;

const dutySchema = z.string().describe('a duty to update or complete the POA&M, by its id');

/** Update a POA&M: say how the work stands. The next update is due from today on. */
export const updatePoam = declareAct({
  act: 'poam.update',
  title: 'update a POA&M',
  description: 'Says how the work stands. It discharges the duty to update the POA&M, and starts the next.',
  example: '--duty poam.update:5.2:2022-05-10 --comment "the patch is being tested"',
  input: z.object({
    duty: dutySchema,
    comment: z
      .string()
      .trim()
      .refine((text) => !isBlank(text), 'say how the work stands')
      .max(2000)
      .describe('how the work stands'),
  }),
  may: MAY,
  where: atDuty,
  about: ABOUT,
  decide: async (at, input) => {
    const found = await openPoam(at, input.duty);
    if ('refused' in found) return found;
    const body: ChangeBody = { poam: keyText(found.key), comment: input.comment };
    return entryOf(at, POAM_UPDATED, found, body);
  },
});

/**
 * Change the scheduled day of a POA&M, from today on. It asks for a comment because an agency
 * security policy requires one that explains the new day (TIGTA 2023-20-018, p. 4).
 */
export const reschedulePoam = declareAct({
  act: 'poam.reschedule',
  title: 'change the scheduled day of a POA&M',
  description:
    'The new day counts from today on; before, the old one did. A comment must explain it. It is an update as well.',
  example:
    '--duty poam.complete:5.2:2021-04-09 --scheduled 2030-10-31 --comment "the vendor delivers in fall"',
  input: z.object({
    duty: dutySchema,
    scheduled: daySchema.describe('the day by which it is to be completed now'),
    comment: z.string().trim().max(2000).optional().describe('why the day is changed'),
  }),
  may: MAY,
  where: atDuty,
  about: ABOUT,
  decide: async (at, input) => {
    const { scheduled, comment } = input;
    if (comment === undefined || isBlank(comment)) {
      return { refused: 'a new scheduled day needs a comment that explains it: give one' };
    }
    const found = await openPoam(at, input.duty);
    if ('refused' in found) return found;
    if (scheduled === found.scheduled)
      return { refused: `the POA&M ${found.number} is scheduled for ${scheduled} already` };
    if (scheduled < at.today) return { refused: `the day ${scheduled} has passed: today is ${at.today}` };
    const body: RescheduledBody = { poam: keyText(found.key), scheduled, comment };
    return entryOf(at, POAM_RESCHEDULED, found, body);
  },
});

/**
 * Record that a POA&M is completed, or validated after that. Today is the day that counts: a day
 * of one's choice would let what was completed late pass for in time.
 */
export const completePoam = declareAct({
  act: 'poam.complete',
  title: 'complete a POA&M',
  description:
    'The weakness is mended, as of today. It cannot be dated back: what was completed late must not pass for in time.',
  example: '--duty poam.complete:5.2:2021-04-09 --as completed --comment "patched on all servers"',
  input: z.object({
    duty: dutySchema,
    as: z.enum(['completed', 'validated']).default('completed').describe('whether it was validated too'),
    comment: z.string().trim().max(2000).optional().describe('what was done'),
  }),
  may: MAY,
  where: atDuty,
  about: ABOUT,
  decide: async (at, input) => {
    const found = await poamOf(at, input.duty);
    if ('refused' in found) return found;
    const isValidation = input.as === 'validated' && found.status === 'completed';
    if (!isValidation) {
      const refused = refuseEnded(found);
      if (refused) return refused;
    }
    const body: CompletedBody = {
      poam: keyText(found.key),
      status: input.as,
      comment: input.comment ?? '',
    };
    return entryOf(at, POAM_COMPLETED, found, body);
  },
});

type Refused = { readonly refused: string };

function entryOf(at: Deciding, kind: string, poam: Standing, body: ChangeBody): NewEntry {
  return {
    kind,
    subject: `poam:${keyText(poam.key)}`,
    actor: at.actor.name,
    effective: at.today,
    body: { ...body },
  };
}

/** The POA&M of a duty's id if it is open today, or why not. Throws NOT_FOUND. */
async function openPoam(at: Deciding, id: string): Promise<Standing | Refused> {
  const found = await poamOf(at, id);
  return 'refused' in found ? found : (refuseEnded(found) ?? found);
}

function refuseEnded(poam: Standing): Refused | undefined {
  if (isOpen(poam)) return undefined;
  return { refused: `the POA&M ${poam.number} was ${poam.status} on ${poam.since}: it has ended` };
}

async function poamOf({ tx, declarations, today }: Deciding, id: string): Promise<Standing | Refused> {
  const duty = await findDuty(tx, declarations, id, { asOf: today, knownAt: KNOWN_NOW });
  if (duty.id !== id) return { refused: `${id} has been superseded by ${duty.id}` };
  const wanted = parseDutyId(id);
  if (!wanted || !ABOUT.some((type) => type === wanted.duty))
    return { refused: `${id} is not a duty to update or complete a POA&M` };
  const [poam] = await readStandings(tx, { asOf: today, knownAt: KNOWN_NOW }, { key: wanted.subject });
  if (!poam) throw new Error(`${id} is a duty of no POA&M`);
  if (duty.done !== null && isOpen(poam))
    return {
      refused: `the POA&M was ${duty.means ?? 'done'} on ${duty.done}: a later duty of it is to be acted on`,
    };
  return poam;
}
