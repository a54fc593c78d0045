import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { hashOf, newSecret, readSecret } from './secrets.ts';

test('a secret says of which agency it is, and comes back as its hash', () => {
  for (const agency of [0, 1, 42, 999_999_999]) {
    const { text, hash } = newSecret(agency);
    assert.match(text, new RegExp(`^${agency}\\.[A-Za-z0-9_-]{43}$`));
    assert.deepEqual(readSecret(text), { agency, hash });
    assert.deepEqual(hash, createHash('sha256').update(text).digest());
    assert.deepEqual(hashOf(text), hash);
  }
});

test('no two are alike', () => {
  const texts = Array.from({ length: 1000 }, () => newSecret(1).text);
  assert.equal(new Set(texts).size, 1000);
  const bytes = texts.map((text) => Buffer.from(text.slice(2), 'base64url'));
  assert.ok(bytes.every(({ length }) => length === 32));
});

test('of another agency it is another secret', () => {
  const { text, hash } = newSecret(1);
  const forged = readSecret(text.replace(/^1\./, '2.'));
  assert.equal(forged?.agency, 2);
  assert.ok(forged && !forged.hash.equals(hash));
  const padded = readSecret(`0${text}`);
  assert.ok(padded && !padded.hash.equals(hash), 'one number is written in one way');
});

test('what is no secret is none', () => {
  const { text } = newSecret(1);
  for (const wrong of [
    '',
    '.',
    'x',
    text.slice(2),
    text.slice(1),
    text.slice(0, -1),
    `${text}A`,
    `${text} `,
    ` ${text}`,
    `${text}\n`,
    `-${text}`,
    `1${'0'.repeat(9)}${text.slice(1)}`,
    text.replace('.', ':'),
    `${text.slice(0, -1)}=`,
    `${text.slice(0, -1)}+`,
    `1.${'é'.repeat(43)}`,
    '1'.repeat(100_000),
  ])
    assert.equal(readSecret(wrong), undefined, wrong.slice(0, 60));
});
