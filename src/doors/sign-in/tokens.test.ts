import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mayThere, roles, type Grant, type Place } from '../../acts/index.ts';
import { newSecret } from './secrets.ts';
import { narrowGrants, readToken } from './tokens.ts';

const SYSTEMS = ['ECM', 'CADE', 'Muster'];
const UNITS = ['21000', '21050', '21099', '30000'];

const reach = fc.oneof(
  fc.constant({ over: 'agency' as const }),
  fc.constantFrom(...SYSTEMS).map((system) => ({ over: 'system' as const, system })),
  fc.tuple(fc.constantFrom(...UNITS), fc.constantFrom(...UNITS)).map(([one, two]) => ({
    over: 'units' as const,
    from: one < two ? one : two,
    to: one < two ? two : one,
  })),
);
const grants: fc.Arbitrary<Grant[]> = fc.array(fc.record({ role: fc.constantFrom(...roles), reach }), {
  maxLength: 6,
});
const places: readonly Place[] = [
  { at: 'anywhere' },
  { at: 'agency' },
  ...SYSTEMS.map((system): Place => ({ at: 'system', system })),
  ...UNITS.map((unit): Place => ({ at: 'unit', unit })),
];

test('a token may nothing that its person may not, wherever, and no role but its own', () => {
  const token = fc.record({
    roles: fc.subarray([...roles], { minLength: 1 }),
    system: fc.option(fc.constantFrom(...SYSTEMS, 'NONE'), { nil: null }),
  });
  fc.assert(
    fc.property(grants, token, (own, { roles: its, system }) => {
      const narrowed = { name: 'token', grants: narrowGrants(own, { roles: its, system }) };
      const person = { name: 'person', grants: own };
      for (const role of roles)
        for (const place of places) {
          const may = mayThere(narrowed, [role], place);
          if (may) assert.ok(its.includes(role) && mayThere(person, [role], place));
          const isWithin = system === null || (place.at === 'system' && place.system === system);
          if (isWithin) assert.equal(may, its.includes(role) && mayThere(person, [role], place));
          else if (may) assert.equal(place.at, 'anywhere');
        }
    }),
  );
});

test('a token is a secret with a name before it', () => {
  const { text, hash } = newSecret(7);
  assert.deepEqual(readToken(`muster_${text}`), { agency: 7, hash });
  for (const wrong of [
    text,
    `Muster_${text}`,
    `muster-${text}`,
    `muster_ ${text}`,
    `xmuster_${text}`,
    'muster_',
    '',
  ])
    assert.equal(readToken(wrong), undefined, wrong);
});
