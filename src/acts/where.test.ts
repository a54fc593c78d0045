import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MusterError } from '../errors/index.ts';
import { AGENCY, ANYWHERE, type Actor, type Place } from './grants.ts';
import { couldReach, isBySystem, placeOf, type Where } from './where.ts';

interface Input {
  readonly system?: string | undefined;
  readonly other?: string;
}

const at = { day: '2022-07-08' };

test('a declaration is of the whole agency unless it says where', async () => {
  for (const input of [{}, { system: 'ECM' }]) {
    assert.deepEqual(await placeOf<typeof at, Input>(undefined, at, input), AGENCY);
    assert.deepEqual(await placeOf<typeof at, Input>('agency', at, input), AGENCY);
    assert.deepEqual(await placeOf<typeof at, Input>('anywhere', at, input), ANYWHERE);
  }
});

test('by a field it is of the system that the field names, and of the agency where it names none', async () => {
  await fc.assert(
    fc.asyncProperty(fc.option(fc.string(), { nil: undefined }), fc.string(), async (system, other) => {
      const place: Place = system === undefined ? AGENCY : { at: 'system', system };
      assert.deepEqual(await placeOf<typeof at, Input>({ system: 'system' }, at, { system, other }), place);
      assert.deepEqual(await placeOf<typeof at, Input>({ system: 'other' }, at, { system, other }), {
        at: 'system',
        system: other,
      });
    }),
  );
});

test('a declaration about one place is of that one, whatever is said', async () => {
  const fixed: Place[] = [
    AGENCY,
    ANYWHERE,
    { at: 'system', system: 'Muster' },
    { at: 'unit', unit: '21000' },
  ];
  for (const place of fixed) {
    assert.deepEqual(await placeOf<typeof at, Input>(place, at, { system: 'ECM' }), place);
    assert.equal(isBySystem(place), false);
  }
  assert.equal(isBySystem<Input>({ system: 'system' }), true);
  for (const other of [undefined, 'agency', 'anywhere'] as const) assert.equal(isBySystem(other), false);
});

test('what has to be looked up is asked with what it may look at, and what that throws is thrown', async () => {
  const where: Where<typeof at, Input> = async ({ day }, { system }) => ({
    at: 'system',
    system: `${system ?? ''} on ${day}`,
  });
  assert.deepEqual(await placeOf(where, at, { system: 'ECM' }), {
    at: 'system',
    system: 'ECM on 2022-07-08',
  });
  const missing: Where<typeof at, Input> = () =>
    Promise.reject(new MusterError('NOT_FOUND', 'there is no such thing'));
  await assert.rejects(placeOf(missing, at, {}), { code: 'NOT_FOUND' });
});

test('somebody could reach what some input would let them, and nothing that none would', () => {
  const over = (...reach: Actor['grants'][number]['reach'][]): Actor => ({
    name: 'person:1.1',
    grants: reach.map((each) => ({ role: 'isso', reach: each })),
  });
  const wheres: Where<never, Input>[] = [
    'agency',
    'anywhere',
    { at: 'system', system: 'ECM' },
    { system: 'system' },
    () => Promise.resolve(AGENCY),
  ];
  const could = (actor: Actor, may: readonly ['isso'] | readonly ['ciso'] = ['isso']) =>
    wheres.map((where) => couldReach(where, may, actor));
  assert.deepEqual(could(over({ over: 'agency' })), [true, true, true, true, true]);
  assert.deepEqual(could(over({ over: 'system', system: 'ECM' })), [false, true, true, true, true]);
  assert.deepEqual(could(over({ over: 'system', system: 'ELP' })), [false, true, false, true, true]);
  assert.deepEqual(could(over({ over: 'units', from: '21000', to: '21099' })), [
    false,
    true,
    false,
    false,
    true,
  ]);
  assert.deepEqual(could(over()), [false, false, false, false, false]);
  assert.deepEqual(could(over({ over: 'agency' }), ['ciso']), [false, false, false, false, false]);
  assert.equal(couldReach(undefined, ['isso'], over({ over: 'system', system: 'ECM' })), false);
});
