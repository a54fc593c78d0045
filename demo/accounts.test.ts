import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { count, days, rowsOf } from './by-hand.ts';
import { type DemoFile, demonstration } from './index.ts';

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

const { files } = demonstration();
const inJuly = accountsOf('demo-ecm-accounts-2022-07-08.csv');
const inOctober = accountsOf('demo-ecm-accounts-2022-10-14.csv');

function accountsOf(name: string): readonly Account[] {
  const list = files.find((file): file is DemoFile => file.name === name);
  assert.ok(list, name);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a missing column would fail every count
  return rowsOf(list) as unknown as readonly Account[];
}

function trigger(account: Account): string {
  return account.last_login || account.created;
}

describe('the lists of accounts', () => {
  it('name nobody', () => {
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
