import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Token } from '../people.ts';
import { addDays, day, type Day } from '../../src/time/index.ts';

/*
 * People at work over HTTP, and what they were told was done.
 */

export const SYSTEM = 'ECM';
const HEADER = 'system,component,environment,impact,fti,asset,fqdn,ip,platform,role';
/** A component to act on, and one for lists of accounts that come day after day. */
export const INVENTORY = `${HEADER}
${SYSTEM},cloud,cloud,moderate,yes,,,,,
${SYSTEM},site,on-premises,moderate,yes,,,,,
`;
const ACTED_ON = '2022-07-11';
/** A request that takes longer hangs, and that is a failure. */
const HANGS_MS = 40_000;

/** Accounts that nobody used for half a year, as a list has them. */
export function accountsOf(count: number, component = 'cloud', lastLogin = '2022-01-03'): string {
  const rows = Array.from(
    { length: count },
    (_, n) => `demo-${n},Demo User,${component},no,2021-01-04,${n % 2 ? lastLogin : '2022-01-03'},active,`,
  );
  return `account,name,component,privileged,created,last_login,status,status_changed\n${rows.join('\n')}\n`;
}

/** What an agency was told: entry by entry, with a piece of text that must be in its body. */
export class Ledger {
  readonly acknowledged = new Map<number, string>();
  /** Answers by which the server said that it failed. */
  failed = 0;
  /** Answers that it had too much to do. */
  busy = 0;
  #named = 0;

  /** A number that no other work bears. */
  name(): number {
    return (this.#named += 1);
  }
}

/** A server and an agency to work for. */
export interface Desk {
  readonly address: string;
  readonly agency: string;
  readonly token: Token;
  readonly ledger: Ledger;
}

interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The server's end of the connection is gone. */
class Gone extends Error {}

/** What is asked beside the address. */
interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: FormData | string;
}

async function ask(desk: Desk, path: string, asking: Asking = {}): Promise<Answered> {
  try {
    const response = await fetch(`${desk.address}/api/agencies/${desk.agency}/${path}`, {
      ...asking,
      headers: { ...asking.headers, ...desk.token },
      signal: AbortSignal.timeout(HANGS_MS),
    });
    return { status: response.status, body: (await response.json()) as Answered['body'] };
  } catch (cause) {
    // What fetch throws when the other end is gone, before the answer or in its midst.
    if (cause instanceof TypeError || cause instanceof SyntaxError) throw new Gone('', { cause });
    throw cause;
  }
}

async function upload(
  desk: Desk,
  name: string,
  text: string,
  said: Readonly<Record<string, string>> = {},
): Promise<Answered> {
  const form = new FormData();
  for (const [field, value] of Object.entries(said)) form.set(field, value);
  form.set('file', new Blob([text]), name);
  return ask(desk, 'evidence', { method: 'POST', body: form });
}

async function act(desk: Desk, name: string, body: object): Promise<Answered> {
  return ask(desk, `acts/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** One piece of work: what the server answered, and what must be in the entry that it names. */
export type Work = (desk: Desk) => Promise<{ answered: Answered; part: string }>;

export const importAsset: Work = async (desk) => {
  const n = desk.ledger.name();
  const name = `asset-${n}.csv`;
  const text = `${HEADER}\n${SYSTEM},cloud,cloud,moderate,yes,asset-${n},,,,\n`;
  return { answered: await upload(desk, name, text), part: `"file":"${name}"` };
};

const LISTED = 250;
const FIRST_LIST = day('2022-01-05');
const LISTS = 1000;

const importAccounts: Work = async (desk) => {
  const n = desk.ledger.name();
  const name = `accounts-${n}.csv`;
  const observed: Day = addDays(FIRST_LIST, n % LISTS);
  const text = accountsOf(LISTED, 'site', addDays(observed, -1));
  const said = { system: SYSTEM, component: 'site', observed };
  return { answered: await upload(desk, name, text, said), part: `"file":"${name}"` };
};

export const createPoam: Work = async (desk) => {
  const poam = `POAM-${desk.ledger.name()}`;
  const answered = await act(desk, 'poam.create', {
    poam,
    weakness: 'servers lack protection',
    scheduled: '2090-05-01',
    system: SYSTEM,
    severity: 'high',
    identified: '2022-06-01',
  });
  return { answered, part: `"number":"${poam}"` };
};

const LIST_EVERY = 4;

/** Assets, and now and then a list of accounts, which changes many rows at once. */
export function importBoth(): Work {
  let done = 0;
  return async (desk) => (done++ % LIST_EVERY === 0 ? importAccounts(desk) : importAsset(desk));
}

/** Disables one overdue account after the other; of an agency, one at a time may do so. */
export function disableAccounts(): Work {
  let overdue: string[] = [];
  return async (desk) => {
    if (overdue.length === 0) {
      const answered = await ask(desk, 'duties?asOf=2022-07-12&status=overdue&component=cloud&limit=1000');
      const { duties } = answered.body as { duties?: { id: string }[] };
      if (duties === undefined) return { answered, part: '' };
      overdue = duties.map(({ id }) => id);
      assert.ok(overdue.length > 0, 'no account is left to act on');
    }
    const duty = overdue.shift() ?? '';
    const note = `disabled for ${duty}`;
    const answered = await act(desk, 'account.record-disabled', { duty, effective: ACTED_ON, note });
    return { answered, part: note };
  };
}

export interface Working {
  /** Ends the work when what is under way is answered. */
  readonly stop: AbortSignal;
  /** Whether the server may say that it failed: while its database is gone. */
  readonly mayFail: () => boolean;
}

const AGAIN_MS = 25;

/**
 * Does a piece of work again and again until told to stop or the server is gone. What it was told
 * is in the ledger. Throws at an answer that ought not to be.
 */
export async function keepAt(work: Work, desk: Desk, { stop, mayFail }: Working): Promise<void> {
  while (!stop.aborted) {
    try {
      const { answered, part } = await work(desk);
      note(desk.ledger, answered, part, mayFail());
      if (answered.status >= 500) await sleep(AGAIN_MS);
    } catch (error) {
      if (error instanceof Gone) return;
      throw error;
    }
  }
}

function note(ledger: Ledger, { status, body }: Answered, part: string, mayFail: boolean): void {
  const { entry, evidence = entry, error } = body;
  if (status === 200 && typeof evidence === 'number') {
    assert.ok(!ledger.acknowledged.has(evidence), `entry ${evidence} was given twice`);
    ledger.acknowledged.set(evidence, part);
    return;
  }
  // So many at once are too many; those are to try again.
  if ((error as { code?: string } | undefined)?.code === 'BUSY') {
    ledger.busy += 1;
    return;
  }
  assert.ok(status >= 500 && mayFail, `${part}: the server answered ${status} ${JSON.stringify(body)}`);
  ledger.failed += 1;
}

/** Nothing is acknowledged for so long only where something is wrong. */
const PATIENCE_MS = 30_000;

/** Waits until so much more is acknowledged. */
export async function grown(ledger: Ledger, by: number): Promise<void> {
  const wanted = ledger.acknowledged.size + by;
  const until = Date.now() + PATIENCE_MS;
  while (ledger.acknowledged.size < wanted) {
    assert.ok(Date.now() < until, `nothing was acknowledged for ${PATIENCE_MS / 1000} seconds`);
    await sleep(2);
  }
}
