import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addDays, dayIn } from '../../src/time/index.ts';
import { Desk } from './desk.ts';

/*
 * An agency set up, loaded and audited from a script: the README's way, the figures.
 */

interface Row {
  readonly duty: string;
  readonly class: string;
  readonly subjects: number;
  readonly fallenDue: number;
  readonly open: number;
  readonly overdue: number;
  readonly met: number;
  readonly metLate: number;
  readonly undetermined: number;
  readonly suspended: number;
  readonly daysLate: { min: number; max: number } | null;
  readonly daysOpen: { min: number; max: number } | null;
  readonly done: Record<string, number>;
  readonly rates: Record<string, { numerator: number; denominator: number }>;
}

interface Duties {
  readonly asOf: string;
  readonly total: number;
  readonly next: string | null;
  readonly duties: Record<string, unknown>[];
}

const HEADER = 'account,name,component,privileged,created,last_login,status,status_changed';
const JULY = ['--as-of', '2022-07-08'];

let desk: Desk;
/** The entry of the first import: after the agency's own and its rulebooks'. */
let first = 0;
let files: Awaited<ReturnType<Desk['demonstration']>>;
before(async () => {
  desk = await Desk.open();
  files = await desk.demonstration();
});
after(() => desk.close());

async function audit(...args: string[]): Promise<Record<string, Row>> {
  const { rows } = await desk.json<{ rows: Row[] }>('audit', '--system', 'ECM', ...args);
  return Object.fromEntries(rows.map((row) => [row.class, row]));
}

async function overdue(...args: string[]): Promise<Duties> {
  return desk.json('duties', '--status', 'overdue', ...args);
}

async function firstOverdue(): Promise<string> {
  const { duties } = await overdue(...JULY, '--limit', '1');
  return String(duties[0]?.['id']);
}

test('without an agency a command says what to do', async () => {
  await desk.refused(3, /no agency yet.*agency create/, 'duties');
  assert.deepEqual(await desk.json('agency', 'list'), { agencies: [] });
});

test('an agency is created with the rulebooks that bind it, once', async () => {
  const expected = { code: 'NORTH', kind: 'irs', timeZone: 'America/New_York' };
  assert.partialDeepStrictEqual(await desk.json('agency', 'create', 'NORTH', '--kind', 'irs'), expected);
  assert.partialDeepStrictEqual(await desk.json('agency', 'list'), { agencies: [expected] });
  const { rulebooks } = await desk.json<{ rulebooks: { rulebook: string }[] }>('rulebook', 'list');
  const adopted = rulebooks.map(({ rulebook }) => rulebook);
  assert.ok(adopted.includes('irm-10.8.1') && adopted.includes('irm-10.8.24'));
  assert.ok(!adopted.includes('safeguards-memo'), 'it binds recipients alone');
  first = adopted.length + 2;
  await desk.refused(3, /already an agency NORTH/, 'agency', 'create', 'NORTH', '--kind', 'irs');
  await desk.refused(
    2,
    /time.?zone/i,
    'agency',
    'create',
    'EAST',
    '--kind',
    'irs',
    '--time-zone',
    'Mars/Base',
  );
  await desk.refused(2, /kind/, 'agency', 'create', 'EAST', '--kind', 'bank');
  await desk.refused(2, /code|capitals/, 'agency', 'create', 'east side', '--kind', 'irs');
  assert.partialDeepStrictEqual(await desk.json('agency', 'list'), { agencies: [expected] });
});

test('an inventory and lists of accounts are taken in, and what they changed is told', async () => {
  assert.deepEqual(await desk.json('import', files.inventory), {
    evidence: first,
    reader: 'inventory',
    observedOn: null,
    assets: 4,
    observations: 4,
    bySeverity: {},
    new: 6,
    closed: 0,
    reopened: 0,
    unchanged: 0,
    repeated: false,
    notices: [],
    refused: [],
  });
  const counts = {
    assets: 0,
    observations: 921,
    bySeverity: {},
    reopened: 0,
    repeated: false,
    notices: [],
    refused: [],
  };
  const july = {
    ...counts,
    reader: 'accounts',
    observedOn: '2022-07-08',
    new: 921,
    closed: 86,
    unchanged: 0,
  };
  const before = await desk.digest();
  assert.partialDeepStrictEqual(await desk.json('import', ...files.july, '--dry-run'), {
    ...counts,
    evidence: null,
    new: 921,
  });
  assert.equal(await desk.digest(), before, 'a dry run changes nothing');
  const told = await desk.json<object>('import', ...files.july);
  assert.partialDeepStrictEqual(told, {
    ...july,
    evidence: first + 1,
    closed: (told as { closed: number }).closed,
  });
  const systems = await desk.json<{ systems: { system: string; components: object[] }[] }>('systems');
  assert.partialDeepStrictEqual(systems.systems, [
    {
      system: 'ECM',
      impact: 'moderate',
      components: [
        { component: 'cloud', environment: 'cloud', fti: true, holdings: { accounts: 921 } },
        { component: 'on-premises', environment: 'on-premises', fti: true, holdings: { accounts: 0 } },
      ],
    },
  ]);
});

test('the figures are the audit’s', async () => {
  const { user, privileged } = await audit(...JULY);
  assert.ok(user && privileged);
  const { daysLate, daysOpen, rates, done } = user;
  assert.partialDeepStrictEqual(user, {
    duty: 'account.disable',
    class: 'user',
    subjects: 917,
    fallenDue: 401,
    open: 516,
    overdue: 315,
    met: 53,
    metLate: 33,
    undetermined: 0,
    suspended: 0,
  });
  assert.deepEqual(done, { deactivated: 53, quarantined: 33 });
  assert.ok(daysLate && daysOpen);
  assert.equal(daysLate.min, 1);
  assert.deepEqual([daysOpen.min - daysLate.min, daysOpen.max - daysLate.max], [90, 90]);
  assert.ok(
    Object.values(rates).some(({ numerator, denominator }) => numerator === 315 && denominator === 401),
  );
  assert.deepEqual([privileged.subjects, privileged.overdue], [4, 4]);
  const without = (await audit(...JULY, '--without', 'irm-10.8.24'))['user'];
  assert.deepEqual([without?.overdue, without?.subjects], [41, 917]);
  await desk.refused(3, /not adopted irm-1.*irm-10\.8\.24/, 'audit', '--without', 'irm-1');
});

test('as text they stand with numerator, denominator and source', async () => {
  const text = await desk.done('audit', '--system', 'ECM', ...JULY);
  assert.match(text, /ECM as of 2022-07-08/);
  assert.match(text, /917 +401 +831 +516 +315 +53 +33 +0 +0/);
  assert.match(text, /numerator +denominator/);
  assert.match(text, /\n *315 +401 +78\.6 %/);
  assert.match(text, /Source: /);
  assert.match(await desk.done('audit', ...JULY, '--without', 'irm-10.8.24'), /what if/);
});

test('duties come with all that the page needs, page after page', async () => {
  const whole = await overdue(...JULY, '--system', 'ECM', '--duty', 'account.disable', '--limit', '1000');
  assert.deepEqual(
    [whole.asOf, whole.total, whole.next, whole.duties.length],
    ['2022-07-08', 319, null, 319],
  );
  const [first] = whole.duties;
  assert.ok(first);
  assert.deepEqual(Object.keys(first).sort(), DUTY_KEYS);
  assert.partialDeepStrictEqual(first, {
    duty: 'account.disable',
    subject: { kind: 'account' },
    system: 'ECM',
    component: 'cloud',
    status: 'overdue',
    done: null,
    means: null,
    suspended: false,
    rule: 'irm-10.8.24/disable-inactive',
    force: 'required',
    setAside: [{ rule: 'irm-10.8.1/disable-inactive', by: 'irm-10.8.24/disable-inactive' }],
    needs: [],
    acceptance: null,
  });
  const paged: unknown[] = [];
  let after: string | null = null;
  do {
    const page: Duties = await overdue(
      ...JULY,
      '--limit',
      '100',
      ...(after === null ? [] : ['--after', after]),
    );
    assert.equal(page.total, 319);
    assert.ok(page.duties.length <= 100);
    paged.push(...page.duties);
    after = page.next;
  } while (after !== null);
  assert.deepEqual(paged, whole.duties);
  const text = await desk.done('duties', '--status', 'overdue', ...JULY, '--limit', '2');
  assert.match(text, /2 of 319\. The next page: --after \S+\n$/);
  assert.equal((await overdue(...JULY, '--class', 'privileged')).total, 4);
  assert.equal((await overdue(...JULY, '--component', 'on-premises')).total, 0);
});

test('a duty says why, down to the line of the file', async () => {
  const id = await firstOverdue();
  const answer = await desk.json<Record<string, unknown>>('explain', id, ...JULY);
  assert.partialDeepStrictEqual(answer, { asOf: '2022-07-08', duty: { id, status: 'overdue' } });
  const [evidence] = answer['evidence'] as { file: string; line: number }[];
  assert.match(String(evidence?.file), /accounts-2022-07-08\.csv/);
  assert.ok(Number(evidence?.line) > 1);
  const text = await desk.done('explain', id, ...JULY);
  for (const part of [
    /IRM|irm-10\.8\.24/,
    /TIGTA 2023-20-018, p\. 8/,
    /\.csv line \d+/,
    /90/,
    /set aside|set-aside/i,
  ]) {
    assert.match(text, part);
  }
});

test('the same file again changes nothing and says so', async () => {
  const before = await desk.digest();
  assert.partialDeepStrictEqual(await desk.json('import', ...files.july), {
    evidence: first + 1,
    repeated: true,
    new: 0,
    closed: 0,
    reopened: 0,
    unchanged: 921,
    refused: [],
  });
  assert.match(
    await desk.done('import', files.inventory),
    new RegExp(`known \\(entry ${first}\\).*nothing was changed`),
  );
  assert.equal(await desk.digest(), before);
});

test('an account recorded as disabled late is met late, and not twice', async () => {
  const id = await firstOverdue();
  const act = ['act', 'account.record-disabled', '--duty', id];
  const { entry, recorded, ...said } = await desk.json<Record<string, unknown>>(
    ...act,
    '--effective',
    '2022-07-11',
    '--note',
    'Ticket 1',
  );
  assert.equal(entry, first + 2);
  assert.match(String(recorded), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.partialDeepStrictEqual(said, {
    kind: 'account.disabled',
    actor: 'operator:test',
    effective: '2022-07-11',
  });
  const { duty } = await desk.json<{ duty: object }>('explain', id, '--as-of', '2022-07-12');
  assert.partialDeepStrictEqual(duty, { status: 'met-late', done: '2022-07-11', means: 'disabled' });
  const still = await desk.json<{ duty: object }>('explain', id, ...JULY);
  assert.partialDeepStrictEqual(still.duty, { status: 'overdue', done: null });
  const before = await desk.digest();
  await desk.refused(3, /already disabled on 2022-07-11/, ...act, '--effective', '2022-07-12');
  await desk.refused(3, /has not come yet/, ...act, '--effective', '2199-01-01');
  await desk.refused(2, /effective/, ...act, '--effective', '07/11/2022');
  await desk.refused(
    3,
    /no duty|there is no/,
    'act',
    'account.record-disabled',
    '--duty',
    'account.disable:9.9:2022-01-01',
    '--effective',
    '2022-07-11',
  );
  assert.equal((await desk.run(...act)).code, 2, 'the day is missing');
  assert.equal((await desk.run('act', 'account.record-enabled')).code, 2);
  assert.equal(await desk.digest(), before);
  assert.equal((await audit('--as-of', '2022-07-12'))['user']?.metLate, 34);
});

test('what was known is asked by entry and by instant', async () => {
  await desk.done('import', ...files.october);
  const asOf = ['--as-of', '2022-10-14'];
  const now = (await audit(...asOf))['user'];
  const then = (await audit(...asOf, '--known-at', String(first + 1)))['user'];
  assert.notEqual(now?.overdue, then?.overdue);
  assert.equal(then?.subjects, 917);
  assert.equal((await audit(...asOf, '--known-at', String(first)))['user'], undefined);
  const { recorded } = await desk.json<{ recorded: string }>(
    'act',
    'account.record-disabled',
    '--duty',
    String((await overdue(...asOf, '--class', 'privileged', '--limit', '1')).duties[0]?.['id']),
    '--effective',
    '2022-10-14',
  );
  const before = new Date(Date.parse(recorded) - 1).toISOString();
  assert.deepEqual((await audit(...asOf, '--known-at', before))['user'], now);
  assert.equal((await audit('--as-of', '2022-10-15', '--known-at', recorded))['privileged']?.overdue, 3);
  assert.equal((await audit('--as-of', '2022-10-15', '--known-at', before))['privileged']?.overdue, 4);
  await desk.refused(2, /knownAt|known-at/, 'audit', '--known-at', 'yesterday');
});

test('the tables are rebuilt to the byte, and a changed row is named', async () => {
  const before = await desk.digest();
  const checked = await desk.json<{ difference: null; rows: number }>('rebuild', '--check');
  assert.equal(checked.difference, null);
  await desk.done('rebuild');
  assert.equal(await desk.digest(), before);
  await desk.asSuperuser(
    `update account_spell set done = '2022-01-01' where ctid = (select min(ctid) from account_spell)`,
  );
  const { code, stdout } = await desk.run('rebuild', '--check');
  assert.equal(code, 1);
  assert.match(stdout, /account_spell.*account_key=\d+, trigger=\d{4}-\d\d-\d\d/);
  assert.doesNotMatch(stdout, /demo-\d/, 'no value of the row is shown');
  await desk.done('rebuild');
  assert.match(await desk.done('rebuild', '--check'), /nothing differs/);
  assert.equal(await desk.digest(), before);
});

test('lists in any order give the same', async () => {
  for (const [code, order] of [
    ['ORDER-A', ['july', 'october']],
    ['ORDER-B', ['october', 'july', 'october']],
  ] as const) {
    await desk.done('agency', 'create', code, '--kind', 'irs');
    await desk.done('import', files.inventory, '--agency', code);
    for (const list of order) await desk.done('import', ...files[list], '--agency', code);
  }
  for (const asOf of ['2022-07-08', '2022-10-14', '2023-06-01']) {
    const a = await audit('--agency', 'ORDER-A', '--as-of', asOf);
    const b = await audit('--agency', 'ORDER-B', '--as-of', asOf);
    assert.deepEqual(b, a);
    assert.ok(a['user']);
  }
});

test('an accepted risk in time suspends, late it only annotates', async () => {
  const today = dayIn(new Date().toISOString(), 'America/New_York');
  const until = ['--until', addDays(today, 30)];
  const idle = (account: string, since: number) =>
    `${account},Demo User,cloud,no,2021-01-04,${addDays(today, -since)},active,`;
  await desk.write('recent.csv', `${HEADER}\n${idle('demo-in-time', 90)}\n${idle('demo-late', 91)}\n`);
  await desk.done('agency', 'create', 'RECENT', '--kind', 'irs');
  await desk.done('import', files.inventory, '--agency', 'RECENT');
  await desk.done('import', 'recent.csv', '--system', 'ECM', '--observed', today, '--agency', 'RECENT');
  const { duties } = await desk.json<Duties>('duties', '--agency', 'RECENT', '--program', 'accounts');
  const [late, inTime] = duties.map(({ id }) => String(id));
  assert.deepEqual(
    duties.map(({ status }) => status),
    ['overdue', 'open'],
  );
  const accept = (id: string | undefined, ...more: string[]) => [
    'act',
    'duty.accept-risk',
    '--agency',
    'RECENT',
    '--duty',
    String(id),
    ...more,
  ];
  const given = async (id: string | undefined) => {
    await desk.done(...accept(id, ...until, '--reason', 'year-end close'));
    const answer = await desk.json<{ duty: object }>('explain', String(id), '--agency', 'RECENT');
    return answer.duty;
  };
  assert.partialDeepStrictEqual(await given(late), {
    status: 'overdue',
    suspended: false,
    acceptance: { inTime: false },
  });
  assert.partialDeepStrictEqual(await given(inTime), {
    status: 'open',
    suspended: true,
    acceptance: { inTime: true, from: today, reason: 'year-end close' },
  });
  const user = (await audit('--agency', 'RECENT'))['user'];
  assert.deepEqual([user?.subjects, user?.overdue, user?.suspended], [2, 1, 1]);
  assert.equal((await desk.run(...accept(late, ...until))).code, 2, 'the reason is missing');
  await desk.refused(2, /reason/, ...accept(late, ...until, '--reason', ' '));
  await desk.refused(3, /would end on 2000-01-01/, ...accept(late, '--until', '2000-01-01', '--reason', 'x'));
});

test('with several agencies one must be chosen', async () => {
  await desk.refused(2, /several agencies: NORTH, ORDER-A, ORDER-B, RECENT/, 'audit');
  await desk.refused(3, /no agency SOUTH; there are NORTH/, 'audit', '--agency', 'SOUTH');
  await desk.done('audit', '--agency', 'NORTH');
});

const DUTY_KEYS = [
  'acceptance',
  'cites',
  'class',
  'component',
  'daysLate',
  'done',
  'due',
  'duty',
  'force',
  'id',
  'means',
  'needs',
  'rating',
  'rule',
  'scheduled',
  'setAside',
  'status',
  'subject',
  'suspended',
  'system',
  'trigger',
];
