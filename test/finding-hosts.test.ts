import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { rebuild } from '../src/acts/index.ts';
import { file, findingDesk, host, library, refusedAt, type FindingDesk } from './finding-desk.ts';
import { importText, INVENTORY, newAgency, openTestHouse, type TestHouse } from './house.ts';
import { nessusXml, type ScannedHost } from './nessus-file.ts';

/* Which assets the hosts of scans are, and what is said of those that are none. */

let house: TestHouse;
let desk: FindingDesk;
before(async () => {
  house = await openTestHouse();
  desk = findingDesk(house);
});
after(async () => {
  await house.close();
});

test('two reports of one asset in a file are one scan of it', async () => {
  const agency = await desk.agencyWith('TWICE', [
    file([
      host('2022-02-01', [library, { ...library, severity: 4 }]),
      host('2022-02-01', [{ ...library, port: 22 }], { name: '192.0.2.1' }),
    ]),
  ]);
  assert.deepEqual(
    (await desk.findings(agency, { asOf: '2022-02-02' })).findings.map(
      ({ asset, port, rating }) => `${asset} ${port} ${rating}`,
    ),
    ['web-1 tcp/443 critical', 'web-1 tcp/22 high'],
  );
});

test('a part of an asset that was broken off closes nothing', async () => {
  const { ended: _, ...broken } = host('2022-03-01', [library]);
  const agency = await desk.agencyWith('PART', [
    file(host('2022-02-01', [library, { ...library, port: 22 }])),
    file([broken, host('2022-03-01', [library], { name: '192.0.2.1' })]),
  ]);
  assert.equal((await desk.findings(agency, { asOf: '2022-03-02' })).total, 2);
});

test('a host of which a scan without credentials says nothing at all is noticed', async () => {
  const agency = await desk.agencyWith('SILENT', [file(host('2022-02-01', [library]))]);
  assert.deepEqual((await desk.take(agency, file(host('2022-03-01', [])))).notices, [
    '1 host reports nothing at all, without credentials, as if never reached: web-1',
  ]);
  assert.deepEqual(
    (await desk.take(agency, file(host('2022-03-02', [], { credentialed: true })))).notices,
    [],
  );
});

test('a host that nobody declared is refused, or the asset of the component that was said', async () => {
  const agency = await desk.agencyWith('HOSTS');
  const stranger = file(host('2022-02-01', [library], { name: `demo-${'x'.repeat(60)}`, ip: '192.0.2.99' }));
  const [refused] = await refusedAt(desk.take(agency, stranger));
  assert.equal(
    refused,
    `line 4: the host demo-${'x'.repeat(35)} is no asset of the system ECM: import the inventory that declares it, or say whose component it is (--component)`,
  );
  assert.deepEqual(
    await refusedAt(desk.take(agency, file(host('2022-02-01', [])), { component: 'nowhere' })),
    ['component: the system ECM has no component nowhere: import the inventory that declares it first'],
  );
  const before = await desk.take(agency, stranger, { component: 'cloud' });
  assert.deepEqual([before.assets, before.new], [1, 1]);
  assert.deepEqual(before.notices, [
    `1 host is in no inventory and became an asset of the component cloud: demo-${'x'.repeat(35)}`,
  ]);
  // Known from now on by its own name, also without saying whose it is, and by nothing else.
  const [moved] = stranger.hosts;
  assert.ok(moved);
  const known = {
    ...host('2022-03-01', [{ ...library, severity: 0 }]),
    name: moved.name.toUpperCase(),
    ip: '192.0.2.98',
  };
  assert.deepEqual((await desk.take(agency, file(known))).notices, []);
  assert.equal((await desk.findings(agency, { asOf: '2022-03-02' })).total, 0);
  assert.match(
    (await refusedAt(desk.take(agency, file(host('2022-03-01', [], { name: '192.0.2.99' })))))[0] ?? '',
    /the host 192.0.2.99 is no asset/,
  );
  // An inventory that declares it by that name declares the same asset.
  const header = INVENTORY.split('\n')[0] ?? '';
  await importText(
    house,
    agency,
    `${header}\nECM,cloud,cloud,moderate,yes,${moved.name},,192.0.2.99,Linux,production\n`,
  );
  await desk.take(agency, file(host('2022-04-01', [library], { name: '192.0.2.99' })));
  assert.deepEqual(
    (await desk.findings(agency, { asOf: '2022-04-02', state: 'all' })).findings.map(({ opened }) => opened),
    ['2022-04-01'],
  );
  const rebuilt = await rebuild(house.store, house.declarations, agency.agency, { check: true });
  assert.equal(rebuilt.difference, null);
});

test('a host whose names are not those of an asset is another, whatever its address', async () => {
  const agency = await newAgency(house, 'CALLED');
  await importText(
    house,
    agency,
    `${INVENTORY}ECM,cloud,cloud,moderate,yes,app-1,,192.0.2.3,Linux,production
ECM,cloud,cloud,moderate,yes,192.0.2.4,,,Linux,production
ECM,cloud,cloud,moderate,yes,mail.corp.example,,,Linux,production
`,
  );
  const assetOf = async (called: Partial<ScannedHost>) => {
    const scanned = nessusXml(file(host('2022-02-01', [library], called)));
    const said = { file: 'test.nessus', system: 'ECM', component: 'cloud', dryRun: true };
    const { notices } = await importText(house, agency, scanned, said);
    return notices.length === 0;
  };
  for (const called of [
    { name: 'WEB-1.example' },
    { name: '192.0.2.1' },
    { name: '192.0.2.9', hostname: 'web-1' },
    { name: 'app-1.any.example' },
    { name: '192.0.2.9', fqdn: 'app-1.any.example' },
    { name: 'mail' },
    { name: 'printer', ip: '192.0.2.4' },
  ])
    assert.equal(await assetOf(called), true, JSON.stringify(called));
  for (const called of [
    { name: 'laptop', ip: '192.0.2.1' },
    { name: '192.0.2.1', fqdn: 'laptop.example' },
    { name: 'web-1.other.example', ip: '192.0.2.1' },
    { name: 'laptop', ip: '192.0.2.3' },
  ])
    assert.equal(await assetOf(called), false, JSON.stringify(called));
});

test('of many hosts that nobody declared the notice names five', async () => {
  const agency = await desk.agencyWith('MANY');
  const hosts = ['a', 'b', 'c', 'd', 'e', 'f', 'A'].map((name) => host('2022-02-01', [library], { name }));
  const { notices } = await desk.take(agency, file(hosts), { component: 'cloud' });
  assert.deepEqual(notices, [
    '6 hosts are in no inventory and became assets of the component cloud: a, b, c, d, e and 1 more',
  ]);
});

test('a host that may be several assets is refused', async () => {
  const agency = await newAgency(house, 'AMBIGUOUS');
  await importText(
    house,
    agency,
    `${INVENTORY}ECM,site,on-premises,moderate,yes,web-1,other.example,192.0.2.1,Linux,production\n`,
  );
  const scanned = file([host('2022-02-01', []), host('2022-02-01', [], { name: 'OTHER.example' })]);
  assert.deepEqual(await refusedAt(desk.take(agency, scanned)), [
    'line 4: the host web-1 may be any of 2 assets of the system ECM: declare it by its own name, or say whose component it is (--component)',
  ]);
  assert.equal((await desk.take(agency, file(host('2022-02-01', [library])), { component: 'site' })).new, 1);
});
