import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { headText, readCheckpoint, signedBy, signNote, verifierKeyOf } from '../record/index.ts';
import { appendEntry, connectStore, type Store } from '../store/index.ts';
import { asSuperuser, onEveryPostgres, type TrialDatabase } from '../store/trial.ts';
import { day } from '../time/index.ts';
import { createSealer, newKey, openKeyring, readLog, rotateKeys, type Sealer } from './index.ts';
import { findKeyring } from './keys.ts';

const effective = day('2022-07-08');
const said = { kind: 'test.said', subject: 'agency', actor: 'operator:test', effective };

onEveryPostgres((open) => {
  let database: TrialDatabase;
  let store: Store;
  let scratch = '';
  let codes = 0;
  before(async () => {
    database = await open();
    store = connectStore(database.application).as(said.actor);
    scratch = await mkdtemp(join(tmpdir(), 'muster-log-'));
  });
  after(async () => {
    await store?.close();
    await database?.close();
    await rm(scratch, { recursive: true, force: true });
  });

  /** An agency alone in the database, a key, and witnesses. */
  async function installation(entries: number, witnesses = ['first', 'second']) {
    codes += 1;
    const folder = join(scratch, String(codes));
    const folders = witnesses.map((name) => join(folder, name));
    await Promise.all(folders.map((each) => mkdir(each, { recursive: true })));
    await mkdir(folder, { recursive: true });
    await owner('delete from agency');
    const agency = await store.found(`AGENCY-${codes}`, async (tx) => tx.agency);
    await say(agency, entries);
    const told: string[] = [];
    const keys = { file: join(folder, 'key.pem'), isMade: true };
    const newSealer = (at: readonly string[] = folders): Sealer =>
      createSealer({ store, keys, witnesses: at, log: (line) => told.push(line) });
    const { origin } = await store.read(agency, readLog);
    return { agency, origin, folder, folders, keys, told, newSealer };
  }

  async function say(agency: number, entries: number): Promise<void> {
    await store.write(agency, async (tx) => {
      for (let n = 0; n < entries; n += 1) await appendEntry(tx, { ...said, body: { n } });
    });
  }

  const owner = (sql: string) => asSuperuser(database, (client) => client.query(sql));
  const headOf = async (agency: number) => (await store.read(agency, readLog)).head?.size;
  const sizes = async (agency: number) =>
    (
      await store.read(agency, (tx) => tx.rows<{ size: number }>('select size from checkpoint order by size'))
    ).map(({ size }) => size);
  const inWitness = async (folder: string, origin: string) =>
    (await readdir(join(folder, origin))).toSorted();

  /** As a backup of an earlier day would: the record and all that is kept of its log end at `size`. */
  async function setBack(agency: number, size: number, kept: number): Promise<void> {
    await owner(`delete from entry where agency_id = ${agency} and index > ${size};
      update agency set next_entry = ${size + 1} where agency_id = ${agency};
      delete from checkpoint where agency_id = ${agency} and size > ${kept};
      update log_head set size = ${kept}, note = (select note from checkpoint where agency_id = ${agency} and size = ${kept})
        where agency_id = ${agency};
      update log_tile set hashes = substring(hashes for ${kept * 32}) where agency_id = ${agency}`);
  }

  test('signs, keeps checkpoints and copies them to every witness', async () => {
    const { agency, origin, folders, told, newSealer } = await installation(3);
    const sealer = newSealer();
    await sealer.sign();
    assert.equal(await headOf(agency), 3);
    assert.deepEqual(await sizes(agency), []);
    await sealer.checkpoint();
    await say(agency, 300);
    await sealer.sign();
    await sealer.checkpoint();
    for (const folder of folders) {
      assert.deepEqual(await inWitness(folder, origin), ['3', '303', 'latest']);
      const latest = await readFile(join(folder, origin, 'latest'), 'utf8');
      assert.equal(latest, (await store.read(agency, readLog)).checkpoint?.note);
    }
    assert.equal(told.join(), '');
  });

  test('a witness that is away is told of, is not made, and gets later what it missed', async () => {
    const { agency, origin, folders, told, newSealer } = await installation(2);
    const [first = '', second = ''] = folders;
    const sealer = newSealer();
    await sealer.checkpoint();
    await rm(first, { recursive: true });
    await say(agency, 1);
    await sealer.checkpoint();
    assert.match(sealer.problems().join('\n'), /witness .*first for muster\/.*: there is no such folder/);
    assert.deepEqual(await inWitness(second, origin), ['2', '3', 'latest']);
    await assert.rejects(stat(first));
    await mkdir(first);
    await sealer.checkpoint();
    assert.deepEqual(sealer.problems(), []);
    assert.match(told.join('\n'), /it works again/);
    assert.deepEqual(await inWitness(first, origin), ['2', '3', 'latest']);
  });

  test('a pipe in a witness stops nobody', async () => {
    const { agency, origin, folders, newSealer } = await installation(2);
    const [first = '', second = ''] = folders;
    await mkdir(join(first, origin), { recursive: true });
    execFileSync('mkfifo', [join(first, origin, 'latest')]);
    const sealer = newSealer();
    await sealer.checkpoint();
    assert.match(sealer.problems().join(), /first .*no plain file/);
    assert.equal(await headOf(agency), 2);
    assert.deepEqual(await inWitness(second, origin), ['2', 'latest']);
  });

  test('a record set back behind a witness is not signed, by nobody and at no time', async () => {
    const { agency, folders, keys, newSealer } = await installation(5);
    const sealer = newSealer();
    await sealer.checkpoint();
    await say(agency, 4);
    await sealer.checkpoint();
    await setBack(agency, 7, 5);
    for (const signing of ['sign', 'checkpoint', 'sign', 'sign'] as const) {
      const restarted = newSealer();
      await restarted[signing]();
      assert.match(restarted.problems().join(), /entries 8 to 9 are missing: the checkpoint in the witness/);
      await restarted.sign();
      assert.notDeepEqual(restarted.problems(), []);
    }
    await say(agency, 6);
    for (const again of [newSealer(), sealer]) {
      await again.sign();
      assert.match(again.problems().join(), /does not begin with the 9 entries/);
    }
    const agencies = async () => [{ agency, today: effective }];
    await assert.rejects(
      rotateKeys(store, newSealer(), keys, { agencies, actor: 'operator:test', isLost: false }),
      { code: 'RECORD_INCONSISTENT' },
    );
    assert.deepEqual([await headOf(agency), await sizes(agency)], [5, [5]]);
    // Whoever decides to go on does so with other witnesses.
    await newSealer(folders.slice(2)).sign();
    assert.equal(await headOf(agency), 13);
  });

  test('a head that was set back behind its checkpoint is not signed', async () => {
    const { agency, newSealer } = await installation(5);
    await newSealer([]).checkpoint();
    await say(agency, 1);
    await owner(`delete from log_head where agency_id = ${agency}`);
    const sealer = newSealer([]);
    await sealer.sign();
    assert.match(sealer.problems().join(), /set back behind its checkpoint/);
  });

  test('what a witness holds is never written over, and what no key of the log signed stops the signing', async () => {
    const { agency, origin, folders, newSealer } = await installation(2);
    const [first = ''] = folders;
    await newSealer().checkpoint();
    await say(agency, 1);
    await writeFile(join(first, origin, '3'), 'of another history');
    const sealer = newSealer();
    await sealer.checkpoint();
    assert.match(sealer.problems().join(), /3 is another checkpoint than the one of that size here/);
    assert.equal(await readFile(join(first, origin, '3'), 'utf8'), 'of another history');
    const privateKey = newKey();
    const head = { origin, size: 999_999, root: Buffer.alloc(32) };
    const foreign = signNote(headText(head), [{ key: verifierKeyOf(origin, privateKey), privateKey }]);
    await writeFile(join(first, origin, 'latest'), foreign);
    await say(agency, 1);
    const restarted = newSealer();
    await restarted.sign();
    assert.match(restarted.problems().join(), /latest is no checkpoint that a key of .* signed/);
    assert.equal(await headOf(agency), 3);
  });

  test('without a key nothing is signed where none may be made', async () => {
    const { agency, folder, keys } = await installation(2);
    const none = { ...keys, isMade: false };
    const sealer = createSealer({ store, keys: none, witnesses: [] });
    await sealer.sign();
    assert.match(sealer.problems().join(), /there is no key here/);
    assert.equal(await sealer.ownKeys('muster/X-00000000'), undefined);
    assert.equal(await headOf(agency), undefined);
    assert.deepEqual(await readdir(folder), ['first', 'second']);
  });

  test('a rotation puts a new key in force for every log, and goes on where it was interrupted', async () => {
    const { agency, keys, newSealer } = await installation(2);
    const other = await store.found(`OTHER-${codes}`, async (tx) => tx.agency);
    await say(other, 1);
    const sealer = newSealer();
    await sealer.checkpoint();
    const [old] = await openKeyring(keys);
    // As if it had stopped after the first log: the file holds both keys.
    const next = newKey();
    const pem = [next, old].map((key) => key.export({ type: 'pkcs8', format: 'pem' })).join('');
    await writeFile(keys.file, pem);
    await sealer.rotate(agency, [next, old], { key: next, actor: 'operator:test', effective, isLost: false });
    await say(other, 1);
    await newSealer().sign();
    assert.equal(await headOf(other), 2, 'the log that is not rotated yet goes on with its key');
    const agencies = async () => [agency, other].map((each) => ({ agency: each, today: effective }));
    const request = { agencies, actor: 'operator:test', isLost: false };
    await assert.rejects(rotateKeys(store, sealer, keys, { ...request, isLost: true }), { code: 'USAGE' });
    const rotated = await rotateKeys(store, sealer, keys, request);
    assert.equal(rotated.length, 1);
    assert.equal((await findKeyring(keys))?.length, 1);
    assert.equal((await stat(keys.file)).mode & 0o777, 0o600);
    for (const each of [agency, other]) {
      const { keys: logKeys, checkpoint } = await store.read(each, readLog);
      assert.equal(logKeys.length, 2);
      const note = readCheckpoint(checkpoint?.note ?? '')?.note;
      assert.ok(note && logKeys.every((key) => signedBy(note, key)));
    }
    // A key that is gone: the file is made anew, and says of which logs it is.
    await rm(keys.file);
    await openKeyring(keys);
    await rotateKeys(store, sealer, keys, { ...request, isLost: true });
    assert.equal((await store.read(other, readLog)).keys.length, 3);
  });

  test('a key file that is a link stays one', async () => {
    const { agency, folder, keys, newSealer } = await installation(1);
    const target = join(folder, 'elsewhere.pem');
    await openKeyring({ file: target, isMade: true });
    await symlink(target, keys.file);
    const sealer = newSealer();
    await sealer.checkpoint();
    const agencies = async () => [{ agency, today: effective }];
    await rotateKeys(store, sealer, keys, { agencies, actor: 'operator:test', isLost: false });
    assert.equal(await readFile(target, 'utf8'), await readFile(keys.file, 'utf8'));
    assert.deepEqual((await readdir(folder)).toSorted(), ['elsewhere.pem', 'first', 'key.pem', 'second']);
    await say(agency, 1);
    await newSealer().sign();
    assert.equal(await headOf(agency), 3);
  });

  test('the key file is made once, for its owner alone, and refused where others may read it', async () => {
    const folder = await mkdtemp(join(scratch, 'keys-'));
    const file = join(folder, 'made.pem');
    const rings = await Promise.all([1, 2, 3].map(async () => openKeyring({ file, isMade: true })));
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const privateKeys = rings.map(([key]) => key.export({ type: 'pkcs8', format: 'pem' }));
    assert.equal(new Set(privateKeys).size, 1);
    assert.deepEqual(await readdir(folder), ['made.pem']);
    for (const mode of [0o640, 0o604, 0o660]) {
      await chmod(file, mode);
      await assert.rejects(openKeyring({ file, isMade: true }), { code: 'KEY_UNUSABLE' });
    }
    await chmod(file, 0o600);
    for (const text of ['', 'no key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n']) {
      await writeFile(file, text);
      await assert.rejects(
        openKeyring({ file, isMade: true }),
        (error: Error) => !error.message.includes('AAAA'),
      );
    }
    const pem = newKey().export({ type: 'pkcs8', format: 'pem' });
    assert.equal((await openKeyring({ pem: pem + pem, file, isMade: true })).length, 2);
  });
});
