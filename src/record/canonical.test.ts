import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalText } from './canonical.ts';

test('members are sorted, blanks are gone, undefined members are left out', () => {
  assert.equal(
    canonicalText({ b: [1, { d: null, c: 'é"' }], a: 1e21, z: undefined }),
    '{"a":1e+21,"b":[1,{"c":"é\\"","d":null}]}',
  );
});

test('what is not finite is refused', () => {
  assert.throws(() => canonicalText({ a: Number.NaN }), RangeError);
});

test('the text is the same for any order of members and reads back as the value', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as Record<string, never>;
      const reversed = Object.fromEntries(Object.entries(plain).toReversed());
      assert.equal(canonicalText(plain), canonicalText(reversed));
      assert.deepEqual(JSON.parse(canonicalText(plain)), plain);
    }),
  );
});
