import { MusterError } from '../../errors/index.ts';
import { recordEntry, type Actor, type Declarations } from '../../acts/index.ts';
import type { Reading, Store, Writing } from '../../store/index.ts';
import { dayIn, isTimeZone } from '../../time/index.ts';
import { AGENCY_CREATED } from './tables.ts';

/** An agency as it is known now. */
export interface AgencyFacts {
  readonly agency: number;
  readonly code: string;
  readonly kind: string;
  readonly timeZone: string;
  /** Its data is invented. */
  readonly demonstration: boolean;
}

interface AgencyRow {
  readonly agency: number;
  readonly code: string;
}

/** Every agency of the database by code. */
export async function listAgencies(store: Store): Promise<AgencyFacts[]> {
  const rows = await store.read(0, (tx) =>
    tx.rows<AgencyRow>('select agency_id as agency, code from agency order by code collate "C"'),
  );
  return Promise.all(rows.map(({ agency }) => store.read(agency, readAgency)));
}

/** The agency of that code, or undefined. */
export async function findAgency(store: Store, code: string): Promise<AgencyFacts | undefined> {
  const [row] = await store.read(0, (tx) =>
    tx.rows<AgencyRow>('select agency_id as agency, code from agency where code = $1', [code]),
  );
  return row && store.read(row.agency, readAgency);
}

/** The transaction's own agency. Throws where there is none. */
export async function readAgency(tx: Reading): Promise<AgencyFacts> {
  return tx.row<AgencyFacts>(
    `select a.agency_id as agency, a.code, f.kind, f.time_zone as "timeZone", f.demonstration
     from agency a join agency_fact f on f.agency_id = a.agency_id
     where a.agency_id = $1 order by f.known_from desc limit 1`,
    [tx.agency],
  );
}

/**
 * Creates an agency; `furnish` adds to it in the same transaction (the rulebooks that bind it).
 * Throws USAGE for a code, kind or time zone that cannot be, AGENCY_EXISTS for a taken code.
 */
export async function createAgency(
  store: Store,
  declarations: Declarations,
  actor: Actor,
  wanted: Omit<AgencyFacts, 'agency'>,
  furnish: (tx: Writing) => Promise<void>,
): Promise<AgencyFacts> {
  const { code, kind, timeZone, demonstration } = wanted;
  const kinds = declarations.vocabulary.attributes['agency.kind'] ?? [];
  if (!/^[A-Z][A-Z0-9-]{0,31}$/.test(code)) {
    throw new MusterError(
      'USAGE',
      `the code ${code.slice(0, 40)} is not one: capitals, digits and hyphens, a capital first, at most 32`,
    );
  }
  if (!kinds.includes(kind))
    throw new MusterError('USAGE', `the kind ${kind.slice(0, 40)} is not one: ${kinds.join(' or ')}`);
  if (!isTimeZone(timeZone)) {
    throw new MusterError(
      'USAGE',
      `the time zone ${timeZone.slice(0, 40)} is unknown: give one like America/New_York`,
    );
  }
  return store.as(actor.name).found(code, async (tx) => {
    await recordEntry(tx, declarations, {
      kind: AGENCY_CREATED,
      subject: 'agency',
      actor: actor.name,
      effective: dayIn(tx.now().toISOString(), timeZone),
      body: { code, kind, timeZone, demonstration },
    });
    await furnish(tx);
    return { agency: tx.agency, ...wanted };
  });
}
