import * as z from 'zod';
import { parseDay, type Day } from '../../time/index.ts';

const day = z.custom<Day>((value) => typeof value === 'string' && parseDay(value) !== undefined);

export const accountStatuses = ['active', 'disabled', 'deactivated', 'quarantined'] as const;

/** An account as a list shows it. `lastLogin` is null where it never signed in. */
export const accountObservation = z.strictObject({
  line: z.int().min(2),
  account: z.string().min(1).max(200),
  name: z.string().max(200),
  component: z.string().min(1).max(200),
  privileged: z.boolean(),
  created: day.nullable(),
  lastLogin: day.nullable(),
  status: z.enum(accountStatuses),
  statusChanged: day.nullable(),
});

export type AccountObservation = z.output<typeof accountObservation>;
