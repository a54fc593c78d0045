import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { openSecret, openSecretKey, sealSecret } from './secret-box.ts';

const run = promisify(execFile);
const key = randomBytes(32);

let scratch = '';
let files = 0;
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'muster-secret-'));
});
after(async () => {
  await rm(scratch, { recursive: true, force: true });
});

function newFile(): string {
  files += 1;
  return join(scratch, `secret-key-${files}`);
}

const bytes = fc.uint8Array({ maxLength: 100 });

test('what is sealed opens with the same key, about the same thing', () => {
  fc.assert(
    fc.property(bytes, fc.string(), (secret, about) => {
      const sealed = sealSecret(key, about, secret);
      assert.deepEqual(openSecret(key, about, sealed), Buffer.from(secret));
      assert.equal(sealed.length, 1 + 12 + 16 + secret.length);
      assert.equal(sealed[0], 1);
    }),
  );
});

test('with another key or about another thing it does not', () => {
  const sealed = sealSecret(key, 'totp 12.0', Buffer.from('secret'));
  assert.equal(openSecret(randomBytes(32), 'totp 12.0', sealed), undefined);
  for (const about of ['totp 12.1', 'totp 12.', 'totp 12.0 ', 'provider 12.0', ''])
    assert.equal(openSecret(key, about, sealed), undefined);
});

test('changed in any bit, cut or lengthened, it does not open', () => {
  fc.assert(
    fc.property(bytes, fc.nat(), fc.nat(7), (secret, at, bit) => {
      const sealed = sealSecret(key, 'about', secret);
      const changed = Buffer.from(sealed);
      const place = at % changed.length;
      changed[place] = (changed[place] ?? 0) ^ (1 << bit);
      assert.equal(openSecret(key, 'about', changed), undefined);
      assert.equal(openSecret(key, 'about', sealed.subarray(0, place)), undefined);
      assert.equal(openSecret(key, 'about', Buffer.concat([sealed, Buffer.of(bit)])), undefined);
    }),
  );
  fc.assert(
    fc.property(bytes, (garbage) => {
      assert.equal(openSecret(key, 'about', garbage), undefined);
    }),
  );
});

test('no nonce comes twice, and nothing of the secret shows', () => {
  const secret = Buffer.from('a secret of some length');
  const sealed = Array.from({ length: 500 }, () => sealSecret(key, 'about', secret));
  assert.equal(new Set(sealed.map((each) => each.toString('hex', 1, 13))).size, sealed.length);
  for (const each of sealed) assert.equal(each.includes(secret.subarray(0, 4)), false);
});

test('a key is 32 bytes', () => {
  assert.throws(() => sealSecret(randomBytes(16), 'about', Buffer.of(1)));
  const sealed = sealSecret(key, 'about', Buffer.of(1));
  assert.throws(() => openSecret(randomBytes(16), 'about', sealed));
});

test('a key file is made once, for its owner alone, and read again', async () => {
  const file = newFile();
  const made = await openSecretKey({ file, isMade: true });
  assert.equal(made.length, 32);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal(await readFile(file, 'utf8'), `${made.toString('base64')}\n`);
  assert.deepEqual(await openSecretKey({ file, isMade: true }), made);
  assert.deepEqual(await openSecretKey({ file, isMade: false }), made);
  assert.notDeepEqual(await openSecretKey({ file: newFile(), isMade: true }), made);
});

test('several processes that make it at once come to the same key', async () => {
  const file = newFile();
  const here = new URL('secret-box.ts', import.meta.url).href;
  const script = `const { openSecretKey } = await import(${JSON.stringify(here)});
    const keys = await Promise.all([1, 2, 3].map(() => openSecretKey({ file: process.argv[1], isMade: true })));
    process.stdout.write(keys.map((key) => key.toString('base64')).join(' '));`;
  const processes = Array.from({ length: 5 }, () =>
    run(process.execPath, ['--input-type=module', '--eval', script, file]),
  );
  const keys = (await Promise.all(processes)).flatMap(({ stdout }) => stdout.split(' '));
  assert.equal(keys.length, 15);
  assert.equal(new Set(keys).size, 1);
  assert.equal((await readFile(file, 'utf8')).trim(), keys[0]);
  assert.deepEqual(
    (await readdir(scratch)).filter((name) => name.startsWith(file.slice(scratch.length + 1))),
    [file.slice(scratch.length + 1)],
  );
});

test('a key in the setting goes before the file, which is then not made', async () => {
  const file = newFile();
  const base64 = key.toString('base64');
  assert.deepEqual(await openSecretKey({ base64, file, isMade: true }), key);
  assert.deepEqual(await openSecretKey({ base64: ` ${base64}\n`, file, isMade: true }), key);
  await assert.rejects(stat(file));
});

test('what is no key is refused, with what to do, and is not quoted', async () => {
  const wrong = [
    '',
    'x',
    key.toString('hex'),
    key.toString('base64').slice(0, -1),
    key.subarray(1).toString('base64'),
    Buffer.concat([key, key]).toString('base64'),
    `${key.toString('base64')} ${key.toString('base64')}`,
    key.toString('base64').replace(/.$/, '!'),
  ];
  for (const base64 of wrong) {
    const refused = { code: 'KEY_UNUSABLE', message: /^MUSTER_SECRET_KEY holds no key .*openssl rand/ };
    await assert.rejects(openSecretKey({ base64, file: newFile(), isMade: true }), refused);
    const file = newFile();
    await writeFile(file, base64, { mode: 0o600 });
    await assert.rejects(openSecretKey({ file, isMade: true }), (error: Error & { code: string }) => {
      assert.equal(error.code, 'KEY_UNUSABLE');
      assert.ok(error.message.startsWith(`${file} holds no key (32 bytes in base64)`));
      return base64.length < 2 || !error.message.includes(base64);
    });
    assert.equal(await readFile(file, 'utf8'), base64);
  }
});

test('a file that others may read is refused', async () => {
  for (const mode of [0o640, 0o604, 0o620, 0o601]) {
    const file = newFile();
    await writeFile(file, key.toString('base64'));
    await chmod(file, mode);
    const refused = { code: 'KEY_UNUSABLE', message: /may be read by others \(mode 6\d\d\): chmod 600 it/ };
    await assert.rejects(openSecretKey({ file, isMade: true }), refused);
    await chmod(file, 0o400);
    assert.deepEqual(await openSecretKey({ file, isMade: false }), key);
  }
});

test('a file that is missing, or cannot be, is refused', async () => {
  const file = newFile();
  const missing = { code: 'KEY_UNUSABLE', message: /is missing: .*openssl rand -base64 32/ };
  await assert.rejects(openSecretKey({ file, isMade: false }), missing);
  await assert.rejects(stat(file));
  const nowhere = join(scratch, 'nowhere', 'secret-key');
  const unwritable = { code: 'KEY_UNUSABLE', message: /cannot be written \(ENOENT\)/ };
  await assert.rejects(openSecretKey({ file: nowhere, isMade: true }), unwritable);
  await chmod(scratch, 0o700);
  const folder = { code: 'KEY_UNUSABLE', message: /cannot be read|may be read by others/ };
  await assert.rejects(openSecretKey({ file: scratch, isMade: true }), folder);
  const loop = newFile();
  await symlink(loop, loop);
  await assert.rejects(openSecretKey({ file: loop, isMade: true }), { code: 'KEY_UNUSABLE' });
});
