import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { day } from '../src/time/index.ts';
import { importText, openTestHouse, type TestHouse } from './house.ts';
import {
  poamDesk,
  poamsCsv,
  updatesCsv,
  type PoamDesk,
  type PoamLine,
  type UpdateLine,
} from './poam-desk.ts';

let house: TestHouse;
let desk: PoamDesk;
before(async () => {
  house = await openTestHouse();
  desk = poamDesk(house);
});
after(async () => {
  await house.close();
});

const ECM_NINE: readonly PoamLine[] = [
  {
    poam: 'P-1',
    created: '2021-04-09',
    scheduled: '2022-04-30',
    status: 'completed',
    statusDate: '2022-04-20',
  },
  {
    poam: 'P-2',
    created: '2021-04-10',
    scheduled: '2022-05-01',
    status: 'validated',
    statusDate: '2022-05-01',
  },
  {
    poam: 'P-3',
    created: '2021-04-10',
    scheduled: '2022-05-02',
    status: 'accepted',
    statusDate: '2022-05-02',
  },
  { poam: 'P-4', created: '2021-04-11', scheduled: '2022-04-30' },
  { poam: 'P-5', created: '2021-04-12', scheduled: '2022-05-01', status: 'late' },
  { poam: 'P-6', created: '2021-04-20', scheduled: '2022-05-02', component: '' },
  { poam: 'P-7', created: '2021-04-22', scheduled: '2022-05-02', component: 'site' },
  { poam: 'P-8', created: '2021-04-28', scheduled: '2022-05-02' },
  { poam: 'P-9', created: '2021-04-30', scheduled: '2022-05-02' },
];

test('nine POA&Ms of an assessment: three created in time, six late on 6 June 2022', async () => {
  const agency = await desk.agencyWith('NINE', ...ECM_NINE);
  const created = await desk.duties(agency, 'poam.create', '2022-06-06');
  assert.deepEqual(created.slice(0, 4), [
    'P-1 2021-02-10 2021-04-10 2021-04-09 created met',
    'P-2 2021-02-10 2021-04-10 2021-04-10 created met',
    'P-3 2021-02-10 2021-04-10 2021-04-10 created met',
    'P-4 2021-02-10 2021-04-10 2021-04-11 created met-late',
  ]);
  assert.equal(created.filter((line) => line.endsWith('met-late')).length, 6);
  assert.deepEqual(await desk.duties(agency, 'poam.complete', '2022-06-06'), [
    'P-1 2021-04-09 2022-04-30 2022-04-20 completed met',
    'P-2 2021-04-10 2022-05-01 2022-05-01 validated met',
    'P-3 2021-04-10 2022-05-02 2022-05-02 accepted met',
    'P-4 2021-04-11 2022-04-30   overdue',
    'P-5 2021-04-12 2022-05-01   overdue',
    'P-6 2021-04-20 2022-05-02   overdue',
    'P-7 2021-04-22 2022-05-02   overdue',
    'P-8 2021-04-28 2022-05-02   overdue',
    'P-9 2021-04-30 2022-05-02   overdue',
  ]);
  const late = await desk.poams(agency, { asOf: '2022-06-06', state: 'late' });
  assert.equal(late.total, 6);
  const ended = await desk.poams(agency, { asOf: '2022-06-06', state: 'ended' });
  assert.deepEqual(
    ended.poams.map(({ status }) => status),
    ['completed', 'validated', 'accepted'],
  );
  await desk.assertRebuilds(agency);
});

test('before it is created a POA&M is owed, and not there to be completed', async () => {
  const said = { poam: 'P-1', identified: '2021-11-20', trigger: '2021-12-01' };
  const agency = await desk.agencyWith('OWED', { ...said, created: '2022-01-31' });
  const asOf = async (on: string) => [
    ...(await desk.duties(agency, 'poam.create', on)),
    ...(await desk.duties(agency, 'poam.complete', on)),
  ];
  assert.deepEqual(await asOf('2021-11-30'), []);
  assert.deepEqual(await asOf('2022-01-28'), ['P-1 2021-12-01 2022-01-29   open']);
  assert.deepEqual(await asOf('2022-01-29'), ['P-1 2021-12-01 2022-01-29   open']);
  assert.deepEqual(await asOf('2022-01-30'), ['P-1 2021-12-01 2022-01-29   overdue']);
  assert.deepEqual(await asOf('2022-01-31'), [
    'P-1 2021-12-01 2022-01-29 2022-01-31 created met-late',
    'P-1 2022-01-31 2022-05-01   open',
  ]);
  assert.equal((await desk.poams(agency, { asOf: '2022-01-30' })).total, 0);
});

test('updates are monthly in the cloud, and on the premises by how far the scheduled day is', async () => {
  const open = { created: '2021-10-15' };
  const agency = await desk.agencyWith(
    'CADENCE',
    { ...open, poam: 'CLOUD', scheduled: '2022-10-15' },
    { ...open, poam: 'YEAR', component: 'site', scheduled: '2022-10-15' },
    { ...open, poam: 'BEYOND', component: 'site', scheduled: '2022-10-16' },
  );
  assert.deepEqual(await desk.duties(agency, 'poam.update', '2022-01-16'), [
    'BEYOND 2021-10-15 2022-04-15   open',
    'CLOUD 2021-10-15 2021-11-15   overdue',
    'YEAR 2021-10-15 2022-01-15   overdue',
  ]);
  await desk.update(
    agency,
    ['CLOUD', '2021-11-15', 'update', 'in hand'],
    ['CLOUD', '2021-11-15', 'date-change', 'vendor', '2022-12-01'],
    ['CLOUD', '2021-12-16', 'update', 'in hand'],
    ['YEAR', '2022-01-14', 'status', '', '', 'cancelled'],
  );
  assert.deepEqual(await desk.duties(agency, 'poam.update', '2022-01-16'), [
    'BEYOND 2021-10-15 2022-04-15   open',
    'CLOUD 2021-10-15 2021-11-15 2021-11-15 updated met',
    'CLOUD 2021-11-15 2021-12-15 2021-12-16 updated met-late',
    'CLOUD 2021-12-16 2022-01-16   open',
    'YEAR 2021-10-15 2022-01-15 2022-01-14 cancelled met',
  ]);
  await desk.assertRebuilds(agency);
});

test('a new scheduled day counts from its day on', async () => {
  const agency = await desk.agencyWith('MOVED', { poam: 'P-1', scheduled: '2022-05-01' });
  await desk.update(agency, ['P-1', '2022-06-10', 'date-change', 'vendor', '2022-09-30']);
  assert.deepEqual(await desk.duties(agency, 'poam.complete', '2022-06-09'), [
    'P-1 2021-04-09 2022-05-01   overdue',
  ]);
  assert.deepEqual(await desk.duties(agency, 'poam.complete', '2022-06-10'), [
    'P-1 2021-04-09 2022-09-30   open',
  ]);
  assert.equal((await desk.poam(agency, 'P-1', { asOf: '2022-06-09' })).scheduled, '2022-05-01');
  assert.equal((await desk.poam(agency, 'P-1', { asOf: '2022-06-09' })).status, 'late');
  assert.equal((await desk.poam(agency, 'P-1', { asOf: '2022-06-10' })).status, 'open');
});

test('cancelled, or accepted late, a POA&M is not completed; reopened, it is to be completed anew', async () => {
  const agency = await desk.agencyWith(
    'FATES',
    { poam: 'CANCELLED' },
    { poam: 'ACCEPTED' },
    { poam: 'REOPENED' },
    { poam: 'MENDED' },
  );
  await desk.update(
    agency,
    ['CANCELLED', '2022-04-01', 'status', 'moved to the program', '', 'cancelled'],
    ['ACCEPTED', '2022-05-02', 'status', '', '', 'accepted'],
    ['MENDED', '2022-05-02', 'status', '', '', 'accepted'],
    ['MENDED', '2022-06-01', 'status', '', '', 'completed'],
    ['REOPENED', '2022-04-01', 'status', '', '', 'completed'],
    ['REOPENED', '2022-05-20', 'status', 'recurred', '', 'open'],
    ['REOPENED', '2022-05-20', 'date-change', 'recurred', '2023-04-24'],
  );
  assert.deepEqual(await desk.duties(agency, 'poam.complete', '2022-06-06'), [
    'ACCEPTED 2021-04-09 2022-05-01   overdue',
    'CANCELLED 2021-04-09 2022-05-01   overdue',
    'MENDED 2021-04-09 2022-05-01 2022-06-01 completed met-late',
    'REOPENED 2021-04-09 2022-05-01 2022-04-01 completed met',
    'REOPENED 2022-05-20 2023-04-24   open',
  ]);
  assert.deepEqual(
    (await desk.duties(agency, 'poam.update', '2022-06-06')).filter((line) => !line.includes(' 2021-04-09 ')),
    ['REOPENED 2022-05-20 2022-06-20   open'],
  );
  assert.deepEqual(await desk.history(agency, 'MENDED'), [
    '2021-04-09 created 2022-05-01',
    '2022-05-02 status accepted',
    '2022-06-01 status completed after it had ended',
  ]);
  const [, , id = ''] = await desk.dutyIds(agency, 'poam.complete', day('2022-06-06'));
  assert.match(id, /^poam\.complete:/);
  await desk.assertRebuilds(agency);
});

test('what an act would have refused is recorded and flagged', async () => {
  const agency = await desk.agencyWith('FLAGS', { poam: 'P-1' });
  const { notices } = await desk.update(
    agency,
    ['P-1', '2021-03-01', 'update', 'too early'],
    ['P-1', '2022-01-10', 'date-change', '', '2022-06-01'],
    ['P-1', '2022-01-11', 'date-change', 'the same', '2022-06-01'],
    ['P-1', '2022-01-12', 'date-change', 'the past', '2022-01-11'],
    ['P-1', '2022-02-01', 'status', '', '', 'completed'],
    ['P-1', '2022-02-02', 'date-change', 'too late', '2022-07-01'],
    ['P-1', '2022-02-03', 'status', '', '', 'validated'],
    ['P-1', '2022-02-04', 'update', ''],
  );
  assert.deepEqual(await desk.history(agency, 'P-1'), [
    '2021-03-01 update  before it was created',
    '2021-04-09 created 2022-05-01',
    '2022-01-10 date-change 2022-06-01 without a comment',
    '2022-01-11 date-change 2022-06-01 to the day it already had',
    '2022-01-12 date-change 2022-01-11 scheduled for a day that had passed',
    '2022-02-01 status completed',
    '2022-02-02 date-change 2022-07-01 after it had ended',
    '2022-02-03 status validated',
    '2022-02-04 update  after it had ended; without a comment',
  ]);
  assert.deepEqual(notices, [
    'line 2: the POA&M P-1 on 2021-03-01: before it was created',
    'line 3: the POA&M P-1 on 2022-01-10: without a comment',
    'line 4: the POA&M P-1 on 2022-01-11: to the day it already had',
    'line 5: the POA&M P-1 on 2022-01-12: scheduled for a day that had passed',
    'line 7: the POA&M P-1 on 2022-02-02: after it had ended',
    'and 1 more that an act would have refused',
  ]);
  assert.deepEqual(await desk.duties(agency, 'poam.complete', '2022-03-01'), [
    'P-1 2021-04-09 2022-01-11 2022-02-01 validated met-late',
  ]);
});

test('a list taken in again changes nothing, and one that says otherwise is a change', async () => {
  const agency = await desk.agencyWith('AGAIN', { poam: 'P-1' }, { poam: 'P-2' });
  assert.partialDeepStrictEqual(await desk.list(agency, [{ poam: 'P-1' }, { poam: 'P-2' }], '2022-03-01'), {
    new: 0,
    unchanged: 2,
    closed: 0,
    notices: [],
  });
  const changed = [
    { poam: 'P-1', status: 'completed', statusDate: '2022-04-20' },
    { poam: 'P-2', scheduled: '2022-09-30' },
  ];
  const { closed, notices } = await desk.list(agency, changed, '2022-05-15');
  assert.equal(closed, 1);
  assert.deepEqual(notices, ['line 3: the POA&M P-2 on 2022-05-15: without a comment']);
  assert.deepEqual(await desk.history(agency, 'P-1'), [
    '2021-04-09 created 2022-05-01',
    '2022-04-20 status completed',
  ]);
  assert.deepEqual(await desk.history(agency, 'P-2'), [
    '2021-04-09 created 2022-05-01',
    '2022-05-15 date-change 2022-09-30 without a comment',
  ]);
  assert.deepEqual(await desk.duties(agency, 'poam.complete', '2022-05-14'), [
    'P-1 2021-04-09 2022-05-01 2022-04-20 completed met',
    'P-2 2021-04-09 2022-05-01   overdue',
  ]);
  // What a later list disproves gives way to the list's day.
  await desk.list(
    agency,
    [{ poam: 'P-2', scheduled: '2022-09-30', status: 'completed', statusDate: '2022-05-01' }],
    '2022-07-01',
  );
  assert.equal((await desk.history(agency, 'P-2')).at(-1), '2022-07-01 status completed');
  await desk.assertRebuilds(agency);
});

test('an update says what a list shows already, and the change stands once', async () => {
  const agency = await desk.agencyWith('ONCE', { poam: 'P-1' });
  await desk.update(agency, ['P-1', '2022-04-10', 'date-change', 'vendor', '2022-09-30']);
  await desk.list(agency, [{ poam: 'P-1', scheduled: '2022-09-30' }], '2022-05-15');
  assert.deepEqual(await desk.history(agency, 'P-1'), [
    '2021-04-09 created 2022-05-01',
    '2022-04-10 date-change 2022-09-30',
  ]);
});

test('a list of the day of an act neither undoes it nor says it again', async () => {
  const agency = await desk.agencyWith('SAMEDAY', { poam: 'P-1' });
  const complete = (await desk.dutyIds(agency, 'poam.complete', day('2022-04-20')))[0];
  const said = { duty: complete, scheduled: '2022-09-30', comment: 'vendor' };
  await desk.list(agency, [{ poam: 'P-1' }], '2022-04-20');
  await desk.act(agency, '2022-04-20', 'poam.reschedule', said);
  await desk.list(agency, [{ poam: 'P-1', scheduled: '2022-09-30' }], '2022-04-20');
  const expected = ['2021-04-09 created 2022-05-01', '2022-04-20 date-change 2022-09-30'];
  assert.deepEqual(await desk.history(agency, 'P-1'), expected);
});

test('what is dated after it was taken in is flagged, and not so as of an earlier day', async () => {
  const agency = await desk.agencyWith('FUTURE', { poam: 'P-1' });
  const { notices } = await desk.update(agency, ['P-1', '2199-01-01', 'status', 'soon', '', 'completed']);
  assert.deepEqual(notices, ['line 2: the POA&M P-1 on 2199-01-01: on a day that had not come']);
  assert.deepEqual(await desk.duties(agency, 'poam.complete', '2022-06-06'), [
    'P-1 2021-04-09 2022-05-01   overdue',
  ]);
});

test('the same updates again change nothing', async () => {
  const agency = await desk.agencyWith('TWICE', { poam: 'P-1' });
  const rows: readonly UpdateLine[] = [['P-1', '2022-01-10', 'update', 'in hand']];
  assert.partialDeepStrictEqual(await desk.update(agency, ...rows), { new: 1, unchanged: 0 });
  assert.partialDeepStrictEqual(
    await desk.update(agency, ...rows, ['P-1', '2022-02-10', 'update', 'in hand'], ...rows),
    { new: 1, unchanged: 2 },
  );
  assert.equal((await desk.history(agency, 'P-1')).length, 3);
});

test('what is imported late is seen by its day, and not by an earlier knowledge', async () => {
  const agency = await desk.agencyWith('KNOWN', { poam: 'P-1' });
  const { evidence } = await desk.update(agency, ['P-1', '2022-04-20', 'status', 'mended', '', 'completed']);
  assert.ok(evidence);
  const complete = (knownAt?: number) => desk.duties(agency, 'poam.complete', '2022-06-06', knownAt);
  assert.deepEqual(await complete(), ['P-1 2021-04-09 2022-05-01 2022-04-20 completed met']);
  assert.deepEqual(await complete(evidence - 1), ['P-1 2021-04-09 2022-05-01   overdue']);
  const known = { asOf: '2022-06-06', knownAt: String(evidence - 1) };
  assert.deepEqual(await desk.history(agency, 'P-1', known), ['2021-04-09 created 2022-05-01']);
  assert.equal((await desk.poam(agency, 'P-1', known)).status, 'late');
});

test('a file is refused by line: a component, a system or a POA&M that nobody declared', async () => {
  const agency = await desk.agencyWith('REFUSE', { poam: 'P-1' });
  await assert.rejects(
    desk.list(agency, [{ poam: 'P-2', component: 'moon' }]),
    /line 2, component: .*no component moon/,
  );
  await assert.rejects(
    desk.update(agency, ['P-1', '2022-01-10', 'update', 'x'], ['P-7', '2022-01-10', 'update', 'x']),
    /line 3, poam: .*no POA&M P-7/,
  );
  await assert.rejects(
    importText(house, agency, poamsCsv([{ poam: 'P-2' }]), { system: 'MOON' }),
    /there is no system MOON/,
  );
  await assert.rejects(
    importText(house, agency, updatesCsv([['P-1', '2022-01-10', 'update', 'x']])),
    /name it/,
  );
});

/* Acts. */

test('a POA&M by acts: created today, updated, rescheduled, completed, validated', async () => {
  const agency = await desk.agencyWith('ACTS', { poam: 'P-1' });
  const said = {
    poam: 'P-2',
    weakness: 'servers lack protection',
    scheduled: '2022-12-01',
    system: 'ECM',
    component: 'cloud',
    severity: 'high',
    identified: '2022-04-01',
  };
  const entry = await desk.act(agency, '2022-06-06', 'poam.create', said);
  assert.equal(entry.effective, '2022-06-06');
  assert.deepEqual(await desk.duties(agency, 'poam.create', '2022-06-06'), [
    'P-1 2021-02-10 2021-04-10 2021-04-09 created met',
    'P-2 2022-04-01 2022-05-30 2022-06-06 created met-late',
  ]);
  const key = `${entry.index}.1`;
  const complete = `poam.complete:${key}:2022-06-06`;
  await desk.act(agency, '2022-06-20', 'poam.update', {
    duty: `poam.update:${key}:2022-06-06`,
    comment: 'in hand',
  });
  await desk.act(agency, '2022-07-01', 'poam.reschedule', {
    duty: complete,
    scheduled: '2023-01-31',
    comment: 'vendor',
  });
  await desk.act(agency, '2022-07-05', 'poam.complete', { duty: complete, comment: 'patched' });
  await desk.act(agency, '2022-07-06', 'poam.complete', { duty: complete, as: 'validated' });
  assert.deepEqual(await desk.history(agency, key), [
    '2022-06-06 created 2022-12-01',
    '2022-06-20 update',
    '2022-07-01 date-change 2023-01-31',
    '2022-07-05 status completed',
    '2022-07-06 status validated',
  ]);
  assert.deepEqual(
    (await desk.duties(agency, 'poam.update', '2022-07-06')).filter((line) => line.startsWith('P-2')),
    [
      'P-2 2022-06-06 2022-07-06 2022-06-20 updated met',
      'P-2 2022-06-20 2022-07-20 2022-07-01 updated met',
      'P-2 2022-07-01 2022-08-01 2022-07-05 completed met',
    ],
  );
  const completed = async (on: string) => (await desk.duties(agency, 'poam.complete', on))[1];
  assert.equal(await completed('2022-07-05'), 'P-2 2022-06-06 2023-01-31 2022-07-05 completed met');
  assert.equal(await completed('2022-07-06'), 'P-2 2022-06-06 2023-01-31 2022-07-05 validated met');
  await desk.assertRebuilds(agency);
});

test('acts on a POA&M are refused, each with a reason', async () => {
  const agency = await desk.agencyWith('NO', { poam: 'P-1' });
  await desk.update(agency, ['P-1', '2022-05-10', 'update', 'in hand']);
  const [complete = ''] = await desk.dutyIds(agency, 'poam.complete', day('2022-06-06'));
  const [first = '', last = ''] = await desk.dutyIds(agency, 'poam.update', day('2022-06-06'));
  const [create = ''] = await desk.dutyIds(agency, 'poam.create', day('2022-06-06'));
  const refused = (name: string, said: object, why: RegExp, on = '2022-06-06') =>
    assert.rejects(desk.act(agency, on, name, said), why);
  await refused('poam.update', { duty: complete, comment: ' ' }, /comment: say how the work stands/);
  await refused('poam.update', { duty: create, comment: 'x' }, /is not a duty to update or complete a POA&M/);
  await refused('poam.update', { duty: first, comment: 'x' }, /was updated on 2022-05-10/);
  await refused(
    'poam.reschedule',
    { duty: last, scheduled: '2022-09-30' },
    /needs a comment that explains it/,
  );
  await refused('poam.reschedule', { duty: last, scheduled: '2022-09-30', comment: '  ' }, /needs a comment/);
  await refused(
    'poam.reschedule',
    { duty: last, scheduled: '2022-05-01', comment: 'x' },
    /is scheduled for 2022-05-01 already/,
  );
  await refused(
    'poam.reschedule',
    { duty: last, scheduled: '2022-06-05', comment: 'x' },
    /the day 2022-06-05 has passed/,
  );
  await desk.act(agency, '2022-06-06', 'poam.complete', { duty: complete });
  for (const [name, said] of [
    ['poam.update', { comment: 'x' }],
    ['poam.reschedule', { scheduled: '2022-09-30', comment: 'x' }],
    ['poam.complete', {}],
  ] as const)
    await refused(
      name,
      { duty: complete, ...said },
      /the POA&M P-1 was completed on 2022-06-06: it has ended/,
    );
  await desk.update(agency, ['P-1', '2022-06-10', 'status', 'recurred', '', 'open']);
  await refused(
    'poam.update',
    { duty: complete, comment: 'x' },
    /was completed on 2022-06-06: a later duty/,
    '2022-06-11',
  );
  const old = complete.replace('2021-04-09', '2021-04-01');
  await refused('poam.update', { duty: old, comment: 'x' }, /there is no duty/);
});

test('creating a POA&M is refused, each time with a reason', async () => {
  const agency = await desk.agencyWith('NOCREATE', { poam: 'P-1' });
  const said = {
    poam: 'P-2',
    weakness: 'x',
    scheduled: '2022-12-01',
    system: 'ECM',
    severity: 'high',
    identified: '2022-04-01',
  };
  const refused = (changed: object, why: RegExp) =>
    assert.rejects(desk.act(agency, '2022-06-06', 'poam.create', { ...said, ...changed }), why);
  await refused({ poam: 'P-1' }, /the system has a POA&M P-1 already/);
  await refused({ scheduled: '2022-06-05' }, /the day 2022-06-05 has passed/);
  await refused({ system: 'MOON' }, /there is no system MOON/);
  await refused({ component: 'moon' }, /has no component moon/);
  await refused({ identified: '2022-06-07' }, /the day 2022-06-07 has not come yet/);
  await refused({ system: undefined }, /say the duty of the finding it is for, or system, severity/);
  const [create] = await desk.dutyIds(agency, 'poam.create', day('2022-06-06'));
  await refused({ duty: create }, /system is known from the duty of the finding/);
  await refused(
    { duty: create, system: undefined, identified: undefined },
    /is of a POA&M, which is there already/,
  );
});
