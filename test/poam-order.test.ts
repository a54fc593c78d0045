import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { addDays, day, type Day } from '../src/time/index.ts';
import { allDuties, openTestHouse, type TestHouse } from './house.ts';
import { naivePoamDuties } from './naive-poams.ts';
import { poamDesk, type PoamDesk, type UpdateLine } from './poam-desk.ts';

let house: TestHouse;
let desk: PoamDesk;
before(async () => {
  house = await openTestHouse();
  desk = poamDesk(house);
});
after(async () => {
  await house.close();
});

const WORLDS = Number(process.env['POAM_WORLDS'] ?? 8);
const SEED = Number(process.env['POAM_SEED'] ?? 1075);
const START = day('2021-04-09');

const updateArbitrary: fc.Arbitrary<UpdateLine> = fc
  .tuple(
    fc.constantFrom('P-1', 'P-2'),
    fc.integer({ min: -1, max: 6 }).map((at) => addDays(START, at * 48)),
    fc.constantFrom('', 'vendor', 'in hand'),
    fc.oneof(
      fc.constant(['update'] as const),
      fc.tuple(
        fc.constant('date-change' as const),
        fc.integer({ min: 0, max: 20 }).map((at) => addDays(START, 200 + at * 20)),
      ),
      fc.tuple(
        fc.constant('status' as const),
        fc.constantFrom('open', 'late', 'completed', 'validated', 'accepted', 'cancelled'),
      ),
    ),
  )
  .map(([number, on, comment, [kind, said]]): UpdateLine =>
    kind === 'date-change'
      ? [number, on, kind, comment, said]
      : [number, on, kind, comment, '', kind === 'status' ? said : ''],
  );

const listArbitrary = fc.record({
  observed: fc.integer({ min: 1, max: 24 }).map((at) => addDays(START, at * 12)),
  scheduled: fc.integer({ min: 0, max: 20 }).map((at) => addDays(START, 200 + at * 20)),
  status: fc.constantFrom('open', 'late', 'completed', 'accepted'),
  back: fc.nat(30),
});

const worldArbitrary = fc
  .record({
    updates: fc.array(updateArbitrary, { minLength: 12, maxLength: 24, size: 'max' }),
    lists: fc.uniqueArray(listArbitrary, { maxLength: 3, selector: ({ observed }) => observed }),
    asOf: fc.array(
      fc.nat(30).map((at) => addDays(START, at * 12)),
      { minLength: 3, maxLength: 3 },
    ),
  })
  .chain((world) =>
    fc
      .shuffledSubarray(
        world.updates.map((_, at) => at),
        { minLength: world.updates.length },
      )
      .map((order) => ({ ...world, order })),
  );

type World = typeof worldArbitrary extends fc.Arbitrary<infer W> ? W : never;

/** Takes in the same files: the updates one by one in this order, the lists before, between or after them. */
/** A list's statement of POA&M P-1. */
function stated({ observed, scheduled, status, back }: World['lists'][number]) {
  const ended = status === 'completed' || status === 'accepted';
  const since = addDays(observed, -back) < START ? START : addDays(observed, -back);
  return { observed, scheduled, status, statusDate: ended ? since : null };
}

/** Takes in the world's files: the updates in this order, in two files, the lists before them or after. */
async function build(code: string, world: World, order: readonly number[], listsAt: 'first' | 'last') {
  const agency = await desk.agencyWith(code, { poam: 'P-1' }, { poam: 'P-2', component: '' });
  const takeLists = async () => {
    for (const each of listsAt === 'first' ? world.lists : world.lists.toReversed()) {
      const { observed, statusDate, ...said } = stated(each);
      await desk.list(
        agency,
        [{ poam: 'P-1', ...said, ...(statusDate !== null && { statusDate }) }],
        observed,
      );
    }
  };
  if (listsAt === 'first') await takeLists();
  const half = Math.ceil(order.length / 2);
  for (const part of [order.slice(0, half), order.slice(half)]) {
    const rows = part.map((at) => world.updates[at]).filter((row) => row !== undefined);
    if (rows.length > 0) await desk.update(agency, ...rows);
  }
  if (listsAt === 'last') await takeLists();
  return agency;
}

async function seen(agency: AgencyFacts, world: World): Promise<unknown> {
  const at = [];
  for (const asOf of world.asOf) {
    for (const duty of ['poam.update', 'poam.complete']) at.push(await desk.duties(agency, duty, asOf));
    const { poams } = await desk.poams(agency, { asOf });
    at.push(poams.map(({ poam, scheduled, status, lastUpdate }) => [poam, scheduled, status, lastUpdate]));
  }
  return [await desk.history(agency, 'P-1'), await desk.history(agency, 'P-2'), at];
}

async function evaluated(agency: AgencyFacts, poam: string, asOf: Day): Promise<string[]> {
  const types = ['poam.update', 'poam.complete'];
  const all = await Promise.all(types.map((duty) => allDuties(house, agency, { asOf, duty })));
  return all
    .flat()
    .filter(({ subject }) => subject.name === poam)
    .map(({ duty, trigger, scheduled, done, means }) =>
      [duty, trigger, scheduled, done ?? 'null', means ?? 'null'].join(' '),
    )
    .sort();
}

function expected(world: World, poam: string, asOf: Day): string[] {
  const updates = world.updates
    .filter(([of]) => of === poam)
    .map(([, on, kind, comment, scheduled = '', status = '']) => ({
      day: on,
      kind,
      comment,
      scheduled,
      status,
    }));
  const lists = poam === 'P-1' ? world.lists.map(stated) : [];
  return naivePoamDuties({ created: START, scheduled: '2022-05-01', lists, updates }, asOf);
}

test('updates and lists in any order come out the same, and as a naive second telling has them', async () => {
  for (const [run, world] of fc.sample(worldArbitrary, { numRuns: WORLDS, seed: SEED }).entries()) {
    const inOrder = world.updates.map((_, at) => at);
    const one = await build(`A${run}`, world, inOrder, 'first');
    const other = await build(`B${run}`, world, [...world.order, ...world.order.slice(0, 3)], 'last');
    assert.deepEqual(await seen(other, world), await seen(one, world), `world ${run}`);
    for (const asOf of world.asOf)
      for (const poam of ['P-1', 'P-2'])
        assert.deepEqual(
          await evaluated(one, poam, asOf),
          expected(world, poam, asOf),
          `world ${run}, ${poam} as of ${asOf}`,
        );
    await desk.assertRebuilds(other);
  }
});
