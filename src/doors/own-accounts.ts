import {
  everyRole,
  importEvidence,
  KNOWN_NOW,
  MUSTER,
  recordEntry,
  type ImportRequest,
} from '../acts/index.ts';
import { dutiesView, type DutiesAnswer, type Duty } from '../duties/index.ts';
import { OWN_COMPONENT, OWN_SYSTEM, type AgencyFacts } from '../programs/inventory/index.ts';
import { findBySignInName, PERSON_DISABLED, type Person } from '../programs/people/index.ts';
import { keyText } from '../record/index.ts';
import { holdHead, lastEntryUpTo, type Reading } from '../store/index.ts';
import type { Day } from '../time/index.ts';
import type { House } from './house.ts';
import { readView } from './on-behalf.ts';
import type { Environment } from './settings.ts';

/*
 * Muster keeps its own rules: its people are accounts of the system Muster in the agency's inventory. What
 * is said of them comes as files do that any other system sends, so the same evaluator judges them.
 */

const DISABLE = 'account.disable';

/** Impact and whether it holds federal tax information, where no inventory says otherwise of Muster. */
const UNLESS_SAID = { impact: 'moderate', fti: false };

export const UNSAID =
  'where Muster itself runs is not said: set MUSTER_ENVIRONMENT to cloud or on-premises; its own accounts are not watched until then';

/** Where Muster runs, for an agency: as the settings say, and invented like all else in a demonstration. */
export function environmentOf({ settings }: House, agency: AgencyFacts): Environment | undefined {
  return settings.environment ?? (agency.demonstration ? 'on-premises' : undefined);
}

/** Why an agency's own accounts are not watched as they should be, for its administrators. */
export function ownAccountProblems(house: House, agency: AgencyFacts): readonly string[] {
  const failing = house.failing.get(agency.agency);
  return [
    ...(environmentOf(house, agency) === undefined ? [UNSAID] : []),
    ...(failing === undefined ? [] : [failing]),
  ];
}

/** What an inventory says of the component. */
export interface OwnFacts {
  readonly environment: string;
  readonly impact: string;
  readonly fti: boolean;
}

/** An account as the list of a day shows it. */
export interface OwnAccount {
  readonly account: string;
  readonly name: string;
  readonly privileged: boolean;
  readonly created: Day;
  readonly lastLogin: Day | null;
  readonly isDisabled: boolean;
  /** The day on which they were disabled or enabled again; null where neither ever was. */
  readonly statusChanged: Day | null;
}

/** The inventory of Muster, in the format of the reader `inventory`. */
export function inventoryText({ environment, impact, fti }: OwnFacts): string {
  return csv([
    ['system', 'component', 'environment', 'impact', 'fti', 'asset', 'fqdn', 'ip', 'platform', 'role'],
    [OWN_SYSTEM, OWN_COMPONENT, environment, impact, yesNo(fti), '', '', '', '', ''],
  ]);
}

/** The list of accounts, in the format of the reader `accounts`. */
export function accountsText(accounts: readonly OwnAccount[]): string {
  return csv([
    ['account', 'name', 'component', 'privileged', 'created', 'last_login', 'status', 'status_changed'],
    ...accounts.map(({ account, name, privileged, created, lastLogin, isDisabled, statusChanged }) => [
      account,
      harmless(name),
      OWN_COMPONENT,
      yesNo(privileged),
      created,
      lastLogin ?? '',
      isDisabled ? 'disabled' : 'active',
      statusChanged ?? '',
    ]),
  ]);
}

function csv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(quoted).join(',')}\n`).join('');
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** A name without what the reader refuses, and that no spreadsheet computes. */
function harmless(name: string): string {
  const visible = name.replaceAll(/\p{Cc}/gu, ' ').trim();
  return (/^[=+\-@]/.test(visible) ? `'${visible}` : visible).slice(0, 200);
}

function yesNo(flag: boolean): string {
  return flag ? 'yes' : 'no';
}

/** What was done about an agency's own accounts today. */
export interface KeptAccounts {
  /** The entry of the list; null where there is none: nobody was ever added, or where Muster runs is not said. */
  readonly list: number | null;
  /** The people who were disabled. */
  readonly disabled: readonly number[];
}

/**
 * Takes in the list of today, disables whoever the rule in force says had to be by today, and says so in
 * the list. Done again, also by another server or after a crash at any point, it does what is missing:
 * whom a list shows as disabled follows from the entry that disabled them, so nothing else need be kept.
 */
export async function keepOwnAccounts(house: House, agency: AgencyFacts): Promise<KeptAccounts> {
  const environment = environmentOf(house, agency);
  const day = house.today(agency);
  const seen = await readAccounts(house, agency, day);
  if (environment === undefined || seen.accounts.length === 0) return { list: null, disabled: [] };
  await declareSystem(house, agency, day, environment);
  const list = await takeList(house, agency, day, seen);
  const disabled: number[] = [];
  for (const duty of await dueBy(house, agency, day)) {
    const person = await disable(house, agency, day, duty, seen.knownAt);
    if (person !== undefined) disabled.push(person);
  }
  if (disabled.length === 0) return { list, disabled };
  const after = await readAccounts(house, agency, day);
  return { list: await takeList(house, agency, day, after), disabled };
}

interface SeenAccounts {
  readonly accounts: readonly OwnAccount[];
  /** The last entry that they were read at. */
  readonly knownAt: number;
}

/** The accounts as of a day ($2). */
const ACCOUNTS = `select f.sign_in_name as account, f.name, p.from_day as created,
    (select max(day) from person_sign_in
     where agency_id = $1 and person_key = p.person_key and day <= $2) as "lastLogin",
    exists (select 1 from role_grant where agency_id = $1 and person_key = p.person_key and role = 'administrator'
      and known_until is null and from_day <= $2 and (ends is null or ends > $2)) as privileged,
    s.disabled_for is not null as "isDisabled", s.from_day as "statusChanged"
  from person p
  join person_fact f on f.agency_id = $1 and f.person_key = p.person_key and f.known_until is null
  left join lateral (select from_day, disabled_for from person_standing
    where agency_id = $1 and person_key = p.person_key and from_day <= $2 order by known_from desc limit 1) s on true
  where p.agency_id = $1 and p.from_day <= $2
  order by f.sign_in_name collate "C"`;

async function readAccounts(house: House, agency: AgencyFacts, day: Day): Promise<SeenAccounts> {
  return house.store.read(agency.agency, async (tx) => ({
    accounts: await tx.rows<OwnAccount>(ACCOUNTS, [tx.agency, day]),
    knownAt: (await lastEntryUpTo(tx, KNOWN_NOW)).index,
  }));
}

/** Declares the system, or says anew what is not as it was said. */
async function declareSystem(
  house: House,
  agency: AgencyFacts,
  day: Day,
  environment: Environment,
): Promise<void> {
  const known = await house.store.read(agency.agency, (tx) => knownOfMuster(house, tx, day));
  const { impact = UNLESS_SAID.impact, fti = UNLESS_SAID.fti } = known;
  if (known.environment === environment && known.impact === impact && known.fti === fti) return;
  await takeIn(house, agency, day, 'inventory', inventoryText({ environment, impact, fti }));
}

async function knownOfMuster(house: House, tx: Reading, day: Day): Promise<Partial<OwnFacts>> {
  const known = await house.declarations.knownFacts(tx, { asOf: day, knownAt: KNOWN_NOW });
  const system = [...known.systems.values()].find((each) => each.system === OWN_SYSTEM);
  const component = [...known.components.values()].find(
    (each) => each.system === OWN_SYSTEM && each.component === OWN_COMPONENT,
  );
  const {
    'system.impact': impact,
    'component.environment': environment,
    'component.fti': fti,
  } = {
    ...system?.facts,
    ...component?.facts,
  };
  return {
    ...(typeof environment === 'string' && { environment }),
    ...(typeof impact === 'string' && { impact }),
    ...(typeof fti === 'boolean' && { fti }),
  };
}

async function takeList(
  house: House,
  agency: AgencyFacts,
  day: Day,
  { accounts }: SeenAccounts,
): Promise<number | null> {
  return takeIn(house, agency, day, 'accounts', accountsText(accounts), OWN_SYSTEM);
}

/** Takes in a file that Muster wrote, observed on the day; gives its entry, the earlier one where it is known. */
async function takeIn(
  house: House,
  agency: AgencyFacts,
  day: Day,
  reader: 'inventory' | 'accounts',
  text: string,
  system?: string,
): Promise<number | null> {
  const request: ImportRequest = {
    file: `muster-${reader}-${day}.csv`,
    source: inOneChunk(text),
    reader,
    system,
    observedOn: day,
  };
  const { store, declarations } = house;
  const actor = everyRole(MUSTER);
  return (await importEvidence(store, declarations, agency.agency, actor, day, request)).evidence;
}

async function* inOneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

/** The duties to disable an account of Muster that fall due by the day. What is undetermined has no due day. */
async function dueBy(house: House, agency: AgencyFacts, day: Day): Promise<Duty[]> {
  const found: Duty[] = [];
  for (const status of ['overdue', 'open']) {
    let after: string | null | undefined;
    do {
      const page = (await readView(house, everyRole(MUSTER), agency, dutiesView, {
        asOf: day,
        system: OWN_SYSTEM,
        component: OWN_COMPONENT,
        duty: DISABLE,
        status,
        limit: 1000,
        ...(after && { after }),
      })) as DutiesAnswer;
      const due = page.duties.filter((duty) => duty.due !== null && duty.due <= day);
      found.push(...due.filter(({ suspended }) => !suspended));
      // By due day: what follows the first that is not due yet is not due either.
      after = due.length === page.duties.length ? page.next : null;
    } while (after !== null);
  }
  return found;
}

/** Disables the person whose account a duty is about. Gives nobody where something happened to them since. */
async function disable(
  house: House,
  agency: AgencyFacts,
  day: Day,
  { id, subject, due, rule }: Duty,
  knownAt: number,
): Promise<number | undefined> {
  return house.store.as(MUSTER).write(agency.agency, async (tx) => {
    // INVARIANT: with the head held, nobody signs in or is enabled between the question and the entry.
    await holdHead(tx);
    const person = await findBySignInName(tx, subject.name);
    if (!person || person.disabledFor !== null || (await hasChangedSince(tx, person, knownAt)))
      return undefined;
    const key = keyText(person.key);
    await recordEntry(tx, house.declarations, {
      kind: PERSON_DISABLED,
      subject: `person:${key}`,
      actor: MUSTER,
      effective: day,
      body: {
        person: key,
        reason: `inactive: ${id} is due on ${due ?? day} by ${rule ?? 'the rulebooks adopted'}`,
      },
    });
    return person.key;
  });
}

/** Whether the person signed in, was enabled or is called otherwise since an entry. */
async function hasChangedSince(tx: Reading, { key }: Person, knownAt: number): Promise<boolean> {
  const { changed } = await tx.row<{ changed: boolean }>(
    `select exists (select 1 from person_sign_in where agency_id = $1 and person_key = $2 and known_from > $3)
       or exists (select 1 from person_standing where agency_id = $1 and person_key = $2 and known_from > $3)
       or exists (select 1 from person_fact where agency_id = $1 and person_key = $2 and known_from > $3) as changed`,
    [tx.agency, key, knownAt],
  );
  return changed;
}
