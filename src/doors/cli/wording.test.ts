import assert from 'node:assert/strict';
import { test } from 'node:test';
import { counted, shown } from './wording.ts';

test('nothing that somebody else wrote steers the terminal', () => {
  const steering = [
    '\u0000',
    '\u001b',
    '\n',
    '\u007f',
    '\u009b',
    '\u200f',
    '\u202e',
    '\u2028',
    '\u2066',
    '\ud800',
  ];
  for (const each of steering) assert.equal(shown(`a${each}b`), 'a\ufffdb', JSON.stringify(each));
  const plain = 'muster/DEMO-3f9a1c22 “é” 日本 \u{1F511}';
  assert.equal(shown(plain), plain);
});

test('one is one, and any other number is many', () => {
  assert.deepEqual(
    [0, 1, 2].map((count) => counted(count, 'entry', 'entries')),
    ['0 entries', '1 entry', '2 entries'],
  );
});
