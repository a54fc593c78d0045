import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { performAct } from '../src/acts/index.ts';
import { readView } from '../src/doors/on-behalf.ts';
import type { Explanation } from '../src/duties/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { coverFindings, type FindingAnswer } from '../src/programs/vulnerabilities/index.ts';
import { day } from '../src/time/index.ts';
import {
  allDuties,
  importText,
  INVENTORY,
  newAgency,
  openTestHouse,
  operator,
  type TestHouse,
} from './house.ts';
import { file, findingDesk, host, library, type FindingDesk } from './finding-desk.ts';
import type { ScannedFile } from './nessus-file.ts';

let house: TestHouse;
let desk: FindingDesk;
before(async () => {
  house = await openTestHouse();
  desk = findingDesk(house);
});
after(async () => {
  await house.close();
});

/** The duties to remediate as `name class trigger due done means status`. */
async function remediations(agency: AgencyFacts, asOf: string, more: object = {}): Promise<string[]> {
  const duties = await allDuties(house, agency, { asOf, duty: 'vulnerability.remediate', ...more });
  return duties.map(({ subject, class: klass, trigger, due, done, means, status }) =>
    [subject.name.replace(/:.*plugin /, ' '), klass, trigger, due, done, means, status].join(' '),
  );
}

async function historyOf(agency: AgencyFacts, asOf: string): Promise<string[]> {
  const [row] = (await desk.findings(agency, { asOf, state: 'all' })).findings;
  const view = house.declarations.views.get('finding');
  assert.ok(row && view);
  const answer = (await readView(house, house.operator, agency, view, {
    finding: row.finding,
    asOf,
  })) as FindingAnswer;
  return answer.history.map(({ day: on, what, line }) => `${on} ${what}, line ${line}`);
}

test('a finding opens, stays open, closes and comes back as a new spell', async () => {
  const agency = await desk.agencyWith('SPELL', [
    file(host('2022-02-01', [library])),
    file(host('2022-03-01', [library])),
    file(host('2022-04-01', [])),
    file(host('2022-05-01', [library])),
  ]);
  assert.deepEqual(await remediations(agency, '2022-03-15'), [
    'web-1 900001, tcp/443) high 2022-02-01 2022-03-03   overdue',
  ]);
  assert.deepEqual(await remediations(agency, '2022-05-02'), [
    'web-1 900001, tcp/443) high 2022-02-01 2022-03-03 2022-04-01 remediated met-late',
    'web-1 900001, tcp/443) high 2022-05-01 2022-05-31   open',
  ]);
  assert.deepEqual(await historyOf(agency, '2022-05-02'), [
    '2022-02-01 seen as high: it opens, line 6',
    '2022-03-01 seen as high, line 4',
    '2022-04-01 not seen by a scan that covered it: it closes, line 4',
    '2022-05-01 seen as high: it opens, line 6',
  ]);
});

test('a scan without credentials closes nothing once an earlier-dated one had them', async () => {
  const agency = await desk.agencyWith('CREDENTIALS', [
    file(host('2022-02-01', [library], { credentialed: true })),
    file(host('2022-03-01', [])),
  ]);
  assert.deepEqual(
    (await desk.findings(agency, { asOf: '2022-03-02' })).findings.map(({ daysOpen }) => daysOpen),
    [29],
  );
  assert.match((await historyOf(agency, '2022-03-02'))[1] ?? '', /not covered: it had no credentials/);
  // Seen without credentials is seen.
  await desk.take(agency, file(host('2022-03-10', [{ ...library, severity: 2 }])));
  assert.match((await historyOf(agency, '2022-03-11'))[2] ?? '', /seen as medium now/);
  await desk.take(agency, file(host('2022-04-01', [], { credentialed: true })));
  assert.deepEqual(await remediations(agency, '2022-04-02'), [
    'web-1 900001, tcp/443) medium 2022-02-01 2022-05-02 2022-04-01 remediated met',
  ]);
});

test('credentials of the same day ask nothing of a scan; of an earlier one that comes late, they do', async () => {
  const agency = await desk.agencyWith('LATE', [
    file(host('2022-02-01', [library])),
    file(host('2022-03-01', [])),
    file(host('2022-03-01', [], { credentialed: true, ended: '2022-03-01T15:00:00Z' })),
  ]);
  assert.equal((await desk.findings(agency, { asOf: '2022-04-01' })).total, 0);
  const late = await desk.take(agency, file(host('2022-02-10', [library], { credentialed: true })));
  // The scan with credentials of that day still closes it.
  assert.deepEqual([late.new, late.closed, late.reopened, late.unchanged], [0, 0, 0, 1]);
  const other = await desk.agencyWith('LATER', [
    file(host('2022-02-01', [library])),
    file(host('2022-03-01', [])),
  ]);
  assert.equal((await desk.findings(other, { asOf: '2022-04-01' })).total, 0);
  const reopened = await desk.take(other, file(host('2022-02-10', [library], { credentialed: true })));
  assert.deepEqual([reopened.new, reopened.closed, reopened.reopened], [0, 0, 1]);
  assert.equal((await desk.findings(other, { asOf: '2022-04-01' })).total, 1);
  assert.equal(
    (await desk.findings(other, { asOf: '2022-04-01', knownAt: String((reopened.evidence ?? 0) - 1) })).total,
    0,
  );
});

test('families decide what a scan covers: enabled closes, the others do not, and no policy covers all', async () => {
  const policies: readonly { families: ScannedFile['families']; says: string }[] = [
    { families: { General: 'mixed' }, says: 'only some plugins' },
    { families: { General: 'disabled' }, says: 'disabled the family General' },
    { families: { 'Web Servers': 'enabled' }, says: 'does not name the family General' },
    { families: { General: 'enabled' }, says: 'it closes' },
    { families: null, says: 'it closes' },
  ];
  for (const [at, { families, says }] of policies.entries()) {
    const agency = await desk.agencyWith(`FAMILY${at}`, [
      file(host('2022-02-01', [library])),
      file(host('2022-03-01', []), families),
    ]);
    const history = await historyOf(agency, '2022-03-02');
    assert.ok(history[1]?.includes(says), says);
    assert.equal(
      (await desk.findings(agency, { asOf: '2022-03-02' })).total,
      says.includes('closes') ? 0 : 1,
    );
  }
});

test('a scan that was broken off sees what it sees and closes nothing', async () => {
  const { ended: _, ...broken } = host('2022-03-01', [{ ...library, port: 8443 }]);
  const agency = await desk.agencyWith('BROKEN', [file(host('2022-02-01', [library])), file(broken)]);
  assert.deepEqual(
    (await desk.findings(agency, { asOf: '2022-03-02' })).findings.map(({ port }) => port),
    ['tcp/443', 'tcp/8443'],
  );
  const scans = await allDuties(house, agency, {
    asOf: '2022-03-02',
    duty: 'vulnerability.scan',
    component: 'cloud',
  });
  assert.deepEqual(
    scans.map(({ trigger, done }) => [trigger, done]),
    [['2022-02-01', null]],
  );
});

test("the file's own dates beat the day observed, which counts where it has none", async () => {
  const agency = await desk.agencyWith('DATES');
  await desk.take(agency, file(host('2022-02-01', [library])), { observedOn: '2022-02-20' });
  const { started: _s, ended: _e, ...undated } = host('2022-02-01', [library]);
  await desk.take(agency, file({ ...undated, name: 'db-1' }), { observedOn: '2022-02-20' });
  assert.deepEqual(
    (await desk.findings(agency, { asOf: '2022-03-01' })).findings.map(
      ({ asset, opened }) => `${asset} ${opened}`,
    ),
    ['web-1 2022-02-01', 'db-1 2022-02-20'],
  );
});

test('informational items are kept apart, once', async () => {
  const information = { ...library, plugin: 900_002, severity: 0 };
  const agency = await desk.agencyWith('INFO', [file(host('2022-02-01', [information, library]))]);
  const again = await desk.take(agency, file(host('2022-03-01', [information])));
  assert.deepEqual(again.bySeverity, { critical: 0, high: 0, medium: 0, low: 0, info: 1 });
  assert.deepEqual(
    (await allDuties(house, agency, { asOf: '2022-03-02', duty: 'vulnerability.remediate' })).length,
    1,
  );
  const kept = await house.store.read(agency.agency, (tx) =>
    tx.rows('select plugin, line, known_from < $2 as first from informational_item where agency_id = $1', [
      agency.agency,
      again.evidence,
    ]),
  );
  assert.deepEqual(kept, [{ plugin: 900_002, line: 6, first: true }]);
});

test('a scan that says what the last one said touches no row of a finding', async () => {
  const agency = await desk.agencyWith('SAME', [
    file(host('2022-02-01', [library, { ...library, port: 22 }])),
    file(host('2022-03-01', [library])),
  ]);
  const rows = () =>
    house.store.read(agency.agency, (tx) =>
      tx.rows(
        `select 'finding' as of, ctid::text, xmin::text from finding where agency_id = $1
         union all select 'state', ctid::text, xmin::text from finding_state where agency_id = $1
         union all select 'spell', ctid::text, xmin::text from finding_spell where agency_id = $1 order by 1, 2`,
        [agency.agency],
      ),
    );
  const before = await rows();
  const again = await desk.take(agency, file(host('2022-04-01', [library])));
  assert.deepEqual([again.new, again.closed, again.reopened, again.unchanged], [0, 0, 0, 1]);
  assert.deepEqual(await rows(), before);
});

test('the same scan in other bytes changes nothing', async () => {
  const scanned = file(host('2022-02-01', [library]));
  const agency = await desk.agencyWith('BYTES', [scanned, file(host('2022-03-01', []))]);
  const before = await remediations(agency, '2022-04-01');
  assert.equal((await desk.take(agency, scanned)).repeated, true);
  const again = await desk.take(agency, { ...scanned, remark: 'exported again' });
  assert.deepEqual([again.new, again.closed, again.reopened], [0, 0, 0]);
  assert.deepEqual(await remediations(agency, '2022-04-01'), before);
});

test('a rating shows from the scan that gives it', async () => {
  const agency = await desk.agencyWith('RATING', [
    file(host('2022-02-01', [library])),
    file(host('2022-03-01', [{ ...library, severity: 2 }])),
  ]);
  assert.match((await remediations(agency, '2022-02-28'))[0] ?? '', / high 2022-02-01 2022-03-03 /);
  assert.match((await remediations(agency, '2022-03-01'))[0] ?? '', / medium 2022-02-01 2022-05-02 /);
});

test('plugins are called what the last scan calls them, whenever it was taken in', async () => {
  const agency = await desk.agencyWith('WORDS', [
    file(host('2022-03-01', [{ ...library, title: 'Demo Library < 2.5' }])),
    file(host('2022-02-01', [library])),
  ]);
  const titles = async (knownAt?: string) =>
    (await desk.findings(agency, { asOf: '2022-05-01', ...(knownAt && { knownAt }) })).findings.map(
      ({ title }) => title,
    );
  assert.deepEqual(await titles(), ['Demo Library < 2.5']);
  const renamed = await desk.take(
    agency,
    file(host('2022-04-01', [{ ...library, title: 'Demo Library < 3' }])),
  );
  assert.deepEqual(await titles(), ['Demo Library < 3']);
  assert.deepEqual(await titles(String((renamed.evidence ?? 0) - 1)), ['Demo Library < 2.5']);
});

async function declare(agency: AgencyFacts, duty: string, today: string) {
  const said = { duty, reason: 'the vendor has no update yet' };
  return performAct(
    house.store,
    house.declarations,
    agency.agency,
    operator,
    day(today),
    'finding.cannot-be-fixed',
    said,
  );
}

test('a finding declared not fixable in time owes a plan from discovery, and is declared once', async () => {
  const agency = await desk.agencyWith('DECLARED', [
    file(host('2022-02-01', [library, { ...library, port: 22 }])),
  ]);
  const [first] = await allDuties(house, agency, { asOf: '2022-02-05', duty: 'vulnerability.remediate' });
  assert.ok(first);
  const entry = await declare(agency, first.id, '2022-02-05');
  await assert.rejects(declare(agency, first.id, '2022-02-06'), /it was already said on 2022-02-05/);
  const plans = async (asOf: string, more = {}) =>
    (await allDuties(house, agency, { asOf, duty: 'poam.create', ...more })).map(
      ({ subject, trigger }) => `${subject.name.slice(-8)} ${trigger}`,
    );
  assert.deepEqual(await plans('2022-02-04'), []);
  assert.equal((await plans('2022-02-05')).length, 1);
  assert.deepEqual(await plans('2022-02-05', { knownAt: String(entry.index - 1) }), []);
  assert.equal((await remediations(agency, '2022-02-05')).length, 2);
  const explain = house.declarations.views.get('explain');
  assert.ok(explain);
  const explained = (await readView(house, house.operator, agency, explain, {
    id: first.id,
    asOf: '2022-02-05',
  })) as Explanation;
  assert.ok(explained.entries.some(({ index }) => index === entry.index));
  await desk.take(agency, file(host('2022-02-10', [])));
  await assert.rejects(declare(agency, first.id, '2022-02-11'), /was already remediated on 2022-02-10/);
});

test('a declaration stays with the spell in which its day lies', async () => {
  const agency = await desk.agencyWith('SPLIT', [
    file(host('2022-02-01', [library])),
    file(host('2022-02-15', [library])),
  ]);
  const [open] = await allDuties(house, agency, { asOf: '2022-02-20', duty: 'vulnerability.remediate' });
  await declare(agency, open?.id ?? '', '2022-02-20');
  await desk.take(agency, file(host('2022-02-08', [])));
  const owed = await allDuties(house, agency, { asOf: '2022-02-21', duty: 'poam.create' });
  assert.deepEqual(
    owed.map(({ trigger, done }) => [trigger, done]),
    [['2022-02-15', null]],
  );
  const [, again] = await allDuties(house, agency, { asOf: '2022-02-21', duty: 'vulnerability.remediate' });
  await assert.rejects(declare(agency, again?.id ?? '', '2022-02-21'), /it was already said on 2022-02-20/);
});

test('what a plan covers is replaced as a whole, and was otherwise before', async () => {
  const agency = await desk.agencyWith('PLAN', [file(host('2022-02-01', [library]))]);
  const covered = (knownAt: number) =>
    house.store.read(agency.agency, (tx) =>
      tx.rows<{ plugin: number; until_day: string | null }>(
        `select plugin, until_day from finding_plan where agency_id = $1 and known_from <= $2
           and (known_until is null or known_until > $2) order by plugin`,
        [agency.agency, knownAt],
      ),
    );
  const cover = (index: number, plugins: number[], until: string | null) =>
    house.store.write(agency.agency, (tx) =>
      coverFindings(
        tx,
        { index },
        {
          key: 7,
          system: 1,
          component: null,
          plugins,
          from: day('2022-02-10'),
          until: until === null ? null : day(until),
        },
      ),
    );
  await cover(50, [900_001, 900_002], null);
  await cover(60, [900_001, 900_003], null);
  // Twice in one entry: the last word counts.
  await cover(60, [900_001], '2022-06-01');
  assert.deepEqual(
    await covered(55),
    [900_001, 900_002].map((plugin) => ({ plugin, until_day: null })),
  );
  assert.deepEqual(await covered(60), [{ plugin: 900_001, until_day: '2022-06-01' }]);
});

test('an asset is to be scanned from the day an inventory declared it, then from scan to scan', async () => {
  const agency = await newAgency(house, 'SCANS');
  await importText(house, agency, INVENTORY, { observedOn: day('2022-01-15') });
  await desk.take(agency, file(host('2022-02-01', [])));
  await desk.take(agency, file(host('2022-05-01', [])));
  const duties = await allDuties(house, agency, { asOf: '2022-05-02', duty: 'vulnerability.scan' });
  assert.deepEqual(
    duties.map(({ subject, trigger, done, means }) => [subject.name, trigger, done, means].join(' ')).sort(),
    [
      'db-1 2022-01-15  ',
      'web-1 2022-01-15 2022-02-01 scanned',
      'web-1 2022-02-01 2022-05-01 scanned',
      'web-1 2022-05-01  ',
    ],
  );
});

test('findings are listed page by page, by state, rating, asset and component', async () => {
  const ports = Array.from({ length: 7 }, (_, at) => ({
    ...library,
    port: 100 + at,
    severity: 1 + (at % 4),
  }));
  const agency = await desk.agencyWith('PAGES', [
    file([host('2022-02-01', ports), host('2022-01-20', [library], { name: 'DB-1' })]),
    file(host('2022-03-01', ports.slice(0, 4))),
  ]);
  const asOf = '2022-03-02';
  const seen: string[] = [];
  let after: string | null | undefined;
  while (after !== null) {
    const page = await desk.findings(agency, { asOf, limit: 2, ...(after && { after }) });
    assert.equal(page.total, 5);
    seen.push(...page.findings.map(({ asset, port }) => `${asset} ${port}`));
    after = page.next;
  }
  assert.deepEqual(seen, [
    'db-1 tcp/443',
    'web-1 tcp/100',
    'web-1 tcp/101',
    'web-1 tcp/102',
    'web-1 tcp/103',
  ]);
  const total = async (question: object) => (await desk.findings(agency, { asOf, ...question })).total;
  assert.deepEqual(
    [
      await total({ state: 'closed' }),
      await total({ state: 'all' }),
      await total({ rating: 'high' }),
      await total({ asset: 'DB-1' }),
      await total({ component: 'site' }),
      await total({ system: 'ECM', component: 'cloud' }),
    ],
    [3, 8, 2, 1, 1, 4],
  );
  await assert.rejects(desk.findings(agency, { asOf, asset: 'nobody' }), /there is no asset nobody/);
  await assert.rejects(desk.findings(agency, { asOf, after: 'x' }), /is not a cursor/);
});
