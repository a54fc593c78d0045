import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rebuild } from '../src/acts/index.ts';
import { openHouse, type House } from '../src/doors/house.ts';
import { readView } from '../src/doors/on-behalf.ts';
import { keepOwnAccounts } from '../src/doors/own-accounts.ts';
import { beginSession } from '../src/doors/sign-in/sessions.ts';
import { makeToken } from '../src/doors/sign-in/tokens.ts';
import { visitorBySession, visitorByToken } from '../src/doors/sign-in/visitor.ts';
import { explainView, type Duty, type Explanation } from '../src/duties/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { actorName, findPerson } from '../src/programs/people/index.ts';
import { keyText } from '../src/record/index.ts';
import { addDays } from '../src/time/index.ts';
import { allDuties, importText, openTestHouse, type TestHouse } from './house.ts';
import { act, ADMINISTRATOR, BEGUN, begin, entriesOf, ISSO, Today } from './own-accounts-desk.ts';
import { addPerson, CLIENT, signedInAs } from './people.ts';

/*
 * Muster keeps its own rules: who does not sign in is disabled on the last day in time, by the rule that
 * governs, and the record says so as it does of any other system's accounts.
 */

const today = new Today();

let house: TestHouse;
let cloud: TestHouse;
before(async () => {
  // Sessions that outlast a spell without use: what ends them here is no clock.
  const lasting = { sessionHours: 24 * 365, idleMinutes: 60 * 24 * 365 };
  house = await openTestHouse({ now: today.now, settings: { environment: 'on-premises', ...lasting } });
  cloud = await openTestHouse({ now: today.now, settings: { environment: 'cloud' } });
});
after(async () => {
  await house.close();
  await cloud.close();
});

/** Why somebody may not sign in, null where they may. */
async function disabledFor(at: House, agency: AgencyFacts, person: number): Promise<string | null> {
  const found = await at.store.read(agency.agency, (tx) => findPerson(tx, person));
  assert.ok(found);
  return found.disabledFor;
}

async function dutiesOf(at: House, agency: AgencyFacts, account: string): Promise<Duty[]> {
  const all = await allDuties(at, agency, { duty: 'account.disable', system: 'Muster' });
  return all.filter(({ subject }) => subject.name === account);
}

async function assertRebuilds(at: House, agency: AgencyFacts): Promise<void> {
  const { difference } = await rebuild(at.store, at.declarations, agency.agency, { check: true });
  assert.equal(difference, null);
}

for (const [where, days, rule] of [
  ['on premises', 120, 'irm-10.8.1/disable-inactive'],
  ['in the cloud', 90, 'irm-10.8.24/disable-inactive'],
] as const)
  test(`${where} the IRS disables whoever has not signed in for ${days} days`, async () => {
    const at = where === 'in the cloud' ? cloud : house;
    const agency = await begin(at, today);
    const due = addDays(BEGUN, days);
    const idle = await addPerson(at, agency, ISSO, 'demo.idle');
    const never = await addPerson(at, agency, ISSO, 'demo.never');
    const busy = await addPerson(at, agency, ISSO, 'demo.busy');
    for (const person of [idle, busy]) await signedInAs(at, agency, person);

    assert.deepEqual((await keepOwnAccounts(at, agency)).disabled, []);
    today.turnTo(days - 1);
    assert.deepEqual((await keepOwnAccounts(at, agency)).disabled, []);
    await signedInAs(at, agency, busy);
    today.turnTo(days);
    const { disabled } = await keepOwnAccounts(at, agency);
    assert.deepEqual(new Set(disabled), new Set([idle, never]));
    const [duty] = await dutiesOf(at, agency, 'demo.idle');
    assert.ok(duty);
    assert.partialDeepStrictEqual(duty, { rule, due, done: due, means: 'disabled', status: 'met' });
    assert.equal(await disabledFor(at, agency, idle), `inactive: ${duty.id} is due on ${due} by ${rule}`);
    assert.equal(await disabledFor(at, agency, busy), null);
    assert.deepEqual(
      (await dutiesOf(at, agency, 'demo.busy')).map(({ trigger, status }) => [trigger, status]),
      [
        [BEGUN, 'met'],
        [addDays(due, -1), 'open'],
      ],
    );
    for (const entry of await entriesOf(at, agency, 'person.disabled'))
      assert.deepEqual([entry.actor, entry.effective], ['muster', due]);
    today.turnTo(days + 1);
    assert.deepEqual((await keepOwnAccounts(at, agency)).disabled, []);
    await assertRebuilds(at, agency);
  });

test('after days without a server whoever is overdue is disabled late, and the duty says so', async () => {
  const agency = await begin(house, today);
  const person = await addPerson(house, agency, ISSO, 'demo.idle');
  await keepOwnAccounts(house, agency);
  today.turnTo(121);
  assert.deepEqual((await keepOwnAccounts(house, agency)).disabled, [person]);
  assert.partialDeepStrictEqual((await dutiesOf(house, agency, 'demo.idle'))[0], {
    done: today.day,
    status: 'met-late',
    daysLate: 1,
  });
});

test('an agency that no such rule binds disables nobody', async () => {
  const agency = await begin(house, today, 'recipient');
  const person = await addPerson(house, agency, ISSO, 'demo.idle');
  await keepOwnAccounts(house, agency);
  today.turnTo(500);
  assert.deepEqual((await keepOwnAccounts(house, agency)).disabled, []);
  assert.equal(await disabledFor(house, agency, person), null);
  assert.deepEqual(
    (await dutiesOf(house, agency, 'demo.idle')).map(({ status }) => status),
    ['undetermined'],
  );
});

test('what let a disabled person in is dead, also when they are enabled again', async () => {
  const agency = await begin(house, today);
  const person = await addPerson(house, agency, ISSO, 'demo.idle');
  const { headers } = await signedInAs(house, agency, person);
  const session = headers['cookie']?.split('=')[1] ?? '';
  const visitor = await visitorBySession(house, session);
  assert.ok(visitor);
  const wanted = { name: 'test', roles: ['isso'] as const, days: 365 };
  const { secret: token } = await makeToken(house, agency, visitor.actor, person, wanted);

  today.turnTo(119);
  await keepOwnAccounts(house, agency);
  assert.ok(await visitorBySession(house, session));
  assert.ok(await visitorByToken(house, token));
  today.turnTo(120);
  assert.deepEqual((await keepOwnAccounts(house, agency)).disabled, [person]);
  const isIn = async () => [
    (await visitorBySession(house, session)) !== undefined,
    (await visitorByToken(house, token)) !== undefined,
  ];
  assert.deepEqual(await isIn(), [false, false]);

  await act(house, agency, 'person.enable', { person: keyText(person), reason: 'returned' });
  assert.deepEqual(await isIn(), [false, false]);
  // On the very day, on the next, and until the spell that began then is over.
  for (const days of [120, 121, 239]) {
    today.turnTo(days);
    assert.deepEqual((await keepOwnAccounts(house, agency)).disabled, [], today.day);
  }
  assert.deepEqual(
    (await dutiesOf(house, agency, 'demo.idle')).map(({ trigger, status }) => [trigger, status]),
    [
      [BEGUN, 'met'],
      [addDays(BEGUN, 120), 'open'],
    ],
  );
  today.turnTo(240);
  assert.deepEqual((await keepOwnAccounts(house, agency)).disabled, [person]);
  await assertRebuilds(house, agency);
});

test('the explanation of the duty rests on lists of Muster’s own', async () => {
  const agency = await begin(house, today);
  await addPerson(house, agency, ADMINISTRATOR, 'demo.administrator');
  await keepOwnAccounts(house, agency);
  today.turnTo(120);
  await keepOwnAccounts(house, agency);
  const [duty] = await dutiesOf(house, agency, 'demo.administrator');
  assert.equal(duty?.class, 'privileged');
  const { evidence, facts } = (await readView(house, house.operator, agency, explainView, {
    id: duty.id,
  })) as unknown as Explanation;
  assert.deepEqual(
    evidence.map(({ file, observedOn, says }) => [file, observedOn, says]),
    [
      [`muster-accounts-${BEGUN}.csv`, BEGUN, `no sign-in, created ${BEGUN}; active`],
      [
        `muster-accounts-${today.day}.csv`,
        today.day,
        `no sign-in, created ${BEGUN}; disabled since ${today.day}`,
      ],
    ],
  );
  assert.partialDeepStrictEqual(
    facts.find(({ attribute }) => attribute === 'component.environment'),
    { value: 'on-premises' },
  );
});

test('done again it changes nothing, and several servers at once do it once', async () => {
  const agency = await begin(house, today);
  const people = [];
  for (const name of ['demo.a', 'demo.b', 'demo.c']) people.push(await addPerson(house, agency, ISSO, name));
  const other = await openHouse(house.settings, 'command', {}, today.now);
  try {
    for (const [days, disabled] of [
      [0, 0],
      [120, 3],
      [121, 0],
    ] as const) {
      today.turnTo(days);
      const kept = await Promise.all(
        [house, other, house, other].map((each) => keepOwnAccounts(each, agency)),
      );
      assert.equal(kept.flatMap((each) => each.disabled).length, disabled);
      const before = (await entriesOf(house, agency)).length;
      const [list] = await Promise.all([house, other].map((each) => keepOwnAccounts(each, agency)));
      assert.equal((await entriesOf(house, agency)).length, before);
      assert.ok(list?.list);
    }
  } finally {
    await other.close();
  }
  assert.equal((await entriesOf(house, agency, 'person.disabled')).length, people.length);
  const files = (await entriesOf(house, agency, 'evidence.imported')).map(
    ({ body }) => (body as { file: string }).file,
  );
  const due = addDays(BEGUN, 120);
  // The inventory once, a list a day, and on the day of the disabling one that says so.
  assert.deepEqual(files.slice(0, 2), [`muster-inventory-${BEGUN}.csv`, `muster-accounts-${BEGUN}.csv`]);
  assert.deepEqual(new Set(files.slice(2, -1)), new Set([`muster-accounts-${due}.csv`]));
  assert.equal(files.at(-1), `muster-accounts-${addDays(due, 1)}.csv`);
  await assertRebuilds(house, agency);
});

test('a crash after the disabling and before the list loses nothing', async () => {
  for (const later of [0, 3]) {
    const agency = await begin(house, today);
    const person = await addPerson(house, agency, ISSO, 'demo.idle');
    await keepOwnAccounts(house, agency);
    const due = today.turnTo(120);
    // What was committed by then: the entry alone.
    await act(house, agency, 'person.disable', { person: keyText(person), reason: 'inactive' });
    assert.equal((await dutiesOf(house, agency, 'demo.idle'))[0]?.status, 'open');
    today.turnTo(120 + later);
    assert.deepEqual((await keepOwnAccounts(house, agency)).disabled, []);
    assert.partialDeepStrictEqual((await dutiesOf(house, agency, 'demo.idle'))[0], {
      done: due,
      status: 'met',
    });
    assert.equal((await entriesOf(house, agency, 'person.disabled')).length, 1);
  }
});

test('whoever signs in while the list is being taken in is not disabled', async () => {
  const agency = await begin(house, today);
  const person = await addPerson(house, agency, ISSO, 'demo.idle');
  await keepOwnAccounts(house, agency);
  today.turnTo(120);
  const keeping = await house.store.as(actorName(person)).write(agency.agency, async (tx) => {
    const found = await findPerson(tx, person);
    assert.ok(found);
    await beginSession(tx, { house, agency }, found, { way: 'test' }, CLIENT);
    // The list was read by then, and waits for its place in the record.
    const underWay = keepOwnAccounts(house, agency);
    await someoneWaits();
    return { underWay };
  });
  assert.deepEqual((await keeping.underWay).disabled, []);
  assert.equal((await dutiesOf(house, agency, 'demo.idle'))[0]?.status, 'open');
  assert.deepEqual((await keepOwnAccounts(house, agency)).disabled, []);
  assert.equal((await dutiesOf(house, agency, 'demo.idle'))[0]?.status, 'met');
});

/** Until somebody waits for a lock of the database. */
async function someoneWaits(): Promise<void> {
  for (let waiting = 0; waiting === 0;) {
    const { rows } = await house.asSuperuser((client) =>
      client.query<{ count: number }>(
        "select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock'",
      ),
    );
    waiting = rows[0]?.count ?? 0;
  }
}

test('whoever is called otherwise is followed', async () => {
  const agency = await begin(house, today);
  const person = await addPerson(house, agency, ISSO, 'demo.idle');
  await keepOwnAccounts(house, agency);
  today.turnTo(100);
  await act(house, agency, 'person.change', { person: keyText(person), signInName: 'demo.renamed' });
  await keepOwnAccounts(house, agency);
  assert.deepEqual(
    (await dutiesOf(house, agency, 'demo.idle')).map(({ means }) => means),
    ['removed'],
  );
  today.turnTo(120);
  assert.deepEqual((await keepOwnAccounts(house, agency)).disabled, [person]);
});

test('a risk that was accepted in time keeps an account until it ends', async () => {
  const agency = await begin(house, today);
  const person = await addPerson(house, agency, ISSO, 'demo.emergency');
  await keepOwnAccounts(house, agency);
  const [duty] = await dutiesOf(house, agency, 'demo.emergency');
  const until = addDays(BEGUN, 150);
  await act(house, agency, 'duty.accept-risk', { duty: duty?.id, until, reason: 'for emergencies' });
  for (const [days, disabled] of [
    [120, []],
    [150, []],
    [151, [person]],
  ] as const) {
    today.turnTo(days);
    assert.deepEqual((await keepOwnAccounts(house, agency)).disabled, disabled, today.day);
  }
});

test('an account of another component that is called like a person concerns nobody', async () => {
  const agency = await begin(house, today);
  const person = await addPerson(house, agency, ISSO, 'demo.idle');
  await signedInAs(house, agency, person);
  const inventory = `system,component,environment,impact,fti,asset,fqdn,ip,platform,role
Muster,database,on-premises,moderate,no,,,,,
`;
  const list = `account,name,component,privileged,created,last_login,status,status_changed
demo.idle,,database,yes,2025-01-01,2025-01-01,active,
`;
  await importText(house, agency, inventory);
  await importText(house, agency, list, { system: 'Muster', observedOn: BEGUN });
  assert.deepEqual((await keepOwnAccounts(house, agency)).disabled, []);
  assert.equal((await allDuties(house, agency, { system: 'Muster', status: 'overdue' })).length, 1);
});
