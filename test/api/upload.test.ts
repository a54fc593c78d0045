import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as send, type ClientRequest, type IncomingMessage } from 'node:http';
import { after, before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { LIMITS } from '../../src/doors/http/limits.ts';
import { importText, INVENTORY, newAgency, openTestHouse, type TestHouse } from '../house.ts';
import { countRows } from '../rows.ts';
import { ask, FORM, formOf, serve, signedHeaders, upload, type Answer, type Served } from './served.ts';

const HEADER = 'account,name,component,privileged,created,last_login,status,status_changed';
const SAID = { system: 'ECM', observed: '2022-07-08' };

let house: TestHouse;
let served: Served;

before(async () => {
  house = await openTestHouse();
  const agency = await newAgency(house, 'NORTH');
  await importText(house, agency, INVENTORY, { file: 'inventory.csv' });
  served = await serve(house);
});
after(async () => {
  await served?.close();
  await house?.close();
});

/** An account list; the accounts' names begin with `prefix`. */
function list(prefix: string, rows: number): Buffer {
  const lines = Array.from(
    { length: rows },
    (_, row) => `${prefix}-${row},Demo User,cloud,no,2022-01-03,2022-03-01,active,`,
  );
  return Buffer.from(`${HEADER}\n${lines.join('\n')}\n`);
}

/** The rows of every table; none may come or go unseen. */
async function rowsOfAll(): Promise<Record<string, number>> {
  const counts = await countRows(house);
  assert.ok((counts['entry'] ?? 0) > 0);
  return counts;
}

interface Refused {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly refused: readonly { readonly at: string; readonly reason: string }[];
  };
}

function refusalOf(answer: Answer): Refused['error'] {
  return (answer.json() as Refused).error;
}

interface Taken {
  readonly evidence: number;
  readonly new: number;
  readonly repeated: boolean;
}

async function files(): Promise<{ evidence: number; file: string; actor: string }[]> {
  const answer = await ask(served, '/api/agencies/NORTH/evidence');
  return (answer.json() as { evidence: { evidence: number; file: string; actor: string }[] }).evidence;
}

const utf16 = Buffer.from(`\ufeff${HEADER}\n`, 'utf16le');
const zip = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(200, 7)]);

const hostile: Readonly<Record<string, { bytes: Buffer; says: RegExp }>> = {
  'of 0 bytes': { bytes: Buffer.alloc(0), says: /empty/ },
  'of blank lines': { bytes: Buffer.from('\n\n\n'), says: /./ },
  'that is a zip archive': { bytes: zip, says: /zip|Excel/ },
  'that is a program': { bytes: Buffer.from('\u007fELF\u0002\u0001\u0001\u0000\u0000'), says: /./ },
  'with NUL bytes': {
    bytes: Buffer.from(`${HEADER}\nna\u0000me,x,cloud,no,2022-01-03,,active,\n`),
    says: /NUL/,
  },
  'in UTF-16': { bytes: utf16, says: /UTF-16/ },
  'that is not UTF-8': {
    bytes: Buffer.concat([
      Buffer.from(`${HEADER}\na,`),
      Buffer.from([0xff]),
      Buffer.from(',cloud,no,2022-01-03,,active,\n'),
    ]),
    says: /UTF-8/,
  },
  'with a header alone': { bytes: Buffer.from(`${HEADER}\n`), says: /no rows/ },
  'cut off in a quoted cell': { bytes: Buffer.from(`${HEADER}\na,"Demo Us`), says: /quote/ },
  'with a ragged row': { bytes: Buffer.from(`${HEADER}\na,b,cloud\n`), says: /cells|columns/ },
  'with a U.S. date': {
    bytes: Buffer.from(`${HEADER}\na,Demo User,cloud,no,01/03/2022,,active,\n`),
    says: /YYYY-MM-DD/,
  },
  'with a component that nobody declared': {
    bytes: Buffer.from(`${HEADER}\na,Demo User,nowhere,no,2022-01-03,,active,\n`),
    says: /nowhere/,
  },
  'with an account twice': {
    bytes: Buffer.from(`${HEADER}\n${'a,Demo User,cloud,no,2022-01-03,,active,\n'.repeat(2)}`),
    says: /same account/,
  },
};

describe('a file', () => {
  let rows: Record<string, number> = {};
  beforeEach(async () => {
    rows = await rowsOfAll();
  });

  for (const [what, { bytes, says }] of Object.entries(hostile)) {
    it(`${what} is refused with where and why, and changes nothing`, async () => {
      const known = await upload(served, 'NORTH', { bytes, fields: { ...SAID, reader: 'accounts' } });
      const unknown = await upload(served, 'NORTH', { bytes });
      for (const answer of [known, unknown]) {
        const { code, message, refused } = refusalOf(answer);
        assert.deepEqual([answer.status, code], [422, 'INPUT_REFUSED'], answer.text);
        assert.ok(refused.length > 0 && refused.every(({ at, reason }) => at !== '' && reason !== ''));
        assert.ok(message.startsWith('test.csv: ') && !message.includes('\n'), message);
      }
      assert.match(
        refusalOf(known)
          .refused.map(({ reason }) => reason)
          .join('\n'),
        says,
      );
      assert.deepEqual(await rowsOfAll(), rows);
    });
  }

  it('with a bad cell names its line and column', async () => {
    const bytes = Buffer.from(
      `${list('fine', 2).toString()}bad,Demo User,cloud,no,2022-01-03,7/1/2022,active,\n`,
    );
    const { refused } = refusalOf(await upload(served, 'NORTH', { bytes, fields: SAID }));
    assert.equal(refused.length, 1);
    assert.match(refused[0]?.at ?? '', /line 4\b.*last_login/);
    assert.deepEqual(await rowsOfAll(), rows);
  });

  it('without what must be said of it is refused, each thing named', async () => {
    const { refused } = refusalOf(await upload(served, 'NORTH', { bytes: list('a', 1) }));
    assert.deepEqual(refused.map(({ at }) => at).sort(), ['observed', 'system']);
    const bad = await upload(served, 'NORTH', {
      bytes: list('a', 1),
      fields: { system: 'ECM', observed: '8 July' },
    });
    assert.deepEqual([bad.status, refusalOf(bad).code], [400, 'BAD_REQUEST']);
    assert.deepEqual(await rowsOfAll(), rows);
  });

  it('tried out changes nothing', async () => {
    const answer = await upload(served, 'NORTH', { bytes: list('dry', 20), fields: SAID, dryRun: true });
    assert.deepEqual([answer.status, (answer.json() as Taken).new], [200, 20]);
    assert.deepEqual(await rowsOfAll(), rows);
  });

  it('of an agency that is none changes nothing, but that the attempt is recorded', async () => {
    const answer = await upload(served, 'SOUTH', { bytes: list('a', 1), fields: SAID });
    assert.deepEqual([answer.status, refusalOf(answer).code], [404, 'NOT_FOUND']);
    assert.deepEqual(await rowsOfAll(), { ...rows, entry: (rows['entry'] ?? 0) + 1 });
  });

  it('of somebody who did not sign in changes nothing', async () => {
    const body = formOf({ bytes: list('a', 1), fields: SAID });
    const path = '/api/agencies/NORTH/evidence';
    const answer = await ask(served, path, { method: 'POST', headers: FORM, body, anonymous: true });
    assert.deepEqual([answer.status, refusalOf(answer).code], [401, 'SIGN_IN_REQUIRED']);
    assert.deepEqual(await rowsOfAll(), rows);
  });

  it('that breaks off on its way changes nothing, and can be sent again', async () => {
    const bytes = list('broken', 3_000);
    for (const share of [0.1, 0.5, 0.99]) await sendAndBreakOff(formOf({ bytes, fields: SAID }), share);
    await settled();
    assert.deepEqual(await rowsOfAll(), rows);
    const answer = await upload(served, 'NORTH', { bytes, fields: SAID });
    const taken = answer.json() as Taken;
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual([taken.new, taken.repeated], [3_000, false]);
    assert.equal((await rowsOfAll())['entry'], (rows['entry'] ?? 0) + 1);
  });

  it('sent twice at once is taken once', async () => {
    const wanted = { bytes: list('once', 50), fields: { ...SAID, observed: '2022-07-09' } };
    const answers = await Promise.all([1, 2, 3].map(() => upload(served, 'NORTH', wanted)));
    const taken = answers.map((answer) => answer.json() as Taken);
    assert.equal(taken.filter(({ repeated }) => !repeated).length, 1);
    assert.equal(new Set(taken.map(({ evidence }) => evidence)).size, 1);
    assert.equal((await rowsOfAll())['entry'], (rows['entry'] ?? 0) + 1);
  });
});

describe("a file's name", () => {
  const names: readonly (readonly [string, string])[] = [
    ['../../../etc/cron.d/list.csv', 'list.csv'],
    ['..\\\\..\\\\windows\\\\list.csv', 'list.csv'],
    ['/list.csv', 'list.csv'],
    ['C:\\\\Users\\\\demo\\\\list.csv', 'list.csv'],
    ['%2e%2e%2flist.csv', '%2e%2e%2flist.csv'],
    ['ecm accounts.csv', 'ecm accounts.csv'],
  ];

  for (const [said, kept] of names) {
    it(`${said} is kept as ${kept}`, async () => {
      const fields = { ...SAID, observed: '2022-07-10' };
      const answer = await upload(served, 'NORTH', {
        name: said,
        bytes: list(`name-${names.findIndex(([name]) => name === said)}`, 1),
        fields,
      });
      assert.equal(answer.status, 200, answer.text);
      const [newest] = await files();
      assert.deepEqual([newest?.file, newest?.actor], [kept, served.person?.actor]);
    });
  }

  it('is never empty, nor has it control characters', async () => {
    for (const [place, said] of ['..', '', 'a\u0000b.csv', 'a\u001b[31mb.csv'].entries()) {
      const fields = { ...SAID, observed: '2022-07-11' };
      await upload(served, 'NORTH', { name: said, bytes: list(`odd-${place}`, 1), fields });
      const [newest] = await files();
      assert.match(newest?.file ?? '', /^[^\p{Cc}]+$/u);
    }
  });
});

describe('a form that trickles in', () => {
  const PATIENCE = 400;
  const form = (name: string) =>
    formOf({ bytes: list(name, 2), fields: { ...SAID, observed: '2022-07-12' } });
  let impatient: Served;
  before(async () => {
    impatient = await serve(house, undefined, { ...LIMITS, bodyMilliseconds: PATIENCE });
  });
  after(() => impatient?.close());

  it('is hung up on where its file does not begin, and holds no place of others any more', async () => {
    const sent = form('late');
    const dawdling = [1, 2, 3].map(() => sendingTo(impatient, sent));
    const hungUp = dawdling.map((sending) => new Promise((resolve) => sending.once('close', resolve)));
    for (const sending of dawdling) sending.write(sent.subarray(0, sent.indexOf('name="file"')));
    await sleep(PATIENCE / 2);
    const wanted = { bytes: list('prompt', 2), fields: { ...SAID, observed: '2022-07-12' } };
    const busy = await upload(impatient, 'NORTH', wanted);
    assert.deepEqual([busy.status, refusalOf(busy).code], [503, 'BUSY']);
    await Promise.all(hungUp);
    const taken = await upload(impatient, 'NORTH', wanted);
    assert.equal(taken.status, 200, taken.text);
  });

  it('is taken in where its file has begun, however long that takes', async () => {
    const sent = form('slow');
    const sending = sendingTo(impatient, sent);
    const answered = once(sending, 'response');
    const begun = sent.indexOf('slow-1');
    sending.write(sent.subarray(0, begun));
    for (let at = begun; at < begun + 6; at += 1) {
      await sleep(PATIENCE / 3);
      sending.write(sent.subarray(at, at + 1));
    }
    sending.end(sent.subarray(begun + 6));
    const [answer] = (await answered) as [IncomingMessage];
    answer.resume();
    assert.equal(answer.statusCode, 200);
  });
});

/** A form to send to a server piece by piece. */
function sendingTo(to: Served, form: Buffer): ClientRequest {
  const { hostname, port } = new URL(to.address);
  const length = { 'content-length': String(form.length) };
  const headers = signedHeaders(to, { method: 'POST', headers: { ...FORM, ...length } });
  const path = '/api/agencies/NORTH/evidence';
  const sending = send({ hostname, port, path, method: 'POST', headers, agent: false });
  return sending.on('error', () => undefined);
}

/** Sends that share of a form and then hangs up. */
async function sendAndBreakOff(form: Buffer, share: number): Promise<void> {
  const sending = sendingTo(served, form);
  await new Promise<void>((resolve) => {
    sending.write(form.subarray(0, Math.floor(form.length * share)), () => resolve());
  });
  await sleep(50);
  sending.destroy();
}

/** Until no transaction of the application is under way. */
async function settled(): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const busy = await house.asSuperuser(async (client) => {
      const { rows } = await client.query<{ n: string }>(
        "select count(*) as n from pg_stat_activity where state like '%transaction%' and pid <> pg_backend_pid() and datname = current_database()",
      );
      return Number(rows[0]?.n);
    });
    if (busy === 0) return;
    await sleep(20);
  }
  assert.fail('a transaction of an upload that broke off stays open');
}
