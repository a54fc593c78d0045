import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as z from 'zod';
import { loadDemonstration } from '../../src/doors/demonstration.ts';
import { errorCatalogue } from '../../src/errors/index.ts';
import { openTestHouse, type TestHouse } from '../house.ts';
import {
  audit,
  binding,
  day,
  declared,
  duties,
  duty,
  explanation,
  imported,
  entryRow,
  number,
  ownSignIn,
  provedEntry,
  recordState,
  refused,
  serverStatus,
  signInOffer,
  text,
  token,
  times,
} from './promised.ts';
import { ask, EVERYTHING, post, serve, upload, type Served } from './served.ts';
import type { AnsweredTimes, ImportResult } from '../../src/acts/index.ts';
import type {
  DeclaredAct,
  DeclaredDutyType,
  DeclaredList,
  DeclaredReader,
} from '../../src/doors/declared.ts';
import type { AuditAnswer, BindingAnswer, DutiesAnswer, Explanation } from '../../src/duties/index.ts';
import type { SystemsAnswer } from '../../src/programs/inventory/index.ts';
import type { EntryAnswer, RecordAnswer } from '../../src/programs/record/index.ts';
import type * as page from '../../web/contract.ts';
import type * as pageDeclared from '../../web/declared.ts';

/** Compiles only while the pages' own words for an answer fit what the server sends. */
type Sends<Page, Answer extends Page> = Answer;
export type Contract = [
  Sends<page.DutyList, DutiesAnswer & AnsweredTimes>,
  Sends<page.Explanation, Explanation & AnsweredTimes>,
  Sends<page.Audit, AuditAnswer & AnsweredTimes>,
  Sends<page.SystemList, SystemsAnswer & AnsweredTimes>,
  Sends<page.ImportOutcome, ImportResult>,
  Sends<page.RecordState, RecordAnswer & AnsweredTimes>,
  Sends<page.ProvedEntry, EntryAnswer & AnsweredTimes>,
  Sends<page.Binding, BindingAnswer & AnsweredTimes>,
  Sends<pageDeclared.DeclaredList, DeclaredList>,
  Sends<pageDeclared.DeclaredAct, DeclaredAct>,
  Sends<pageDeclared.DeclaredReader, DeclaredReader>,
  Sends<pageDeclared.DutyType, DeclaredDutyType>,
];

const BASE = '/api/agencies/DEMO';
const JULY = 'asOf=2022-07-08';
const DISABLE = `${JULY}&duty=account.disable`;

let house: TestHouse;
let served: Served;

before(async () => {
  house = await openTestHouse();
  await loadDemonstration(house);
  served = await serve(house);
});
after(async () => {
  await served?.close();
  await house?.close();
});

async function read<Shape extends z.ZodType>(path: string, shape: Shape): Promise<z.output<Shape>> {
  const answer = await ask(served, BASE + path);
  assert.equal(answer.status, 200, answer.text);
  return shape.parse(answer.json());
}

describe('the JSON of', () => {
  it('duties, whatever their status, a page at a time', async () => {
    const all = await read(`/duties?${DISABLE}&limit=1000`, duties);
    assert.equal(all.total, 921);
    assert.equal(all.next, null);
    assert.deepEqual([...new Set(all.duties.map((each) => each.status))].sort(), [
      'met',
      'met-late',
      'open',
      'overdue',
    ]);
    const first = await read(`/duties?${DISABLE}&limit=400`, duties);
    const second = await read(`/duties?${DISABLE}&limit=400&after=${first.next}`, duties);
    const third = await read(`/duties?${DISABLE}&limit=400&after=${second.next}`, duties);
    assert.equal(third.next, null);
    assert.deepEqual([...first.duties, ...second.duties, ...third.duties], all.duties);
  });

  it('duties nobody can determine, with what is missing', async () => {
    const before = await read(`/duties?asOf=2021-09-01&duty=account.disable&limit=1000`, duties);
    assert.equal(before.counts.undetermined, before.total);
    for (const each of before.duties) {
      assert.deepEqual([each.status, each.due, each.rule, each.daysLate], ['undetermined', null, null, null]);
      assert.ok(each.needs.length > 0);
    }
  });

  it('audit: the figures of 8 July 2022, each subject once', async () => {
    const { rows } = await read(`/audit?system=ECM&program=accounts&${JULY}`, audit);
    const [user, privileged] = rows;
    assert.equal(rows.length, 2);
    assert.deepEqual(
      [user?.class, user?.subjects, user?.fallenDue, user?.overdue, user?.done],
      ['user', 917, 401, 315, { deactivated: 53, quarantined: 33 }],
    );
    assert.deepEqual([privileged?.class, privileged?.subjects, privileged?.overdue], ['privileged', 4, 4]);
    for (const row of rows) {
      const { open, overdue, met, metLate, undetermined, suspended } = row;
      assert.equal(open + overdue + met + metLate + undetermined + suspended, row.subjects);
    }
  });

  it('audit without a rulebook says which it left out', async () => {
    const { without, rows } = await read(
      `/audit?system=ECM&program=accounts&${JULY}&without=irm-10.8.24`,
      audit,
    );
    assert.deepEqual(without, ['irm-10.8.24']);
    assert.equal(rows[0]?.overdue, 41);
  });

  it('binding: what governs each component and what is set aside there', async () => {
    const { places } = await read(`/systems/ECM/binding?${JULY}`, binding);
    const disabling = places.map(({ component, duties: bound }) => {
      const found = bound.find((each) => each.duty === 'account.disable');
      return [component, found?.governs[0]?.rule, found?.setAside[0]?.rule, found?.classes];
    });
    assert.deepEqual(disabling, [
      ['cloud', 'irm-10.8.24/disable-inactive', 'irm-10.8.1/disable-inactive', ['user', 'privileged']],
      ['on-premises', 'irm-10.8.1/disable-inactive', undefined, ['user', 'privileged']],
      [null, undefined, undefined, undefined],
    ]);
  });

  it('what is declared, for forms and lists', async () => {
    for (const [path, name] of [
      ['acts', 'acts'],
      ['views', 'views'],
      ['readers', 'readers'],
      ['duty-types', 'dutyTypes'],
    ] as const) {
      const shape = z.strictObject({ [name]: z.array(declared[name] as z.ZodType) });
      shape.parse((await ask(served, `/api/${path}`)).json());
    }
  });

  it('explain, and that the same duty is in the list', async () => {
    const list = await read(`/duties?${DISABLE}&status=overdue&limit=2`, duties);
    for (const each of list.duties) {
      const why = await read(`/duties/${each.id}?${JULY}`, explanation);
      assert.deepEqual(why.duty, each);
      assert.equal(why.successorOf, null);
      assert.deepEqual(
        why.considered.map(({ rule, verdict, by }) => [rule, verdict, by]),
        [
          ['irm-10.8.1/disable-inactive', 'set-aside', 'irm-10.8.24/disable-inactive'],
          ['irm-10.8.24/disable-inactive', 'governs', null],
        ],
      );
      assert.ok(why.evidence.length > 0 && why.entries.length > 0 && why.arithmetic.length === 1);
    }
  });

  it('systems, rulebooks and evidence, with the lines of a file', async () => {
    const asset = z.strictObject({
      asset: text,
      fqdn: z.string(),
      ip: z.string(),
      platform: z.string(),
      role: z.string(),
    });
    const component = z.strictObject({
      component: text,
      environment: text.nullable(),
      fti: z.boolean().nullable(),
      holdings: z.record(text, number),
      assets: z.array(asset),
    });
    const system = z.strictObject({ system: text, impact: text.nullable(), components: z.array(component) });
    const { systems } = await read('/systems', z.strictObject({ ...times, systems: z.array(system) }));
    assert.deepEqual(
      systems
        .filter(({ system: name }) => name === 'ECM')
        .map(({ components }) => components.map(({ assets }) => assets.length)),
      [[2, 2]],
    );
    const file = z.strictObject({
      evidence: number,
      file: text,
      reader: text,
      system: text.nullable(),
      component: text.nullable(),
      observedOn: day.nullable(),
      observations: number,
      bytes: number,
      recorded: z.iso.datetime({ offset: true }),
      actor: text,
    });
    const { evidence } = await read('/evidence', z.strictObject({ ...times, evidence: z.array(file) }));
    const lists = evidence.filter(({ reader }) => reader === 'accounts');
    assert.deepEqual(
      lists.map(({ observations }) => observations),
      [921, 921],
    );
    const cell = z.strictObject({ column: text, value: z.string() });
    const line = z.strictObject({ ...times, file: text, line: number, cells: z.array(cell) });
    const second = await read(`/evidence/${lists[0]?.evidence}/lines/2`, line);
    assert.deepEqual([second.file, second.line], [lists[0]?.file, 2]);
  });

  it('the record, its entries and one with its proof', async () => {
    const before = await read('/record', recordState);
    assert.deepEqual([before.signed, before.checkpoint, before.keys], [0, null, []]);
    const last = before.entries;
    assert.equal((await read(`/entries/${last}`, provedEntry)).proof, null);
    await house.sealer.checkpoint();
    const { signed, checkpoint, checkpoints, keys } = await read('/record', recordState);
    assert.deepEqual([signed, checkpoint?.size, checkpoints, keys.length], [last, last, 1, 1]);
    const proved = await read(`/entries/${last}`, provedEntry);
    assert.match(proved.proof ?? '', /^c2sp\.org\/tlog-proof@v1\n/);
    assert.deepEqual([proved.checkpoint, proved.entry.entry], [last, last]);
    const listed = await read(
      '/entries?limit=1',
      z.strictObject({
        ...times,
        total: number,
        next: text.nullable(),
        entries: z.array(z.strictObject(entryRow)),
      }),
    );
    const { body, ...row } = proved.entry;
    assert.deepEqual(listed.entries, [row]);
    assert.ok(typeof body === 'object' && body !== null);
  });

  it('the status of the server, with who asks and what goes wrong', async () => {
    const answer = serverStatus.parse((await ask(served, '/api/status')).json());
    assert.deepEqual(answer.problems, []);
    assert.equal(answer.person.person, served.person?.person);
    assert.deepEqual(
      answer.grants.map(({ role, over }) => ({ role, reach: { over } })),
      EVERYTHING,
    );
    assert.deepEqual([answer.systems, answer.agencies[0]?.code], [null, 'DEMO']);
  });

  it('what there is to sign in to, for anyone', async () => {
    const answer = signInOffer.parse((await ask(served, '/api/sign-in', { anonymous: true })).json());
    assert.deepEqual(answer.agencies, [{ code: 'DEMO', demonstration: true, providers: [] }]);
    assert.deepEqual([answer.setUp, answer.passkeys], [false, false]);
  });

  it("a person's own sign-in, with a token for programs, which says who asks too", async () => {
    const wanted = { name: 'Demo scan', roles: ['isso'], system: 'ECM', days: 3 };
    const made = z
      .strictObject({ token, secret: z.string().regex(/^muster_/) })
      .parse((await post(served, '/api/me/tokens', wanted)).json());
    const own = ownSignIn.parse((await ask(served, '/api/me')).json());
    assert.deepEqual(own.tokens, [made.token]);
    assert.deepEqual(
      own.sessions.map(({ isThis, way }) => [isThis, way]),
      [[true, 'test']],
    );
    assert.equal(own.roles.length, EVERYTHING.length);
    const headers = { authorization: `Bearer ${made.secret}` };
    const status = serverStatus.parse((await ask(served, '/api/status', { headers })).json());
    assert.deepEqual([status.roles, status.systems, status.session], [['isso'], ['ECM'], null]);
  });

  it('an import, a preview of it, and the same file again', async () => {
    const bytes = Buffer.from(
      'account,name,component,privileged,created,last_login,status,status_changed,note\n' +
        'shape-1,Demo User,on-premises,no,2022-09-01,2022-10-01,active,,x\n',
    );
    const wanted = { bytes, fields: { system: 'ECM', observed: '2022-10-14' } };
    const preview = imported.parse((await upload(served, 'DEMO', { ...wanted, dryRun: true })).json());
    assert.deepEqual([preview.evidence, preview.new, preview.repeated], [null, 1, false]);
    assert.equal(preview.notices.length, 1);
    const first = imported.parse((await upload(served, 'DEMO', wanted)).json());
    assert.deepEqual({ ...first, evidence: null }, preview);
    const again = imported.parse((await upload(served, 'DEMO', wanted)).json());
    assert.deepEqual(
      [again.evidence, again.new, again.unchanged, again.repeated],
      [first.evidence, 0, 1, true],
    );
  });

  it('an act: its entry, and the duty as it now stands', async () => {
    const list = await read(`/duties?${DISABLE}&status=overdue&limit=2`, duties);
    const [disabled, accepted] = list.duties;
    const done = z.strictObject({ entry: number, effective: day, duty });
    const recorded = await post(served, `${BASE}/acts/account.record-disabled`, {
      duty: disabled?.id,
      effective: '2022-10-20',
      note: 'seen in the console',
    });
    const first = done.parse(recorded.json());
    assert.deepEqual(
      [first.duty.done, first.duty.means, first.duty.status],
      ['2022-10-20', 'disabled', 'met-late'],
    );
    const said = { duty: accepted?.id, until: '2030-12-31', reason: 'a replacement is under way' };
    const second = done.parse((await post(served, `${BASE}/acts/duty.accept-risk`, said)).json());
    assert.equal(second.entry, first.entry + 1);
    assert.deepEqual(
      [second.duty.status, second.duty.suspended, second.duty.acceptance?.inTime],
      ['overdue', false, false],
    );
    const why = await read(`/duties/${disabled?.id}`, explanation);
    assert.ok(
      why.entries.some(({ index, actor }) => index === first.entry && actor === served.person?.actor),
    );
  });
});

describe('what is refused', () => {
  it('has one shape, and the status that the catalogue gives its code', async () => {
    const answers = await Promise.all([
      ask(served, '/api/nothing'),
      ask(served, '/api/agencies/NOWHERE/duties'),
      ask(served, `${BASE}/duties?asOf=yesterday`),
      ask(served, `${BASE}/duties?status=late`),
      ask(served, `${BASE}/duties?after=xyz`),
      ask(served, `${BASE}/duties?knownAt=xyz`),
      ask(served, `${BASE}/duties?system=NONE`),
      ask(served, `${BASE}/duties?duty=none.such`),
      ask(served, `${BASE}/duties/none`),
      ask(served, `${BASE}/audit?without=none`),
      ask(served, `${BASE}/evidence/1/lines/1`),
      post(served, `${BASE}/acts/duty.accept-risk`, {}),
      upload(served, 'DEMO', { bytes: Buffer.from('a,b\n1,2\n') }),
      ask(served, '/api/status', { headers: { host: 'muster.example' } }),
      ask(served, '/api/status', { anonymous: true }),
      post(served, '/api/sign-in/password', {}),
      post(served, '/api/set-up/begin', { token: 'none' }),
      post(served, `${BASE}/people/1.1/set-up-link`, {}),
    ]);
    for (const answer of answers) {
      const { error } = refused.parse(answer.json());
      assert.equal(
        answer.status,
        errorCatalogue[error.code as keyof typeof errorCatalogue].status,
        answer.text,
      );
      assert.equal(error.remedy, errorCatalogue[error.code as keyof typeof errorCatalogue].remedy);
      assert.ok(answer.status >= 400 && answer.status < 500);
    }
  });

  it('is an act that comes too late: of many at once just one is taken', async () => {
    const list = await read(`/duties?asOf=2022-10-14&status=overdue&class=privileged&limit=1`, duties);
    const said = { duty: list.duties[0]?.id, effective: '2022-10-20' };
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => post(served, `${BASE}/acts/account.record-disabled`, said)),
    );
    const taken = answers.filter((answer) => answer.status === 200).length;
    const refusedAsLate = answers.filter((answer) => answer.status === 409).length;
    assert.deepEqual([taken, refusedAsLate], [1, 5]);
    const late = answers.find((answer) => answer.status === 409);
    assert.equal(refused.parse(late?.json()).error.code, 'ACT_REFUSED');
  });
});
