import * as z from 'zod';
import { declareAct, declareEntryKind, KNOWN_NOW } from '../../acts/index.ts';
import { atDuty, findDuty, parseDutyId } from '../../duties/index.ts';
import { isBlank } from '../../readers/index.ts';
import { keyText, parseKey } from '../../record/index.ts';

const CANNOT_BE_FIXED = 'finding.cannot-be-fixed';

interface DeclarationBody {
  readonly [key: string]: string;
  readonly finding: string;
  readonly trigger: string;
  readonly reason: string;
}

/** The entry kind of the act: a plan is owed from discovery on. */
export const findingDeclared = declareEntryKind<DeclarationBody>({
  kind: CANNOT_BE_FIXED,
  summarise: ({ finding }) => `the finding ${finding} was said not to be fixable in time`,
  derive: async (tx, entry) => {
    const finding = parseKey(entry.body.finding);
    if (finding === undefined) throw new Error(`entry ${entry.index} names no finding`);
    await tx.run(
      `insert into finding_declaration (agency_id, finding_key, day, reason, known_from) values ($1, $2, $3, $4, $5)`,
      [tx.agency, finding, entry.effective, entry.body.reason, entry.index],
    );
  },
});

/** Say that a finding cannot be fixed in time: from today on, its owner owes a plan instead. */
export const declareUnfixable = declareAct({
  act: CANNOT_BE_FIXED,
  title: 'say that a finding cannot be fixed in time',
  description:
    'The vulnerability cannot be remediated by its due day, so a plan (POA&M) is owed, counted from its discovery.',
  example: '--duty vulnerability.remediate:3.17:2022-04-08 --reason "the vendor has no update yet"',
  input: z.object({
    duty: z.string().describe('the duty to remediate it, by its id'),
    reason: z
      .string()
      .trim()
      .refine((text) => !isBlank(text), 'is missing')
      .max(2000)
      .describe('why it cannot be fixed in time'),
  }),
  may: ['system-owner', 'isso'],
  where: atDuty,
  about: ['vulnerability.remediate'],
  decide: async ({ tx, declarations, today, actor }, input) => {
    const wanted = parseDutyId(input.duty);
    const duty = await findDuty(tx, declarations, input.duty, { asOf: today, knownAt: KNOWN_NOW });
    if (duty.id !== input.duty) return { refused: `${input.duty} has been superseded by ${duty.id}` };
    if (wanted?.duty !== 'vulnerability.remediate')
      return { refused: `${input.duty} is not a duty to remediate a vulnerability` };
    if (duty.done !== null)
      return { refused: `the finding was already ${duty.means ?? 'remediated'} on ${duty.done}` };
    const [declared] = await tx.rows<{ day: string; entry: number }>(
      `select d.day, d.known_from as entry from finding_declaration d join finding_spell s using (agency_id, finding_key)
       where d.agency_id = $1 and d.finding_key = $2 and s.trigger = $3 and s.known_until is null and d.day >= s.trigger
         and (s.done is null or s.done > d.day) limit 1`,
      [tx.agency, wanted.subject, wanted.trigger],
    );
    if (declared) {
      return {
        refused: `it was already said on ${declared.day} (entry ${declared.entry}) that it cannot be fixed in time`,
      };
    }
    const finding = keyText(wanted.subject);
    const body: DeclarationBody = { finding, trigger: wanted.trigger, reason: input.reason };
    return {
      kind: CANNOT_BE_FIXED,
      subject: `finding:${finding}`,
      actor: actor.name,
      effective: today,
      body,
    };
  },
});
