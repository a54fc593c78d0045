import type { EvidenceBody } from '../../acts/index.ts';
import type { Refusal } from '../../errors/index.ts';
import { keyBase, type Entry } from '../../record/index.ts';
import { fillTemporary, freeTemporary, type Reading, type Writing } from '../../store/index.ts';
import { checkScope, discoverAssets, matchHosts } from '../inventory/index.ts';

/*
 * Which assets the hosts of a file are.
 */

const NAME_CHARACTERS = 40;
const REFUSALS = 20;
/** Named in a notice at most. */
const NAMES = 5;

const MATCHED = matchHosts(
  `select at, line, host, name, ip, fqdn, hostname, os, credentialed, ended, day, finished, digest
   from staged_nessus where kind = 'host'`,
);

/** Where hosts go that nobody declared: the component that was said, or the system's only one. */
const ONLY_COMPONENT = `
  select case when count(*) = 1 then min(c.component_key) end as component_key
  from system k join component c on c.agency_id = $1 and c.system_key = k.system_key
  where k.agency_id = $1 and k.name = $2 and ($3::text is null or c.name = $3)`;

/** Refuses hosts of a system that is not there, that may be several assets, or that nobody declared and nobody can place. */
export async function checkHosts(tx: Reading, body: EvidenceBody): Promise<readonly Refusal[]> {
  const { system = '', component } = body;
  const scope = [tx.agency, system, component ?? null];
  const unknown = await checkScope(tx, body);
  if (unknown.length > 0) return unknown;
  const { component_key } = await tx.row<{ component_key: number | null }>(ONLY_COMPONENT, scope);
  const hosts = await tx.rows<{ line: number; name: string; candidates: number }>(
    `select line, name, candidates from (${MATCHED}) m
     where candidates > 1 or (candidates = 0 and $4) order by line limit ${REFUSALS}`,
    [...scope, component_key === null],
  );
  const where = component === undefined ? `the system ${system}` : `the component ${component}`;
  return hosts.map(({ line, name, candidates }) => ({
    at: `line ${line}`,
    reason:
      candidates > 1
        ? `the host ${shown(name)} may be any of ${candidates} assets of ${where}: declare it by its own name, or say whose component it is (--component)`
        : `the host ${shown(name)} is no asset of ${where}: import the inventory that declares it, or say whose component it is (--component)`,
  }));
}

function shown(name: string): string {
  return Array.from(name).slice(0, NAME_CHARACTERS).join('');
}

/**
 * Puts the hosts with their assets into `host_seen`; those that nobody declared become assets of
 * their own, one for each name. Gives the notice that says so.
 */
export async function takeHosts(tx: Writing, entry: Entry<EvidenceBody>): Promise<readonly string[]> {
  const scope = [tx.agency, entry.body.system, entry.body.component ?? null];
  await fillTemporary(tx, 'host_seen', MATCHED, scope);
  const { strangers } = await tx.row<{ strangers: number }>(
    'select count(*) as strangers from host_seen where asset_key is null',
  );
  if (strangers === 0) return [];
  const { component_key } = await tx.row<{ component_key: number | null }>(ONLY_COMPONENT, scope);
  if (component_key === null) throw new Error(`entry ${entry.index} has hosts that belong nowhere`);
  await fillTemporary(
    tx,
    'stranger',
    `select distinct on (lower(name)) at as number, $1::bigint as component_key, name, fqdn, ip, os as platform, line
     from host_seen where asset_key is null order by lower(name), at`,
    [component_key],
  );
  await tx.run(
    `update host_seen h set asset_key = $1::bigint + s.number, component_key = s.component_key
     from stranger s where h.asset_key is null and lower(h.name) = lower(s.name)`,
    [keyBase(entry.index)],
  );
  await discoverAssets(tx, entry.index, 'select * from stranger');
  const notice = await strangersNotice(tx, component_key);
  freeTemporary(tx, 'stranger');
  return [notice];
}

/**
 * The notice of hosts in `host_seen` of which a scan without credentials reports nothing, not even
 * that it was there: it may never have reached them, and yet it closes what was open on them.
 */
export async function silenceNotice(tx: Writing): Promise<readonly string[]> {
  const { count, names } = await tx.row<{ count: number; names: string[] | null }>(
    `select count(*) as count, (array_agg(h.name order by h.at))[:${NAMES}] as names
     from host_seen h
     where not h.credentialed and not exists (select 1 from staged_nessus s where s.kind = 'item' and s.host = h.host)`,
  );
  if (count === 0 || names === null) return [];
  const which = count === 1 ? '1 host reports' : `${count} hosts report`;
  return [`${which} nothing at all, without credentials, as if never reached: ${named(names, count)}`];
}

function named(names: readonly string[], count: number): string {
  const more = count > names.length ? ` and ${count - names.length} more` : '';
  return `${names.map(shown).join(', ')}${more}`;
}

async function strangersNotice(tx: Writing, component: number): Promise<string> {
  const { count, names, name } = await tx.row<{ count: number; names: string[]; name: string }>(
    `select count(*) as count, (array_agg(s.name order by s.number))[:${NAMES}] as names, max(c.name) as name
     from stranger s join component c on c.agency_id = $1 and c.component_key = $2`,
    [tx.agency, component],
  );
  const became =
    count === 1
      ? '1 host is in no inventory and became an asset'
      : `${count} hosts are in no inventory and became assets`;
  return `${became} of the component ${name}: ${named(names, count)}`;
}
