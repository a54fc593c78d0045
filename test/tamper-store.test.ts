import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { headText, readCheckpoint, signNote, verifierKeyOf, verifierKeyText } from '../src/record/index.ts';
import { createSealer, newKey, readLog } from '../src/log/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { verifyStore, type VerifiedStore } from '../src/doors/verify-store.ts';
import { accountsCsv, importText, INVENTORY, newAgency, openTestHouse, type TestHouse } from './house.ts';

/*
 * Whoever owns the database changes the live tables behind Muster's back, each time anew: the record
 * says of every change which entry it concerns. What is changed is put back after each.
 */

let house: TestHouse;
let north: AgencyFacts;
let south: AgencyFacts;
/** A checkpoint of each agency's record that somebody outside keeps. */
let kept = '';

before(async () => {
  house = await openTestHouse();
  [north, south] = [await furnished('NORTH'), await furnished('SOUTH')];
  kept = (await house.store.read(north.agency, readLog)).head?.note ?? '';
  await importText(house, north, INVENTORY.replaceAll('web-1', 'web-2'));
  await house.sealer.checkpointOf(north.agency);
});
after(() => house?.close());

async function furnished(code: string): Promise<AgencyFacts> {
  const agency = await newAgency(house, code);
  await importText(house, agency, INVENTORY);
  await importText(
    house,
    agency,
    accountsCsv([
      {
        account: 'a',
        component: 'cloud',
        privileged: false,
        created: '2021-01-04' as never,
        lastLogin: null,
        status: 'active',
        statusChanged: null,
      },
    ]),
    { system: 'ECM', component: 'cloud', observedOn: '2022-07-08' as never },
  );
  await house.sealer.checkpointOf(agency.agency);
  return agency;
}

function verified(agency = north, against: readonly string[] = [kept]): Promise<VerifiedStore> {
  return verifyStore(house, agency, {
    against,
    progress: () => undefined,
    signal: AbortSignal.timeout(60_000),
  });
}

const TABLES = [
  'agency',
  'entry',
  'log_tile',
  'log_head',
  'checkpoint',
  'checkpoint_key',
  'artifact',
  'artifact_part',
  'observation_part',
  'system',
];

/** Changes something behind Muster's back, looks what Muster finds, and puts it back. */
async function tampered(sql: string): Promise<VerifiedStore> {
  return house.asSuperuser(async (client) => {
    const all = (each: (table: string) => string) => client.query(TABLES.map(each).join(';'));
    await all((table) => `create table before_${table} as table ${table}`);
    try {
      await client.query(sql);
      return await verified();
    } finally {
      await all(
        (table) =>
          `delete from ${table}; insert into ${table} overriding system value table before_${table}; drop table before_${table}`,
      );
    }
  });
}

function says({ faults }: VerifiedStore): string {
  return faults.map((fault) => fault.says).join('\n');
}

test('untouched, it verifies', async () => {
  const found = await verified();
  assert.deepEqual(found.faults, []);
  assert.equal(found.trusted, 'given');
  assert.equal(found.unsigned, 0);
  assert.deepEqual(found.evidence, { files: 3, withoutObservations: 0 });
  assert.equal(found.tables?.difference, null);
  assert.deepEqual((await verified(south, [])).faults, []);
});

const FLIP = `set body = replace(body, '"kind":"irs"', '"kind":"irz"')`;

for (const [name, sql, expected] of [
  ['an entry is changed', `update entry ${FLIP} where index = 1 and agency_id = 1`, /entry 1 /],
  [
    'an actor is changed',
    `update entry set actor = 'operator:other' where index = 3 and agency_id = 1`,
    /entry 3 /,
  ],
  [
    'an entry is dated back',
    `update entry set recorded = recorded - interval '1 day' where index = 8 and agency_id = 1`,
    /entry 8 /,
  ],
  [
    'an entry takes effect earlier',
    `update entry set effective = effective - 1 where index = 7 and agency_id = 1`,
    /entry 7 /,
  ],
  ['an entry is taken away', `delete from entry where index = 4 and agency_id = 1`, /entry 4 is missing/],
  [
    'the last entry is taken away',
    `delete from entry where index = 8 and agency_id = 1`,
    /entry 8 is missing/,
  ],
  ['all entries are taken away', `delete from entry where agency_id = 1`, /entries 1 to 8 are missing/],
  [
    'an entry is put in and the rest moved',
    `update entry set index = index + 100 where agency_id = 1 and index > 4; insert into entry select agency_id, 5, kind, subject, actor, effective, recorded, body from entry where agency_id = 1 and index = 4; update entry set index = index - 99 where agency_id = 1 and index > 100`,
    /entry 5 /,
  ],
  [
    'two entries change places',
    `update entry set index = 100 where agency_id = 1 and index = 2; update entry set index = 2 where agency_id = 1 and index = 3; update entry set index = 3 where agency_id = 1 and index = 100`,
    /entry 2 /,
  ],
  [
    'two agencies’ entries are swapped',
    `update entry set agency_id = 99 where agency_id = 1 and index = 6; update entry set agency_id = 1 where agency_id = 2 and index = 6; update entry set agency_id = 2 where agency_id = 99`,
    /entry 6 /,
  ],
  [
    'a tile is changed',
    `update log_tile set hashes = overlay(hashes placing '\\x00' from 70) where agency_id = 1 and level = 0`,
    /entry 3\b/,
  ],
  ['the tree is taken away', `delete from log_tile where agency_id = 1`, /tile/],
  [
    'a file of evidence is taken away',
    `delete from artifact_part where agency_id = 1 and artifact_id = (select artifact_id from artifact where agency_id = 1 and entry = 6)`,
    /file of entry 6/,
  ],
  [
    'what was read of a file is changed',
    `update observation_part set first_line = 1 where agency_id = 1 and artifact_id = (select artifact_id from artifact where agency_id = 1 and entry = 7)`,
    /read of entry 7/,
  ],
  [
    'an observation is put in before the first',
    `insert into observation_part select agency_id, artifact_id, -1, 900, 900, columns, content from observation_part where agency_id = 1 and artifact_id = (select artifact_id from artifact where agency_id = 1 and entry = 7)`,
    /read of entry 7/,
  ],
  [
    'an observation is put in past a gap',
    `insert into observation_part select agency_id, artifact_id, 9, 900, 900, columns, content from observation_part where agency_id = 1 and artifact_id = (select artifact_id from artifact where agency_id = 1 and entry = 7)`,
    /read of entry 7/,
  ],
  [
    'a part of a file is put in past a gap',
    `insert into artifact_part select agency_id, artifact_id, 9, content from artifact_part where agency_id = 1 and artifact_id = (select artifact_id from artifact where agency_id = 1 and entry = 7)`,
    /file of entry 7/,
  ],
  [
    'a file is made to be taken for another',
    `update artifact set keyed_hash = sha256('a file still to come') where agency_id = 1 and entry = 7`,
    /entry 7's file is found again is not the file's own/,
  ],
  [
    'a file is put in for an entry that brought none in',
    `insert into artifact (agency_id, entry, salt, keyed_hash) select agency_id, 1, salt, keyed_hash from artifact where agency_id = 1 and entry = 7`,
    /a file is kept for entry 1, which brought none in/,
  ],
  [
    'an entry is put in behind the head',
    `update agency set next_entry = 11 where agency_id = 1; insert into entry select agency_id, 10, kind, subject, actor, effective, recorded, body from entry where agency_id = 1 and index = 4`,
    /entries 9 to 10, not signed yet/,
  ],
] as const) {
  test(`${name}: it is found out`, async () => {
    const found = await tampered(sql);
    assert.match(says(found), expected);
  });
}

test('a row of a table that the record does not give is found out', async () => {
  const { faults, tables } = await tampered(`update system set name = 'OTHER' where agency_id = 1`);
  assert.deepEqual(faults, []);
  assert.match(JSON.stringify(tables?.difference), /"table":"system"/);
});

test('a checkpoint forged with another key is found out, and a record written anew with it', async () => {
  const { origin, head } = await house.store.read(north.agency, readLog);
  const privateKey = newKey();
  const key = verifierKeyOf(origin, privateKey);
  assert.ok(head);
  const note = signNote(headText(head), [{ key, privateKey }]).replaceAll("'", "''");
  const forged = await tampered(
    `update checkpoint set note = '${note}' where agency_id = 1 and size = ${head.size}`,
  );
  assert.match(says(forged), /8/);
  assert.notEqual(forged.faults.length, 0);
  const all = await tampered(
    `update checkpoint set note = '${note}' where agency_id = 1 and size = ${head.size};
     update log_head set note = '${note}' where agency_id = 1;
     update checkpoint_key set key = '${verifierKeyText(key)}' where agency_id = 1`,
  );
  assert.match(says(all), /key/);
});

test('a record set back, and gone on from there, is found out by a checkpoint kept elsewhere', async () => {
  // Even with the key in hand: the newest entry is replaced, and everything signed anew.
  const agency = await furnished('EAST');
  const { head } = await house.store.read(agency.agency, readLog);
  const elsewhere = head?.note ?? '';
  assert.equal(readCheckpoint(elsewhere)?.head.size, 7);
  await house.asSuperuser(async (client) => {
    for (const table of ['log_tile', 'log_head', 'checkpoint'])
      await client.query(`delete from ${table} where agency_id = $1`, [agency.agency]);
    await client.query(`update entry set body = replace(body, '"irs"', '"irz"') where agency_id = $1`, [
      agency.agency,
    ]);
  });
  const file = join(house.dataDir, 'checkpoint-key.pem');
  const { store } = house;
  await createSealer({ store, keys: { file, isMade: false }, witnesses: [] }).checkpointOf(agency.agency);
  assert.deepEqual((await verified(agency, [])).faults, [], 'without an earlier checkpoint nobody can tell');
  assert.match(says(await verified(agency, [elsewhere])), /entr(y|ies) 1 to 7|you gave/);
});

test('what is not signed yet is said', async () => {
  await importText(house, south, INVENTORY.replaceAll('web-1', 'web-9'));
  const found = await verified(south, []);
  assert.deepEqual([found.faults, found.unsigned, found.size], [[], 1, 7]);
});
