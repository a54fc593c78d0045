import * as z from 'zod';
import { parseDay, type Day } from '../../time/index.ts';
import { poamStatuses } from '../poams/schema.ts';

const day = z.custom<Day>((value) => typeof value === 'string' && parseDay(value) !== undefined);

export const updateKinds = ['update', 'date-change', 'status'] as const;

/** What was written down about a POA&M on a day. `scheduled` stands with a `date-change` alone, `status` with a `status`. */
export const poamUpdateObservation = z.strictObject({
  line: z.int().min(2),
  poam: z.string().min(1).max(200),
  day,
  kind: z.enum(updateKinds),
  comment: z.string().max(2000),
  scheduled: day.nullable(),
  status: z.enum(poamStatuses).nullable(),
});

export type PoamUpdateObservation = z.output<typeof poamUpdateObservation>;
