import * as z from 'zod';

export const environments = ['cloud', 'on-premises'] as const;
export const impacts = ['low', 'moderate', 'high'] as const;

const name = z.string().min(1).max(200);
const text = z.string().max(200);

/** An asset of a component, or the component alone where `asset` is null. */
export const inventoryObservation = z.strictObject({
  line: z.int().min(2),
  system: name,
  component: name,
  environment: z.enum(environments),
  impact: z.enum(impacts),
  fti: z.boolean(),
  asset: name.nullable(),
  fqdn: text,
  ip: z.union([z.literal(''), z.ipv4(), z.ipv6()]),
  platform: text,
  role: text,
});

export type InventoryObservation = z.output<typeof inventoryObservation>;
