import { accounts } from './accounts/index.ts';
import { inventory } from './inventory/index.ts';
import { nessus } from './nessus/index.ts';
import { poamUpdates } from './poam-updates/index.ts';
import { poams } from './poams/index.ts';
import type { Reader } from './reader.ts';

export type { AccountObservation } from './accounts/index.ts';
export { isBlank } from './blank.ts';
export type { InventoryObservation } from './inventory/index.ts';
export type { NessusObservation } from './nessus/index.ts';
export type { PoamUpdateObservation } from './poam-updates/index.ts';
export type { PoamObservation } from './poams/index.ts';
export { pluginsIn } from './poams/plugins.ts';
export type { Observation, ReadContext, ReadOutcome, Reader } from './reader.ts';
export { foreignFormat } from './text.ts';

const registered = { inventory, accounts, poams, 'poam-updates': poamUpdates, nessus } as const;

export type ReaderName = keyof typeof registered;

/** Every reader, in the order in which they are asked whether they know a file. */
export const readers: readonly Reader[] = Object.values(registered);

/** The reader of that name. */
export function readerNamed<Name extends ReaderName>(name: Name): (typeof registered)[Name] {
  return registered[name];
}

/** The first reader that takes a file starting with `head` (its first 64 KiB) for its own. */
export function recogniseReader(head: Uint8Array): Reader | undefined {
  return readers.find((reader) => reader.recognise(head));
}
