import type { LightMyRequestResponse } from 'fastify';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { errorCatalogue } from '../../src/errors/index.ts';
import { addPerson } from '../people.ts';
import { digestRows } from '../rows.ts';
import { routesIn } from './documented.ts';
import { arrive, everyone, expected, openMatrix, type Arrived, type Matrix, type Who } from './matrix.ts';
import { endsSessions, FOREIGN, NOWHERE, OTHER_SYSTEM, type Cell } from './matrix-cells.ts';

// Whoever may ask × whatever can be asked × the agency it is asked of; what must come is in matrix.ts.

let matrix: Matrix;
let foreignRows: Record<string, string> = {};
/** Requests made. */
let size = 0;
/** The server takes in no more files at once. */
const AT_ONCE = 3;

before(async () => {
  matrix = await openMatrix();
  foreignRows = await digestRows(matrix.house, matrix.foreign);
});
after(() => matrix?.close());

async function request(
  { ask }: Pick<Cell, 'ask'>,
  headers: Readonly<Record<string, string>>,
  code?: string,
): Promise<LightMyRequestResponse> {
  size += 1;
  const url = code === undefined ? ask.url : ask.url.replace(`/${FOREIGN}/`, `/${code}/`);
  return matrix.server.inject({ ...ask, url, headers: { ...ask.headers, ...headers } });
}

function codeOf({ body, headers }: LightMyRequestResponse): string | undefined {
  if (!String(headers['content-type']).startsWith('application/json')) return undefined;
  return (JSON.parse(body) as { error?: { code?: string } }).error?.code;
}

/** What is wrong with an answer, if anything. */
function whyWrong(cell: Cell, who: Who, answer: LightMyRequestResponse): string | undefined {
  const code = codeOf(answer);
  const wanted = expected(cell, who);
  const { statusCode: status, body } = answer;
  const known = errorCatalogue[code as keyof typeof errorCatalogue];
  if (code === undefined ? status >= 400 : known?.status !== status) return `${status} for ${code}`;
  if (/southern/i.test(body)) return 'it shows what is of a foreign agency';
  if (wanted === null) {
    const isRefused = ['SIGN_IN_REQUIRED', 'NOT_ALLOWED', 'FOREIGN_REQUEST', 'TOO_MANY'].includes(code ?? '');
    return isRefused || status >= 500 ? `${code}: anyone may` : undefined;
  }
  if (!wanted.includes(code)) return `${code ?? status} instead of ${wanted.join(' or ')}: ${body}`;
  const isOfOneSystem = who.grants.some(({ reach }) => reach.over === 'system');
  if (isOfOneSystem && new RegExp(`\\b${OTHER_SYSTEM}\\b`).test(body)) return 'it shows another system';
  return undefined;
}

/** An answer without what tells one foreign agency from another: nothing else may differ. */
function without(code: string, { statusCode, headers, body }: LightMyRequestResponse): string {
  const { date: _date, ...rest } = headers;
  return JSON.stringify([statusCode, rest, body]).replaceAll(code, 'CODE');
}

/** Asks everything; gives what was wrong. */
async function askAll(who: Who, arrived: Arrived): Promise<string[]> {
  const wrong: string[] = [];
  const ask = async (cell: Cell) => {
    const headers = await arrived.headers(cell);
    const answer = await request(cell, headers);
    const why = whyWrong(cell, who, answer);
    if (why !== undefined) wrong.push(`${cell.about}: ${why}`);
    if (!cell.isForeign) return;
    const nowhere = await request(cell, headers, NOWHERE);
    if (without(FOREIGN, answer) !== without(NOWHERE, nowhere))
      wrong.push(`${cell.about}: an agency that is not there is answered otherwise: ${nowhere.body}`);
  };
  const left = matrix.cells.values();
  const askOn = async () => {
    for (const cell of left) if (!endsSessions(cell)) await ask(cell);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askOn));
  for (const cell of matrix.cells.filter(endsSessions)) await ask(cell);
  return wrong;
}

interface Noted {
  readonly kind: string;
  readonly what: string;
}

/** The entries that bear somebody's name, oldest first. */
async function entriesBy(actor: string): Promise<Noted[]> {
  return matrix.house.asSuperuser(async (client) => {
    const { rows } = await client.query<Noted>(
      `select kind, coalesce(body::jsonb ->> 'what', '') as what from entry
       where agency_id = $1 and actor = $2 order by index`,
      [matrix.own.agency, actor],
    );
    return rows;
  });
}

async function entries(): Promise<number> {
  return matrix.house.asSuperuser(async (client) => {
    const { rows } = await client.query<{ n: number }>('select count(*)::int as n from entry');
    return rows[0]?.n ?? 0;
  });
}

/** What was refused for want of a role, or for being another agency's: each once, for the clock stands still. */
function denialsOf(who: Who): string[] {
  const denied = matrix.cells.filter((cell) => {
    const [code] = expected(cell, who) ?? [];
    return code === 'NOT_ALLOWED' || (cell.isForeign && code === 'NOT_FOUND');
  });
  return [...new Set(denied.map(({ what }) => what))].sort();
}

function whatOf(noted: readonly Noted[], kind: string): string[] {
  return noted
    .filter((each) => each.kind === kind)
    .map(({ what }) => what)
    .sort();
}

/** Whoever is an auditor and nothing else is recorded reading: each view as often as it was asked otherwise. */
function readingsOf(who: Who): string[] {
  if (!who.grants.some(({ role }) => role === 'auditor')) return [];
  return matrix.cells
    .filter((cell) => cell.kind === 'view' && expected(cell, who)?.[0] === undefined)
    .map(({ what }) => what.replace(/^reading /, ''))
    .sort();
}

describe('the permission matrix', () => {
  for (const who of everyone) {
    it(`${who.name} is answered what is declared and nothing else`, async () => {
      const arrived = await arrive(matrix, who);
      const before = await entries();
      assert.deepEqual(await askAll(who, arrived), []);
      if (arrived.actor === undefined) {
        assert.equal(await entries(), before);
        return;
      }
      const noted = await entriesBy(arrived.actor);
      assert.deepEqual(whatOf(noted, 'access.denied'), denialsOf(who));
      assert.deepEqual(whatOf(noted, 'view.read'), readingsOf(who));
    });
  }

  it('has every route that the server has, each answered to somebody and refused to somebody', (t) => {
    const routes = routesIn(matrix.server.printRoutes({ commonPrefix: false }));
    assert.deepEqual([...new Set(matrix.cells.map(({ route }) => route))].sort(), routes.sort());
    const refusals = ['SIGN_IN_REQUIRED', 'NOT_ALLOWED', 'NOT_FOUND'];
    const isRefused = (cell: Cell, who: Who) => refusals.includes(expected(cell, who)?.[0] ?? '');
    for (const cell of matrix.cells.filter(({ may }) => may !== 'anyone')) {
      assert.ok(
        everyone.some((who) => isRefused(cell, who)),
        cell.about,
      );
      assert.ok(cell.isForeign || everyone.some((who) => !isRefused(cell, who)), cell.about);
    }
    t.diagnostic(
      `${size} requests: ${routes.length} routes asked in ${matrix.cells.length} ways by ${everyone.length} people`,
    );
  });

  it('leaves the foreign agency as it was', async () => {
    assert.deepEqual(await digestRows(matrix.house, matrix.foreign), foreignRows);
  });

  it('lets nobody administer less than the agency', async () => {
    const { house, own } = matrix;
    const less = { role: 'administrator', reach: { over: 'system', system: 'ECM' } } as const;
    await assert.rejects(addPerson(house, own, [less]), { code: 'ACT_REFUSED' });
  });
});

/** What somebody's own coming and going changes, and that something is recorded at all. */
const COMING_AND_GOING = ['agency', 'entry', 'person_sign_in', 'session', 'sign_in_attempt', 'sign_in_state'];

describe('an auditor', () => {
  it('may read all that the agency has, and do nothing', () => {
    const who = everyone.find(({ grants: [grant] }) => grant?.role === 'auditor');
    assert.ok(who);
    for (const cell of matrix.cells.filter(({ kind, isForeign }) => kind !== 'own' && !isForeign))
      assert.deepEqual(expected(cell, who), [cell.kind === 'view' ? undefined : 'NOT_ALLOWED'], cell.about);
  });

  it('changes nothing, whatever they ask: the record grows by their readings, denials and sign-ins', async () => {
    const { house, own } = matrix;
    const who = everyone.find(({ grants: [grant] }) => grant?.role === 'auditor');
    assert.ok(who);
    const arrived = await arrive(matrix, who);
    const before = await digestRows(house, own);
    const count = await entries();
    const known = (await entriesBy(arrived.actor ?? '')).length;
    assert.deepEqual(await askAll(who, arrived), []);
    const after = await digestRows(house, own);
    assert.ok(Object.keys(after).length > COMING_AND_GOING.length);
    for (const [table, digest] of Object.entries(after))
      if (!COMING_AND_GOING.includes(table)) assert.equal(digest, before[table], table);
    const noted = await entriesBy(arrived.actor ?? '');
    assert.equal((await entries()) - count, noted.length - known);
    assert.deepEqual([...new Set(noted.map(({ kind }) => kind))].sort(), [
      'access.denied',
      'person.signed-in',
      'person.signed-out',
      'session.ended',
      'view.read',
    ]);
  });
});

describe('what is recorded', () => {
  const MINUTE = 60_000;

  it('of denials is the same thing once a minute, and each thing by itself', async () => {
    const arrived = await arrive(matrix, { name: '', grants: [], by: 'session' });
    const ask = async (path: string) => {
      const cell = { ask: { method: 'GET', url: `/api/agencies/DEMO${path}` }, kind: 'view' } as const;
      assert.equal(codeOf(await request(cell, await arrived.headers(cell))), 'NOT_ALLOWED');
      return whatOf(await entriesBy(arrived.actor ?? ''), 'access.denied').length;
    };
    assert.equal(await ask('/people'), 1);
    assert.equal(await ask('/people?limit=1'), 1);
    assert.equal(await ask('/duties'), 2);
    matrix.clock.forward(MINUTE - 1);
    assert.equal(await ask('/people'), 2);
    matrix.clock.forward(1);
    assert.equal(await ask('/people'), 3);
    assert.equal(await ask('/people'), 3);
  });

  it('of what an auditor reads is the same question once in a quarter of an hour', async () => {
    const grants = [{ role: 'auditor', reach: { over: 'agency' } }] as const;
    const arrived = await arrive(matrix, { name: '', grants, by: 'session' });
    const ask = async (path: string) => {
      const cell = { ask: { method: 'GET', url: `/api/agencies/DEMO${path}` }, kind: 'view' } as const;
      assert.equal(codeOf(await request(cell, await arrived.headers(cell))), undefined);
      return whatOf(await entriesBy(arrived.actor ?? ''), 'view.read').length;
    };
    assert.equal(await ask('/people'), 1);
    assert.equal(await ask('/people'), 1);
    assert.equal(await ask('/people?limit=1'), 2);
    matrix.clock.forward(10 * MINUTE);
    assert.equal(await ask('/people'), 2);
    matrix.clock.forward(5 * MINUTE);
    assert.equal(await ask('/people'), 3);
  });
});
