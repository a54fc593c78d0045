import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { connected, superuserOf } from '../../src/store/trial.ts';
import { clearAway, newDataFolder } from '../process/muster.ts';
import { placeOf, type Place } from './place.ts';
import { checkIn, inHouse } from './record.ts';
import { furnish } from './rounds.ts';

/*
 * What is looked for after a crash is found where it is there: a check that never fails proves nothing.
 */

const AGENCY = 'NORTH';
const NOTHING = new Map<number, string>();
const LAST = '(select max(index) from entry)';

let place: Place;
before(async () => {
  place = await placeOf(await newDataFolder());
  await inHouse(place, (house) => furnish(house, AGENCY, 20));
});
after(clearAway);

/** What is done to the tables, how it is found, and what undoes it. */
const damages: readonly (readonly [name: string, harm: string, found: RegExp, undo: string])[] = [
  [
    'an entry is missing',
    `update entry set index = index + 1 where index = ${LAST}`,
    /the indexes have a gap/,
    `update entry set index = index - 1 where index = ${LAST}`,
  ],
  [
    'the head is ahead',
    'update agency set next_entry = next_entry + 1',
    /the head is not the record's/,
    'update agency set next_entry = next_entry - 1',
  ],
  [
    'a file is lost',
    'update artifact set entry = entry + 100',
    /imports and their files/,
    'update artifact set entry = entry - 100',
  ],
  [
    'bytes were kept without an import',
    'update artifact_part set artifact_id = artifact_id + 100',
    /artifact_part has rows of no file/,
    'update artifact_part set artifact_id = artifact_id - 100',
  ],
  [
    'a file is not what was committed to',
    'update artifact set salt = set_byte(salt, 0, get_byte(salt, 0) # 1)',
    /the file of entry/,
    'update artifact set salt = set_byte(salt, 0, get_byte(salt, 0) # 1)',
  ],
  [
    'a derived row is half-done',
    'update account set name = reverse(name)',
    /the tables are not what the record gives/,
    'update account set name = reverse(name)',
  ],
  [
    'an entry is not the one that was signed',
    "update entry set actor = actor || '!' where index = 2",
    /the record does not verify/,
    'update entry set actor = left(actor, -1) where index = 2',
  ],
];

test('a record without damage passes, and each damage is found', async () => {
  await inHouse(place, async (house) => {
    const asSuperuser = (sql: string) =>
      house.asOwner((owner) => connected(superuserOf(owner), (client) => client.query(sql)));
    const check = (acknowledged = NOTHING) => checkIn(house, place, AGENCY, acknowledged);
    const entries = await check();
    for (const [name, harm, found, undo] of damages) {
      await asSuperuser(harm);
      await assert.rejects(check(), found, name);
      await asSuperuser(undo);
    }
    await assert.rejects(check(new Map([[entries + 1, 'x']])), /was acknowledged with x and is null/);
    assert.equal(await check(), entries);
  });
});
