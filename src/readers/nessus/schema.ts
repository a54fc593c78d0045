import * as z from 'zod';
import { parseDay, type Day } from '../../time/index.ts';

const day = z.custom<Day>((value) => typeof value === 'string' && parseDay(value) !== undefined);
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

export const familyStatuses = ['enabled', 'disabled', 'mixed'] as const;

/** The scanner's ratings, by its severity 0 to 4. */
export const ratings = ['info', 'low', 'medium', 'high', 'critical'] as const;

const name = z.string().min(1).max(200);
const text = z.string().max(200);

/** `line` is that of the element's start tag, `at` its number among all observations of the file, from 1. */
const place = { line: z.int().min(1), at: z.int().min(1) };

/** A family of plugins, and how much of it the scan's policy ran. */
const family = z.strictObject({
  kind: z.literal('family'),
  ...place,
  family: name,
  status: z.enum(familyStatuses),
});

/** What a plugin reported of a host. The host is the one whose observation comes next. */
const item = z.strictObject({
  kind: z.literal('item'),
  ...place,
  /** The host's number in the file, from 1. */
  host: z.int().min(1),
  plugin: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  port: z.int().min(0).max(65_535),
  protocol: name,
  family: text,
  title: text,
  service: text,
  severity: z.int().min(0).max(4),
  /** What the scanner itself calls that severity. */
  rating: z.enum(ratings),
  /** In ascending order, separated by blanks; empty if there are none. */
  cves: z.string().max(100_000),
  /** The base score of version 3, else of version 2, else empty. */
  cvss: z.string().max(5),
});

/** A host that the scan reached; it follows its items. */
const host = z.strictObject({
  kind: z.literal('host'),
  ...place,
  host: z.int().min(1),
  name,
  ip: z.union([z.literal(''), z.ipv4(), z.ipv6()]),
  fqdn: text,
  hostname: text,
  os: text,
  credentialed: z.boolean(),
  /** UTC; null where the file does not say. */
  started: instant.nullable(),
  ended: instant.nullable(),
  /** The agency's day on which the host's scan ended. */
  day,
  /** False where it started and never ended. */
  finished: z.boolean(),
  /** The same for the same items in any order, scanned alike with or without credentials. */
  digest: z.string().regex(/^[0-9a-f]{16}$/),
});

export const nessusObservation = z.discriminatedUnion('kind', [family, item, host]);

export type NessusObservation = z.output<typeof nessusObservation>;
export type FamilyObservation = z.output<typeof family>;
export type ItemObservation = z.output<typeof item>;
export type HostObservation = z.output<typeof host>;
