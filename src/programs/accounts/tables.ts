import { declareEntryKind, MUSTER, type Effect, type EvidenceBody, type Intake } from '../../acts/index.ts';
import type { Refusal } from '../../errors/index.ts';
import { readerNamed, type AccountObservation } from '../../readers/index.ts';
import { keyBase, parseKey, type Entry } from '../../record/index.ts';
import {
  createTemporary,
  fillTemporary,
  freeTemporary,
  type Reading,
  type Writing,
} from '../../store/index.ts';
import type { Day } from '../../time/index.ts';
import { checkComponents, isOwnPlace, OWN_COMPONENT } from '../inventory/index.ts';
import { respellTouched, spellNewAccounts } from './spells.ts';
import { FRESH, restateKnownAccounts, stateNewAccounts, type ListTaken } from './states.ts';

/** A list of a component's accounts on a day: who was there, and by their absence, who was not. */
export const accountsIntake: Intake = {
  reader: readerNamed('accounts'),
  takes: ['system', 'component', 'observedOn'],
  needs: ['system', 'observedOn'],
  may: ['system-owner', 'isso', 'data-security-analyst'],
  columns: {
    line: 'integer',
    account: 'text',
    person: 'text',
    component: 'text',
    privileged: 'boolean',
    created: 'date',
    last_login: 'date',
    status: 'account_status',
    status_changed: 'date',
  },
  row: (observation) => {
    const seen = observation as AccountObservation;
    return [
      seen.line,
      seen.account,
      seen.name,
      seen.component,
      seen.privileged,
      seen.created,
      seen.lastLogin,
      seen.status,
      seen.statusChanged,
    ];
  },
  matched: ['line', 'account', 'component'],
  check: async (tx, body, by) => [
    ...(await checkComponents(tx, body)),
    ...(by.name === MUSTER ? [] : await checkNotOwn(tx, body)),
  ],
  derive: deriveList,
};

/**
 * Refuses accounts of Muster's own people from anybody but Muster: what a list says of them has people
 * disabled, and whoever may bring in lists may not do that.
 */
async function checkNotOwn(tx: Reading, { system }: EvidenceBody): Promise<readonly Refusal[]> {
  if (!isOwnPlace({ system, component: OWN_COMPONENT })) return [];
  const [row] = await tx.rows<{ line: number }>(
    'select min(line) as line from staged_accounts where component = $1 having count(*) > 0',
    [OWN_COMPONENT],
  );
  if (!row) return [];
  const reason = 'Muster lists its own accounts itself, from the record: nobody else does';
  return [{ at: `line ${row.line}, component`, reason }];
}

/** Columns of the temporary table `account_touched`: accounts, and whether their state was restated. */
const TOUCHED = 'account_key bigint not null, restated boolean not null';

async function deriveList(tx: Writing, entry: Entry<EvidenceBody>): Promise<Effect> {
  // The planner knows nothing of rows not yet committed, and would join them by loops.
  await tx.run('set local enable_nestloop = off');
  const list = await takeList(tx, entry);
  await createTemporary(tx, 'account_touched', TOUCHED);
  await restateKnownAccounts(tx, list);
  await touchNeighbours(tx);
  const created = await insertNewAccounts(tx, list);
  await stateNewAccounts(tx, list);
  await spellNewAccounts(tx, list);
  await respellTouched(tx, list.entry);
  const effect = await effectOf(tx, entry, created);
  freeTemporary(tx, 'account_touched', 'named', 'listed_component');
  return effect;
}

/**
 * Notes the list's day for each component it covers. `listed_component` says what lists lie around
 * it, `named` which of its lines name accounts that are known.
 */
async function takeList(tx: Writing, entry: Entry<EvidenceBody>): Promise<ListTaken> {
  const day = entry.body.observedOn;
  if (day === undefined) throw new Error(`entry ${entry.index} lists accounts of no day`);
  await fillTemporary(
    tx,
    'listed_component',
    `select c.component_key, c.name,
       exists (select 1 from account_list l where l.agency_id = $1 and l.component_key = c.component_key and l.day = $2) as existed,
       n.day as next_day, n.known_from as next_evidence
     from system k
     join component c on c.agency_id = $1 and c.system_key = k.system_key
     left join lateral (select l.day, l.known_from from account_list l
       where l.agency_id = $1 and l.component_key = c.component_key and l.day > $2 order by l.day limit 1) n on true
     where k.agency_id = $1 and k.name = $3 and c.name in (select component from staged_accounts)`,
    [tx.agency, day, entry.body.system],
  );
  const rows = await tx.rows<{ component_key: number; next_day: Day | null }>(
    'select component_key, next_day from listed_component order by 1',
  );
  await fillTemporary(
    tx,
    'named',
    `select s.line, a.account_key from staged_accounts s join listed_component v on v.name = s.component
     join account a on a.agency_id = $1 and a.component_key = v.component_key and a.name = s.account`,
    [tx.agency],
  );
  await tx.run('analyze named');
  await tx.run(
    `insert into account_list (agency_id, component_key, day, known_from)
     select $1, component_key, $2, $3 from listed_component where not existed`,
    [tx.agency, day, entry.index],
  );
  return { entry: entry.index, day, isLast: rows.every((row) => row.next_day === null) };
}

/**
 * A list also bears on accounts whose state it leaves as it was: those that the next list
 * restates, since it may disprove their day of change, and those recorded as disabled before it.
 */
async function touchNeighbours(tx: Writing): Promise<void> {
  await tx.run(
    `insert into account_touched
     select s.account_key, false from account_state s join account a using (agency_id, account_key)
     join listed_component v on v.component_key = a.component_key and s.day = v.next_day
     where s.agency_id = $1 and s.known_until is null
     union all
     select d.account_key, false from account_disablement d join account a using (agency_id, account_key)
     join listed_component v using (component_key) where d.agency_id = $1`,
    [tx.agency],
  );
}

async function insertNewAccounts(tx: Writing, list: ListTaken): Promise<number> {
  return tx.run(
    `insert into account (agency_id, account_key, component_key, name, known_from)
     select $1, $3::bigint + s.line, v.component_key, s.account, $2 from ${FRESH}`,
    [tx.agency, list.entry, keyBase(list.entry)],
  );
}

/** Counts accounts first seen, no longer usable, usable again, and those that the list left as they were. */
async function effectOf(tx: Writing, entry: Entry<EvidenceBody>, created: number): Promise<Effect> {
  const { closed, reopened } = await tx.row<{ closed: number; reopened: number }>(
    `with last as (
       select account_key,
         bool_or(known_until is null and done is not null and next_trigger is null and means <> 'signed-in') as closed_now,
         bool_or((known_until = $2 or known_from < $2) and done is not null and next_trigger is null and means <> 'signed-in') as closed_then
       from account_spell where agency_id = $1 and account_key in (select account_key from account_touched)
         and (known_until is null or known_until = $2)
       group by 1)
     select count(*) filter (where closed_now and not closed_then) as closed,
       count(*) filter (where closed_then and not closed_now) as reopened
     from last`,
    [tx.agency, entry.index],
  );
  const { changed } = await tx.row<{ changed: number }>(
    `select case when not exists (select 1 from account_touched where restated) then 0 else (
       select count(distinct t.account_key) from account_touched t join named n using (account_key) where t.restated) end as changed`,
  );
  const unchanged = entry.body.observations - created - changed;
  return { assets: 0, bySeverity: {}, new: created, closed, reopened, unchanged };
}

export const ACCOUNT_DISABLED = 'account.disabled';

export interface DisabledBody {
  readonly account: string;
  readonly note?: string;
}

/** The entry kind of the act: the account stopped being usable on the entry's effective day. */
export const accountDisabled = declareEntryKind<DisabledBody>({
  kind: ACCOUNT_DISABLED,
  summarise: ({ account }) => `the account ${account} was recorded as disabled`,
  derive: async (tx, entry) => {
    const key = keyOf(entry);
    await tx.run(
      'insert into account_disablement (agency_id, account_key, day, known_from) values ($1, $2, $3, $4)',
      [tx.agency, key, entry.effective, entry.index],
    );
    await createTemporary(tx, 'account_touched', TOUCHED);
    await tx.run('insert into account_touched values ($1, true)', [key]);
    await respellTouched(tx, entry.index);
    freeTemporary(tx, 'account_touched');
  },
});

function keyOf(entry: Entry<DisabledBody>): number {
  const key = parseKey(entry.body.account);
  if (key === undefined) throw new Error(`entry ${entry.index} names no account`);
  return key;
}
