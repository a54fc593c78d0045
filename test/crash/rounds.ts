import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { House } from '../../src/doors/house.ts';
import { day } from '../../src/time/index.ts';
import { importText, newAgency } from '../house.ts';
import { tokenFor, type Token } from '../people.ts';
import { newDataFolder, postgresOf, serve, type Running } from '../process/muster.ts';
import {
  accountsOf,
  createPoam,
  disableAccounts,
  grown,
  importBoth,
  INVENTORY,
  keepAt,
  Ledger,
  SYSTEM,
} from './clients.ts';
import { placeOf, type Place } from './place.ts';
import { randomFrom, type Random } from './random.ts';
import { checkFromOutside, checkRecord, inHouse } from './record.ts';
import { childrenOf, killAtOnce, sortOf, type Victim } from './victims.ts';

/*
 * Rounds of work, a kill at a random moment, and a look at what is left. A seed gives the same
 * victims and moments again, though never the same instructions.
 */

type Kind = 'server' | 'child' | 'postmaster' | 'both';

/** In five rounds, in whatever order: what is killed. `both` is the server with its postmaster. */
const FIVE: readonly Kind[] = ['server', 'server', 'child', 'child'];
const FIFTH: readonly Kind[] = ['postmaster', 'both'];

const ROUNDS_AN_AGENCY = 5;
const ACCOUNTS = 1000;
const LATEST_MS = 1200;

export interface Rounds {
  readonly rounds: number;
  readonly seed: number;
  readonly log: (line: string) => void;
}

/** Kills as often as it is told to, and checks the record after each round. Throws where it does not hold. */
export async function killInRounds({ rounds, seed, log }: Rounds): Promise<void> {
  const random = randomFrom(seed);
  const place = await placeOf(await newDataFolder());
  const agencies: Agency[] = [];
  let server = serve(place.dataDir, place.env);
  for (const [at, kind] of plan(rounds, random).entries()) {
    const told = new Told(`round ${at + 1} of ${rounds}: ${kind}`);
    try {
      const agency = at % ROUNDS_AN_AGENCY === 0 ? await newAgencyOf(place, agencies) : agencies.at(-1);
      assert.ok(agency);
      server = await oneRound(place, server, agency, kind, random, told);
      const entries = await checkRecord(place, agency.code, agency.ledger.acknowledged);
      const { acknowledged, failed } = agency.ledger;
      log(`${told.text}; ${acknowledged.size} acknowledged of ${entries}, ${failed} failed`);
    } catch (cause) {
      const again = `again with: npm run test:crash -- --rounds ${rounds} --seed ${seed}`;
      const said = `${server.stderr.slice(-SHOWN)}\n${await tailOf(join(place.dataDir, 'postgres.log'))}`;
      throw new Error(`${told.text}\n${again}\n${(cause as Error).message}\n${said}`, { cause });
    }
  }
  server.signal('SIGTERM');
  assert.equal((await server.ended).code, 0);
  assert.equal(await postgresOf(place.dataDir), undefined, 'PostgreSQL is left behind');
  for (const { code, ledger } of agencies) await checkRecord(place, code, ledger.acknowledged);
  await checkFromOutside(place, agencies.at(-1)?.code ?? '');
}

const SHOWN = 3000;

async function tailOf(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).slice(-SHOWN);
}

/** What a round did, for whoever reads of it. */
class Told {
  text: string;

  constructor(text: string) {
    this.text = text;
  }

  say(more: string): void {
    this.text += more;
  }
}

function plan(rounds: number, random: Random): Kind[] {
  const kinds: Kind[] = [];
  for (let at = 0; kinds.length < rounds; at += 1)
    kinds.push(...random.shuffled([...FIVE, FIFTH[at % FIFTH.length] ?? 'both']));
  return kinds.slice(0, rounds);
}

/** An agency that is worked for, and what it was told. */
interface Agency {
  readonly code: string;
  readonly token: Token;
  readonly ledger: Ledger;
}

/** A new one now and then, or checking would take ever longer. */
async function newAgencyOf(place: Place, agencies: Agency[]): Promise<Agency> {
  const code = `NORTH-${agencies.length + 1}`;
  const token = await inHouse(place, (house) => furnish(house, code));
  const agency = { code, token, ledger: new Ledger() };
  agencies.push(agency);
  return agency;
}

/** Sets up an agency that clients can work for; gives what lets them in. */
export async function furnish(house: House, code: string, accounts = ACCOUNTS): Promise<Token> {
  const agency = await newAgency(house, code);
  await importText(house, agency, INVENTORY);
  const about = { system: SYSTEM, component: 'cloud', observedOn: day('2022-07-08') };
  await importText(house, agency, accountsOf(accounts), about);
  return tokenFor(house, agency);
}

/** Works, kills, and gives the server that answers afterwards: the same one where only PostgreSQL was hit. */
async function oneRound(
  place: Place,
  server: Running,
  agency: Agency,
  kind: Kind,
  random: Random,
  told: Told,
): Promise<Running> {
  const { ledger, token } = agency;
  const desk = { address: await server.address(), agency: agency.code, token, ledger };
  const stop = new AbortController();
  const hitsDatabase = kind !== 'server';
  const working = { stop: stop.signal, mayFail: () => hitsDatabase };
  const work = [importBoth(), importBoth(), createPoam, disableAccounts()];
  const all = Promise.all(work.map((each) => keepAt(each, desk, working)));
  try {
    // Something is under way; what comes then ends early only where something is wrong.
    await Promise.race([all, grown(ledger, 1)]);
    // Squared: more often early, when much is under way for the first time.
    const moment = Math.round(random.next() ** 2 * LATEST_MS);
    await Promise.race([all, sleep(moment)]);
    told.say(` after ${moment} ms`);
    const postmaster = await postgresOf(place.dataDir);
    assert.ok(postmaster, 'PostgreSQL does not run');
    if (kind === 'child') await killChild(postmaster, random, told);
    if (kind === 'postmaster' || kind === 'both') assert.ok(killAtOnce(postmaster));
    if (kind === 'server' || kind === 'both') {
      killAtOnce(server.pid);
      await all;
      return await followed(place, kind === 'server' ? postmaster : undefined, random, told);
    }
    await Promise.race([all, recovered(server, ledger)]);
    assert.ok(!server.hasEnded, 'the server ended');
    return server;
  } finally {
    stop.abort();
    await all;
  }
}

async function killChild(postmaster: number, random: Random, told: Told): Promise<void> {
  const bySort = Map.groupBy(await childrenOf(postmaster), sortOf);
  const sort = random.pick([...bySort.keys()].sort());
  const victim: Victim = random.pick(bySort.get(sort) ?? []);
  told.say(`, ${victim.name}`);
  killAtOnce(victim.pid);
}

const STARTS_MS = 1500;

/**
 * The next server, which takes over what is left: `orphan` where PostgreSQL is alive. Now and then
 * one before it is killed while it takes over, and signs what it finds.
 */
async function followed(
  place: Place,
  orphan: number | undefined,
  random: Random,
  told: Told,
): Promise<Running> {
  if (random.below(3) === 0) {
    const brief = serve(place.dataDir, place.env);
    const moment = random.below(STARTS_MS);
    await sleep(moment);
    killAtOnce(brief.pid);
    await brief.ended;
    told.say(`, and the next server after ${moment} ms`);
  }
  if (orphan !== undefined) assert.equal(await postgresOf(place.dataDir), orphan, 'PostgreSQL outlives it');
  const next = serve(place.dataDir, place.env);
  await next.address();
  if (orphan !== undefined)
    assert.equal(await postgresOf(place.dataDir), orphan, 'it is adopted, not started anew');
  return next;
}

const AFTERWARDS = 6;

/** The same server, its database gone and come back, goes on by itself. */
async function recovered(server: Running, ledger: Ledger): Promise<void> {
  await sleep(30);
  await Promise.race([grown(ledger, AFTERWARDS), server.ended]);
}
