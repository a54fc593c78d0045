import assert from 'node:assert/strict';
import test from 'node:test';
import type { HeldGrant } from './contract-person.ts';
import { systemsReached, within, wordReach } from './reach.ts';

const agency: HeldGrant = {
  role: 'auditor',
  over: 'agency',
  system: null,
  unitFrom: null,
  unitTo: null,
};
const ofSystem = (system: string, role = 'isso'): HeldGrant => ({ ...agency, role, over: 'system', system });
const units: HeldGrant = { ...agency, role: 'manager', over: 'units', unitFrom: '10000', unitTo: '19999' };

test('a grant over the agency reaches all, for its own roles alone', () => {
  const grants = [agency, ofSystem('NET'), ofSystem('ECM'), ofSystem('ECM', 'system-owner')];
  assert.equal(systemsReached(grants, ['auditor', 'isso']), null);
  assert.deepEqual(systemsReached(grants, ['isso', 'system-owner']), ['ECM', 'NET']);
  assert.deepEqual(systemsReached(grants, ['administrator']), []);
});

test('units reach no system', () => {
  assert.deepEqual(systemsReached([units], ['manager']), []);
});

test('what is reached is left of what there is', () => {
  assert.deepEqual(within(null, ['ECM', 'NET']), ['ECM', 'NET']);
  assert.deepEqual(within(['NET', 'OLD'], ['ECM', 'NET']), ['NET']);
});

test('a reach is told in words', () => {
  assert.equal(wordReach(agency), 'the whole agency');
  assert.equal(wordReach(ofSystem('ECM')), 'the system ECM');
  assert.equal(wordReach(units), 'the units 10000 to 19999');
  assert.equal(wordReach({ ...units, unitTo: '10000' }), 'the unit 10000');
});
