import assert from 'node:assert/strict';
import test from 'node:test';
import { readBody } from './entry-body.ts';

test('a body is JSON on several lines', () => {
  assert.deepEqual(readBody({ a: 1, b: { c: ['x'] } }), {
    json: '{\n  "a": 1,\n  "b": {\n    "c": [\n      "x"\n    ]\n  }\n}',
    texts: [],
  });
  assert.deepEqual(readBody([1]), { json: '[\n  1\n]', texts: [] });
  assert.deepEqual(readBody(null), { json: 'null', texts: [] });
});

test('a text of several lines stands apart, as it is; one line stays where it is', () => {
  assert.deepEqual(readBody({ name: 'one\n', source: 'a: 1\nb: <i>2</i>\n' }), {
    json: '{\n  "name": "one\\n"\n}',
    texts: [{ name: 'source', text: 'a: 1\nb: <i>2</i>\n' }],
  });
});
