import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { proofText, readProof } from './proof.ts';
import { HASH_BYTES } from './tree.ts';

const hash = fc
  .uint8Array({ minLength: HASH_BYTES, maxLength: HASH_BYTES })
  .map((bytes) => Buffer.from(bytes));
const leaf = fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes));

test('a proof reads back as it was written', () => {
  const proofs = fc.record(
    { leaf, index: fc.nat(), hashes: fc.array(hash, { maxLength: 63 }), checkpoint: fc.string() },
    { requiredKeys: ['index', 'hashes', 'checkpoint'] },
  );
  fc.assert(fc.property(proofs, (proof) => assert.deepEqual(readProof(proofText(proof)), { ...proof })));
});

const EXAMPLE =
  'c2sp.org/tlog-proof@v1\nextra YWdl\nindex 73894\ngSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n' +
  'B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n\nexample.com/fancylog\n109482\n';

test('it has the form of C2SP tlog-proof, with and without extra data', () => {
  const proof = readProof(EXAMPLE);
  assert.equal(proof?.leaf?.toString(), 'age');
  assert.equal(proof.index, 73_894);
  assert.equal(proof.hashes.length, 2);
  assert.equal(proof.checkpoint, 'example.com/fancylog\n109482\n');
  assert.equal(proofText(proof), EXAMPLE);
  assert.equal(readProof(EXAMPLE.replace('extra YWdl\n', ''))?.leaf, undefined);
});

test('what is no proof is none', () => {
  const refused: [what: string, text: string][] = [
    ['nothing', ''],
    ['another version', EXAMPLE.replace('v1', 'v2')],
    ['no blank line', EXAMPLE.replace('\n\n', '\n')],
    ['no index', EXAMPLE.replace('index 73894\n', '')],
    ['a leading zero', EXAMPLE.replace('index 7', 'index 07')],
    ['bad base64', EXAMPLE.replace('YWdl', 'YWd*')],
    ['an empty extra', EXAMPLE.replace('YWdl', '')],
    ['a short hash', EXAMPLE.replace('gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=', 'gSKy')],
    ['extra after the index', EXAMPLE.replace('extra YWdl\nindex 73894', 'index 73894\nextra YWdl')],
    [
      '64 hashes',
      EXAMPLE.replace('\n\n', `\n${'B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n'.repeat(62)}\n`),
    ],
  ];
  for (const [what, text] of refused) assert.equal(readProof(text), undefined, what);
});
