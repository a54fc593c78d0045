import { stagedTable, type EvidenceBody } from '../../acts/index.ts';
import type { Refusal } from '../../errors/index.ts';
import type { Reading } from '../../store/index.ts';

const REFUSALS = 20;
/** Of a name that a refusal says. */
const NAME_CHARACTERS = 40;

/** The key of a system by its name, undefined where no inventory declares it. */
export async function findSystem(tx: Reading, name: string | undefined): Promise<number | undefined> {
  const [row] = await tx.rows<{ key: number }>(
    'select system_key as key from system where agency_id = $1 and name = $2',
    [tx.agency, name],
  );
  return row?.key;
}

/** Refuses a file about a system that no inventory declares. */
export async function checkSystem(tx: Reading, { system }: EvidenceBody): Promise<readonly Refusal[]> {
  if ((await findSystem(tx, system)) !== undefined) return [];
  return [
    {
      at: 'system',
      reason: `there is no system ${shown(system)}: import the inventory that declares it first`,
    },
  ];
}

/** Refuses a file about a system that no inventory declares, or about a component that the system does not have. */
export async function checkScope(tx: Reading, body: EvidenceBody): Promise<readonly Refusal[]> {
  const refused = await checkSystem(tx, body);
  if (refused.length > 0 || body.component === undefined) return refused;
  const found = await tx.rows(
    'select 1 from component where agency_id = $1 and system_key = $2 and name = $3',
    [tx.agency, await findSystem(tx, body.system), body.component],
  );
  return found.length > 0 ? [] : [{ at: 'component', reason: noComponent(body.system, body.component) }];
}

/**
 * Refuses a file about a system that no inventory declares, and the first staged row of each
 * component that the system does not have; an empty component is none.
 */
export async function checkComponents(tx: Reading, body: EvidenceBody): Promise<readonly Refusal[]> {
  const refused = await checkSystem(tx, body);
  if (refused.length > 0) return refused;
  const unknown = await tx.rows<{ line: number; component: string }>(
    `select min(s.line) as line, s.component from ${stagedTable(body.reader)} s
     where s.component <> '' and not exists (
       select 1 from component c where c.agency_id = $1 and c.system_key = $2 and c.name = s.component)
     group by s.component order by 1 limit ${REFUSALS}`,
    [tx.agency, await findSystem(tx, body.system)],
  );
  return unknown.map(({ line, component }) => ({
    at: `line ${line}, component`,
    reason: noComponent(body.system, component),
  }));
}

function noComponent(system: string | undefined, component: string): string {
  return `the system ${shown(system)} has no component ${shown(component)}: import the inventory that declares it first`;
}

function shown(name = ''): string {
  return Array.from(name).slice(0, NAME_CHARACTERS).join('');
}
