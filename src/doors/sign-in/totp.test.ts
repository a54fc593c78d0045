import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { HOTP, Secret, TOTP, URI } from 'otpauth';
import { acceptCode, newTotpSecret, totpAddress, totpText } from './totp.ts';

/** RFC 6238, appendix B: SHA-1, eight digits; with six digits it is the last six. */
const RFC_SECRET = Buffer.from('12345678901234567890', 'ascii');
const RFC_VECTORS: readonly (readonly [seconds: number, code: string])[] = [
  [59, '94287082'],
  [1111111109, '07081804'],
  [1111111111, '14050471'],
  [1234567890, '89005924'],
  [2000000000, '69279037'],
  [20000000000, '65353130'],
];

const at = (seconds: number) => new Date(seconds * 1000);
const stepOf = (seconds: number) => Math.floor(seconds / 30);

/** By the library, whose arithmetic the vectors check. */
function codeOf(secret: Buffer, step: number): string {
  return HOTP.generate({ secret: Secret.fromHex(secret.toString('hex')), counter: step });
}

/** A moment and a secret whose five codes around it differ, so that each has one step. */
const moments = fc
  .record({
    secret: fc.uint8Array({ minLength: 20, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
    now: fc.integer({ min: 120, max: 253_402_300_000 }),
  })
  .map((drawn) => ({ ...drawn, step: stepOf(drawn.now) }))
  .filter(({ secret, step }) => {
    const codes = [-2, -1, 0, 1, 2].map((away) => codeOf(secret, step + away));
    return new Set(codes).size === codes.length;
  });

test('the codes are those of RFC 6238, appendix B', () => {
  for (const [seconds, code] of RFC_VECTORS) {
    assert.equal(acceptCode(RFC_SECRET, code.slice(-6), at(seconds), null), stepOf(seconds));
    assert.equal(acceptCode(RFC_SECRET, code, at(seconds), null), undefined);
  }
});

test('a code is good one step before and after its own, and not two', () => {
  fc.assert(
    fc.property(moments, ({ secret, now, step }) => {
      for (const away of [-1, 0, 1])
        assert.equal(acceptCode(secret, codeOf(secret, step + away), at(now), null), step + away);
      for (const away of [-2, 2])
        assert.equal(acceptCode(secret, codeOf(secret, step + away), at(now), null), undefined);
    }),
  );
});

test('a step ends after its thirtieth second', () => {
  const [seconds, long] = RFC_VECTORS[3] ?? [0, ''];
  const code = long.slice(-6);
  const starts = stepOf(seconds) * 30;
  const good = (after: number) => acceptCode(RFC_SECRET, code, new Date(starts * 1000 + after), null);
  assert.equal(good(-30_001), undefined);
  assert.equal(good(-30_000), stepOf(seconds));
  assert.equal(good(0), stepOf(seconds));
  assert.equal(good(59_999), stepOf(seconds));
  assert.equal(good(60_000), undefined);
});

test('a code is good once, and none before it is good after it', () => {
  fc.assert(
    fc.property(moments, fc.integer({ min: -2, max: 2 }), ({ secret, now, step }, lastAway) => {
      for (const away of [-1, 0, 1])
        assert.equal(
          acceptCode(secret, codeOf(secret, step + away), at(now), step + lastAway),
          away > lastAway ? step + away : undefined,
        );
    }),
  );
});

test('of the codes that a person types in any order each is taken at most once, with steps that rise', () => {
  const tries = fc.array(fc.tuple(fc.integer({ min: -2, max: 2 }), fc.nat(90)), { maxLength: 20 });
  fc.assert(
    fc.property(moments, tries, ({ secret, now, step }, typed) => {
      let last: number | null = null;
      let clock = now;
      const taken: string[] = [];
      for (const [away, later] of typed) {
        clock += later;
        const code = codeOf(secret, step + away);
        const accepted = acceptCode(secret, code, at(clock), last);
        if (accepted === undefined) continue;
        assert.ok(last === null || accepted > last);
        assert.ok(Math.abs(accepted - stepOf(clock)) <= 1);
        last = accepted;
        taken.push(`${code} ${accepted}`);
      }
      assert.equal(new Set(taken).size, taken.length);
    }),
  );
});

test('of two steps that share a code the later one counts, so that it is spent for both', () => {
  // Found by trying one after the other.
  const step = 910_737;
  const code = codeOf(RFC_SECRET, step);
  assert.equal(code, codeOf(RFC_SECRET, step + 1));
  assert.equal(acceptCode(RFC_SECRET, code, at(step * 30), null), step + 1);
  assert.equal(acceptCode(RFC_SECRET, code, at(step * 30), step), step + 1);
  assert.equal(acceptCode(RFC_SECRET, code, at(step * 30), step + 1), undefined);
});

test('the first steps of all have no step before them', () => {
  assert.equal(acceptCode(RFC_SECRET, codeOf(RFC_SECRET, 0), at(0), null), 0);
  assert.equal(acceptCode(RFC_SECRET, codeOf(RFC_SECRET, 1), at(0), 0), 1);
  assert.equal(acceptCode(RFC_SECRET, codeOf(RFC_SECRET, -1), at(0), null), undefined);
});

test('spaces do not matter, and nothing else is taken for a code', () => {
  const now = at(59);
  for (const code of ['287082', '287 082', ' 287082\n', '2 8 7 0 8 2', '287\u00a0082'])
    assert.equal(acceptCode(RFC_SECRET, code, now, null), 1, JSON.stringify(code));
  for (const code of [
    '',
    ' ',
    '28708',
    '2870820',
    '287-082',
    '２８７０８２',
    '0x4617a',
    '2.87082e5',
    '287082\0',
  ])
    assert.equal(acceptCode(RFC_SECRET, code, now, null), undefined, JSON.stringify(code));
  assert.equal(acceptCode(RFC_SECRET, `287082${' '.repeat(100_000)}`, now, null), undefined);
  fc.assert(
    fc.property(fc.string(), (code) => {
      assert.equal(acceptCode(RFC_SECRET, `${code}x`, now, null), undefined);
    }),
  );
});

test('another secret has other codes', () => {
  const other = Buffer.from(RFC_SECRET);
  other[0] = 0;
  assert.equal(acceptCode(other, '287082', at(59), null), undefined);
});

test('a secret is 20 random bytes', () => {
  const made = Array.from({ length: 50 }, newTotpSecret);
  for (const secret of made) assert.equal(secret.length, 20);
  assert.equal(new Set(made.map((secret) => secret.toString('hex'))).size, made.length);
});

test('an app reads from the address what it needs, and the secret typed is the same', () => {
  const names = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
    .filter((name) => name.trim() === name);
  fc.assert(
    fc.property(names, (name) => {
      const secret = newTotpSecret();
      const address = totpAddress({ agency: 'DEMO', name, secret });
      assert.match(address, /^otpauth:\/\/totp\/Muster%20DEMO:/);
      const app = URI.parse(address);
      assert.ok(app instanceof TOTP);
      assert.equal(app.issuer, 'Muster DEMO');
      assert.equal(app.label.trim(), name.replaceAll(':', ' ').trim());
      assert.deepEqual([app.algorithm, app.digits, app.period], ['SHA1', 6, 30]);
      assert.equal(app.secret.base32, totpText(secret));
      const now = new Date('2026-03-02T10:00:00Z');
      const code = app.generate({ timestamp: now.getTime() });
      assert.equal(acceptCode(secret, code, now, null), stepOf(now.getTime() / 1000));
    }),
  );
});

test('a colon stands between the issuer and the name, and nowhere else', () => {
  const address = totpAddress({ agency: 'DE:MO', name: 'demo:analyst', secret: RFC_SECRET });
  assert.equal(decodeURIComponent(new URL(address).pathname), '/Muster DE MO:demo analyst');
});

test('a secret that is a part of a larger buffer is that part', () => {
  const large = Buffer.concat([Buffer.alloc(7, 1), RFC_SECRET, Buffer.alloc(7, 2)]);
  assert.equal(acceptCode(large.subarray(7, 27), '287082', at(59), null), 1);
  assert.equal(totpText(RFC_SECRET), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  assert.equal(totpText(large.subarray(7, 27)), totpText(RFC_SECRET));
});
