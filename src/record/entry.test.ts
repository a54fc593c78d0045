import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { keyBase, keyText, parseKey, ROWS_AN_ENTRY } from './entry.ts';

test('a key is written as its entry and number, and reads back', () => {
  assert.equal(keyText(keyBase(5) + 17), '5.17');
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 90_071_991 }),
      fc.integer({ min: 1, max: ROWS_AN_ENTRY - 1 }),
      (entry, number) => {
        assert.equal(parseKey(`${entry}.${number}`), keyBase(entry) + number);
        assert.equal(keyText(keyBase(entry) + number), `${entry}.${number}`);
      },
    ),
  );
});

test('what no key was written as is none', () => {
  for (const text of [
    '',
    '5',
    '5.',
    '.5',
    '05.1',
    '5.01',
    '-1.2',
    '5.100000000',
    '99999999.99999999',
    '5.1.2',
    'a.b',
  ]) {
    assert.equal(parseKey(text), undefined, text);
  }
});
