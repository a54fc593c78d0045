import assert from 'node:assert/strict';
import { test } from 'node:test';
import { people } from './people.ts';

test('the people of the demonstration are invented, and told apart by their sign-in names', () => {
  for (const { name, signInName } of people) {
    assert.match(name, /^Demo /);
    assert.match(signInName, /^demo\.[a-z-]+$/);
  }
  assert.equal(new Set(people.map(({ signInName }) => signInName)).size, people.length);
  assert.deepEqual(
    people.filter(({ reach }) => reach.over !== 'agency').map(({ signInName, reach }) => [signInName, reach]),
    [
      ['demo.manager', { over: 'units', unitFrom: '21000', unitTo: '21099' }],
      ['demo.system-owner', { over: 'system', system: 'ECM' }],
      ['demo.isso', { over: 'system', system: 'ECM' }],
    ],
  );
});
