import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readView } from '../src/doors/on-behalf.ts';
import { explainView, type Explanation } from '../src/duties/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { allDuties, importText, INVENTORY, openTestHouse, type TestHouse } from './house.ts';
import { nessusXml } from './nessus-file.ts';
import { poamDesk, type PoamDesk } from './poam-desk.ts';

/*
 * POA&Ms for vulnerabilities: 30 days for high ones, 60 for medium ones, from discovery, once they
 * have passed their day or their owner has declared that they cannot be fixed in time.
 */

let house: TestHouse;
let desk: PoamDesk;
before(async () => {
  house = await openTestHouse();
  desk = poamDesk(house);
});
after(async () => {
  await house.close();
});

const HIGH = 900_001;
const MEDIUM = 900_002;

/** A scan of the asset in the cloud that sees findings of these plugins. */
async function scan(agency: AgencyFacts, on: string, plugins: readonly number[], name = 'web-1') {
  const items = plugins.map((plugin) => ({
    plugin,
    title: `Demo product ${plugin}`,
    family: 'General',
    port: 0,
    protocol: 'tcp',
    severity: plugin === HIGH ? 3 : 2,
  }));
  const started = `${on}T12:00:00Z`;
  const host = { name, credentialed: true, started, ended: `${on}T13:00:00Z`, items };
  const file = nessusXml({ families: null, hosts: [host] });
  return importText(house, agency, file, { file: 'test.nessus', system: 'ECM' });
}

/** The duties to create a POA&M for findings as of a day: plugin, class, trigger, due, done, means, status. */
async function owed(agency: AgencyFacts, asOf: string): Promise<string[]> {
  const found = await allDuties(house, agency, { asOf, duty: 'poam.create' });
  return found
    .filter(({ subject }) => subject.kind === 'finding')
    .map(({ subject, trigger, due, done, means, status, ...duty }) => {
      const plugin = /plugin (\d+)/.exec(subject.name)?.[1];
      return [plugin, duty.class, trigger, due, done, means, status].join(' ');
    })
    .sort();
}

async function agencyWithFindings(code: string): Promise<AgencyFacts> {
  const agency = await desk.agencyWith(code, { poam: 'P-1' });
  await scan(agency, '2022-01-10', [HIGH, MEDIUM]);
  return agency;
}

test('a POA&M is owed once a finding has passed its day, and not before', async () => {
  const agency = await agencyWithFindings('PASSED');
  assert.deepEqual(await owed(agency, '2022-02-09'), []);
  assert.deepEqual(await owed(agency, '2022-02-10'), ['900001 high 2022-01-10 2022-02-09   overdue']);
  assert.deepEqual(await owed(agency, '2022-04-10'), ['900001 high 2022-01-10 2022-02-09   overdue']);
  assert.deepEqual(await owed(agency, '2022-04-11'), [
    '900001 high 2022-01-10 2022-02-09   overdue',
    '900002 medium 2022-01-10 2022-03-11   overdue',
  ]);
});

test('declared unfixable in time, a finding needs a POA&M from then on', async () => {
  const agency = await agencyWithFindings('DECLARED');
  const duties = await allDuties(house, agency, { asOf: '2022-01-20', duty: 'vulnerability.remediate' });
  const medium = duties.find((duty) => duty.class === 'medium');
  assert.ok(medium);
  await desk.act(agency, '2022-01-20', 'finding.cannot-be-fixed', {
    duty: medium.id,
    reason: 'no update yet',
  });
  assert.deepEqual(await owed(agency, '2022-01-19'), []);
  assert.deepEqual(await owed(agency, '2022-01-20'), ['900002 medium 2022-01-10 2022-03-11   open']);
  assert.deepEqual(await owed(agency, '2022-03-12'), [
    '900001 high 2022-01-10 2022-02-09   overdue',
    '900002 medium 2022-01-10 2022-03-11   overdue',
  ]);
});

test('a POA&M that names plugins covers their findings from its creation, late or in time', async () => {
  const agency = await agencyWithFindings('COVER');
  const plan = { severity: 'high', identified: '2022-01-10', trigger: '', created: '2022-03-01' };
  await desk.list(agency, [
    { ...plan, poam: 'P-2', component: '', scheduled: '2022-12-01', finding: '900001;900002' },
  ]);
  assert.deepEqual(await owed(agency, '2022-02-28'), ['900001 high 2022-01-10 2022-02-09   overdue']);
  assert.deepEqual(await owed(agency, '2022-03-01'), [
    '900001 high 2022-01-10 2022-02-09 2022-03-01 planned met-late',
    '900002 medium 2022-01-10 2022-03-11 2022-03-01 planned met',
  ]);
  // It is of vulnerabilities, so it is not one more weakness of an assessment.
  assert.deepEqual(await desk.duties(agency, 'poam.create', '2022-03-01').then((all) => all.length), 3);
  const { poams } = await desk.poams(agency, { asOf: '2022-03-01', source: 'vulnerability' });
  assert.deepEqual(
    poams.map(({ poam, component }) => [poam, component]),
    [['P-2', null]],
  );
  const [duty] = await allDuties(house, agency, { asOf: '2022-03-01', duty: 'poam.create', class: 'high' });
  const why = (await readView(house, house.operator, agency, explainView, {
    id: duty?.id,
    asOf: '2022-03-01',
  })) as Explanation;
  assert.match(why.evidence.map(({ says }) => says).join('\n'), /the POA&M P-2 was created, which covers it/);
  await desk.assertRebuilds(agency);
});

test('a POA&M created for a finding by its duty knows all that is known of the finding', async () => {
  const agency = await agencyWithFindings('BYDUTY');
  const [remediate] = await allDuties(house, agency, {
    asOf: '2022-02-10',
    duty: 'vulnerability.remediate',
    class: 'high',
  });
  const [create] = await allDuties(house, agency, { asOf: '2022-02-10', duty: 'poam.create', class: 'high' });
  assert.ok(remediate && create);
  const said = { poam: 'P-2', weakness: 'awaits an upgrade', scheduled: '2022-12-01' };
  const { index } = await desk.act(agency, '2022-02-10', 'poam.create', { ...said, duty: create.id });
  const { poam, component, source, severity, identified, finding, created } = await desk.poam(
    agency,
    `${index}.1`,
  );
  assert.deepEqual(
    [poam, component, source, severity, identified, finding, created],
    ['P-2', 'cloud', 'vulnerability', 'high', '2022-01-10', '900001', '2022-02-10'],
  );
  assert.deepEqual(await owed(agency, '2022-02-10'), [
    '900001 high 2022-01-10 2022-02-09 2022-02-10 planned met-late',
  ]);
  await assert.rejects(
    desk.act(agency, '2022-02-11', 'poam.create', { ...said, poam: 'P-3', duty: remediate.id }),
    /the POA&M P-2 covers this finding already/,
  );
  // Once that POA&M has ended, the finding may have another.
  await desk.act(agency, '2022-02-12', 'poam.complete', { duty: `poam.complete:${index}.1:2022-02-10` });
  await desk.act(agency, '2022-02-13', 'poam.create', { ...said, poam: 'P-3', duty: remediate.id });
  await desk.assertRebuilds(agency);
});

test('a POA&M no longer said to cover a plugin covers it no more', async () => {
  const agency = await agencyWithFindings('UNCOVER');
  const plan = {
    poam: 'P-2',
    severity: 'high',
    identified: '2022-01-10',
    trigger: '',
    created: '2022-02-01',
  };
  await desk.list(agency, [{ ...plan, scheduled: '2022-12-01', finding: '900001' }]);
  assert.deepEqual(await owed(agency, '2022-03-01'), [
    '900001 high 2022-01-10 2022-02-09 2022-02-01 planned met',
  ]);
  await desk.list(agency, [{ ...plan, scheduled: '2022-12-01', finding: '' }]);
  assert.deepEqual(await owed(agency, '2022-03-01'), ['900001 high 2022-01-10 2022-02-09   overdue']);
  await desk.assertRebuilds(agency);
});

const PLAN = {
  poam: 'P-2',
  severity: 'high',
  identified: '2022-01-10',
  trigger: '',
  scheduled: '2022-12-01',
};

test('of a finding fixed before a POA&M came, none was owed', async () => {
  const agency = await agencyWithFindings('FIXED');
  await scan(agency, '2022-01-20', []);
  await desk.list(agency, [{ ...PLAN, created: '2022-01-20', finding: '900001;900002' }], '2022-02-01');
  assert.deepEqual(await owed(agency, '2022-06-01'), []);
});

test('a POA&M that ended by the day on which a finding opens does not cover it', async () => {
  for (const [ended, covers] of [
    ['2022-01-10', false],
    ['2022-01-11', true],
  ] as const) {
    const agency = await agencyWithFindings(`ENDED${ended.slice(-2)}`);
    const past = { identified: '2021-01-10', created: '2021-02-01', status: 'completed', statusDate: ended };
    await desk.list(agency, [{ ...PLAN, ...past, finding: '900001' }], '2022-02-01');
    const high = (await owed(agency, '2022-03-01'))[0] ?? '';
    assert.match(high, covers ? / 2022-01-10 planned met$/ : / overdue$/, ended);
  }
});

test('a POA&M for a whole system covers a component that it has later', async () => {
  const agency = await desk.agencyWith('GROWS', {
    ...PLAN,
    component: '',
    created: '2022-01-15',
    finding: '900001',
  });
  const later = INVENTORY.replace(/^ECM,.*\n/gm, '').concat('ECM,new,cloud,moderate,yes,new-1,,,Linux,x\n');
  await importText(house, agency, later);
  await scan(agency, '2022-01-10', [HIGH], 'new-1');
  assert.deepEqual(await owed(agency, '2022-03-01'), [
    '900001 high 2022-01-10 2022-02-09 2022-01-15 planned met',
  ]);
  await desk.assertRebuilds(agency);
});

test('no POA&M is created for a finding that is remediated, nor for the time that it was open before', async () => {
  const agency = await agencyWithFindings('GONE');
  const remediate = (asOf: string) =>
    allDuties(house, agency, { asOf, duty: 'vulnerability.remediate', class: 'high' });
  const [first] = await remediate('2022-01-10');
  await scan(agency, '2022-01-20', []);
  const create = (duty: string | undefined, on: string) =>
    desk.act(agency, on, 'poam.create', { poam: 'P-9', weakness: 'x', scheduled: '2022-12-01', duty });
  await assert.rejects(create(first?.id, '2022-02-01'), /the finding was already remediated on 2022-01-20/);
  await scan(agency, '2022-03-01', [HIGH]);
  await assert.rejects(create(first?.id, '2022-03-02'), /the finding opened anew on 2022-03-01/);
  const [, again] = await remediate('2022-03-02');
  await create(again?.id, '2022-03-02');
});
