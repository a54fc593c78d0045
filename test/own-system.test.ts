import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { rebuild } from '../src/acts/index.ts';
import type { House } from '../src/doors/house.ts';
import { buildServer } from '../src/doors/http/server.ts';
import { ownAccountsCheck } from '../src/doors/jobs/own-accounts.ts';
import { doAct } from '../src/doors/on-behalf.ts';
import { keepOwnAccounts } from '../src/doors/own-accounts.ts';
import { adoptRulebooks } from '../src/duties/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { actorName } from '../src/programs/people/index.ts';
import { allDuties, importText, openTestHouse, type TestHouse } from './house.ts';
import { ADMINISTRATOR, begin, entriesOf, ISSO, Today } from './own-accounts-desk.ts';
import { addPerson, signedInAs } from './people.ts';

/* Muster as a system of the agency's inventory, and who keeps it one. */

const today = new Today();

let house: TestHouse;
before(async () => {
  house = await openTestHouse({ now: today.now, settings: { environment: 'on-premises' } });
});
after(async () => {
  await house.close();
});

test('whom the rule disables is a privileged act, reviewed as any other', async () => {
  const agency = await begin(house, today);
  await adoptOwn(agency);
  const reviewer = await addPerson(house, agency, ISSO, 'demo.reviewer');
  await addPerson(house, agency, [], 'demo.idle');
  await keepOwnAccounts(house, agency);
  today.turnTo(119);
  await signedInAs(house, agency, reviewer);
  today.turnTo(120);
  assert.equal((await keepOwnAccounts(house, agency)).disabled.length, 1);
  const [disabling] = await entriesOf(house, agency, 'person.disabled');
  assert.ok(disabling);
  const reviewed = async () => {
    const duties = await allDuties(house, agency, { system: 'Muster', duty: 'privileges.review' });
    const duty = duties.find(({ subject }) => subject.name === `person.disabled, entry ${disabling.index}`);
    return [duty?.due, duty?.status, duty?.rule];
  };
  const due = '2026-05-12';
  assert.deepEqual(await reviewed(), [due, 'open', 'our-policy/review-privileged-in-a-week']);
  const actor = { name: actorName(reviewer), grants: ISSO };
  await doAct(house, actor, agency, 'privileges.review', { upTo: disabling.index });
  assert.deepEqual(await reviewed(), [due, 'met', 'our-policy/review-privileged-in-a-week']);
  const { difference } = await rebuild(house.store, house.declarations, agency.agency, { check: true });
  assert.equal(difference, null);
});

/** The agency states the period that the shipped rule leaves open. */
async function adoptOwn(agency: AgencyFacts): Promise<void> {
  const source = `rulebook: our-policy
title: What the agency states itself
issuer: Demo Agency
editions: [{ from: 2021-09-28, cite: { section: "1" } }]
binds: { agency.kind: irs }
rules:
  - id: review-privileged-in-a-week
    duty: privileges.review
    force: agency
    cite: { section: "2" }
    within: { count: 7, unit: calendar-day, dayOne: next }
`;
  const { operator } = house;
  await house.store
    .as(operator.name)
    .write(agency.agency, (tx) =>
      adoptRulebooks(tx, house.declarations, operator, [{ file: 'our-policy.yaml', source }]),
    );
}

describe('the inventory', () => {
  const said = async (agency: AgencyFacts) => {
    const times = { asOf: today.day, knownAt: Number.MAX_SAFE_INTEGER };
    const known = await house.store.read(agency.agency, (tx) => house.declarations.knownFacts(tx, times));
    return [...known.components.values()].map(({ component, facts }) => [
      component,
      facts['component.environment'],
      facts['system.impact'],
      facts['component.fti'],
    ]);
  };

  test('says where Muster runs, and repeats what the agency says of the rest', async () => {
    const agency = await begin(house, today);
    await addPerson(house, agency, ISSO);
    await keepOwnAccounts(house, agency);
    assert.deepEqual(await said(agency), [['server', 'on-premises', 'moderate', false]]);
    today.turnTo(1);
    const own = `system,component,environment,impact,fti,asset,fqdn,ip,platform,role
Muster,server,on-premises,high,yes,,,,,
`;
    await importText(house, agency, own, { observedOn: today.day });
    for (const days of [1, 2]) {
      today.turnTo(days);
      await keepOwnAccounts(house, agency);
      assert.deepEqual(await said(agency), [['server', 'on-premises', 'high', true]]);
    }
    const moved: House = { ...house, settings: { ...house.settings, environment: 'cloud' } };
    await keepOwnAccounts(moved, agency);
    assert.deepEqual(await said(agency), [['server', 'cloud', 'high', true]]);
  });
});

describe('where Muster runs is not said', () => {
  test('nothing is declared, and administrators are told', async () => {
    const agency = await begin(house, today);
    const { environment: _, ...rest } = house.settings;
    const unsaid: House = { ...house, settings: { ...rest, environment: undefined } };
    const person = await addPerson(unsaid, agency, ADMINISTRATOR);
    assert.deepEqual(await keepOwnAccounts(unsaid, agency), { list: null, disabled: [] });
    assert.deepEqual(await entriesOf(unsaid, agency, 'evidence.imported'), []);
    const { headers } = await signedInAs(unsaid, agency, person);
    const server = await buildServer({ house: unsaid, log: () => undefined });
    try {
      const answer = await server.inject({ url: '/api/status', headers });
      assert.deepEqual(answer.json<{ problems: string[] }>().problems, [
        'where Muster itself runs is not said: set MUSTER_ENVIRONMENT to cloud or on-premises; its own accounts are not watched until then',
      ]);
    } finally {
      await server.close();
    }
    const lines: string[] = [];
    const check = ownAccountsCheck(unsaid, (line) => lines.push(line));
    await check();
    await check();
    assert.equal(lines.filter((line) => /MUSTER_ENVIRONMENT/.test(line)).length, 1);
  });
});

describe('the job', () => {
  const listsOf = async (agency: AgencyFacts) =>
    (await entriesOf(house, agency, 'evidence.imported')).filter(
      ({ body }) => (body as { reader: string }).reader === 'accounts',
    ).length;

  test('takes a list in on every new day, and of an agency once there is somebody', async () => {
    const agency = await begin(house, today);
    const check = ownAccountsCheck(house, () => undefined);
    await check();
    assert.equal(await listsOf(agency), 0);
    await addPerson(house, agency, ISSO, 'demo.first');
    await check();
    assert.equal(await listsOf(agency), 1);
    // What happened since is in the next day's list.
    await addPerson(house, agency, ISSO, 'demo.second');
    await check();
    assert.equal(await listsOf(agency), 1);
    today.turnTo(1);
    await check();
    assert.equal(await listsOf(agency), 2);
  });

  test('says once what fails, and that it works again', async () => {
    const agency = await begin(house, today);
    await addPerson(house, agency, ISSO);
    const what = `watching the accounts of Muster for ${agency.code}`;
    const lines: string[] = [];
    const check = ownAccountsCheck(house, (line) => {
      if (line.startsWith(what)) lines.push(line);
    });
    const { role } = await house.store.read(0, (tx) =>
      tx.row<{ role: string }>('select current_user as role'),
    );
    await house.asSuperuser((client) => client.query(`revoke insert on account_list from ${role}`));
    try {
      await check();
      await check();
    } finally {
      await house.asSuperuser((client) => client.query(`grant insert on account_list to ${role}`));
    }
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /: PostgreSQL error 42501 in /);
    assert.equal(house.failing.get(agency.agency), `${what}: a fault`);
    await check();
    assert.deepEqual(lines.slice(1), [`${what}: it works again`]);
    assert.equal(house.failing.get(agency.agency), undefined);
    assert.equal(await listsOf(agency), 1);
  });
});
