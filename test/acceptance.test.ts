import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { performAct, recordEntry } from '../src/acts/index.ts';
import { readView } from '../src/doors/on-behalf.ts';
import { auditView, parseDutyId, type AuditAnswer } from '../src/duties/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { keyText } from '../src/record/index.ts';
import { addDays, day, type Day } from '../src/time/index.ts';
import {
  accountsCsv,
  allDuties,
  importText,
  INVENTORY,
  newAgency,
  openTestHouse,
  operator,
  type TestHouse,
} from './house.ts';

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(async () => {
  await house.close();
});

/** An agency with two accounts of the cloud that signed in on the day, listed today. */
async function withAccounts(code: string, signedIn: Day): Promise<AgencyFacts> {
  const agency = await newAgency(house, code);
  await importText(house, agency, INVENTORY);
  const rows = ['demo-1', 'demo-2'].map((account) => ({
    account,
    component: 'cloud',
    privileged: false,
    created: signedIn,
    lastLogin: signedIn,
    status: 'active' as const,
    statusChanged: null,
  }));
  await importText(house, agency, accountsCsv(rows), {
    system: 'ECM',
    observedOn: house.today(agency),
    reader: 'accounts',
  });
  return agency;
}

async function audit(agency: AgencyFacts, asOf: Day): Promise<AuditAnswer['rows'][number] | undefined> {
  const answer = (await readView(house, house.operator, agency, auditView, {
    asOf,
    system: 'ECM',
  })) as AuditAnswer;
  return answer.rows[0];
}

test('a risk accepted in time suspends its duty until it ends, and is counted apart', async () => {
  const agency = await newAgencyToday('INTIME', 10);
  const [first] = await allDuties(house, agency.facts, {});
  assert.ok(first?.due);
  const until = addDays(first.due, 30);
  const said = { duty: first.id, until, reason: 'needed for the year-end close' };
  await performAct(
    house.store,
    house.declarations,
    agency.facts.agency,
    operator,
    agency.today,
    'duty.accept-risk',
    said,
  );
  assert.partialDeepStrictEqual(await audit(agency.facts, addDays(first.due, 1)), {
    subjects: 2,
    overdue: 1,
    suspended: 1,
  });
  assert.partialDeepStrictEqual(await audit(agency.facts, until), { subjects: 2, overdue: 1, suspended: 1 });
  assert.partialDeepStrictEqual(await audit(agency.facts, addDays(until, 1)), {
    subjects: 2,
    overdue: 2,
    suspended: 0,
  });
  const [suspended] = await allDuties(house, agency.facts, { asOf: until, status: 'overdue' });
  assert.partialDeepStrictEqual(suspended, {
    status: 'overdue',
    suspended: true,
    acceptance: { inTime: true, until },
  });
});

test('a risk accepted after the due day only annotates', async () => {
  const agency = await newAgencyToday('LATE', 100);
  const [first] = await allDuties(house, agency.facts, {});
  assert.ok(first);
  const said = { duty: first.id, until: addDays(agency.today, 30), reason: 'noted too late' };
  await performAct(
    house.store,
    house.declarations,
    agency.facts.agency,
    operator,
    agency.today,
    'duty.accept-risk',
    said,
  );
  assert.partialDeepStrictEqual(await audit(agency.facts, agency.today), { overdue: 2, suspended: 0 });
  const [annotated] = await allDuties(house, agency.facts, {});
  assert.partialDeepStrictEqual(annotated, {
    status: 'overdue',
    suspended: false,
    acceptance: { inTime: false },
  });
});

async function newAgencyToday(code: string, daysAgo: number): Promise<{ facts: AgencyFacts; today: Day }> {
  const today = house.today({
    agency: 0,
    code,
    kind: 'irs',
    timeZone: 'America/New_York',
    demonstration: false,
  });
  return { facts: await withAccounts(code, addDays(today, -daysAgo)), today };
}

test('an acceptance that came late stays late when the day is moved', async () => {
  const agency = await newAgency(house, 'MOVED');
  await importText(house, agency, INVENTORY);
  const poams = `poam,weakness,component,severity,identified,trigger,created,scheduled_completion,status,status_date,owner,cost,finding
${['in-time', 'on-the-day', 'late'].map((name) => `${name},Invented,cloud,medium,2022-01-03,,2022-01-10,2022-05-01,open,,,,`).join('\n')}
`;
  const about = { system: 'ECM', observedOn: day('2022-01-10') };
  await importText(house, agency, poams, about);
  const asOf = { asOf: '2022-06-30', duty: 'poam.complete' };
  const given = { 'in-time': '2022-04-30', 'on-the-day': '2022-05-01', late: '2022-05-02' } as const;
  for (const { id, subject } of await allDuties(house, agency, asOf)) {
    const spell = parseDutyId(id);
    assert.ok(spell);
    const { duty, trigger } = spell;
    const body = { duty, subject: keyText(spell.subject), trigger, until: '2023-12-31', reason: 'invented' };
    const effective = day(given[subject.name as keyof typeof given]);
    await house.store.as('operator:test').write(agency.agency, (tx) =>
      recordEntry(tx, house.declarations, {
        kind: 'risk.accepted',
        subject: id,
        actor: 'operator:test',
        effective,
        body,
      }),
    );
  }
  const suspended = async () =>
    Object.fromEntries(
      (await allDuties(house, agency, asOf)).map((duty) => [duty.subject.name, duty.suspended]),
    );
  assert.deepEqual(await suspended(), { 'in-time': true, 'on-the-day': true, late: false });
  const updates = `poam,date,kind,comment,scheduled_completion,status
${Object.keys(given)
  .map((name) => `${name},2022-06-01,date-change,more time is needed,2022-06-10,`)
  .join('\n')}
`;
  await importText(house, agency, updates, { system: 'ECM', observedOn: day('2022-06-01') });
  assert.deepEqual(await suspended(), { 'in-time': true, 'on-the-day': true, late: false });
});
