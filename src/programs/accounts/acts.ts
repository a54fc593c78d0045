import * as z from 'zod';
import { daySchema, declareAct, KNOWN_NOW } from '../../acts/index.ts';
import { atDuty, findDuty, parseDutyId } from '../../duties/index.ts';
import { keyText } from '../../record/index.ts';
import { isOwnPlace } from '../inventory/index.ts';
import { laterListShowingActive } from './states.ts';
import { ACCOUNT_DISABLED, type DisabledBody } from './tables.ts';

/** Record that an account was disabled, on a day that may be earlier than today. */
export const recordDisabled = declareAct({
  act: 'account.record-disabled',
  title: 'record that an account was disabled',
  description:
    'The account stopped being usable on the day given. It discharges the duty on that day, in time or late.',
  example: '--duty account.disable:3.17:2022-03-01 --effective 2022-10-20',
  input: z.object({
    duty: z.string().describe('the duty it discharges, by its id'),
    effective: daySchema.describe('the day on which it took effect'),
    note: z.string().trim().max(2000).optional().describe('a note for the record'),
  }),
  may: ['system-owner', 'isso', 'data-security-analyst'],
  where: atDuty,
  about: ['account.disable'],
  decide: async ({ tx, declarations, today, actor }, input) => {
    const wanted = parseDutyId(input.duty);
    const duty = await findDuty(tx, declarations, input.duty, { asOf: today, knownAt: KNOWN_NOW });
    if (duty.id !== input.duty) return { refused: `${input.duty} has been superseded by ${duty.id}` };
    if (wanted?.duty !== 'account.disable')
      return { refused: `${input.duty} is not a duty to disable an account` };
    if (isOwnPlace(duty))
      return {
        refused: 'it is the account of one of Muster’s own people: an administrator disables the person',
      };
    if (input.effective > today)
      return { refused: `the day ${input.effective} has not come yet: today is ${today}` };
    if (duty.done !== null) {
      return duty.means === 'signed-in'
        ? { refused: `the account signed in again on ${duty.done}: that spell has ended` }
        : { refused: `the account was already ${duty.means ?? 'disabled'} on ${duty.done}` };
    }
    if (input.effective < duty.trigger) {
      return { refused: `the account was still in use on ${duty.trigger}, after ${input.effective}` };
    }
    const shownOn = await laterListShowingActive(tx, wanted.subject, input.effective);
    if (shownOn !== null) {
      return { refused: `the list of ${shownOn} still shows the account as active: give a day from then on` };
    }
    const body: DisabledBody = {
      account: keyText(wanted.subject),
      ...(input.note !== undefined && { note: input.note }),
    };
    return {
      kind: ACCOUNT_DISABLED,
      subject: `account:${keyText(wanted.subject)}`,
      actor: actor.name,
      effective: input.effective,
      body: { ...body },
    };
  },
});
