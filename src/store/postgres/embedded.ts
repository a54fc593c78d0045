import { rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, PoolConfig } from 'pg';
import { MusterError } from '../../errors/index.ts';
import { APPLICATION, DATABASE, furnish, OWNER } from './cluster.ts';
import { makeDataFolder, unusable } from './data-folder.ts';
import { throughDoor } from './door.ts';
import { hold, type Holder, otherHolders } from './hold.ts';
import { readPostmaster, stopPostmaster } from './postmaster.ts';
import { type Place, type Reached, reachRunning, socketConfig, startAndReach } from './running.ts';

/** An opened database: how the application and the owner connect, and how to let go of it. */
export interface Database {
  /** `user` is always the application's role, for the migrations to grant to. */
  readonly application: PoolConfig & { readonly user: string };
  /** Who migrates; undefined where only the application's address is known. */
  readonly owner: PoolConfig | undefined;
  /** For people: which PostgreSQL, where. Never a password. */
  readonly describe: string;
  /** End all pools first. The last one to close an embedded database stops it. */
  close(): Promise<void>;
}

export interface EmbeddedSettings {
  readonly dataDir: string;
  readonly as: Holder;
  readonly binDir?: string | undefined;
  readonly log?: ((line: string) => void) | undefined;
  readonly lost?: ((error: MusterError) => void) | undefined;
}

/**
 * Opens the PostgreSQL of a data folder: makes it, starts it or joins the one that runs, and
 * holds it until closed. When the holding connection is lost (PostgreSQL crashed) it takes hold
 * again, starting it if need be; `lost` is told if that fails. Throws DATA_IN_USE for a second
 * server, NO_WAY_TO_RUN_POSTGRES, DATA_UNUSABLE, DATA_NEWER, EMBEDDED_POSTGRES_FAILED.
 */
export async function openEmbedded(settings: EmbeddedSettings): Promise<Database> {
  const place = await settle(settings);
  let held = await throughDoor(place.doorFile, place.log, () => enter(place, true)).catch(
    (error: unknown) => {
      throw asMusterError(error, place);
    },
  );
  let closed: Promise<void> | undefined;
  let lost = false;
  let returning: Promise<void> = Promise.resolve();

  function watch(): void {
    held.connection.once('end', () => {
      if (closed === undefined) returning = comeBack();
    });
  }
  async function comeBack(): Promise<void> {
    place.log('the connection that holds the database was lost; taking hold again');
    try {
      held = await enterAgain(place);
      watch();
    } catch (error) {
      lost = true;
      settings.lost?.(asMusterError(error, place));
    }
  }
  async function letGo(): Promise<void> {
    await returning;
    if (!lost) await throughDoor(place.doorFile, place.log, () => leave(place, held));
  }
  watch();

  // Ctrl-C under npm comes twice, from the terminal and from npm: whoever closes waits for the one end.
  return { ...addresses(place, held), close: () => (closed ??= letGo()) };
}

async function settle(settings: EmbeddedSettings): Promise<Place> {
  const dataDir = await makeDataFolder(settings.dataDir, settings.binDir);
  return {
    dataDir,
    cluster: join(dataDir, 'postgres'),
    logFile: join(dataDir, 'postgres.log'),
    doorFile: join(dataDir, 'door.lock'),
    binDir: settings.binDir,
    as: settings.as,
    log: settings.log ?? (() => undefined),
  };
}

interface Held extends Reached {
  readonly version: string;
}

const RETURNS = 10;
const RETURN_MS = 300;

/** PostgreSQL ends every connection while it recovers from a crash, the one that comes back too. */
async function enterAgain(place: Place, tries = RETURNS): Promise<Held> {
  try {
    return await throughDoor(place.doorFile, place.log, () => enter(place, false));
  } catch (error) {
    if (error instanceof MusterError || tries <= 1) throw error;
    await sleep(RETURN_MS);
    return enterAgain(place, tries - 1);
  }
}

async function enter(place: Place, mayMake: boolean): Promise<Held> {
  const reached = (await reachRunning(place)) ?? (await startAndReach(place, mayMake));
  try {
    const version = await furnish(reached.connection);
    await hold(reached.connection, place.as, place.dataDir);
    return { ...reached, version };
  } catch (error) {
    // Who comes back tries again; stopping PostgreSQL meanwhile would end what others do with it.
    await (mayMake ? leave(place, reached) : reached.connection.end().catch(() => undefined));
    throw error;
  }
}

async function leave(place: Place, held: Reached): Promise<void> {
  const others = await lettingGo(held.connection).catch(() => undefined);
  if (others !== undefined ? others > 0 : await someoneElseHolds(place)) return;
  const postmaster = await readPostmaster(place.cluster);
  if (postmaster !== undefined) await stopPostmaster(postmaster.pid, place.cluster);
  // PostgreSQL took its socket away; after one that was killed the folder stays.
  await rmdir(held.socketsIn).catch(() => undefined);
}

async function lettingGo(connection: Client): Promise<number> {
  try {
    return await otherHolders(connection);
  } finally {
    await connection.end();
  }
}

/** Asked anew where our own connection had gone: it must not leave a database running, nor stop another's. */
async function someoneElseHolds(place: Place): Promise<boolean> {
  const reached = await reachRunning(place);
  return reached !== undefined && (await lettingGo(reached.connection)) > 0;
}

function addresses(place: Place, held: Held): Omit<Database, 'close'> {
  return {
    application: { ...socketConfig(held.socketsIn, APPLICATION, DATABASE), user: APPLICATION },
    owner: socketConfig(held.socketsIn, OWNER, DATABASE),
    describe: `embedded PostgreSQL ${held.version} in ${place.cluster}`,
  };
}

function asMusterError(error: unknown, place: Place): MusterError {
  return error instanceof MusterError ? error : unusable(place.dataDir, error);
}
