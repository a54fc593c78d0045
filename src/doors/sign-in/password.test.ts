import assert from 'node:assert/strict';
import test from 'node:test';
import { hash, parseOptions } from '@node-rs/argon2';
import fc from 'fast-check';
import {
  argon2Parameters,
  generatePassword,
  hashPassword,
  isPassword,
  LEAST_CHARACTERS,
  MOST_CHARACTERS,
  needsNewHash,
  whyNotPassword,
} from './password.ts';

const PASSWORD = 'wobble-granite-49-teapot';
const CONTEXT = ['demo.analyst', 'DEMO'];

test('a hash says argon2id with the stated parameters, at least those of OWASP', async () => {
  const hashed = await hashPassword(PASSWORD);
  assert.match(hashed, /^\$argon2id\$v=19\$m=65536,t=3,p=4\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.notEqual(await hashPassword(PASSWORD), hashed);
  // OWASP Password Storage Cheat Sheet: m=19456 (19 MiB), t=2, p=1.
  const { memoryCost, timeCost, parallelism } = parseOptions(hashed);
  assert.ok(memoryCost >= 19_456 && timeCost >= 2 && parallelism >= 1);
});

test('the password hashed is the password, and no other', async () => {
  const hashed = await hashPassword(PASSWORD);
  assert.equal(await isPassword(hashed, PASSWORD), true);
  for (const other of ['', `${PASSWORD} `, PASSWORD.toUpperCase(), PASSWORD.slice(1), hashed])
    assert.equal(await isPassword(hashed, other), false);
});

test('a password is the same however its characters are composed', async () => {
  const composed = 'cr\u00e8me-br\u00fbl\u00e9e-\ufb01lter-49';
  const hashed = await hashPassword(composed);
  assert.notEqual(composed.normalize('NFD'), composed);
  assert.equal(await isPassword(hashed, composed.normalize('NFD')), true);
  assert.equal(await isPassword(hashed, composed.normalize('NFKC')), true);
  assert.equal(await isPassword(hashed, composed.replaceAll('\u00e9', 'e')), false);
});

test('all of a password counts', async () => {
  const long = 'a-long-one-'.repeat(11);
  const hashed = await hashPassword(`${long}x`);
  assert.equal(await isPassword(hashed, `${long}x`), true);
  assert.equal(await isPassword(hashed, `${long}y`), false);
  const withNul = await hashPassword('before\0after');
  assert.equal(await isPassword(withNul, 'before\0other'), false);
});

test('nobody has no password', async () => {
  assert.equal(await isPassword(undefined, PASSWORD), false);
  assert.equal(await isPassword(undefined, ''), false);
});

test('for a name that is unknown it takes as long', async () => {
  const asked = [await hashPassword(PASSWORD), undefined, 'no hash'];
  const least = asked.map(() => Infinity);
  // The work of the processor, which others who are at work do not lengthen as they do the time.
  for (let round = 0; round < 8; round += 1)
    for (const [at, known] of asked.entries()) {
      const before = process.cpuUsage();
      await isPassword(known, 'another password');
      const { user, system } = process.cpuUsage(before);
      least[at] = Math.min(least[at] ?? Infinity, user + system);
    }
  const [known = 0, ...others] = least;
  for (const other of others)
    assert.ok(other > known * 0.6 && other < known * 1.6, `${other} µs, and ${known} µs for a known name`);
});

test('what is no hash of ours is nobody’s, and never a fault', async () => {
  const hashed = await hashPassword(PASSWORD);
  const [, , version, cost, salt, tag] = hashed.split('$');
  const wrong = [
    '',
    'x',
    '\0',
    hashed.slice(0, -3),
    hashed.slice(0, hashed.lastIndexOf('$')),
    `${hashed}=`,
    `$argon2i$${version}$${cost}$${salt}$${tag}`,
    `$argon2id$${version}$m=1,t=3,p=4$${salt}$${tag}`,
    `$argon2id$${version}$m=65536,t=0,p=4$${salt}$${tag}`,
    `$argon2id$${version}$m=4294967295,t=3,p=4$${salt}$${tag}`,
    `$argon2id$${version}$m=65536,t=4294967295,p=4$${salt}$${tag}`,
    `$argon2id$${version}$${cost}$AAAA$${tag}`,
    `$argon2id$${version}$${cost}$${salt}$AAAA`,
    await hash(PASSWORD, { algorithm: 0, memoryCost: 8192, timeCost: 1, parallelism: 1 }),
  ];
  for (const each of wrong) assert.equal(await isPassword(each, PASSWORD), false, each);
  for (const each of wrong) assert.equal(needsNewHash(each), true, each);
});

test('a hash changed anywhere is never a fault', async () => {
  const hashed = await hashPassword(PASSWORD);
  const changed = fc
    .tuple(fc.nat(hashed.length), fc.nat(4), fc.string({ maxLength: 6 }))
    .map(([at, without, put]) => hashed.slice(0, at) + put + hashed.slice(at + without))
    .filter((text) => text !== hashed);
  await fc.assert(
    fc.asyncProperty(changed, async (text) => {
      assert.equal(await isPassword(text, 'another password'), false);
    }),
    { numRuns: 25 },
  );
});

test('a hash is made anew where its parameters are others', async () => {
  assert.equal(needsNewHash(await hashPassword(PASSWORD)), false);
  const others = [
    { memoryCost: 19_456 },
    { timeCost: 2 },
    { parallelism: 1 },
    { outputLen: 16 },
    { salt: Buffer.alloc(12, 7) },
  ];
  for (const other of others) {
    const old = await hash(PASSWORD, { ...argon2Parameters, ...other });
    assert.equal(needsNewHash(old), true, JSON.stringify(other));
    assert.equal(await isPassword(old, PASSWORD), true, JSON.stringify(other));
  }
});

test('two hash at once and 32 wait: whoever comes then is asked to come again', async () => {
  const cheap = await hash(PASSWORD, { memoryCost: 1024, timeCost: 1, parallelism: 1 });
  const asked = Array.from({ length: 36 }, (_, n) => isPassword(cheap, n % 2 === 0 ? PASSWORD : 'other'));
  const answers = await Promise.allSettled(asked);
  const refused = answers.filter((answer) => answer.status === 'rejected');
  assert.deepEqual(
    refused.map(({ reason }) => (reason as { code: string }).code),
    ['BUSY', 'BUSY'],
  );
  answers.slice(0, 34).forEach((answer, n) => {
    assert.deepEqual(answer, { status: 'fulfilled', value: n % 2 === 0 });
  });
  // The places are free again, all of them.
  const again = Array.from({ length: 34 }, () => isPassword(cheap, PASSWORD));
  assert.deepEqual([...new Set(await Promise.all(again))], [true]);
});

test('a password has 15 characters at least and 128 at most', () => {
  const sized = (length: number) => 'k7wdm9xqhb3ntzrvc4jp'.repeat(7).slice(0, length);
  // Repetition is a reason of its own, so the longest are drawn at random.
  const random = (length: number) =>
    Array.from({ length: Math.ceil(length / 20) }, generatePassword)
      .join('')
      .slice(0, length);
  assert.match(whyNotPassword(sized(LEAST_CHARACTERS - 1), CONTEXT) ?? '', /at least 15/);
  assert.equal(whyNotPassword(sized(LEAST_CHARACTERS), CONTEXT), undefined);
  assert.equal(whyNotPassword(sized(LEAST_CHARACTERS + 1), CONTEXT), undefined);
  assert.equal(whyNotPassword(random(MOST_CHARACTERS - 1), CONTEXT), undefined);
  assert.equal(whyNotPassword(random(MOST_CHARACTERS), CONTEXT), undefined);
  assert.match(whyNotPassword(random(MOST_CHARACTERS + 1), CONTEXT) ?? '', /at most 128/);
});

test('a character is a code point, and one that stands for many counts once', () => {
  const emoji = ['🦆', '🪁', '🧶', '🥁', '🫐', '🛶', '🪴', '🧭', '🎠', '🪀', '🦭', '🥨', '🪗', '🧿'];
  assert.match(whyNotPassword(emoji.join(''), CONTEXT) ?? '', /at least 15/);
  assert.equal(whyNotPassword(`${emoji.join('')}🛟`, CONTEXT), undefined);
  assert.equal(whyNotPassword(`muster${emoji.join('')}`, CONTEXT), undefined);
  assert.equal(whyNotPassword('_)%{!&|@;~]#"<^', CONTEXT), undefined);
  assert.match(whyNotPassword('\ufdfa', CONTEXT) ?? '', /at least 15/);
  assert.match(whyNotPassword('\ufdfa'.repeat(100), CONTEXT) ?? '', /at most 128/);
});

test('what is not text is refused, whatever else is', () => {
  const wrong = ['\0', '\t', '\n', '\u007f', '\u0085', '\ud800', '\udc00', '\uffff', '\u0378'];
  for (const each of wrong)
    assert.match(whyNotPassword(`wobble-gran${each}ite-49-teapot`, CONTEXT) ?? '', /not text/);
  for (const each of [' ', 'é', '漢', '🦆', '\u0301', '\u00a0'])
    assert.equal(whyNotPassword(`wobble-gran${each}ite-49-teapot`, CONTEXT), undefined, each);
});

test('a name that anybody would try is not the substance of a password', () => {
  for (const each of [
    'Demo.Analyst.2024',
    'DEMO-demo-DEMO-demo',
    'musterMuster2024!',
    'analyst!analyst!1',
    '2024 m.u.s.t.e.r 2025',
    '2024 muster 2025',
    'muster-password1',
    'ＤＥＭＯ-ａｎａｌｙｓｔ-12',
  ])
    assert.match(whyNotPassword(each, CONTEXT) ?? '', /without your sign-in name/, each);
  assert.equal(whyNotPassword('muster-wobble-granite-teapot', CONTEXT), undefined);
  // Of another agency it is no name.
  assert.doesNotMatch(
    whyNotPassword('demo.analyst.2024', ['other', 'ELSE']) ?? '',
    /without your sign-in name/,
  );
});

test('names are refused in any order and number, with up to seven digits beside them', () => {
  const name = fc.constantFrom('demo.analyst', 'Demo', 'ANALYST', 'muster', 'Muster');
  const filler = fc.stringMatching(/^[0-9]{0,7}$/);
  fc.assert(
    fc.property(
      fc.array(name, { minLength: 3, maxLength: 8 }),
      filler,
      fc.shuffledSubarray(CONTEXT, { minLength: 2 }),
      (names, beside, context) => {
        const password = `${names.join('-')}${beside}`;
        if (password.length < LEAST_CHARACTERS) return;
        assert.match(whyNotPassword(password, context) ?? '', /without your sign-in name/);
      },
    ),
  );
});

test('a name within another hides nothing of it, in whichever order they come', () => {
  for (const context of [
    ['xqw', 'xqwvzkt'],
    ['xqwvzkt', 'xqw'],
  ])
    assert.match(whyNotPassword('xqwvzkt-2024-2025', context) ?? '', /without your sign-in name/);
  assert.equal(whyNotPassword('xqwvzkt-2024-2025', ['xqw']), undefined);
});

test('what is easily guessed is refused', () => {
  for (const each of [
    'aaaaaaaaaaaaaaaa',
    'Password12345678',
    'qwertyuiopasdfgh',
    'letmeinletmein123',
    'summersummersummer1',
    'p4ssw0rdp4ssw0rd',
    '123456789012345678',
  ])
    assert.match(whyNotPassword(each, CONTEXT) ?? '', /easily guessed/, each);
  for (const each of ['correct horse battery staple', PASSWORD, 'wjq8-2xkd-93mv-zt4p'])
    assert.equal(whyNotPassword(each, CONTEXT), undefined, each);
});

test('no reason quotes the password', () => {
  const texts = fc.string({ unit: 'grapheme', minLength: 4, maxLength: 200 });
  fc.assert(
    fc.property(texts, (password) => {
      const why = whyNotPassword(password, CONTEXT);
      assert.ok(why === undefined || /^[a-z]/.test(why));
      if (password.trim().length > 12) assert.ok(!why?.includes(password));
    }),
  );
});

test('the worst password is judged in bounded time', () => {
  const worst = [
    '4@8({[</369&#!1/|0$5+7%2',
    'p4$$w0rd',
    '1234567890',
    '1',
    '2024-01-01',
    'ab',
    '/\\/\\|\\|\\/\\/',
    '😀😁',
    'a\u0301\u0323',
    '\ufdfa',
  ];
  whyNotPassword(PASSWORD, CONTEXT);
  for (const each of worst)
    for (const length of [64, 128, 256, 60_000]) {
      const began = performance.now();
      whyNotPassword(each.repeat(length).slice(0, length), CONTEXT);
      const took = performance.now() - began;
      assert.ok(took < 1000, `${took} ms for ${length} of ${JSON.stringify(each)}`);
    }
});

test('a password that is made is readable, another each time, and taken', () => {
  const made = Array.from({ length: 200 }, generatePassword);
  for (const each of made) {
    assert.match(each, /^[b-hj-km-np-tv-xz2-9]{5}(-[b-hj-km-np-tv-xz2-9]{5}){3}$/);
    assert.equal(whyNotPassword(each, CONTEXT), undefined);
  }
  assert.equal(new Set(made).size, made.length);
});
