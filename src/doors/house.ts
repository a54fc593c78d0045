import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { everyRole, type Actor, type Declarations } from '../acts/index.ts';
import { adoptRulebooks, readRulebook } from '../duties/index.ts';
import { MusterError } from '../errors/index.ts';
import {
  createAgency,
  findAgency,
  listAgencies,
  readAgency,
  type AgencyFacts,
} from '../programs/inventory/index.ts';
import { checkMigrated, migrate } from '../store/migrate.ts';
import { openDatabase } from '../store/postgres/index.ts';
import { createSealer, type KeyPlace, type Sealer } from '../log/index.ts';
import { couldBindAgency } from '../rulebook/index.ts';
import { connectStore, type Reading, type Store } from '../store/index.ts';
import { dayIn, type Day } from '../time/index.ts';
import { declarations } from './declarations.ts';
import { createRepeats, type Repeats } from './repeats.ts';
import { createTurns, type Turns } from './turns.ts';
import { packageFolder, type Settings } from './settings.ts';

/** Muster, open: what every door works with. */
export interface House {
  readonly store: Store;
  readonly declarations: Declarations;
  /** Whoever sits at this machine: who acts by the command line. */
  readonly operator: Actor;
  readonly settings: Settings;
  /** What was recorded lately and need not be again. */
  readonly repeats: Repeats;
  /** What is noted of an agency's people, one after the other. */
  readonly notesInTurn: Turns;
  /** What fails in the background, by agency; 0 for what is of none. */
  readonly failing: Map<number, string>;
  readonly database: string;
  /** Signs the record. Closing the house signs what was appended while it was open. */
  readonly sealer: Sealer;
  /** Work as the owner, who may do what the application may not. Throws where only the application's address is known. */
  asOwner<T>(work: (client: pg.Client) => Promise<T>): Promise<T>;
  today(agency: AgencyFacts): Day;
  /** The agency of a transaction, asked for once: what is known of it here never changes. */
  agencyOf(tx: Reading): Promise<AgencyFacts>;
  close(): Promise<void>;
}

/** Whom to tell: lines for the person, and that the database is lost for good. */
export interface Told {
  readonly log?: (line: string) => void;
  readonly lost?: (error: MusterError) => void;
}

/**
 * Opens the database, brings it up to this version, and connects as the application's role. `now` is the
 * clock: entries are recorded, sessions end and today begins by it.
 */
export async function openHouse(
  settings: Settings,
  as: 'server' | 'command',
  told: Told = {},
  now: () => Date = () => new Date(),
): Promise<House> {
  const { dataDir, databaseUrl, ownerUrl } = settings;
  const database = await openDatabase({ dataDir, as, databaseUrl, ownerUrl, ...told });
  try {
    await bringUp(database.owner, database.application);
    const appended = new Set<number>();
    const store = connectStore(database.application, now, (agency) => appended.add(agency));
    const { witnesses } = settings;
    const sealer = createSealer({ store, keys: keyPlace(settings), witnesses, log: told.log });
    return {
      store,
      sealer,
      declarations,
      operator: everyRole(`operator:${settings.operator}`),
      settings,
      repeats: createRepeats(now),
      notesInTurn: createTurns(),
      failing: new Map(),
      database: database.describe,
      asOwner: (work) => withClient(database.owner, work),
      agencyOf: rememberingAgencies(),
      today: (agency) => dayIn(now().toISOString(), agency.timeZone),
      close: async () => {
        await sealer.checkpoint(appended);
        await store.close();
        await database.close();
      },
    };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function rememberingAgencies(): House['agencyOf'] {
  const known = new Map<number, AgencyFacts>();
  return async (tx) => {
    const facts = known.get(tx.agency) ?? (await readAgency(tx));
    known.set(tx.agency, facts);
    return facts;
  };
}

/** Where the keys are that sign the record. With a database that others work with too none is made. */
export function keyPlace({ checkpointKey: pem, keyFile: file, databaseUrl }: Settings): KeyPlace {
  return { pem, file, isMade: databaseUrl === undefined };
}

async function bringUp(owner: pg.PoolConfig | undefined, application: pg.PoolConfig): Promise<void> {
  const folder = join(packageFolder, 'migrations');
  await withClient(owner ?? application, async (client) => {
    if (owner) await migrate(client, folder, String(application.user));
    else await checkMigrated(client, folder);
  });
}

async function withClient<T>(
  connection: pg.PoolConfig | undefined,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  if (!connection) throw new MusterError('DATABASE_NOT_MIGRATED', "the owner's address is not known");
  const client = new pg.Client(connection);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The agency a person chose, or the only one. Throws NOT_FOUND or AGENCY_UNCLEAR. */
export async function chooseAgency(house: House, code: string | undefined): Promise<AgencyFacts> {
  const chosen =
    code === undefined || !/^[A-Z0-9-]+$/.test(code) ? undefined : await findAgency(house.store, code);
  if (chosen) return chosen;
  const agencies = await listAgencies(house.store);
  const known = agencies.map((agency) => agency.code).join(', ');
  if (code !== undefined) {
    const others = known ? `there are ${known}` : 'there is none yet: muster agency create';
    throw new MusterError('NOT_FOUND', `there is no agency ${code.slice(0, 40)}; ${others}`);
  }
  const [only] = agencies;
  if (only && agencies.length === 1) return only;
  if (!only)
    throw new MusterError('NOT_FOUND', 'there is no agency yet: create one with muster agency create');
  throw new MusterError('AGENCY_UNCLEAR', `there are several agencies: ${known}`);
}

export interface ShippedRulebook {
  readonly name: string;
  readonly file: string;
  readonly source: string;
}

/** The rulebooks that come with Muster, by name. */
export async function shippedRulebooks(): Promise<ShippedRulebook[]> {
  const folder = join(packageFolder, 'rulebooks');
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (file) => ({
      name: file.replace(/\.yaml$/, ''),
      file,
      source: await readFile(join(folder, file), 'utf8'),
    })),
  );
}

/** Creates an agency and, unless told not to, adopts the shipped rulebooks that bind its kind. */
export async function setUpAgency(
  house: House,
  wanted: Omit<AgencyFacts, 'agency'>,
  withRulebooks = true,
  actor: Actor = house.operator,
): Promise<AgencyFacts> {
  const shipped = withRulebooks ? await shippedRulebooks() : [];
  const binding = shipped.filter(({ source, file }) => {
    const rulebook = readRulebook(source, file, house.declarations.vocabulary);
    return couldBindAgency(rulebook, { 'agency.kind': wanted.kind });
  });
  return createAgency(house.store, house.declarations, actor, wanted, async (tx) => {
    await adoptRulebooks(tx, house.declarations, actor, binding);
  });
}
