import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { day } from '../../time/index.ts';
import { readWhole } from '../trial.ts';
import { accounts } from './index.ts';
import { accountObservation } from './schema.ts';

const header = 'account,name,component,privileged,created,last_login,status,status_changed';
const observedOn = day('2022-07-08');

async function read(rows: readonly string[], component?: string) {
  const context = component === undefined ? { observedOn } : { observedOn, component };
  const { observations, outcome } = await readWhole(accounts, [header, ...rows].join('\n'), context);
  return {
    observations: observations.map((seen) => accountObservation.parse(seen)),
    refused: outcome.refused,
  };
}

function lastSeen(on: string): string {
  return `a,,cloud,no,${on},${on},disabled,${on}`;
}

function accountOf(component: string): string {
  return `a,,${component},no,2022-01-01,,active,`;
}

describe('accounts', () => {
  it('needs the day that the list shows', async () => {
    const { outcome } = await readWhole(accounts, header, {});
    assert.deepEqual(outcome, {
      rows: 0,
      notices: [],
      refused: [{ at: 'file', reason: 'the day that the list shows is missing: give --observed YYYY-MM-DD' }],
    });
  });

  it('takes the component from the row, or from the context where the cell is empty', async () => {
    const rows = ['a,,cloud,no,2022-01-01,,active,', 'b,,,no,2022-01-01,,active,'];
    const { observations } = await read(rows, 'cloud');
    assert.deepEqual(
      observations.map((seen) => seen.component),
      ['cloud', 'cloud'],
    );
    assert.deepEqual(
      (await read(rows)).refused.map(({ at }) => at),
      ['line 3, component'],
    );
    assert.deepEqual((await read(rows, 'office')).refused, [
      { at: 'line 2, component', reason: 'is not `office`, which --component says the list is of' },
    ]);
  });

  it('takes a day up to the one that the list shows, not the next', async () => {
    for (const last of ['2022-07-07', '2022-07-08'])
      assert.deepEqual((await read([lastSeen(last)])).refused, []);
    assert.deepEqual(
      (await read([lastSeen('2022-07-09')])).refused.map(({ at }) => at),
      ['line 2, created', 'line 2, last_login', 'line 2, status_changed'],
    );
  });

  it('refuses an account that neither signed in nor was created on a known day', async () => {
    const { refused } = await read(['a,,cloud,no,,,active,']);
    assert.equal(refused[0]?.at, 'line 2, created');
    assert.match(refused[0].reason, /is empty, and so is last_login/);
  });

  it('refuses the same account of the same component, not of another', async () => {
    assert.equal((await read([accountOf('cloud'), accountOf('office')])).observations.length, 2);
    const { refused } = await read([accountOf('cloud'), accountOf('office'), accountOf(' cloud ')]);
    assert.deepEqual(refused, [
      { at: 'line 4, account', reason: 'is the same account of the same component as on line 2' },
    ]);
    assert.equal((await read([accountOf('cloud'), accountOf('')], 'cloud')).refused.length, 1);
  });

  it('finds a repeated account in any order of the list', async () => {
    for (const [order, repeated] of [
      ['a b c c', 5],
      ['a b c a', 5],
      ['b a c a d', 5],
      ['c b a b', 5],
      ['b a a c', 4],
    ] as const) {
      const rows = order.split(' ').map((account) => `${account},,cloud,no,2022-01-01,,active,`);
      const { refused } = await read(rows);
      assert.deepEqual(
        refused.map(({ at }) => at),
        [`line ${repeated}, account`],
        order,
      );
    }
  });

  it('shows neither an account nor a name in what it refuses', async () => {
    const secret = 'Hidden000000000';
    const { refused } = await read([
      `${secret},${secret}\u0007,cloud,perhaps,${secret},2022-07-09,locked,8/7/22`,
      `${secret},${secret},cloud,no,2022-01-01,,active,`,
      `${secret},${secret},cloud,no,2022-01-01,,active,`,
      secret,
      `${secret},"${secret}" x,`,
    ]);
    assert.ok(refused.length >= 8);
    assert.doesNotMatch(JSON.stringify(refused), /hidden/i);
  });

  it('hands over batches of two thousand', async () => {
    const rows = Array.from({ length: 4001 }, (_, index) => `a${index},,cloud,no,2022-01-01,,active,`);
    const { batches } = await readWhole(accounts, [header, ...rows].join('\n'), { observedOn });
    assert.deepEqual(batches, [2000, 2000, 1]);
  });

  it('hands over nothing more after the first refusal', async () => {
    const rows = Array.from(
      { length: 10_000 },
      (_, index) => `a${index},,cloud,no,2022-01-01,,${index === 3000 ? '?' : 'active'},`,
    );
    const { batches, outcome } = await readWhole(accounts, [header, ...rows].join('\n'), { observedOn });
    assert.ok(batches.length <= 1);
    assert.deepEqual([outcome.rows, outcome.refused.length], [10_000, 1]);
  });
});
