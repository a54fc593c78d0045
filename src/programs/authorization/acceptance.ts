import * as z from 'zod';
import {
  daySchema,
  declareAct,
  declareEntryKind,
  KNOWN_NOW,
  type Acceptance,
  type Times,
} from '../../acts/index.ts';
import { atDuty, findDuty, parseDutyId } from '../../duties/index.ts';
import { keyText, parseKey } from '../../record/index.ts';
import type { Reading } from '../../store/index.ts';
import type { Day } from '../../time/index.ts';

const RISK_ACCEPTED = 'risk.accepted';

interface AcceptedBody {
  readonly duty: string;
  readonly subject: string;
  readonly trigger: Day;
  readonly until: Day;
  readonly reason: string;
}

/** The entry kind of an acceptance: it stands from the entry's effective day until its last day. */
export const riskAccepted = declareEntryKind<AcceptedBody>({
  kind: RISK_ACCEPTED,
  summarise: ({ duty, subject, until }) => `the risk of ${duty} for ${subject} was accepted until ${until}`,
  derive: async (tx, entry) => {
    const { duty, subject, trigger, until, reason } = entry.body;
    await tx.run(
      `insert into acceptance (agency_id, duty, subject_key, trigger, accepted, until, reason, known_from)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [tx.agency, duty, parseKey(subject), trigger, entry.effective, until, reason, entry.index],
    );
  },
});

/** The acceptances known at an entry, oldest first. */
export async function readAcceptances(tx: Reading, times: Times): Promise<Acceptance[]> {
  return tx.rows<Acceptance>(
    `select duty, subject_key as subject, trigger, accepted as "from", until, reason, known_from as entry
     from acceptance where agency_id = $1 and known_from <= $2 order by known_from`,
    [tx.agency, times.knownAt],
  );
}

/**
 * Accept the risk of a duty from today until a day. In time it suspends the duty; late it only
 * annotates. It cannot be dated back: what was decided too late must not pass for in time.
 */
export const acceptRisk = declareAct({
  act: 'duty.accept-risk',
  title: 'accept the risk of a duty until a day',
  description:
    'Given by the due day it suspends the duty until the day named; given later it only annotates. Neither makes a late duty on time.',
  example:
    '--duty account.disable:3.17:2022-03-01 --until 2030-12-31 --reason "needed for the year-end close"',
  input: z.object({
    duty: z.string().describe('the duty, by its id'),
    until: daySchema.describe('the last day on which the acceptance stands'),
    reason: z.string().trim().min(1, 'give a reason').max(2000).describe('why the risk is accepted'),
  }),
  may: ['authorizing-official'],
  where: atDuty,
  decide: async ({ tx, declarations, today, actor }, input) => {
    if (input.until < today)
      return { refused: `the acceptance would end on ${input.until}: today is ${today}` };
    const duty = await findDuty(tx, declarations, input.duty, { asOf: today, knownAt: KNOWN_NOW });
    if (duty.id !== input.duty) return { refused: `${input.duty} has been superseded by ${duty.id}` };
    if (duty.done !== null) {
      return { refused: `the duty was discharged on ${duty.done}: there is no risk left to accept` };
    }
    const wanted = parseDutyId(duty.id);
    if (!wanted) throw new Error(`${duty.id} does not read as an id`);
    const body: AcceptedBody = {
      duty: wanted.duty,
      subject: keyText(wanted.subject),
      trigger: wanted.trigger,
      until: input.until,
      reason: input.reason,
    };
    return { kind: RISK_ACCEPTED, subject: duty.id, actor: actor.name, effective: today, body: { ...body } };
  },
});
