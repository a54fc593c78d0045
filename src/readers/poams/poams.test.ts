import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { day } from '../../time/index.ts';
import { readWhole } from '../trial.ts';
import { poams } from './index.ts';
import { poamObservation } from './schema.ts';

const header =
  'poam,weakness,component,severity,identified,trigger,created,scheduled_completion,status,status_date,owner,cost,finding';

async function read(rows: readonly string[], observedOn?: string) {
  const context = observedOn === undefined ? {} : { observedOn: day(observedOn) };
  const { observations, outcome } = await readWhole(poams, [header, ...rows].join('\n'), context);
  return {
    observations: observations.map((seen) => poamObservation.parse(seen)),
    refused: outcome.refused.map(({ at, reason }) => `${at}: ${reason}`),
  };
}

function poamWith(status: string, statusDate: string, cost = '', finding = ''): string {
  return `T,Weak,,high,2021-02-03,,2021-04-09,2022-04-30,${status},${statusDate},,${cost},${finding}`;
}

describe('poams', () => {
  it('needs the day of a status, except of one that is open or late', async () => {
    for (const status of ['open', 'late']) assert.deepEqual((await read([poamWith(status, '')])).refused, []);
    for (const status of ['completed', 'validated', 'accepted', 'cancelled']) {
      assert.deepEqual((await read([poamWith(status, '')])).refused, [
        `line 2, status_date: is empty: give the day since which it is ${status}`,
      ]);
      assert.deepEqual((await read([poamWith(status, '2022-01-01')])).refused, []);
    }
  });

  it('refuses days that have not come, if it knows the day that the list shows', async () => {
    const row = 'T,Weak,,high,2022-06-07,2022-06-07,2022-06-07,2030-01-01,completed,2022-06-07,,,';
    for (const observedOn of [undefined, '2022-06-07', '2022-06-08']) {
      assert.deepEqual((await read([row], observedOn)).refused, []);
    }
    assert.deepEqual(
      (await read([row], '2022-06-06')).refused.map((refused) => refused.split(':')[0]),
      ['line 2, identified', 'line 2, trigger', 'line 2, created', 'line 2, status_date'],
    );
  });

  it('takes what is written, even if one was created before its weakness was identified', async () => {
    const { observations } = await read(['T,Weak,,high,2022-02-03,,2021-02-03,2021-01-01,open,,,,']);
    assert.equal(observations.length, 1);
  });

  it('reads amounts of dollars', async () => {
    for (const [cost, value] of [
      ['0', 0],
      ['12000', 12_000],
      ['$12000', 12_000],
      ['"12,000"', 12_000],
      ['"$1,234,567.89"', 1_234_567.89],
      ['999999999999.99', 999_999_999_999.99],
    ] as const) {
      assert.equal((await read([poamWith('open', '', cost)])).observations[0]?.cost, value, cost);
    }
  });

  it('tells plugins from the name of a weakness', async () => {
    for (const [finding, value] of [
      ['', ''],
      ['10', '10'],
      ['"100 20;3,20 ; 3"', '3 20 100'],
      ['10;', '10'],
      ['10 Old software', '10 Old software'],
    ] as const) {
      assert.equal(
        (await read([poamWith('open', '', '', finding)])).observations[0]?.finding,
        value,
        finding,
      );
    }
  });

  it('takes a weakness of 2,000 characters', async () => {
    const long = `"${'words, '.repeat(400).slice(0, 1999)}."`;
    const { observations } = await read([poamWith('open', '').replace('Weak', long)]);
    assert.equal(observations[0]?.weakness.length, 2000);
  });

  it('refuses a POA&M named twice, wherever it stands', async () => {
    const rows = ['B', 'A', 'C', 'A'].map((name) => poamWith('open', '').replace('T', name));
    assert.deepEqual((await read(rows)).refused, ['line 5, poam: is the same POA&M as on line 3']);
  });
});
