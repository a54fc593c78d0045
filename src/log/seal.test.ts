import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  leafHash,
  leafText,
  readCheckpoint,
  rootOf,
  append,
  EMPTY,
  signedBy,
  type Leaf,
} from '../record/index.ts';
import { appendEntry, connectStore, type Store } from '../store/index.ts';
import { asSuperuser, onEveryPostgres, type TrialDatabase } from '../store/trial.ts';
import { day } from '../time/index.ts';
import { newKey, readLog, rotateKey, seal, type Keyring, type Sealed } from './index.ts';
import { leavesAfter } from './tree.ts';

const said = { kind: 'test.said', subject: 'agency', actor: 'operator:test', effective: day('2022-07-08') };
const ring: Keyring = [newKey()];

/** The root as the entries themselves give it, one leaf after the other. */
async function rootOfEntries(store: Store, agency: number, size: number): Promise<Buffer> {
  let frontier = EMPTY;
  await store.read(agency, async (tx) => {
    for await (const batch of leavesAfter(tx, 0, size))
      for (const leaf of batch) frontier = append(frontier, leafHash(Buffer.from(leafText(leaf))));
  });
  assert.equal(frontier.size, size);
  return rootOf(frontier);
}

onEveryPostgres((open) => {
  let database: TrialDatabase;
  let store: Store;
  let codes = 0;
  before(async () => {
    database = await open();
    store = connectStore(database.application).as(said.actor);
  });
  after(async () => {
    await store?.close();
    await database?.close();
  });

  async function newAgency(entries: number): Promise<number> {
    codes += 1;
    const agency = await store.found(`AGENCY-${codes}`, async (tx) => tx.agency);
    await say(agency, entries);
    return agency;
  }

  async function say(agency: number, entries: number): Promise<void> {
    await store.write(agency, async (tx) => {
      for (let n = 0; n < entries; n += 1) await appendEntry(tx, { ...said, body: { n, text: `é${n}\n"` } });
    });
  }

  const sealed = (agency: number, keep = true, keys: Keyring = ring) =>
    store.write(agency, (tx) => seal(tx, keys, [], keep));
  const owner = (sql: string) => asSuperuser(database, (client) => client.query(sql));
  const checkpoints = (agency: number) =>
    store.read(agency, (tx) =>
      tx.rows<{ size: number; note: string }>('select size, note from checkpoint order by size'),
    );

  test('the head is the root of the entries, at every size and however they came', async () => {
    const agency = await newAgency(0);
    assert.equal((await sealed(agency)).head, undefined);
    let size = 0;
    for (const step of [1, 1, 3, 250, 1, 1, 300, 0, 7]) {
      await say(agency, step);
      size += step;
      const { head, origin, kept } = await sealed(agency);
      assert.equal(head?.size, size);
      assert.deepEqual(head.root, await rootOfEntries(store, agency, size));
      assert.equal(kept, size);
      const read = readCheckpoint(head.note);
      assert.equal(read?.head.origin, origin);
      const { keys } = await store.read(agency, readLog);
      assert.ok(read && keys[0] && signedBy(read.note, keys[0]));
    }
    assert.deepEqual(
      (await checkpoints(agency)).map((row) => row.size),
      [1, 2, 5, 255, 256, 257, 557, 564],
    );
  });

  test('two agencies of one code are two logs', async () => {
    const { origin } = await sealed(await newAgency(1));
    assert.match(origin, /^muster\/AGENCY-\d+-[0-9a-f]{8}$/);
  });

  test('sealing at once, the agency’s tree grows once', async () => {
    const agency = await newAgency(5);
    const other = connectStore(database.application);
    const both = [store, other].map(async (own) => own.write(agency, (tx) => seal(tx, ring, [], true)));
    const [one, two] = await Promise.all(both);
    assert.deepEqual(one?.head, two?.head);
    assert.equal((await checkpoints(agency)).length, 1);
    await other.close();
  });

  describe('what is not signed', () => {
    async function refusal(work: Promise<Sealed>): Promise<string> {
      const error = await work.then(
        () => assert.fail('it was signed'),
        (thrown: Error & { code?: string }) => thrown,
      );
      assert.equal((error as { code?: string }).code, 'RECORD_INCONSISTENT', String(error));
      return error.message;
    }

    test('a record that is shorter than its last head', async () => {
      const agency = await newAgency(9);
      await sealed(agency);
      await owner(`delete from entry where agency_id = ${agency} and index > 7`);
      assert.match(await refusal(sealed(agency)), /entries 8 to 9 are missing/);
    });

    test('a record that has a gap', async () => {
      const agency = await newAgency(3);
      await sealed(agency);
      await say(agency, 3);
      await owner(`delete from entry where agency_id = ${agency} and index = 5`);
      assert.match(await refusal(sealed(agency)), /entry 5 is missing/);
    });

    test('a tree that was changed', async () => {
      const agency = await newAgency(300);
      await sealed(agency);
      await owner(
        `update log_tile set hashes = overlay(hashes placing '\\x00' from 20) where agency_id = ${agency} and level = 1`,
      );
      assert.match(await refusal(sealed(agency)), /does not begin with the 300 entries/);
    });

    test('a tree whose tile was taken away', async () => {
      const agency = await newAgency(300);
      await sealed(agency);
      await owner(`delete from log_tile where agency_id = ${agency} and level = 0 and number = 1`);
      assert.match(await refusal(sealed(agency)), /the tree lacks tile\/0\/001.p\/44/);
    });

    test('a head that the log’s key did not sign', async () => {
      const agency = await newAgency(4);
      await sealed(agency);
      await owner(
        `update log_head set note = replace(note, e'\\n4\\n', e'\\n3\\n') where agency_id = ${agency}`,
      );
      assert.match(await refusal(sealed(agency)), /not one that its keys signed/);
    });

    test('a record set back behind a head that was seen', async () => {
      const agency = await newAgency(4);
      const { head, origin } = await sealed(agency);
      assert.ok(head);
      for (const table of ['log_head', 'log_tile', 'checkpoint'])
        await owner(`delete from ${table} where agency_id = ${agency}`);
      await owner(
        `update entry set body = '{"n":1,"text":"other"}' where agency_id = ${agency} and index = 2`,
      );
      await say(agency, 1);
      const seen = [{ ...head, from: 'the checkpoint in a witness' }];
      const again = store.write(agency, (tx) => seal(tx, ring, seen, true));
      assert.match(await refusal(again), /4 entries of the checkpoint in a witness/);
      assert.deepEqual(await checkpoints(agency), []);
      assert.ok(origin);
    });
  });

  test('a key that is not the log’s does not sign', async () => {
    const agency = await newAgency(2);
    await sealed(agency);
    await say(agency, 1);
    await assert.rejects(sealed(agency, true, [newKey()]), { code: 'KEY_NOT_IN_FORCE' });
    assert.equal((await sealed(agency, true, [newKey(), ring[0]])).head?.size, 3);
  });

  test('a rotation is an entry, and its checkpoint bears both signatures', async () => {
    const agency = await newAgency(2);
    await sealed(agency);
    const next = newKey();
    const rotation = { key: next, actor: 'operator:test', effective: day('2022-07-09'), isLost: false };
    const rotated = await store.write(agency, (tx) => rotateKey(tx, ring, [], rotation));
    assert.equal(rotated.kept, 3);
    const { keys } = await store.read(agency, readLog);
    const read = readCheckpoint(rotated.head?.note ?? '');
    assert.ok(read);
    assert.deepEqual(
      keys.map((key) => signedBy(read.note, key)),
      [true, true],
    );
    await say(agency, 1);
    await assert.rejects(sealed(agency), { code: 'KEY_NOT_IN_FORCE' });
    const later = readCheckpoint((await sealed(agency, true, [next])).head?.note ?? '');
    assert.ok(later);
    assert.deepEqual(
      keys.map((key) => signedBy(later.note, key)),
      [false, true],
    );
    const same = await store.write(agency, (tx) => rotateKey(tx, [next], [], rotation));
    assert.equal(same.head?.size, 4, 'a key in force is not rotated to');
    const kept = { ...rotation, key: newKey(), isLost: true };
    const vouched = await store.write(agency, (tx) => rotateKey(tx, [kept.key, next], [], kept));
    const both = readCheckpoint(vouched.head?.note ?? '');
    assert.equal(both?.note.signatures.length, 2, 'a key that is there after all signs');
    const lost = newKey();
    const torn = await store.write(agency, (tx) =>
      rotateKey(tx, [lost], [], { ...rotation, key: lost, isLost: true }),
    );
    assert.equal(torn.head?.size, 6);
    const [entry] = await store.read(agency, (tx) => tx.rows<Leaf>('select * from entry where index = 6'));
    assert.match(entry?.body ?? '', /"lost":true/);
  });
});
