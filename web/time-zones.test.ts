import assert from 'node:assert/strict';
import test from 'node:test';
import { homeZones, otherZones } from './time-zones.ts';

test('every zone that is named is one, and none is offered twice', () => {
  const known = Intl.supportedValuesOf('timeZone');
  for (const { zone } of homeZones) assert.ok(known.includes(zone), zone);
  assert.equal(otherZones(known).length, known.length - homeZones.length);
});
