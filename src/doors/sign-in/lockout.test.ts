import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { AgencyFacts } from '../../programs/inventory/index.ts';
import { entriesAfter } from '../../store/index.ts';
import { openHouse, setUpAgency, type House } from '../house.ts';
import { readSettings } from '../settings.ts';
import { clearFailures, NOBODY, tryOnce } from './lockout.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

let house: House;
let agency: AgencyFacts;
let dataDir = '';
let at = Date.parse('2026-03-11T16:00:00.000Z');
let people = 0;
before(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'muster-test-'));
  house = await openHouse(readSettings({}, dataDir), 'command', {}, () => new Date(at));
  const wanted = { code: 'NORTH', kind: 'irs', timeZone: 'America/New_York', demonstration: false };
  agency = await setUpAgency(house, wanted, false);
});
after(async () => {
  await house?.close();
  await rm(dataDir, { recursive: true, force: true });
});

type Found = 'right' | 'wrong' | 'not looked at';

/** Tries of one person each: what is tried is right or wrong, and looked at only where it is let. */
function someone(setting?: string) {
  const { lockout } = readSettings({ MUSTER_LOCKOUT: setting }, '.');
  const own: House = { ...house, settings: { ...house.settings, lockout } };
  people += 1;
  const key = 1000 + people;
  const attempt = async (isRight: boolean): Promise<Found> => {
    let looked = false;
    const found = await tryOnce(own, agency, key, async (isLet) => {
      looked = isLet;
      if (!isLet || !isRight) return undefined;
      await house.store.write(agency.agency, (tx) => clearFailures(tx, key, 1));
      return 'right' as const;
    });
    return found ?? (looked ? 'wrong' : 'not looked at');
  };
  const fail = async (times: number) => {
    const found: Found[] = [];
    for (let n = 0; n < times; n += 1) found.push(await attempt(false));
    return found;
  };
  return { own, key, attempt, fail };
}

async function locksOf(key: number): Promise<object[]> {
  const entries = await house.store.read(agency.agency, (tx) => entriesAfter(tx, 0, 100_000));
  return entries
    .filter(({ kind, body }) => kind === 'person.locked' && (body as { who: string }).who === nameOf(key))
    .map(({ body }) => body as object);
}

/** What the record calls a person whose key is this number. */
function nameOf(key: number): string {
  return `person:0.${key}`;
}

async function stateOf(key: number) {
  return house.store.read(agency.agency, (tx) =>
    tx.row<{ failures: number; until: string | null; since: number }>(
      'select failures, locked_until as until, failed_since as since from sign_in_state where agency_id = $1 and person_key = $2',
      [tx.agency, key],
    ),
  );
}

for (const [setting, failures, within, lasting] of [
  [undefined, 3, 120 * MINUTE, 15 * MINUTE],
  ['5/10/2', 5, 10 * MINUTE, 2 * MINUTE],
  ['1/1/1440', 1, MINUTE, 1440 * MINUTE],
  ['100/1440/1', 100, 1440 * MINUTE, MINUTE],
] as const)
  describe(`MUSTER_LOCKOUT ${setting ?? 'as it comes'}`, () => {
    test(`${failures - 1} failures do not lock, ${failures} do, one more changes nothing`, async () => {
      for (const [count, expected, locks] of [
        [failures - 1, 'right', 0],
        [failures, 'not looked at', 1],
        [failures + 1, 'not looked at', 1],
      ] as const) {
        const { key, attempt, fail } = someone(setting);
        await fail(count);
        assert.equal(await attempt(true), expected, `${count}`);
        assert.equal((await locksOf(key)).length, locks);
      }
    });

    test('the lock lasts as long as set, to the second, whatever is tried meanwhile', async () => {
      for (const [wait, expected] of [
        [lasting - SECOND, 'not looked at'],
        [lasting, 'right'],
        [lasting + SECOND, 'right'],
      ] as const) {
        const { attempt, fail } = someone(setting);
        assert.ok((await fail(failures)).every((found) => found === 'wrong'));
        at += lasting - 2 * SECOND;
        assert.deepEqual(await fail(2), ['not looked at', 'not looked at']);
        at += wait - lasting + 2 * SECOND;
        assert.equal(await attempt(true), expected, `${wait}`);
      }
    });

    test('after a lock it takes as many failures anew', async () => {
      const { key, attempt, fail } = someone(setting);
      await fail(failures);
      at += lasting;
      await fail(failures - 1);
      assert.equal((await locksOf(key)).length, 1);
      await fail(1);
      assert.equal((await locksOf(key)).length, 2);
      assert.equal(await attempt(true), 'not looked at');
    });

    if (failures === 1) return;
    test('failures count from the first on for as long as set', async () => {
      for (const [wait, expected] of [
        [within - SECOND, 'not looked at'],
        [within, 'right'],
        [within + SECOND, 'right'],
      ] as const) {
        const { attempt, fail } = someone(setting);
        await fail(failures - 1);
        at += wait;
        await fail(1);
        assert.equal(await attempt(true), expected, `${wait}`);
      }
    });
  });

test('of many at once as many are looked at as may fail', async () => {
  const { key, attempt } = someone();
  const found = await Promise.all(Array.from({ length: 20 }, () => attempt(false)));
  assert.equal(found.filter((each) => each === 'wrong').length, 3);
  assert.equal(found.filter((each) => each === 'not looked at').length, 17);
  assert.deepEqual(await stateOf(key), {
    failures: 3,
    until: new Date(at + 15 * MINUTE).toISOString(),
    since: 20,
  });
  assert.equal((await locksOf(key)).length, 1);
});

test('the third try, where it is right, locks nothing and is recorded as no lock', async () => {
  const { key, attempt, fail } = someone();
  await fail(2);
  assert.equal(await attempt(true), 'right');
  assert.deepEqual(await stateOf(key), { failures: 0, until: null, since: 2 });
  assert.deepEqual(await locksOf(key), []);
});

test('one that is right opens the lock that another, begun before it was found so, had set', async () => {
  const { own, key } = someone();
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const look = (until: Promise<void>, isRight: boolean) =>
    tryOnce(own, agency, key, async (isLet) => {
      assert.ok(isLet);
      await until;
      if (!isRight) return undefined;
      await house.store.write(agency.agency, (tx) => clearFailures(tx, key, 1));
      return true;
    });
  const right = look(first.promise, true);
  const wrong = [look(first.promise, false), look(second.promise, false)];
  first.resolve();
  assert.equal(await right, true);
  second.resolve();
  await Promise.all(wrong);
  assert.equal((await stateOf(key)).until, null);
});

test('where it cannot be found out what was tried, nobody failed', async () => {
  const { own, key, attempt, fail } = someone();
  await fail(2);
  for (let n = 0; n < 5; n += 1)
    await assert.rejects(
      tryOnce(own, agency, key, async () => Promise.reject(new Error('too busy'))),
      /too busy/,
    );
  assert.deepEqual(await stateOf(key), { failures: 2, until: null, since: 2 });
  assert.equal(await attempt(false), 'wrong');
  await assert.rejects(tryOnce(own, agency, key, async () => Promise.reject(new Error('too busy'))));
  assert.equal((await stateOf(key)).failures, 3, 'a try that was not let takes nothing back');
  assert.equal(await attempt(true), 'not looked at');
});

test('fewer failures than are counted already, set anew, lock at the next', async () => {
  const { key, fail } = someone();
  await fail(2);
  const { lockout } = readSettings({ MUSTER_LOCKOUT: '1/120/15' }, '.');
  const stricter: House = { ...house, settings: { ...house.settings, lockout } };
  await tryOnce(stricter, agency, key, async () => undefined);
  assert.notEqual((await stateOf(key)).until, null);
});

test('what nobody tries is counted, and never recorded', async () => {
  for (let n = 0; n < 5; n += 1) await tryOnce(house, agency, NOBODY, async () => undefined);
  assert.equal((await stateOf(NOBODY)).failures, 3);
  assert.deepEqual(await locksOf(NOBODY), []);
});
