import assert from 'node:assert/strict';
import test from 'node:test';
import { encode } from 'uqr';
import { groupSecret, qrPath } from './qr.ts';

test('dark modules are drawn run by run', () => {
  const path = qrPath([
    [true, true, false, true],
    [false, false, false, false],
    [false, true, true, true],
  ]);
  assert.equal(path, 'M0 0h2v1h-2zM3 0h1v1h-1zM1 2h3v1h-3z');
  assert.equal(qrPath([]), '');
});

test('the path has every dark module of a code and no other', () => {
  const { data } = encode('otpauth://totp/Muster:demo.person?secret=JBSWY3DPEHPK3PXP&issuer=Muster');
  const drawn = data.map((row) => row.map(() => false));
  for (const [, x, y, width] of qrPath(data).matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    drawn[Number(y)]?.fill(true, Number(x), Number(x) + Number(width));
  }
  assert.deepEqual(drawn, data);
});

test('a secret is grouped for whoever types it', () => {
  assert.equal(groupSecret('JBSWY3DPEH'), 'JBSW Y3DP EH');
  assert.equal(groupSecret(''), '');
});
