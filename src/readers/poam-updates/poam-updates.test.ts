import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readWhole } from '../trial.ts';
import { poamUpdates } from './index.ts';

const header = 'poam,date,kind,comment,scheduled_completion,status';

async function refusedFor(...rows: readonly string[]) {
  const { outcome } = await readWhole(poamUpdates, [header, ...rows].join('\n'), {});
  return outcome.refused.map(({ at, reason }) => `${at}: ${reason}`);
}

describe('poam-updates', () => {
  it('takes the same day and kind twice, and a change of the day without a comment', async () => {
    assert.deepEqual(
      await refusedFor(
        'T,2021-05-09,update,one,,',
        'T,2021-05-09,update,one,,',
        'T,2021-05-09,date-change,,2022-01-01,',
      ),
      [],
    );
  });

  it('needs what the kind of a row is about, and refuses what it is not about', async () => {
    const belongs = (kind: string) => `belongs to a row of kind ${kind}: leave the cell empty`;
    assert.deepEqual(
      await refusedFor(
        'T,2021-05-09,update,,2022-01-01,late',
        'T,2021-05-09,date-change,,,late',
        'T,2021-05-09,status,,2022-01-01,',
      ),
      [
        `line 2, scheduled_completion: ${belongs('date-change')}`,
        `line 2, status: ${belongs('status')}`,
        'line 3, scheduled_completion: is empty: write a day as YYYY-MM-DD',
        `line 3, status: ${belongs('status')}`,
        `line 4, scheduled_completion: ${belongs('date-change')}`,
        'line 4, status: is empty: write open, late, completed, validated, accepted, cancelled',
      ],
    );
  });

  it('shows no comment in what it refuses', async () => {
    assert.doesNotMatch(JSON.stringify(await refusedFor('T,2021-05-09,update,Hidden\u0007,,')), /hidden/i);
  });
});
