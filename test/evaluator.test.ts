import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { recordEntry, rebuild } from '../src/acts/index.ts';
import { ACCOUNT_DISABLED } from '../src/programs/accounts/tables.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { keyText } from '../src/record/index.ts';
import { addDays, day, type Day } from '../src/time/index.ts';
import {
  accountsCsv,
  allDuties,
  importText,
  INVENTORY,
  newAgency,
  openTestHouse,
  operator,
  type AccountRow,
  type TestHouse,
} from './house.ts';
import { naiveDuties, type Disablement, type List } from './naive.ts';

/*
 * The evaluator against a naive second one, row by row, in random worlds: lists in random order,
 * of the same day, contradicting one another, with acts between them, asked as of random days.
 */

const START = day('2021-10-01');
const SPAN = 300;
const CASES = Number(process.env['EVALUATOR_CASES'] ?? 100_000);
const SEED = Number(process.env['EVALUATOR_SEED'] ?? 1075);
const COMPONENTS = [
  { name: 'cloud', days: 90 },
  { name: 'site', days: 120 },
] as const;

interface World {
  readonly lists: readonly (List & { component: string })[];
  readonly order: readonly number[];
  readonly disablements: readonly (Disablement & { component: string })[];
  readonly asOf: readonly Day[];
}

let house: TestHouse;
before(async () => {
  house = await openTestHouse();
});
after(async () => {
  await house.close();
});

function dayAt(offset: number): Day {
  return addDays(START, offset);
}

const offset = fc.nat(SPAN);

function rowArbitrary(component: string, listOffset: number): fc.Arbitrary<AccountRow> {
  // Few distinct days, so that coincidences happen.
  const past = fc
    .nat(listOffset)
    .map((back) => dayAt(listOffset - back + (back % 3 === 0 ? 0 : -(back % 5))));
  return fc.record({
    account: fc.nat(11).map((n) => `demo-${n}`),
    component: fc.constant(component),
    privileged: fc.boolean(),
    created: fc.oneof(past, fc.constant(day('2020-11-15')), fc.constant(day('2021-09-01'))),
    lastLogin: fc.option(past, { nil: null, freq: 5 }),
    status: fc.oneof(
      { weight: 4, arbitrary: fc.constant('active' as const) },
      fc.constantFrom('disabled' as const, 'deactivated' as const, 'quarantined' as const),
    ),
    statusChanged: fc.option(past, { nil: null }),
  });
}

const listArbitrary = fc
  .tuple(fc.constantFrom(...COMPONENTS), fc.oneof(offset, fc.constantFrom(60, 61, 120, 200)))
  .chain(([component, at]) =>
    fc
      .uniqueArray(rowArbitrary(component.name, at), {
        minLength: 1,
        maxLength: 10,
        selector: (row) => row.account,
      })
      .map((rows) => ({ component: component.name, day: dayAt(at), rows })),
  );

const worldArbitrary: fc.Arbitrary<World> = fc
  .record({
    lists: fc.array(listArbitrary, { minLength: 3, maxLength: 8 }),
    disablements: fc.array(
      fc.record({
        component: fc.constantFrom('cloud', 'site'),
        account: fc.nat(11).map((n) => `demo-${n}`),
        day: offset.map(dayAt),
      }),
      { maxLength: 6 },
    ),
    asOf: fc.array(fc.nat(SPAN + 150).map(dayAt), { minLength: 8, maxLength: 8 }),
  })
  .chain((world) =>
    fc
      .shuffledSubarray(
        world.lists.map((_, at) => at),
        { minLength: world.lists.length },
      )
      .map((order) => ({ ...world, order })),
  );

async function build(code: string, world: World, order: readonly number[]): Promise<AgencyFacts> {
  const agency = await newAgency(house, code);
  await importText(house, agency, INVENTORY);
  for (const at of order) {
    const list = world.lists[at];
    if (list)
      await importText(house, agency, accountsCsv(list.rows), {
        system: 'ECM',
        observedOn: list.day,
        reader: 'accounts',
      });
  }
  return agency;
}

async function recordDisablement(agency: AgencyFacts, act: World['disablements'][number]): Promise<void> {
  await house.store.as(operator.name).write(agency.agency, async (tx) => {
    const [account] = await tx.rows<{ key: number }>(
      `select a.account_key as key from account a join component c using (agency_id, component_key)
       where a.agency_id = $1 and a.name = $2 and c.name = $3`,
      [agency.agency, act.account, act.component],
    );
    if (!account) return;
    const body = { account: keyText(account.key) };
    await recordEntry(tx, house.declarations, {
      kind: ACCOUNT_DISABLED,
      subject: 'account',
      actor: operator.name,
      effective: act.day,
      body,
    });
  });
}

interface Shown {
  readonly component: string | null;
  readonly account: string;
  readonly class: string;
  readonly trigger: string;
  readonly due: string | null;
  readonly done: string | null;
  readonly means: string | null;
  readonly status: string;
}

async function evaluated(agency: AgencyFacts, asOf: Day): Promise<string[]> {
  const duties = await allDuties(house, agency, { asOf, duty: 'account.disable' }, 37);
  return duties
    .map(({ component, subject, trigger, due, done, means, status, ...duty }) =>
      line({ component, account: subject.name, class: duty.class, trigger, due, done, means, status }),
    )
    .sort();
}

function expected(world: World, acts: World['disablements'], asOf: Day): string[] {
  return COMPONENTS.flatMap(({ name, days }) => {
    const lists = world.lists.filter((list) => list.component === name);
    const own = acts.filter((act) => act.component === name);
    return naiveDuties(lists, own, days, day('2020-12-01'), asOf).map((duty) =>
      line({ component: name, ...duty }),
    );
  }).sort();
}

function line(shown: Shown): string {
  const { component, account, class: klass, trigger, due, done, means, status } = shown;
  return [component, account, klass, trigger, due, done, means, status].join(' ');
}

test(`the evaluator agrees with a naive second one on ${CASES} random duties`, async () => {
  let cases = 0;
  for (let run = 0; cases < CASES; run += 1) {
    const [world] = fc.sample(worldArbitrary, { numRuns: 1, seed: SEED + run });
    if (!world) throw new Error('no world');
    const agency = await build(`W${run}`, world, world.order);
    for (const act of world.disablements) await recordDisablement(agency, act);
    for (const asOf of world.asOf) {
      const theirs = expected(world, world.disablements, asOf);
      const ours = await evaluated(agency, asOf);
      assert.deepEqual(ours, theirs, `world ${run} as of ${asOf}`);
      cases += theirs.length;
    }
    if (run % 10 === 0) {
      const rebuilt = await rebuild(house.store, house.declarations, agency.agency, { check: true });
      assert.equal(rebuilt.difference, null);
    }
  }
});

test('lists in any order, and twice, come out the same', async () => {
  for (let run = 0; run < 6; run += 1) {
    const [world] = fc.sample(worldArbitrary, { numRuns: 1, seed: SEED + 5000 + run });
    if (!world) throw new Error('no world');
    const inOrder = await build(
      `A${run}`,
      world,
      world.lists.map((_, at) => at),
    );
    const shuffled = await build(`B${run}`, world, [...world.order, ...world.order]);
    for (const asOf of world.asOf)
      assert.deepEqual(await evaluated(shuffled, asOf), await evaluated(inOrder, asOf));
  }
});
