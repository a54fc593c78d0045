import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as z from 'zod';
import { loadDemonstration } from '../../src/doors/house.ts';
import { errorCatalogue } from '../../src/errors/index.ts';
import { openTestHouse, type TestHouse } from '../house.ts';
import { ask, post, serve, upload, type Served } from './served.ts';
import type { ImportResult } from '../../src/acts/index.ts';
import type { AuditAnswer, DutiesAnswer, Explanation } from '../../src/duties/index.ts';
import type { SystemsAnswer } from '../../src/programs/inventory/index.ts';
import type * as page from '../../web/contract.ts';

/** Compiles only while the pages' own words for an answer fit what the server sends. */
type Sends<Page, Answer extends Page> = Answer;
export type Contract = [
  Sends<page.DutyList, DutiesAnswer>,
  Sends<page.Explanation, Explanation>,
  Sends<page.Audit, AuditAnswer>,
  Sends<page.SystemList, SystemsAnswer>,
  Sends<page.ImportOutcome, ImportResult>,
];

// What programs outside are promised, written down a second time: a key more or less is a break.

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const text = z.string().min(1);
const number = z.int().nonnegative();
const status = z.enum(['open', 'overdue', 'met', 'met-late', 'undetermined']);
const refusal = z.strictObject({ at: text, reason: text });
const range = z.strictObject({ min: number, max: number });

const duty = z.strictObject({
  id: z.string().regex(/^[a-z.]+:\d+\.\d+:\d{4}-\d{2}-\d{2}$/),
  duty: text,
  subject: z.strictObject({ kind: text, name: text }),
  system: text,
  component: text,
  class: text,
  rating: text.nullable(),
  trigger: day,
  scheduled: day.nullable(),
  due: day.nullable(),
  done: day.nullable(),
  means: text.nullable(),
  status,
  daysLate: number.nullable(),
  suspended: z.boolean(),
  rule: text.nullable(),
  force: z.enum(['required', 'recommended', 'agency']).nullable(),
  cites: z.array(text),
  setAside: z.array(z.strictObject({ rule: text, by: text })),
  needs: z.array(text),
  acceptance: z
    .strictObject({ from: day, until: day, reason: text, inTime: z.boolean(), entry: number })
    .nullable(),
});

const counts = z.strictObject({
  open: number,
  overdue: number,
  met: number,
  'met-late': number,
  undetermined: number,
  suspended: number,
});

const duties = z.strictObject({
  asOf: day,
  total: number,
  counts,
  next: text.nullable(),
  duties: z.array(duty),
});

const rate = z.strictObject({
  numerator: number,
  denominator: number,
  percent: z.number().min(0).max(100).nullable(),
  source: text,
});

const audit = z.strictObject({
  asOf: day,
  system: text.nullable(),
  without: z.array(text),
  demonstration: z.boolean(),
  rows: z.array(
    z.strictObject({
      program: text,
      duty: text,
      class: text,
      subjects: number,
      fallenDue: number,
      open: number,
      overdue: number,
      met: number,
      metLate: number,
      undetermined: number,
      suspended: number,
      outstanding: number,
      daysLate: range.nullable(),
      daysOpen: range.nullable(),
      done: z.record(text, number),
      rates: z.record(text, rate),
      source: text,
    }),
  ),
});

const explanation = z.strictObject({
  asOf: day,
  duty,
  successorOf: text.nullable(),
  sentence: text,
  considered: z.array(
    z.strictObject({
      rule: text,
      title: text,
      edition: z.strictObject({ from: day, triggersFrom: day }).nullable(),
      force: text,
      cites: z.array(text),
      verdict: z.enum([
        'governs',
        'set-aside',
        'does-not-bind',
        'not-in-force',
        'needs-a-fact',
        'leaves-open',
      ]),
      by: text.nullable(),
      because: text,
      entry: number,
    }),
  ),
  arithmetic: z.array(text),
  facts: z.array(z.strictObject({ attribute: text, value: text.nullable(), source: text })),
  evidence: z.array(
    z.strictObject({
      evidence: number,
      file: text,
      line: number.nullable(),
      observedOn: day.nullable(),
      says: text,
    }),
  ),
  entries: z.array(
    z.strictObject({
      index: number,
      kind: text,
      subject: text,
      actor: text,
      effective: day,
      recorded: z.iso.datetime({ offset: true }),
      summary: text,
    }),
  ),
  spells: z.array(
    z.strictObject({ id: text, trigger: day, done: day.nullable(), means: text.nullable(), status }),
  ),
});

const imported = z.strictObject({
  evidence: number.nullable(),
  reader: text,
  observedOn: day.nullable(),
  assets: number,
  observations: number,
  bySeverity: z.record(text, number),
  new: number,
  closed: number,
  reopened: number,
  unchanged: number,
  repeated: z.boolean(),
  notices: z.array(text),
  refused: z.array(refusal),
});

const refused = z.strictObject({
  error: z.strictObject({
    code: z.enum(Object.keys(errorCatalogue)),
    message: text,
    remedy: text,
    refused: z.array(refusal),
  }),
});

const BASE = '/api/agencies/DEMO';
const JULY = 'asOf=2022-07-08';

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
    const all = await read(`/duties?${JULY}&limit=1000`, duties);
    assert.equal(all.total, 921);
    assert.equal(all.next, null);
    assert.deepEqual([...new Set(all.duties.map((each) => each.status))].sort(), [
      'met',
      'met-late',
      'open',
      'overdue',
    ]);
    const first = await read(`/duties?${JULY}&limit=400`, duties);
    const second = await read(`/duties?${JULY}&limit=400&after=${first.next}`, duties);
    const third = await read(`/duties?${JULY}&limit=400&after=${second.next}`, duties);
    assert.equal(third.next, null);
    assert.deepEqual([...first.duties, ...second.duties, ...third.duties], all.duties);
  });

  it('duties nobody can determine, with what is missing', async () => {
    const before = await read(`/duties?asOf=2021-09-01&limit=1000`, duties);
    assert.equal(before.counts.undetermined, before.total);
    for (const each of before.duties) {
      assert.deepEqual([each.status, each.due, each.rule, each.daysLate], ['undetermined', null, null, null]);
      assert.ok(each.needs.length > 0);
    }
  });

  it('audit: the figures of 8 July 2022, each subject once', async () => {
    const { rows } = await read(`/audit?system=ECM&${JULY}`, audit);
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
    const { without, rows } = await read(`/audit?system=ECM&${JULY}&without=irm-10.8.24`, audit);
    assert.deepEqual(without, ['irm-10.8.24']);
    assert.equal(rows[0]?.overdue, 41);
  });

  it('explain, and that the same duty is in the list', async () => {
    const list = await read(`/duties?${JULY}&status=overdue&limit=2`, duties);
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
    const { systems } = await read('/systems', z.strictObject({ asOf: day, systems: z.array(system) }));
    assert.deepEqual(
      systems.map((each) => [each.system, each.components.map(({ assets }) => assets.length)]),
      [['ECM', [2, 2]]],
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
    const { evidence } = await read('/evidence', z.strictObject({ evidence: z.array(file) }));
    assert.deepEqual(
      evidence.map(({ observations }) => observations),
      [921, 921, 4],
    );
    const cell = z.strictObject({ column: text, value: z.string() });
    const line = z.strictObject({ file: text, line: number, cells: z.array(cell) });
    const second = await read(`/evidence/${evidence[0]?.evidence}/lines/2`, line);
    assert.deepEqual([second.file, second.line], [evidence[0]?.file, 2]);
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
    const list = await read(`/duties?${JULY}&status=overdue&limit=2`, duties);
    const [disabled, accepted] = list.duties;
    const done = z.strictObject({ entry: number, duty });
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
    assert.ok(why.entries.some(({ index, actor }) => index === first.entry && actor === 'operator:test'));
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
