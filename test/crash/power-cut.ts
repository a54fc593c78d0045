import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { appendFile, cp, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { clearAway, newDataFolder, postgresOf, serve, type Running } from '../process/muster.ts';
import { createPoam, disableAccounts, grown, importBoth, keepAt, Ledger } from './clients.ts';
import { cutPower, flush, makeDisk, mount, stopAll, unmount, type Disk } from './disk.ts';
import { placeOf, type Place } from './place.ts';
import { newSeed, randomFrom, type Random } from './random.ts';
import { checkFromOutside, checkRecord, inHouse } from './record.ts';
import type { Token } from '../people.ts';
import { furnish } from './rounds.ts';
import { childrenOf, killAtOnce } from './victims.ts';

/*
 * npm run test:powercut -- [--rounds N] [--seed S], as root: the power goes while a server imports
 * and acts, and everything that it acknowledged must be there when it comes back.
 *
 * The data folder, with the witness folder and the key, is a file system of its own in a file (see
 * disk.ts). At a random moment all processes that write there are stopped, the file is copied, they
 * are killed, and a server is started on the copy. The copy holds what the file system had written
 * to its disk, and not what it only kept in memory: written by a process and not yet fsynced.
 *
 * It is milder than the worst of disks in two ways: what the kernel sent to the disk counts as
 * written, as on a disk whose own cache survives; and a page is there whole or not at all. It is as
 * hard as it can be in a third: the file system commits its journal by itself only each 300
 * seconds, and the kernel writes out what nobody asked for only after 30 (vm.dirty_expire_centisecs).
 *
 * The control: the same with PostgreSQL's `fsync=off` must lose something acknowledged, or not
 * start. If it does not, the experiment proves nothing, and fails.
 *
 * Each round goes on with what the last one left, so that what was recovered is recovered again.
 */

const AGENCY = 'NORTH';
const ACCOUNTS = 1000;
const WORK_MS = { least: 500, most: 5000 };
/** Long enough for the control that much is written, short enough that the kernel writes none of it out. */
const CONTROL_MS = 4000;

/** A data folder on a disk, and what its server told its clients. */
interface Site {
  readonly place: Place;
  readonly disk: Disk;
  readonly token: Token;
  readonly ledger: Ledger;
}

async function newSite(): Promise<Site> {
  const dataDir = await newDataFolder();
  // What a second start finds in a data folder is put onto the disk.
  const aside = join(dirname(dataDir), 'aside');
  await rename(dataDir, aside);
  await mkdir(dataDir);
  const disk = await makeDisk(join(dirname(dataDir), 'disk.img'), dataDir);
  disks.add(disk);
  await cp(aside, dataDir, { recursive: true });
  const place = await placeOf(dataDir, join(dataDir, 'witness'));
  const token = await inHouse(place, (house) => furnish(house, AGENCY, ACCOUNTS));
  return { place, disk, token, ledger: new Ledger() };
}

const disks = new Set<Disk>();

/** Works for a while, and cuts the power: the server and its PostgreSQL are gone. */
async function workAndCut({ place, disk, token, ledger }: Site, server: Running, ms: number): Promise<void> {
  const desk = { address: await server.address(), agency: AGENCY, token, ledger };
  const working = { stop: new AbortController().signal, mayFail: () => false };
  const work = [importBoth(), importBoth(), createPoam, createPoam, disableAccounts()];
  const all = Promise.all(work.map((each) => keepAt(each, desk, working)));
  await Promise.race([all, grown(ledger, 1)]);
  await Promise.race([all, sleep(ms)]);
  const processes = await writersOf(place, server);
  await stopAll(processes);
  await place.collected.from(place.witnesses);
  const witnessed = await settledIn(place.witnesses);
  await cutPower(disk, processes);
  await all;
  for (const file of witnessed) assert.ok(existsSync(file), `the witness lost ${file}`);
}

const SETTLED_MS = 2000;

/** What a witness has had for a while: the copy of a checkpoint is there for good when it is made. */
async function settledIn(witnesses: readonly string[]): Promise<string[]> {
  const settled: string[] = [];
  for (const witness of witnesses) {
    const names = await readdir(witness, { recursive: true });
    for (const name of names.filter((each) => !each.endsWith('.part'))) {
      const { mtimeMs } = await stat(join(witness, name));
      if (mtimeMs < Date.now() - SETTLED_MS) settled.push(join(witness, name));
    }
  }
  return settled;
}

/** All who write on the disk. PostgreSQL's first process is stopped before it is asked for its children. */
async function writersOf(place: Place, server: Running): Promise<number[]> {
  const postmaster = await postgresOf(place.dataDir);
  assert.ok(postmaster, 'PostgreSQL does not run');
  await stopAll([postmaster, server.pid]);
  return [postmaster, server.pid, ...(await childrenOf(postmaster)).map(({ pid }) => pid)];
}

/** Starts a server on what is left, and looks at it. Throws where something is missing. */
async function startAndCheck({ place, ledger }: Site): Promise<{ server: Running; entries: number }> {
  const server = start(place);
  await server.address();
  return { server, entries: await checkRecord(place, AGENCY, ledger.acknowledged) };
}

async function end(site: Site, server: Running): Promise<void> {
  await checkFromOutside(site.place, AGENCY);
  server.signal('SIGTERM');
  const { code, stderr } = await server.ended;
  assert.equal(code, 0, stderr);
  await unmount(site.disk);
}

async function cutAgainAndAgain(rounds: number, random: Random): Promise<void> {
  const site = await newSite();
  let server = start(site.place);
  for (let round = 1; round <= rounds; round += 1) {
    const ms = WORK_MS.least + random.below(WORK_MS.most - WORK_MS.least);
    await workAndCut(site, server, ms);
    const found = await startAndCheck(site);
    server = found.server;
    const { acknowledged } = site.ledger;
    log(`round ${round} of ${rounds}: after ${ms} ms; ${acknowledged.size} acknowledged of ${found.entries}`);
  }
  await end(site, server);
}

/** The same without fsync. Gives what was lost; throws where nothing was. */
async function control(): Promise<string> {
  const site = await newSite();
  await appendFile(join(site.place.dataDir, 'postgres', 'postgresql.auto.conf'), 'fsync = off\n');
  // So that what is lost is lost from what follows.
  await flush(site.disk);
  await unmount(site.disk);
  await mount(site.disk);
  await workAndCut(site, start(site.place), CONTROL_MS);
  const acknowledged = site.ledger.acknowledged.size;
  assert.ok(acknowledged > 0, 'nothing was acknowledged');
  try {
    const { server } = await startAndCheck(site);
    await end(site, server);
  } catch (error) {
    return `of ${acknowledged} acknowledged: ${(error as Error).message.split('\n')[0]}`;
  }
  throw new Error('the control passed: without fsync nothing was lost either, so nothing is proved');
}

const servers = new Set<Running>();

function start({ dataDir, env }: Place): Running {
  const server = serve(dataDir, env);
  servers.add(server);
  return server;
}

/** Ends what runs and takes away what is mounted. */
async function cleanUp(): Promise<void> {
  // First the servers, which would start a PostgreSQL that is killed again.
  for (const server of servers) {
    if (!server.hasEnded) killAtOnce(server.pid);
    await server.ended;
  }
  for (const disk of disks) {
    const postmaster = await postgresOf(disk.mountedOn).catch(() => undefined);
    const children = postmaster === undefined ? [] : await childrenOf(postmaster);
    if (postmaster !== undefined) killAtOnce(postmaster);
    for (const { pid } of children) killAtOnce(pid);
    await unmount(disk).catch(complain);
  }
  await clearAway();
}

function log(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(error: unknown): void {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { rounds: { type: 'string' }, seed: { type: 'string' } } });
  const rounds = Number(values.rounds ?? 5);
  const seed = Number(values.seed ?? newSeed());
  if (!(Number.isInteger(rounds) && rounds > 0 && Number.isInteger(seed) && seed >= 0)) {
    process.stderr.write('usage: npm run test:powercut -- [--rounds N] [--seed S], whole numbers\n');
    process.exitCode = 2;
    return;
  }
  log(`${rounds} rounds, seed ${seed}`);
  await cutAgainAndAgain(rounds, randomFrom(seed));
  log(`the control, without fsync, failed as it must: ${await control()}`);
}

let stopped = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    stopped = true;
    void cleanUp().finally(() => process.exit(1));
  });
}
try {
  await main();
} catch (error) {
  // What is taken away from under it fails, and says nothing.
  if (!stopped) complain(error);
} finally {
  await cleanUp();
}
