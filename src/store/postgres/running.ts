import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type PoolConfig } from 'pg';
import { MusterError } from '../../errors/index.ts';
import { type Binaries, codeOf, findBinaries } from './binaries.ts';
import { ADMINISTRATOR, checkMajor, clusterMajor, makeCluster } from './cluster.ts';
import { type Holder, holderName } from './hold.ts';
import {
  isPostmaster,
  readPostmaster,
  removeStaleLock,
  type Starting,
  startPostmaster,
} from './postmaster.ts';
import { chooseRunner, type Runner } from './runner.ts';
import { checkPrivate, makePrivate, PORT, socketFolder } from './socket.ts';

const READY_MS = 120_000;
const SAY_AFTER_MS = 2_000;
const RETRY_START_MS = 10_000;
const POLL_MS = 20;

/** One data folder's embedded PostgreSQL: where its parts are and who asks. */
export interface Place {
  readonly dataDir: string;
  readonly cluster: string;
  readonly logFile: string;
  readonly doorFile: string;
  readonly binDir: string | undefined;
  readonly as: Holder;
  readonly log: (line: string) => void;
}

/** An administrator's connection to a running database, and the folder of the socket it came by. */
export interface Reached {
  readonly connection: Client;
  readonly socketsIn: string;
}

/**
 * Reaches the database of this place if a postmaster runs, waiting while it starts, recovers or
 * stops; undefined where none runs, and then no lock file is left. Only to be called within the door.
 */
export async function reachRunning(place: Place): Promise<Reached | undefined> {
  const patience = new Patience(place);
  for (;;) {
    const postmaster = await readPostmaster(place.cluster);
    if (postmaster === undefined) return undefined;
    const socketsIn = postmaster.socketFolder || socketFolder(place.dataDir);
    const connection = await tryConnect(place, socketsIn);
    if (connection !== undefined) return { connection, socketsIn };
    if (!(await isPostmaster(postmaster.pid, place.cluster))) {
      await removeStaleLock(place.cluster, socketsIn);
      return undefined;
    }
    await patience.wait();
  }
}

/**
 * Makes the cluster where there is none and `mayMake` allows, starts it and reaches it.
 * Only to be called within the door and where none runs.
 */
export async function startAndReach(place: Place, mayMake: boolean): Promise<Reached> {
  const binaries = await findBinaries(join(place.dataDir, 'postgres-libraries'), place.binDir);
  const runner = await prepareCluster(place, binaries, mayMake);
  const socketsIn = socketFolder(place.dataDir);
  const { uid, gid } = await stat(place.cluster);
  await makePrivate(socketsIn, { uid, gid });
  const began = Date.now();
  for (;;) {
    const starting = await startPostmaster(place.cluster, socketsIn, place.logFile, binaries, runner);
    const outcome = await waitUntilReady(place, socketsIn, starting);
    if (typeof outcome !== 'string') return { connection: outcome, socketsIn };
    // After a postmaster was killed its last children take a moment to notice.
    const childrenLeft = /shared memory block|lock file/.test(outcome);
    if (!childrenLeft || Date.now() - began > RETRY_START_MS) throw failed(place, outcome);
    await sleep(200);
  }
}

async function prepareCluster(place: Place, binaries: Binaries, mayMake: boolean): Promise<Runner> {
  const found = await stat(place.cluster).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
  const runner = await chooseRunner(place.dataDir, binaries.folder, found?.uid);
  if (found === undefined) {
    if (!mayMake) throw new MusterError('DATA_UNUSABLE', `the database ${place.cluster} is gone`);
    await makeCluster(place.dataDir, place.cluster, place.logFile, binaries, runner);
    return runner;
  }
  const made = await clusterMajor(place.cluster);
  if (made === undefined) {
    throw new MusterError('DATA_UNUSABLE', `${place.cluster} is there but is no PostgreSQL database`);
  }
  await checkMajor(made, place.cluster, binaries);
  return runner;
}

/** The connection, or why PostgreSQL ended instead. */
async function waitUntilReady(place: Place, socketsIn: string, starting: Starting): Promise<Client | string> {
  const patience = new Patience(place);
  for (;;) {
    const failure = await starting.failure();
    if (failure !== undefined) return failure;
    const connection = await tryConnect(place, socketsIn);
    if (connection !== undefined) return connection;
    await patience.wait();
  }
}

function failed(place: Place, reason: string): MusterError {
  return new MusterError(
    'EMBEDDED_POSTGRES_FAILED',
    `PostgreSQL did not start: ${reason} (see ${place.logFile})`,
  );
}

/** Waiting in small steps, said aloud when it gets long, and not for ever. */
class Patience {
  readonly #place: Place;
  readonly #began = Date.now();
  #said = false;

  constructor(place: Place) {
    this.#place = place;
  }

  async wait(): Promise<void> {
    const waited = Date.now() - this.#began;
    if (waited > READY_MS) throw failed(this.#place, `it is not ready after ${READY_MS / 1000} seconds`);
    if (waited > SAY_AFTER_MS && !this.#said) {
      this.#said = true;
      this.#place.log('waiting for PostgreSQL to be ready (after a crash it replays its log first)');
    }
    await sleep(POLL_MS);
  }
}

const NOT_YET = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', '57P01', '57P02', '57P03']);

async function tryConnect(place: Place, socketsIn: string): Promise<Client | undefined> {
  try {
    await checkPrivate(socketsIn, (await stat(place.cluster)).uid);
    return await connect(socketsIn, holderName(place.as));
  } catch (error) {
    const cut = error instanceof Error && error.message.startsWith('Connection terminated');
    if (cut || NOT_YET.has(codeOf(error))) return undefined;
    throw error;
  }
}

async function connect(socketsIn: string, name: string): Promise<Client> {
  const connection = new Client({
    ...socketConfig(socketsIn, ADMINISTRATOR, ADMINISTRATOR),
    application_name: name,
  });
  // Its loss is seen by 'end'; an 'error' without a listener would end the process.
  connection.on('error', () => undefined);
  await connection.connect();
  return connection;
}

/** How to connect through the socket as `user`, whatever PG… variables the environment holds. */
export function socketConfig(socketsIn: string, user: string, database: string): PoolConfig {
  return { host: socketsIn, port: PORT, user, database, ssl: false };
}
