import type { FastifyInstance } from 'fastify';
import { roles, type Grant, type Reach } from '../../src/acts/index.ts';
import { loadDemonstration } from '../../src/doors/demonstration.ts';
import { LIMITS } from '../../src/doors/http/limits.ts';
import { buildServer } from '../../src/doors/http/server.ts';
import { openFirstSetUp } from '../../src/doors/sign-in/set-up.ts';
import { findAgency, type AgencyFacts } from '../../src/programs/inventory/index.ts';
import { day } from '../../src/time/index.ts';
import {
  accountsCsv,
  importText,
  INVENTORY,
  newAgency,
  openTestHouse,
  standingClock,
  type Clock,
  type TestHouse,
} from '../house.ts';
import { addPerson, signedInAs } from '../people.ts';
import { endsSessions, everyCell, OWN, FOREIGN, SYSTEM, type Cell } from './matrix-cells.ts';
import { EVERYTHING } from './served.ts';

/*
 * The permission matrix: whoever may ask × whatever can be asked × the agency it is asked of. What must
 * come follows from the declarations, by rules that are written down here a second time.
 */

/** Somebody who asks. */
export interface Who {
  readonly name: string;
  readonly grants: readonly Grant[];
  readonly by: 'nobody' | 'session' | 'token';
}

const over: Readonly<Record<'agency' | 'system' | 'units', Reach>> = {
  agency: { over: 'agency' },
  system: { over: 'system', system: SYSTEM },
  units: { over: 'units', from: '10000', to: '19999' },
};

/** An administrator administers the whole agency: no act grants that role over less. */
const overSystem = roles.filter((role) => role !== 'administrator');
/** Nothing lies in a unit yet: what roles over units reach is alike for all of them. */
const overUnits = ['data-security-analyst', 'manager', 'system-owner', 'auditor'] as const;

const grants: readonly Grant[] = [
  ...roles.map((role) => ({ role, reach: over.agency })),
  ...overSystem.map((role) => ({ role, reach: over.system })),
  ...overUnits.map((role) => ({ role, reach: over.units })),
];

export const everyone: readonly Who[] = [
  { name: 'nobody', grants: [], by: 'nobody' },
  { name: 'a person without a role', grants: [], by: 'session' },
  ...grants.map((grant): Who => ({ name: wordGrant(grant), grants: [grant], by: 'session' })),
  ...(['isso', 'auditor', 'administrator'] as const).map((role): Who => ({
    name: `a token as ${role}`,
    grants: [{ role, reach: over.agency }],
    by: 'token',
  })),
];

function wordGrant({ role, reach }: Grant): string {
  return `${role} over ${reach.over === 'system' ? reach.system : `the ${reach.over}`}`;
}

export interface Matrix {
  readonly house: TestHouse;
  readonly clock: Clock;
  readonly server: FastifyInstance;
  readonly own: AgencyFacts;
  readonly foreign: AgencyFacts;
  readonly cells: readonly Cell[];
  close(): Promise<void>;
}

export async function openMatrix(): Promise<Matrix> {
  const clock = standingClock();
  const house = await openTestHouse({ now: clock.now });
  await loadDemonstration(house);
  const own = await findAgency(house.store, OWN);
  if (!own) throw new Error('the demonstration was loaded');
  const foreign = await openForeign(house);
  const first = await openFirstSetUp(house);
  const limits = { ...LIMITS, signIns: Number.MAX_SAFE_INTEGER };
  const server = await buildServer({ house, first, limits, log: () => undefined });
  const cells = await everyCell(house, own, foreign, first);
  const close = async () => {
    await server.close();
    await house.close();
  };
  return { house, clock, server, own, foreign, cells, close };
}

async function openForeign(house: TestHouse): Promise<AgencyFacts> {
  const agency = await newAgency(house, FOREIGN);
  const inventory = INVENTORY.replaceAll(/ECM|web-1|db-1/g, (name) => `southern-${name}`);
  await importText(house, agency, inventory, { file: 'southern-inventory.csv' });
  const accounts = accountsCsv([
    {
      account: 'southern-1',
      component: 'cloud',
      privileged: false,
      created: day('2022-01-03'),
      lastLogin: day('2022-01-10'),
      status: 'active',
      statusChanged: null,
    },
  ]);
  const said = { system: 'southern-ECM', observedOn: day('2022-07-08') };
  await importText(house, agency, accounts, { ...said, file: 'southern-accounts.csv' });
  await addPerson(house, agency, EVERYTHING, 'southern.person');
  return agency;
}

/** What must come: one of these codes, none where it is done; null where anything may but a refusal of who asks. */
export function expected(cell: Cell, who: Who): Cell['answers'] {
  if (cell.may === 'anyone') return cell.answers;
  if (who.by === 'nobody') return ['SIGN_IN_REQUIRED'];
  if (cell.isForeign) return ['NOT_FOUND'];
  return isLetIn(cell, who) ? cell.answers : ['NOT_ALLOWED'];
}

function isLetIn({ may, place, isInPerson = false }: Cell, who: Who): boolean {
  if (isInPerson && who.by !== 'session') return false;
  if (may === 'anyone' || may === 'signed-in') return true;
  if (may === 'session') return who.by === 'session';
  return who.grants.some(({ role, reach }) => may.includes(role) && covers(reach, place));
}

function covers(reach: Reach, place: Cell['place']): boolean {
  if (reach.over === 'agency' || place === 'any') return true;
  if (place === 'asked') return reach.over === 'system';
  if (place.at === 'anywhere') return true;
  return place.at === 'system' && reach.over === 'system' && reach.system === place.system;
}

/** Somebody who has come in. */
export interface Arrived {
  /** As entries name them; undefined for nobody. */
  readonly actor: string | undefined;
  /** What a request of theirs carries. What ends a session takes one of its own with it. */
  headers(cell: Pick<Cell, 'kind' | 'ask'>): Promise<Readonly<Record<string, string>>>;
}

/** The address at which `inject` asks. */
const ORIGIN = 'http://localhost:80';

export async function arrive(matrix: Matrix, who: Who): Promise<Arrived> {
  const { house, own } = matrix;
  if (who.by === 'nobody') return { actor: undefined, headers: async () => ({}) };
  if (who.by === 'token') return arriveByToken(matrix, who);
  const key = await addPerson(house, own, who.grants);
  const session = await signedInAs(house, own, key);
  return {
    actor: session.actor,
    headers: async (cell) => {
      if (cell.ask.method === 'GET') return session.headers;
      const { headers } = endsSessions(cell) ? await signedInAs(house, own, key) : session;
      return { ...headers, origin: ORIGIN };
    },
  };
}

/** Its person holds more than the token does, where they may. */
async function arriveByToken({ house, own, server }: Matrix, { grants }: Who): Promise<Arrived> {
  const names = grants.map(({ role }) => role);
  const key = await addPerson(house, own, names.includes('auditor') ? grants : EVERYTHING);
  const { actor, headers } = await signedInAs(house, own, key);
  const answer = await server.inject({
    method: 'POST',
    url: '/api/me/tokens',
    headers: { ...headers, origin: ORIGIN },
    payload: { name: 'Demo program', roles: names, days: 1 },
  });
  const { token, secret } = answer.json<{ token: { token: number }; secret: string }>();
  return {
    actor: `${actor}/token:${token.token}`,
    headers: async () => ({ authorization: `Bearer ${secret}` }),
  };
}
