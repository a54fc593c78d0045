import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  AGENCY,
  ANYWHERE,
  everyRole,
  holds,
  mayThere,
  placeOfSystem,
  reaches,
  rolesOf,
  systemsOf,
  type Actor,
  type Grant,
  type Place,
  type Reach,
} from './grants.ts';
import { desk, oversight, roles, type Role } from './roles.ts';

// Few names, so that what is granted and what is asked about often are the same; some of them hard to tell apart.
const SYSTEMS = ['ECM', 'ELP', 'ecm', 'ECM ', 'agency', '21000', ''] as const;

const unitOf = (number: number): string => String(number).padStart(5, '0');

const systems = fc.constantFrom(...SYSTEMS);
const units = fc
  .oneof(fc.integer({ min: 0, max: 99_999 }), fc.integer({ min: 20_995, max: 21_005 }))
  .map(unitOf);
const ranges = fc.tuple(units, units).map((ends): Reach => {
  const [from, to] = ends.toSorted() as [string, string];
  return { over: 'units', from, to };
});
const reachesOfAll: fc.Arbitrary<Reach> = fc.oneof(
  fc.constant<Reach>({ over: 'agency' }),
  systems.map((system): Reach => ({ over: 'system', system })),
  ranges,
);
const places: fc.Arbitrary<Place> = fc.oneof(
  fc.constantFrom(AGENCY, ANYWHERE),
  systems.map((system): Place => ({ at: 'system', system })),
  units.map((unit): Place => ({ at: 'unit', unit })),
);
const someRoles = fc.constantFrom<Role>('isso', 'auditor', 'administrator');
const grants: fc.Arbitrary<Grant[]> = fc.array(fc.record({ role: someRoles, reach: reachesOfAll }), {
  maxLength: 6,
});
const mays = fc.subarray<Role>(['isso', 'auditor', 'administrator', 'ciso']);

function actorWith(granted: readonly Grant[]): Actor {
  return { name: 'person:1.1', grants: granted };
}

test('a grant over a system reaches that system, what is nowhere, and nothing else', () => {
  fc.assert(
    fc.property(systems, places, (system, place) => {
      const isIt = place.at === 'anywhere' || (place.at === 'system' && place.system === system);
      assert.equal(reaches({ over: 'system', system }, place), isIt);
    }),
  );
});

test('a range of units reaches from its first to its last, both included', () => {
  const reach: Reach = { over: 'units', from: '21000', to: '21099' };
  for (const [unit, isReached] of [
    ['20999', false],
    ['21000', true],
    ['21001', true],
    ['21098', true],
    ['21099', true],
    ['21100', false],
  ] as const)
    assert.equal(reaches(reach, { at: 'unit', unit }), isReached, unit);
  fc.assert(
    fc.property(ranges, fc.constantFrom(-1, 0, 1), fc.boolean(), (range, offset, isFirst) => {
      if (range.over !== 'units') return;
      const number = Number(isFirst ? range.from : range.to) + offset;
      fc.pre(number >= 0 && number <= 99_999);
      const isWithin = Number(range.from) <= number && number <= Number(range.to);
      assert.equal(reaches(range, { at: 'unit', unit: unitOf(number) }), isWithin);
    }),
  );
});

test('a range of one unit is that unit, and one that ends before it begins is none', () => {
  const unit = (text: string): Place => ({ at: 'unit', unit: text });
  const one: Reach = { over: 'units', from: '00000', to: '00000' };
  assert.deepEqual(
    ['00000', '00001'].map((text) => reaches(one, unit(text))),
    [true, false],
  );
  const none: Reach = { over: 'units', from: '21001', to: '21000' };
  assert.deepEqual(
    ['21000', '21001'].map((text) => reaches(none, unit(text))),
    [false, false],
  );
});

test('what is no unit number is in no range, however it sorts', () => {
  const all: Reach = { over: 'units', from: '00000', to: '99999' };
  for (const unit of ['', '2105', '210500', '21050\n', ' 21050', '2105a', '٢١٠٥٠', '-2105'])
    assert.equal(reaches(all, { at: 'unit', unit }), false, JSON.stringify(unit));
});

test('a range of units reaches no system and not the agency', () => {
  fc.assert(
    fc.property(ranges, places, (range, place) => {
      if (place.at !== 'unit') assert.equal(reaches(range, place), place.at === 'anywhere');
    }),
  );
});

test('a grant over the agency reaches every place, and so none reaches more', () => {
  fc.assert(
    fc.property(places, (place) => {
      assert.equal(reaches({ over: 'agency' }, place), true);
    }),
  );
});

test('what someone may is what one of their grants of a fitting role lets them, and no more', () => {
  fc.assert(
    fc.property(grants, grants, mays, places, (some, others, may, place) => {
      const both = mayThere(actorWith([...some, ...others]), may, place);
      assert.equal(both, mayThere(actorWith(some), may, place) || mayThere(actorWith(others), may, place));
      const each = [...some, ...others].filter(
        ({ role, reach }) => may.includes(role) && reaches(reach, place),
      );
      assert.equal(both, each.length > 0);
    }),
  );
});

test('a role over one place and another role over another do not add up to either over both', () => {
  const actor = actorWith([
    { role: 'isso', reach: { over: 'system', system: 'ECM' } },
    { role: 'system-owner', reach: { over: 'system', system: 'ELP' } },
  ]);
  const [ecm, elp] = [placeOfSystem('ECM'), placeOfSystem('ELP')];
  assert.deepEqual(
    [mayThere(actor, ['isso'], ecm), mayThere(actor, ['isso'], elp), mayThere(actor, ['isso'], AGENCY)],
    [true, false, false],
  );
  assert.equal(mayThere(actor, ['isso', 'system-owner'], AGENCY), false);
});

test('a grant of another role changes nothing, and without any nobody may do anything', () => {
  fc.assert(
    fc.property(grants, reachesOfAll, mays, places, (granted, reach, may, place) => {
      const more = actorWith([...granted, { role: 'manager', reach }]);
      assert.equal(mayThere(more, may, place), mayThere(actorWith(granted), may, place));
      assert.deepEqual(systemsOf(more, may), systemsOf(actorWith(granted), may));
      assert.equal(mayThere(actorWith([]), may, place), false);
      assert.equal(holds(actorWith([]), may), false);
    }),
  );
});

test('the systems of someone are those they may, one by one, and null where they may the agency', () => {
  fc.assert(
    fc.property(grants, mays, (granted, may) => {
      const actor = actorWith(granted);
      const found = systemsOf(actor, may);
      assert.equal(found === null, mayThere(actor, may, AGENCY));
      for (const system of SYSTEMS)
        assert.equal(
          found === null || found.includes(system),
          mayThere(actor, may, { at: 'system', system }),
        );
      if (found) assert.deepEqual(found, [...new Set(found)].sort());
    }),
  );
});

test('holding a role is reaching what is nowhere', () => {
  fc.assert(
    fc.property(grants, mays, (granted, may) => {
      const actor = actorWith(granted);
      assert.equal(holds(actor, may), mayThere(actor, may, ANYWHERE));
      assert.equal(
        holds(actor, may),
        rolesOf(actor).some((role) => may.includes(role)),
      );
    }),
  );
});

test('what is of no known system is of the agency', () => {
  assert.deepEqual(placeOfSystem('ECM'), { at: 'system', system: 'ECM' });
  for (const none of [null, undefined]) assert.deepEqual(placeOfSystem(none), AGENCY);
});

test('whoever sits at the machine holds every role over the whole agency, in their order', () => {
  const operator = everyRole('operator:test');
  assert.deepEqual(rolesOf(operator), roles);
  for (const role of roles) {
    assert.equal(systemsOf(operator, [role]), null);
    assert.equal(mayThere(operator, [role], AGENCY), true);
  }
  assert.deepEqual(rolesOf(actorWith([{ role: 'auditor', reach: { over: 'agency' } }])), ['auditor']);
});

test('nobody is of the desk and of its oversight, and the rest are who they are', () => {
  const grouped: readonly Role[] = [...desk, ...oversight];
  assert.equal(new Set(grouped).size, grouped.length);
  assert.deepEqual(
    roles.filter((role) => !grouped.includes(role)),
    ['manager', 'territory-manager', 'administrator'],
  );
});
