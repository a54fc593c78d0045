import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { day } from '../src/time/index.ts';
import { openTestHouse, type TestHouse } from './house.ts';
import { poamDesk, type PoamDesk } from './poam-desk.ts';

/* What people record of POA&Ms. */

let house: TestHouse;
let desk: PoamDesk;
before(async () => {
  house = await openTestHouse();
  desk = poamDesk(house);
});
after(async () => {
  await house.close();
});

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
  for (const comment of ['\u200b', '\u3164 \u2800'])
    await refused('poam.reschedule', { duty: last, scheduled: '2022-09-30', comment }, /needs a comment/);
  await refused('poam.update', { duty: last, comment: '\u00ad' }, /comment: say how the work stands/);
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
  await refused({ trigger: '2022-03-31' }, /the clock cannot start on 2022-03-31: .* on 2022-04-01/);
  await refused({ trigger: '2022-06-07' }, /the day 2022-06-07 has not come yet/);
  await refused({ weakness: '\u200b' }, /weakness: say what is wrong/);
  for (const finding of ['4294967296', '12345678901234', '99999999999999999999 1'])
    await refused({ finding }, /finding: has a number larger than any plugin's/);
  for (const cost of [true, [], null]) await refused({ cost }, /cost: is not a number/);
  for (const cost of ['', '0x10', '1e3', 12.345, '12.345', -1, 1e12])
    await refused({ cost }, /cost: is not an amount in dollars/);
  await refused({ identified: '2022-06-07' }, /the day 2022-06-07 has not come yet/);
  await refused({ system: undefined }, /say the duty of the finding it is for, or system, severity/);
  const [create] = await desk.dutyIds(agency, 'poam.create', day('2022-06-06'));
  await refused({ duty: create }, /system is known from the duty of the finding/);
  await refused(
    { duty: create, system: undefined, identified: undefined },
    /is of a POA&M, which is there already/,
  );
});
