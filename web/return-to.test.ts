import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { agencyOfReturn, readReturn, returnTo } from './return-to.ts';

test('a path of our own is gone back to, with what its address says', () => {
  for (const path of ['/', '/DEMO/duties?asOf=2022-07-08&status=overdue#results', '/account']) {
    assert.equal(readReturn(path), path);
  }
});

test('whatever else is said leads to the start', () => {
  const others = [
    undefined,
    7,
    '',
    'DEMO/duties',
    'https://elsewhere.example/',
    '//elsewhere.example/',
    '/\\elsewhere.example/',
    '/\t/elsewhere.example/',
    '/.//elsewhere.example/',
    '/DEMO/..//elsewhere.example/',
    'javascript:alert(1)',
    '/sign-in?to=/DEMO',
    '/set-up',
    '/sign-in/',
    '/api/agencies/DEMO/duties',
  ];
  for (const said of others) assert.equal(readReturn(said), '/', String(said));
});

test('nothing that is said leads to another site', () => {
  const part = fc.constantFrom('/', '\\', '.', '..', '\t', '\n', '@', ':', 'elsewhere.example', '%2f', '?');
  const said = fc.oneof(
    fc.string(),
    fc.array(part).map((parts) => `/${parts.join('')}`),
  );
  fc.assert(
    fc.property(said, (text) => {
      const address = new URL(readReturn(text), 'https://muster.example');
      assert.equal(address.origin, 'https://muster.example');
    }),
    { numRuns: 2000 },
  );
});

test('the start needs no word in the address', () => {
  assert.deepEqual(returnTo('/'), {});
  assert.deepEqual(returnTo('/DEMO/audit?system=ECM'), { to: '/DEMO/audit?system=ECM' });
});

test('the page to return to says its agency, if it is one', () => {
  assert.equal(agencyOfReturn('/NORTH/duties', ['DEMO', 'NORTH']), 'NORTH');
  assert.equal(agencyOfReturn('/NORTH?x=1', ['DEMO', 'NORTH']), 'NORTH');
  assert.equal(agencyOfReturn('/account', ['DEMO', 'NORTH']), undefined);
  assert.equal(agencyOfReturn('/', ['DEMO']), undefined);
});
