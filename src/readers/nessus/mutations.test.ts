import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { readWhole } from '../trial.ts';
import { nessus } from './index.ts';
import { anyMutation, mutated } from './mutation.ts';
import { sample } from './sample.ts';
import { nessusObservation } from './schema.ts';

const MUTATIONS = Number(process.env['NESSUS_MUTATIONS'] ?? 10_000);

describe('mutated Nessus files', () => {
  it(`end in a clear refusal or a sound reading, ${MUTATIONS} of them`, async (test) => {
    let sound = 0;
    const mutations = fc.array(anyMutation, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(mutations, fc.constantFrom(7, 1 << 16), async (all, chunkBytes) => {
        const file = all.reduce(mutated, Buffer.from(sample.file));
        const { observations, outcome, batches } = await readWhole(nessus, file, sample.context, chunkBytes);
        if (outcome.refused.length > 0) {
          assert.deepEqual(batches, []);
          for (const { at, reason } of outcome.refused) {
            assert.match(at, /^(?:file|line \d+(?:, [\w@ -]+)?)$/);
            assert.match(reason, /^[^\p{Cc}]{8,250}$/u);
          }
          return;
        }
        sound += 1;
        const seen = observations.map((observation) => nessusObservation.parse(observation));
        assert.deepEqual(
          seen.map(({ at }) => at),
          seen.map((_, index) => index + 1),
        );
        assert.equal(seen.filter(({ kind }) => kind === 'item').length, outcome.rows);
        checkHosts(seen);
      }),
      { numRuns: MUTATIONS },
    );
    test.diagnostic(`${sound} of ${MUTATIONS} were sound`);
    assert.ok(sound > MUTATIONS / 20 && sound < (MUTATIONS * 19) / 20, `${sound} of ${MUTATIONS} were sound`);
  });
});

/** Hosts are numbered from 1, and each comes after its own items. */
function checkHosts(seen: readonly ReturnType<typeof nessusObservation.parse>[]): void {
  let next = 1;
  for (const each of seen) {
    if (each.kind !== 'family') assert.equal(each.host, next);
    if (each.kind === 'host') next += 1;
  }
  assert.ok(next > 1);
}
