import assert from 'node:assert/strict';
import test from 'node:test';
import { readCode, wrongCode } from './code.ts';
import { wrongPassword } from './new-password.ts';

test('a new password has so many characters, one fewer is refused', () => {
  assert.deepEqual(wrongPassword('a'.repeat(14), 'a'.repeat(14), 15), {
    password: 'has 14 characters; it needs at least 15',
  });
  assert.deepEqual(wrongPassword('a'.repeat(15), 'a'.repeat(15), 15), {});
  assert.deepEqual(wrongPassword('a'.repeat(16), 'a'.repeat(16), 15), {});
  assert.deepEqual(wrongPassword('x', 'x', undefined), {});
});

test('a character outside the first plane counts once', () => {
  assert.deepEqual(wrongPassword('\u{1F511}\u{1F511}', '\u{1F511}\u{1F511}', 2), {});
});

test('both times it is the same, blanks included', () => {
  assert.deepEqual(wrongPassword('correct horse', 'correct horse ', 8), {
    again: 'is not the same as the new password',
  });
});

test('a code is six digits, however they are grouped', () => {
  assert.equal(readCode('123 456'), '123456');
  assert.equal(readCode('123-456'), '123456');
  for (const said of ['', '12345', '1234567', '12345a']) assert.equal(readCode(said), undefined, said);
  assert.deepEqual(wrongCode('12345'), { code: 'must be six digits' });
  assert.deepEqual(wrongCode('123456'), {});
  assert.deepEqual(wrongCode(undefined), {});
});
