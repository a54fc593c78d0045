import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import {
  importEvidence,
  everyRole,
  type Actor,
  type ImportRequest,
  type ImportResult,
} from '../src/acts/index.ts';
import { dutiesView, type DutiesAnswer, type Duty } from '../src/duties/index.ts';
import { openHouse, setUpAgency, type House } from '../src/doors/house.ts';
import { readView } from '../src/doors/on-behalf.ts';
import { readSettings, type Settings } from '../src/doors/settings.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { connected, superuserOf } from '../src/store/trial.ts';
import type { Day } from '../src/time/index.ts';

/** A Muster on an embedded PostgreSQL of its own, gone when closed. */
export interface TestHouse extends House {
  readonly dataDir: string;
  /** Works as the superuser, whom row-level security does not hold back. */
  asSuperuser<T>(work: (client: Client) => Promise<T>): Promise<T>;
}

export const operator: Actor = everyRole('operator:test');

/** How a test wants its house, where not as usual: another clock, other settings. */
export interface HouseWanted {
  readonly now?: () => Date;
  readonly settings?: Partial<Settings>;
}

export async function openTestHouse({ now, settings = {} }: HouseWanted = {}): Promise<TestHouse> {
  const dataDir = await mkdtemp(join(tmpdir(), 'muster-test-'));
  const usual = readSettings(
    {
      MUSTER_OPERATOR: 'test',
      DATABASE_URL: process.env['TEST_DATABASE_URL'],
      DATABASE_OWNER_URL: process.env['TEST_DATABASE_OWNER_URL'],
    },
    dataDir,
  );
  const house = await openHouse({ ...usual, ...settings }, 'command', {}, now);
  return {
    ...house,
    dataDir,
    asSuperuser: (work) => house.asOwner((owner) => connected(superuserOf(owner), work)),
    close: async () => {
      await house.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** A clock that stands still until a test moves it. */
export interface Clock {
  readonly now: () => Date;
  forward(milliseconds: number): void;
}

export function standingClock(from = new Date()): Clock {
  let at = from.getTime();
  return {
    now: () => new Date(at),
    forward: (milliseconds) => {
      at += milliseconds;
    },
  };
}

export async function newAgency(house: House, code: string): Promise<AgencyFacts> {
  return setUpAgency(house, { code, kind: 'irs', timeZone: 'America/New_York', demonstration: false });
}

/** Imports a text as a file. */
export async function importText(
  house: House,
  agency: AgencyFacts,
  text: string | Uint8Array,
  said: Partial<Omit<ImportRequest, 'source'>> = {},
): Promise<ImportResult> {
  const request = { file: 'test.csv', ...said, source: chunksOf(Buffer.from(text)) };
  return importEvidence(
    house.store,
    house.declarations,
    agency.agency,
    operator,
    house.today(agency),
    request,
  );
}

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536);
}

/** Every duty that a question gives, page after page. */
export async function allDuties(
  house: House,
  agency: AgencyFacts,
  question: object,
  limit = 1000,
): Promise<Duty[]> {
  const found: Duty[] = [];
  let after: string | null | undefined;
  while (after !== null) {
    const page: DutiesAnswer = (await readView(house, house.operator, agency, dutiesView, {
      ...question,
      limit,
      ...(after && { after }),
    })) as DutiesAnswer;
    found.push(...page.duties);
    after = page.next;
    if (after === null && found.length !== page.total)
      throw new Error(`pages give ${found.length} of ${page.total}`);
  }
  return found;
}

export const INVENTORY = `system,component,environment,impact,fti,asset,fqdn,ip,platform,role
ECM,cloud,cloud,moderate,yes,web-1,web-1.example,192.0.2.1,Linux,production
ECM,site,on-premises,moderate,yes,db-1,db-1.example,192.0.2.2,Linux,production
`;

export interface AccountRow {
  readonly account: string;
  readonly component: string;
  readonly privileged: boolean;
  readonly created: Day;
  readonly lastLogin: Day | null;
  readonly status: 'active' | 'disabled' | 'deactivated' | 'quarantined';
  readonly statusChanged: Day | null;
}

export function accountsCsv(rows: readonly AccountRow[]): string {
  const lines = rows.map((row) =>
    [
      row.account,
      'Demo User',
      row.component,
      row.privileged ? 'yes' : 'no',
      row.created,
      row.lastLogin ?? '',
      row.status,
      row.statusChanged ?? '',
    ].join(','),
  );
  return `account,name,component,privileged,created,last_login,status,status_changed\n${lines.join('\n')}\n`;
}
