import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { roles } from '../../acts/index.ts';
import { parseKey } from '../../record/index.ts';
import { asSuperuser, onEveryPostgres, type TrialDatabase } from '../../store/trial.ts';
import { addDays, day, type Day } from '../../time/index.ts';
import { whoIs, wordReach } from './index.ts';
import { actorOf, openAgency, operator, TODAY, type TrialAgency } from './trial-people.ts';

const YESTERDAY = addDays(TODAY, -1);
const TOMORROW = addDays(TODAY, 1);

onEveryPostgres((open) => {
  let database: TrialDatabase;
  let at: TrialAgency;
  let people = 0;
  before(async () => {
    database = await open();
    at = await openAgency(database, 'NORTH');
    await asSuperuser(database, (client) =>
      client.query(`insert into system (agency_id, system_key, name, known_from) values ($1, 1, 'ECM', 1)`, [
        at.agency,
      ]),
    );
  });
  after(async () => {
    await at?.close();
    await database?.close();
  });

  const someone = () => at.add(`demo.person-${(people += 1)}`);

  /** The roles that a person holds on a day, each with its reach. */
  async function held(person: string, on: Day = TODAY): Promise<string[]> {
    const found = await at.store.read(at.agency, (tx) => whoIs(tx, parseKey(person) ?? 0, on));
    return (found?.grants ?? []).map(({ role, reach }) => `${role} over ${wordReach(reach)}`);
  }

  function give(person: string, said: object, today = TODAY): Promise<string> {
    return at.outcome('grant.give', { person, role: 'isso', over: 'agency', ...said }, operator, today);
  }

  test('every role can be granted over the agency', async () => {
    for (const role of roles) {
      const person = await someone();
      await at.grant(person, role);
      assert.deepEqual(await held(person), [`${role} over the agency`]);
    }
    assert.match(await give(await someone(), { role: 'security-analyst' }), /^BAD_REQUEST: role/);
    assert.match(await give('99.1', {}), /^NOT_FOUND/);
  });

  test('it is in force from its first day to its last: −1/0/+1', async () => {
    const person = await someone();
    await at.grant(person, 'isso', { from: '2026-03-20', until: '2026-03-25' });
    for (const [on, expected] of [
      ['2026-03-19', 0],
      ['2026-03-20', 1],
      ['2026-03-21', 1],
      ['2026-03-24', 1],
      ['2026-03-25', 1],
      ['2026-03-26', 0],
    ] as const)
      assert.equal((await held(person, day(on))).length, expected, on);
  });

  test('of one day, and of no day', async () => {
    const person = await someone();
    assert.match(await give(person, { until: TODAY }), /^entry \d+$/);
    assert.deepEqual(
      [await held(person, TODAY), await held(person, TOMORROW)],
      [['isso over the agency'], []],
    );
    assert.match(
      await give(person, { role: 'ciso', until: YESTERDAY }),
      /^it would end on 2026-03-10, before it begins/,
    );
    assert.match(
      await give(person, { role: 'ciso', from: '2026-03-20', until: '2026-03-19' }),
      /^it would end on 2026-03-19/,
    );
  });

  test('it is not dated back', async () => {
    const person = await someone();
    assert.equal(
      await give(person, { from: YESTERDAY }),
      'a grant cannot be dated back: today is 2026-03-11',
    );
    assert.match(await give(person, { from: TODAY }), /^entry \d+$/);
    for (const from of ['2026-02-30', '2026-3-1', 'today', ''])
      assert.match(await give(person, { role: 'ciso', from }), /^BAD_REQUEST: from/);
  });

  test('a reach says what it reaches, and nothing else', async () => {
    const person = await someone();
    for (const [said, expected] of [
      [{ over: 'system' }, /^name the system that the role reaches/],
      [{ over: 'system', system: 'NONE' }, /^there is no system NONE/],
      [{ over: 'system', system: 'ecm' }, /^there is no system ecm/],
      [{ over: 'agency', system: 'ECM' }, /^name a system only where/],
      [{ over: 'units', system: 'ECM', unitFrom: '21000', unitTo: '21099' }, /^name a system only where/],
      [{ over: 'units' }, /^name the first and the last unit/],
      [{ over: 'units', unitFrom: '21000' }, /^name the first and the last unit/],
      [{ over: 'units', unitTo: '21000' }, /^name the first and the last unit/],
      [{ over: 'units', unitFrom: '21001', unitTo: '21000' }, /^the range ends with 21000, before 21001/],
      [{ over: 'agency', unitFrom: '21000' }, /^name units only where/],
      [{ over: 'system', system: 'ECM', unitTo: '21000' }, /^name units only where/],
      [{ over: 'units', unitFrom: '2100', unitTo: '21000' }, /^BAD_REQUEST: unitFrom/],
      [{ over: 'units', unitFrom: '21000', unitTo: '210000' }, /^BAD_REQUEST: unitTo/],
      [{ over: 'everything' }, /^BAD_REQUEST: over/],
      [
        { role: 'administrator', over: 'system', system: 'ECM' },
        /^an administrator administers the whole agency/,
      ],
      [{ role: 'administrator', over: 'units', unitFrom: '21000', unitTo: '21000' }, /^an administrator/],
    ] as const)
      assert.match(await give(person, said), expected, JSON.stringify(said));
    assert.deepEqual(await held(person), []);
    assert.match(await give(person, { over: 'system', system: 'ECM' }), /^entry \d+$/);
    assert.match(await give(person, { over: 'units', unitFrom: '21000', unitTo: '21000' }), /^entry \d+$/);
    assert.deepEqual(await held(person), ['isso over system ECM', 'isso over units 21000 to 21000']);
  });

  test('the same role over the same is held once; over something else beside it', async () => {
    const person = await someone();
    await at.grant(person, 'isso', { until: '2026-03-12' });
    const SAME = 'the person holds that role there already: end it first to change its days';
    assert.equal(await give(person, {}), SAME);
    assert.equal(await give(person, { from: '2027-01-01' }), SAME);
    assert.match(await give(person, { over: 'system', system: 'ECM' }), /^entry \d+$/);
    assert.equal(await give(person, { over: 'system', system: 'ECM' }), SAME);
    assert.match(await give(person, {}, day('2026-03-13')), /^entry \d+$/, 'once it has run out');
  });

  test('an auditor does nothing else, not even later', async () => {
    const auditor = await someone();
    await at.grant(auditor, 'auditor');
    const IS = 'the person is an auditor, who does nothing else in the agency: end that role first';
    assert.equal(await give(auditor, {}), IS);
    assert.equal(await give(auditor, { from: '2027-01-01' }), IS);
    const isso = await someone();
    await at.grant(isso, 'isso', { from: '2027-01-01' });
    const OTHERS = 'an auditor does nothing else in the agency: end the other roles first';
    assert.equal(await give(isso, { role: 'auditor' }), OTHERS);
    const system = await someone();
    await at.grant(system, 'auditor', { over: 'system', system: 'ECM' });
    assert.match(await give(system, { role: 'auditor' }), /^entry \d+$/, 'of more, too');
  });

  test('nobody grants to themselves, by a token neither', async () => {
    const person = await someone();
    const self = actorOf(parseKey(person) ?? 0);
    for (const actor of [self, { ...self, name: `${self.name}/token:7` }])
      assert.equal(
        await at.outcome('grant.give', { person, role: 'isso', over: 'agency' }, actor),
        'nobody grants a role to themselves: ask another administrator',
      );
    assert.deepEqual(await held(person), []);
  });

  test('ended, it is in force no more from that moment, and stays in the record', async () => {
    const person = await someone();
    const grant = await at.grant(person, 'isso');
    assert.deepEqual(await held(person), ['isso over the agency']);
    const { body } = await at.act('grant.end', { grant, reason: 'moved' });
    assert.deepEqual(body, { grant, person, reason: 'moved' });
    assert.deepEqual(await held(person), []);
    assert.deepEqual(await held(person, YESTERDAY), []);
    const end = (said = grant) => at.outcome('grant.end', { grant: said, reason: 'x' });
    assert.equal(await end(), 'it was in force until 2026-03-10');
    assert.match(await end('99.1'), /^NOT_FOUND/);
    assert.match(await end('x'), /^NOT_FOUND/);
    assert.match(await at.outcome('grant.end', { grant, reason: '' }), /^BAD_REQUEST: reason/);
    assert.match(await give(person, {}), /^entry \d+$/, 'and granted anew');
  });

  test('ended later, it was in force until then', async () => {
    const person = await someone();
    const grant = await at.grant(person, 'isso', { until: '2026-12-31' });
    await at.act('grant.end', { grant, reason: 'moved' }, operator, day('2026-03-20'));
    for (const [on, expected] of [
      ['2026-03-11', 1],
      ['2026-03-19', 1],
      ['2026-03-20', 0],
      ['2026-03-21', 0],
    ] as const)
      assert.equal((await held(person, day(on))).length, expected, on);
  });

  test('ended before it began, it is in force on no day', async () => {
    const person = await someone();
    const grant = await at.grant(person, 'isso', { from: '2026-04-01', until: '2026-04-30' });
    await at.act('grant.end', { grant, reason: 'not needed' });
    for (const on of ['2026-03-11', '2026-04-01', '2026-04-02', '2026-04-30'])
      assert.deepEqual(await held(person, day(on)), [], on);
  });

  test('ended by two at the same moment, it is ended once', async () => {
    const grant = await at.grant(await someone(), 'isso');
    const ending = Array.from({ length: 4 }, () => at.outcome('grant.end', { grant, reason: 'x' }));
    const found = await Promise.all(ending);
    assert.equal(found.filter((each) => each.startsWith('entry ')).length, 1);
  });

  test('a role that Muster does not know lets nobody do anything', async () => {
    const person = await someone();
    await at.grant(person, 'isso');
    await asSuperuser(database, (client) =>
      client.query(
        `update role_grant set role = 'security-analyst' where agency_id = $1 and person_key = $2`,
        [at.agency, parseKey(person)],
      ),
    );
    assert.deepEqual(await held(person), []);
  });
});
