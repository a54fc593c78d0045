import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rebuild } from '../src/acts/index.ts';
import { loadDemonstration } from '../src/doors/demonstration.ts';
import { readView } from '../src/doors/on-behalf.ts';
import { auditView, type AuditAnswer, type AuditRow } from '../src/duties/index.ts';
import { findAgency, type AgencyFacts } from '../src/programs/inventory/index.ts';
import { allDuties, openTestHouse, type TestHouse } from './house.ts';

/*
 * The audit of the Enterprise Case Management system (TIGTA 2023-20-018), replayed on the
 * demonstration: what its pages count is what the evaluator computes.
 */

let house: TestHouse;
let agency: AgencyFacts;
before(async () => {
  house = await openTestHouse();
  await loadDemonstration(house);
  const found = await findAgency(house.store, 'DEMO');
  assert.ok(found);
  agency = found;
});
after(async () => {
  await house.close();
});

async function audit(asOf: string, question: object = {}): Promise<AuditAnswer> {
  return (await readView(house, house.operator, agency, auditView, {
    asOf,
    system: 'ECM',
    ...question,
  })) as AuditAnswer;
}

function rowOf(answer: AuditAnswer, duty: string, klass: string): AuditRow {
  const row = answer.rows.find((each) => each.duty === duty && each.class === klass);
  assert.ok(row, `${duty} of class ${klass}`);
  return row;
}

test('page 7: 44 high and 50 medium findings open on 5 July 2022, 24 and two of them late', async () => {
  const answer = await audit('2022-07-05');
  const high = rowOf(answer, 'vulnerability.remediate', 'high');
  assert.deepEqual([high.outstanding, high.overdue, high.open], [44, 24, 20]);
  assert.deepEqual(high.daysOpen, { min: 166, max: 201 });
  const medium = rowOf(answer, 'vulnerability.remediate', 'medium');
  assert.deepEqual([medium.outstanding, medium.overdue, medium.open], [50, 2, 48]);
  assert.deepEqual(medium.daysOpen, { min: 132, max: 132 });
  assert.equal(
    answer.rows.find((row) => row.class === 'critical' && row.duty === 'vulnerability.remediate'),
    undefined,
  );
});

test('pages 2 to 4: nine plans owed by 10 April 2021, three created in time', async () => {
  for (const asOf of ['2022-06-06', '2022-07-05']) {
    const created = rowOf(await audit(asOf), 'poam.create', 'assessment');
    const first = (
      await allDuties(house, agency, { asOf, duty: 'poam.create', class: 'assessment', system: 'ECM' })
    ).filter(({ trigger }) => trigger === '2021-02-10');
    assert.equal(first.length, 9);
    assert.ok(first.every(({ due, done }) => due === '2021-04-10' && done?.startsWith('2021-04-')));
    assert.equal(first.filter(({ status }) => status === 'met').length, 3);
    assert.equal(first.filter(({ status }) => status === 'met-late').length, 6);
    if (asOf === '2022-06-06') assert.deepEqual([created.subjects, created.met, created.metLate], [9, 3, 6]);
  }
});

test('page 3: six of nine plans late on 6 June 2022, the others completed, validated and accepted', async () => {
  const answer = await audit('2022-06-06');
  const row = rowOf(answer, 'poam.complete', 'assessment');
  assert.deepEqual([row.subjects, row.overdue, row.met, row.metLate, row.open], [9, 6, 3, 0, 0]);
  assert.deepEqual(row.done, { accepted: 1, completed: 1, validated: 1 });
  const duties = await allDuties(house, agency, {
    asOf: '2022-06-06',
    duty: 'poam.complete',
    class: 'assessment',
    system: 'ECM',
  });
  for (const { scheduled } of duties) {
    assert.ok(scheduled !== null && scheduled >= '2022-04-30' && scheduled <= '2022-05-02');
  }
});

test('page 4: the cloud manual asks for monthly updates, and sets the procedures’ own aside', async () => {
  const late = await allDuties(house, agency, {
    asOf: '2022-06-06',
    duty: 'poam.update',
    class: 'assessment',
    system: 'ECM',
    status: 'overdue',
  });
  assert.equal(late.length, 6);
  for (const duty of late) {
    assert.equal(duty.rule, 'irm-10.8.24/update-monthly');
    assert.deepEqual(
      duty.setAside.map(({ rule }) => rule),
      ['fisma-poam-sop/update-quarterly'],
    );
  }
});

test('page 7: plans for the 26 findings that were late were owed, and came in March 2022', async () => {
  const planned = (
    await allDuties(house, agency, { asOf: '2022-07-05', duty: 'poam.create', class: 'high' })
  ).filter(({ means }) => means === 'planned');
  assert.equal(planned.length, 24);
  assert.ok(planned.every(({ status, done }) => status === 'met-late' && done === '2022-03-15'));
  const eve = await allDuties(house, agency, { asOf: '2022-03-14', duty: 'poam.create', class: 'high' });
  for (const { id } of planned) assert.equal(eve.find((duty) => duty.id === id)?.status, 'overdue');
  assert.equal(rowOf(await audit('2022-07-05'), 'poam.create', 'medium').done['planned'], 2);
});

test('a plan is owed from the day after a vulnerability has passed its day, not before', async () => {
  // Of the high ones first seen on 16 December 2021; 30 days end on 15 January.
  const owed = async (asOf: string) =>
    (await allDuties(house, agency, { asOf, duty: 'poam.create', class: 'high' })).length;
  assert.equal(await owed('2022-01-15'), 0);
  assert.ok((await owed('2022-01-16')) > 0);
});

test('page 7: how often to scan is only said to be "regularly"', async () => {
  const scan = rowOf(await audit('2022-07-05'), 'vulnerability.scan', 'asset');
  assert.deepEqual([scan.subjects, scan.undetermined], [4, 4]);
  const [duty] = await allDuties(house, agency, {
    asOf: '2022-07-05',
    duty: 'vulnerability.scan',
    system: 'ECM',
  });
  assert.match(duty?.needs.join() ?? '', /regularly/);
});

test('page 5: the Linux platform has four plans of its own', async () => {
  const answer = (await readView(house, house.operator, agency, auditView, {
    asOf: '2022-07-05',
    system: 'ELP',
  })) as AuditAnswer;
  assert.equal(rowOf(answer, 'poam.complete', 'assessment').subjects, 4);
});

test('page 8: accounts are counted as before, and programs can be told apart', async () => {
  const answer = await audit('2022-07-08', { program: 'accounts' });
  assert.deepEqual([...new Set(answer.rows.map((row) => row.duty))], ['account.disable']);
  const users = rowOf(answer, 'account.disable', 'user');
  assert.deepEqual([users.subjects, users.fallenDue, users.overdue], [917, 401, 315]);
});

test('every table follows from the record', async () => {
  const { difference } = await rebuild(house.store, house.declarations, agency.agency, { check: true });
  assert.equal(difference, null);
});
