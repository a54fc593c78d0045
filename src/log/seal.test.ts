import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
import { asOwner, onEveryPostgres, type TrialDatabase } from '../store/trial.ts';
import { day } from '../time/index.ts';
import {
  createSealer,
  newKey,
  openKeyring,
  readLog,
  rotateKey,
  seal,
  type Keyring,
  type Sealed,
} from './index.ts';
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
    store = connectStore(database.application);
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
  const owner = (sql: string) => asOwner(database, (client) => client.query(sql));
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
    const lost = newKey();
    const torn = await store.write(agency, (tx) =>
      rotateKey(tx, [lost], [], { ...rotation, key: lost, isLost: true }),
    );
    assert.equal(torn.head?.size, 5);
    const [entry] = await store.read(agency, (tx) => tx.rows<Leaf>('select * from entry where index = 5'));
    assert.match(entry?.body ?? '', /"lost":true/);
  });

  describe('the sealer', () => {
    let folder = '';
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'muster-log-'));
    });
    after(() => rm(folder, { recursive: true, force: true }));

    test('signs every agency, keeps checkpoints and copies them to every witness', async () => {
      const one = await newAgency(3);
      const two = await newAgency(2);
      const told: string[] = [];
      const witnesses = [join(folder, 'first'), join(folder, 'second')];
      const file = join(folder, 'key.pem');
      const own = connectStore(database.application);
      // The agencies of the other tests are signed with keys that this sealer has not.
      await owner(`delete from agency where agency_id not in (${one}, ${two})`);
      const sealer = createSealer({ store: own, keys: { file }, witnesses, log: (line) => told.push(line) });
      await sealer.sign();
      assert.equal((await store.read(one, readLog)).head?.size, 3);
      assert.deepEqual(await checkpoints(one), []);
      await sealer.checkpoint();
      await say(one, 300);
      await sealer.sign();
      await sealer.checkpoint();
      const { origin } = await store.read(one, readLog);
      for (const witness of witnesses) {
        assert.deepEqual((await readdir(join(witness, origin))).toSorted(), ['3', '303', 'latest']);
        const latest = await readFile(join(witness, origin, 'latest'), 'utf8');
        assert.equal(latest, (await checkpoints(one)).at(-1)?.note);
      }
      assert.deepEqual(
        (await checkpoints(two)).map(({ size }) => size),
        [2],
      );
      assert.equal(told.join(), '');

      await rm(join(folder, 'first'), { recursive: true });
      await writeFile(join(folder, 'first'), 'in the way');
      await say(one, 1);
      await sealer.checkpoint();
      assert.equal(told.length, 2, told.join('\n'));
      assert.equal(sealer.problems().length, 2);
      assert.equal((await store.read(one, readLog)).head?.size, 304, 'signing goes on');
      await rm(join(folder, 'first'));
      await sealer.checkpoint();
      assert.deepEqual(sealer.problems(), []);
      assert.deepEqual((await readdir(join(folder, 'first', origin))).toSorted(), [
        '3',
        '303',
        '304',
        'latest',
      ]);

      // Set back to before the last entry, as from an old backup, and gone on from there.
      await owner(`delete from entry where agency_id = ${one} and index = 304`);
      await owner(`update agency set next_entry = 304 where agency_id = ${one}`);
      await owner(
        `delete from log_head where agency_id = ${one}; delete from log_tile where agency_id = ${one}; delete from checkpoint where agency_id = ${one}`,
      );
      const restarted = createSealer({
        store: own,
        keys: { file },
        witnesses,
        log: (line) => told.push(line),
      });
      await restarted.checkpoint();
      assert.match(
        restarted.problems().join(),
        /entry 304 is missing: the checkpoint in the witness .* covers 304/,
      );
      assert.deepEqual(await checkpoints(one), []);
      await sealer.sign();
      assert.match(sealer.problems().join(), /entry 304 is missing: the last head signed here/);
      await own.close();
    });

    test('the key file is made once, for its owner alone, and refused where others may read it', async () => {
      const file = join(folder, 'made.pem');
      const rings = await Promise.all([1, 2, 3].map(async () => openKeyring({ file })));
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      const publicKeys = rings.map(([key]) => key.export({ type: 'pkcs8', format: 'pem' }));
      assert.equal(new Set(publicKeys).size, 1);
      assert.deepEqual(
        (await readdir(folder)).filter((name) => name.startsWith('made.pem.')),
        [],
      );
      for (const mode of [0o640, 0o604, 0o660]) {
        await chmod(file, mode);
        await assert.rejects(openKeyring({ file }), { code: 'KEY_UNUSABLE' });
      }
      await chmod(file, 0o600);
      for (const text of ['', 'no key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n']) {
        await writeFile(file, text);
        await assert.rejects(openKeyring({ file }), (error: Error) => !error.message.includes('AAAA'));
      }
      const pem = newKey().export({ type: 'pkcs8', format: 'pem' });
      assert.equal((await openKeyring({ pem: pem + pem, file })).length, 2);
    });
  });
});
