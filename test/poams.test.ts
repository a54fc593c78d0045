import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { keyBase } from '../src/record/index.ts';
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

test('a new scheduled day does not make an acceptance of the same day one in time', async () => {
  const agency = await desk.agencyWith('SAMEDAYS', { poam: 'P-1' });
  await desk.update(
    agency,
    ['P-1', '2022-06-10', 'date-change', 'vendor', '2022-12-01'],
    ['P-1', '2022-06-10', 'status', '', '', 'accepted'],
  );
  assert.deepEqual(await desk.duties(agency, 'poam.complete', '2023-01-01'), [
    'P-1 2021-04-09 2022-12-01   overdue',
  ]);
});

test('completed before it was created, by its list: noticed, and not completed', async () => {
  const agency = await desk.agencyWith('BEFORE', { poam: 'P-1' });
  const row = { poam: 'P-2', created: '2021-04-22', status: 'completed', statusDate: '2021-04-20' };
  assert.deepEqual((await desk.list(agency, [row])).notices, [
    'line 2: the POA&M P-2 on 2021-04-20: before it was created',
  ]);
  assert.equal((await desk.poam(agency, 'P-2', { asOf: '2021-05-01' })).status, 'open');
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
    ['P-1', '2022-02-04', 'update', '\u200b'],
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

test('what was said first of its creation and its clock stands, an act before any list', async () => {
  const agency = await desk.agencyWith('FIRST', { poam: 'P-1', created: '2021-04-22' });
  const moved = { poam: 'P-1', created: '2021-04-01', trigger: '2021-04-01' };
  const { notices, unchanged } = await desk.list(agency, [moved], '2022-06-01');
  const says =
    'says it was created on 2021-04-01, and 2021-04-22 stands; says the clock for its creation started on 2021-04-01, and 2021-02-10 stands';
  assert.deepEqual([notices, unchanged], [[`line 2: the POA&M P-1 on 2022-06-01: ${says}`], 0]);
  assert.deepEqual(await desk.history(agency, 'P-1'), [
    '2021-04-22 created 2022-05-01',
    `2022-06-01 statement  ${says}`,
  ]);
  // Said once more it is nothing new; a list without a trigger says nothing of it.
  assert.partialDeepStrictEqual(await desk.list(agency, [moved], '2022-06-02'), {
    unchanged: 1,
    notices: [],
  });
  const silent = { poam: 'P-1', created: '2021-04-22', trigger: '' };
  assert.partialDeepStrictEqual(await desk.list(agency, [silent], '2022-06-03'), {
    unchanged: 1,
    notices: [],
  });
  assert.deepEqual(await desk.duties(agency, 'poam.create', '2022-07-01'), [
    'P-1 2021-02-10 2021-04-10 2021-04-22 created met-late',
  ]);
  assert.equal((await desk.duties(agency, 'poam.update', '2022-07-01')).length, 1);
  const said = { poam: 'P-2', weakness: 'x', scheduled: '2022-12-01', system: 'ECM', severity: 'high' };
  await desk.act(agency, '2022-06-01', 'poam.create', { ...said, identified: '2021-02-03' });
  const early = { poam: 'P-2', created: '2021-03-01', scheduled: '2022-12-01', trigger: '' };
  await desk.list(agency, [early], '2021-03-02');
  assert.equal((await desk.poam(agency, 'P-2', { asOf: '2022-06-01' })).created, '2022-06-01');
  await desk.assertRebuilds(agency);
});

test('of lists that disagree the one of the earliest day stands, in whatever order they come', async () => {
  const lists = [
    ['2021-05-01', { created: '2021-04-22', trigger: '2021-02-10' }],
    ['2021-09-01', { created: '2021-04-09', trigger: '2021-04-01' }],
    ['2022-04-01', { created: '2021-04-22', trigger: '', identified: '2021-01-04', scheduled: '2022-09-01' }],
  ] as const;
  const outcomes = new Set<string>();
  for (const [at, order] of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ].entries()) {
    const agency = await desk.agencyWith(`DISAGREE${at}`, { poam: 'P-1' });
    const notices = [];
    for (const which of order) {
      const [observed, row] = lists[which] ?? assert.fail();
      notices.push(...(await desk.list(agency, [{ ...row, poam: 'P-2' }], observed)).notices);
    }
    const asOf = '2022-06-01';
    const duties = await Promise.all(
      ['poam.create', 'poam.update', 'poam.complete'].map((duty) => desk.duties(agency, duty, asOf)),
    );
    outcomes.add(JSON.stringify([await desk.history(agency, 'P-2'), duties], null, 1));
    // Whichever comes last, somebody is told.
    assert.ok(
      notices.some((notice) => notice.includes('stands')),
      order.join(' '),
    );
  }
  assert.equal(outcomes.size, 1, [...outcomes].join('\n'));
  const [outcome = ''] = outcomes;
  assert.match(outcome, /P-2 2021-02-10 2021-04-10 2021-04-22 created met-late/);
});

test('a POA&M is found by its number, and by its key where none has that number', async () => {
  const agency = await desk.agencyWith('KEYS', { poam: 'P-1' }, { poam: 'P-2' });
  const [first] = (await desk.poams(agency, {})).poams;
  const key = first?.key ?? '';
  assert.equal((await desk.poam(agency, key)).poam, 'P-1');
  await desk.list(agency, [{ poam: key }]);
  assert.equal((await desk.poam(agency, key)).poam, key);
  assert.equal((await desk.poam(agency, 'P-1')).key, key);
});

test('a cursor names a day of the calendar and a key, or is refused', async () => {
  const agency = await desk.agencyWith('CURSOR', { poam: 'P-1' });
  const written = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');
  const key = keyBase(1) + 1;
  const first = await desk.poams(agency, { after: written({ scheduled: '2022-01-01', key }) });
  assert.equal(first.poams.length, 1);
  for (const cursor of [
    written({ scheduled: '2022-13-45', key }),
    written({ scheduled: '2022-01-01', key: '1.1' }),
    written({ scheduled: '2022-01-01', key: -1 }),
    written({ scheduled: '2022-01-01' }),
    '2022-01-01:1.1',
    'x',
    '',
  ])
    await assert.rejects(desk.poams(agency, { after: cursor }), { code: 'BAD_REQUEST' }, cursor);
});

test('a POA&M whose risk was accepted in time is not late', async () => {
  const agency = await desk.agencyWith('RISK', { poam: 'P-1' }, { poam: 'P-2' });
  const [duty] = await desk.dutyIds(agency, 'poam.complete', day('2022-04-01'));
  await desk.act(agency, '2022-04-01', 'duty.accept-risk', { duty, until: '2022-12-01', reason: 'x' });
  const { poams } = await desk.poams(agency, { asOf: '2022-06-01' });
  assert.deepEqual(
    poams.map(({ poam, status }) => [poam, status]),
    [
      ['P-1', 'open'],
      ['P-2', 'late'],
    ],
  );
});
