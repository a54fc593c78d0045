import * as z from 'zod';
import { parseDay, type Day } from '../../time/index.ts';

const day = z.custom<Day>((value) => typeof value === 'string' && parseDay(value) !== undefined);

export const severities = ['critical', 'high', 'medium', 'low'] as const;

export const poamStatuses = ['open', 'late', 'completed', 'validated', 'accepted', 'cancelled'] as const;

/** A POA&M as a list shows it. `component` is empty where it is about the whole system. */
export const poamObservation = z.strictObject({
  line: z.int().min(2),
  poam: z.string().min(1).max(200),
  weakness: z.string().min(1).max(2000),
  component: z.string().max(200),
  severity: z.enum(severities),
  identified: day,
  /** The day the clock starts, where it is not the day of identification. */
  trigger: day.nullable(),
  created: day,
  scheduled: day,
  status: z.enum(poamStatuses),
  /** Null only where the status is `open` or `late`. */
  statusDate: day.nullable(),
  owner: z.string().max(200),
  /** Dollars. */
  cost: z.number().min(0).nullable(),
  /** Plugin numbers in ascending order, separated by a blank; else the name of a weakness; else empty. */
  finding: z.string().max(2000),
});

export type PoamObservation = z.output<typeof poamObservation>;
