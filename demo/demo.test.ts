import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { recogniseReader } from '../src/readers/index.ts';
import { type DemoFile, demonstration } from './index.ts';

// Counted by simple means: cells by commas, days by Date, no code of the product.

interface Account {
  readonly account: string;
  readonly name: string;
  readonly component: string;
  readonly privileged: string;
  readonly created: string;
  readonly last_login: string;
  readonly status: string;
  readonly status_changed: string;
}

const { agency, files } = demonstration();
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- their names are compared below
const [inventory, julyList, octoberList] = files as readonly [DemoFile, DemoFile, DemoFile];
const inJuly = accountsOf(julyList);
const inOctober = accountsOf(octoberList);

function rowsOf(file: DemoFile): readonly Readonly<Record<string, string>>[] {
  const [header = '', ...lines] = Buffer.from(file.bytes).toString('utf8').trimEnd().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    assert.equal(cells.length, names.length);
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
}

function accountsOf(file: DemoFile): readonly Account[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a missing column would fail every count
  return rowsOf(file) as unknown as readonly Account[];
}

async function* inOneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

function trigger(account: Account): string {
  return account.last_login || account.created;
}

function days(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 86_400_000;
}

function count<Thing>(things: readonly Thing[], holds: (thing: Thing) => boolean): number {
  return things.filter(holds).length;
}

describe('the demonstration', () => {
  it('is the same to the byte each time', () => {
    const digests = demonstration().files.map(({ name, bytes }) => [
      name,
      createHash('sha256').update(bytes).digest('hex'),
    ]);
    assert.deepEqual(digests, [
      ['demo-ecm-inventory.csv', 'bac929ba59621b24607193a68bb5dfd7ab60589e3d32fede7d89a1603bc5b140'],
      [
        'demo-ecm-accounts-2022-07-08.csv',
        '567776575f9f5bff517d5a3433ca3b33a473a9512a84c967d4bbf74b4b2e6898',
      ],
      [
        'demo-ecm-accounts-2022-10-14.csv',
        'e784dc5203ed5fe2d1f2d1456ba288e5891bf0775048ffbff8d6f5fc0d66473b',
      ],
    ]);
  });

  it('is in formats that their readers know and take without a word', async () => {
    assert.deepEqual(agency, { code: 'DEMO', kind: 'irs', timeZone: 'America/New_York' });
    for (const file of files) {
      const reader = recogniseReader(file.bytes);
      assert.equal(reader?.name, file.reader);
      const reading = reader.read(inOneChunk(file.bytes), file);
      let next = await reading.next();
      while (!next.done) next = await reading.next();
      assert.deepEqual(next.value, { rows: rowsOf(file).length, notices: [], refused: [] });
    }
  });

  it('has two production servers in the cloud and two on premises, in addresses for documentation', () => {
    const rows = rowsOf(inventory);
    assert.deepEqual(
      rows.map(({ system, component, environment, impact, fti }) =>
        [system, component, environment, impact, fti].join(),
      ),
      [
        ...Array.from({ length: 2 }, () => 'ECM,cloud,cloud,moderate,yes'),
        ...Array.from({ length: 2 }, () => 'ECM,on-premises,on-premises,moderate,yes'),
      ],
    );
    for (const { ip, fqdn } of rows) {
      assert.match(ip ?? '', /^192\.0\.2\.\d+$/);
      assert.match(fqdn ?? '', /\.example$/);
    }
  });

  it('names nobody', () => {
    for (const list of [inJuly, inOctober]) {
      for (const { account, name } of list) assert.equal(name, `Demo User ${account.slice('demo-'.length)}`);
      assert.equal(new Set(list.map(({ account }) => account)).size, list.length);
    }
  });
});

describe('the list of 8 July 2022', () => {
  const users = inJuly.filter(({ privileged }) => privileged === 'no');
  const idle = users.filter((account) => days(trigger(account), '2022-07-08') >= 90);

  it('shows 917 users, 401 of them idle for 90 days or more', () => {
    assert.equal(inJuly.length, 921);
    assert.equal(users.length, 917);
    assert.equal(idle.length, 401);
    assert.equal(
      count(users, (account) => trigger(account) >= '2022-04-10' && account.status === 'active'),
      516,
    );
  });

  it('counts the same from day 90 as from day 91', () => {
    assert.equal(
      count(users, (account) => days(trigger(account), '2022-07-08') >= 91),
      401,
    );
    assert.equal(
      count(inJuly, (account) => Object.values(account).includes('2022-04-09')),
      0,
    );
  });

  it('shows 53 deactivated in time, 33 quarantined late and 315 still active', () => {
    const within = (status: string, from: number, to: number) =>
      count(idle, (account) => {
        const after = days(trigger(account), account.status_changed);
        return (
          account.status === status && after >= from && after <= to && account.status_changed < '2022-07-08'
        );
      });
    assert.equal(within('deactivated', 1, 90), 53);
    assert.equal(within('quarantined', 120, 120), 33);
    assert.equal(
      count(idle, ({ status, status_changed }) => status === 'active' && status_changed === ''),
      315,
    );
    assert.equal(
      count(users, ({ status }) => status !== 'active'),
      53 + 33,
    );
  });

  it('shows 41 active for more than 120 days, 12 of which never signed in', () => {
    assert.equal(
      count(idle, (account) => account.status === 'active' && days(trigger(account), '2022-07-08') > 120),
      41,
    );
    assert.equal(
      count(users, ({ last_login }) => last_login === ''),
      12,
    );
  });

  it('shows four privileged accounts, last used in November and December 2021', () => {
    const privileged = inJuly.filter((account) => account.privileged === 'yes');
    assert.deepEqual(
      privileged.map(({ status, last_login }) => [status, last_login.slice(0, 7)].join()).sort(),
      ['active,2021-11', 'active,2021-11', 'active,2021-12', 'active,2021-12'],
    );
  });

  it('has no day before the first release, none after the list, and none out of order', () => {
    for (const { created, last_login, status_changed } of inJuly) {
      assert.ok(created >= '2020-12-01' && created <= '2022-07-08');
      if (last_login !== '') assert.ok(last_login >= created && last_login <= '2022-07-08');
      if (status_changed !== '') assert.ok(status_changed > last_login && status_changed < '2022-07-08');
    }
  });
});

describe('the list of 14 October 2022', () => {
  const before = new Map(inJuly.map((account) => [account.account, account]));

  it('shows the same accounts, and says nothing of July that July did not', () => {
    assert.deepEqual(
      inOctober.map(({ account }) => account),
      inJuly.map(({ account }) => account),
    );
    for (const now of inOctober) {
      const then = before.get(now.account);
      const same = (cell: 'last_login' | 'status_changed') =>
        now[cell] === then?.[cell] || now[cell] > '2022-07-08';
      assert.ok(same('last_login') && same('status_changed'), now.account);
      assert.deepEqual(
        [now.created, now.privileged, now.name],
        [then?.created, then?.privileged, then?.name],
      );
      assert.ok(now.last_login <= '2022-10-14' && now.status_changed <= '2022-10-14');
    }
  });

  it('was taken before the correction: nobody was deactivated since, so that each is there to record', () => {
    for (const now of inOctober) {
      const then = before.get(now.account);
      assert.deepEqual([now.status, now.status_changed], [then?.status, then?.status_changed], now.account);
    }
    const active = inOctober.filter(({ status }) => status === 'active');
    const idle = active.filter((account) => days(trigger(account), '2022-10-14') > 90);
    assert.equal(active.length, 315 + 516 + 4);
    assert.equal(
      count(idle, ({ privileged }) => privileged === 'no'),
      315 + 73,
    );
  });

  it('shows the four privileged accounts still active and not used again', () => {
    const privileged = inOctober.filter((account) => account.privileged === 'yes');
    assert.deepEqual(
      privileged.map(({ status, last_login }) => [status, last_login.slice(0, 7)].join()).sort(),
      ['active,2021-11', 'active,2021-11', 'active,2021-12', 'active,2021-12'],
    );
  });
});
