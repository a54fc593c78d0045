import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readWhole } from '../trial.ts';
import { inventory } from './index.ts';

const header = 'system,component,environment,impact,fti,asset,fqdn,ip,platform,role';

async function refusedFor(rows: readonly string[]) {
  const { outcome } = await readWhole(inventory, [header, ...rows].join('\n'), {});
  return outcome.refused;
}

describe('inventory', () => {
  it('takes the same asset in two components and the same component name in two systems', async () => {
    const rows = [
      'A,cloud,cloud,low,no,x,,,,',
      'A,office,on-premises,low,yes,x,,,,',
      'B,cloud,on-premises,high,yes,x,,,,',
      'A,cloud,cloud,low,no,,,,,',
    ];
    assert.deepEqual(await refusedFor(rows), []);
  });

  it('refuses facts that do not agree, naming the first line that states them', async () => {
    assert.deepEqual(
      await refusedFor([
        'A,cloud,cloud,low,no,x,,,,',
        'A,office,cloud,high,no,,,,,',
        'A,cloud,on-premises,low,yes,y,,,,',
      ]),
      [
        { at: 'line 3, impact', reason: 'is high, but low for the same system on line 2' },
        { at: 'line 4, environment', reason: 'is on-premises, but cloud for the same component on line 2' },
        { at: 'line 4, fti', reason: 'is yes, but no for the same component on line 2' },
      ],
    );
  });

  it('refuses a component declared twice without an asset', async () => {
    assert.deepEqual(await refusedFor(['A,cloud,cloud,low,no,,,,,', 'A,cloud,cloud,low,no,,,,,']), [
      {
        at: 'line 3, asset',
        reason: 'is empty, and the component is declared without an asset already on line 2',
      },
    ]);
  });

  it('shows no cell but those of a fixed choice', async () => {
    const refused = await refusedFor([
      'Hidden,Hidden,cloud,low,no,"Hid\nden",Hidden\u200B,Hidden,Hidden\u0007,',
    ]);
    assert.equal(refused.length, 4);
    assert.doesNotMatch(JSON.stringify(refused), /hidden/i);
  });
});
