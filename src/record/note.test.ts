import assert from 'node:assert/strict';
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { readNote, readVerifierKey, signedBy, signNote, verifierKeyOf, verifierKeyText } from './note.ts';

// The example of golang.org/x/mod/sumdb/note.
const NEUMANN = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const LINE =
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n';

const secret = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]);
const privateKey = createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' });
const key = verifierKeyOf('muster/DEMO-3f9a1c22', privateKey);

test("Go's example verifies, and its key reads and is written as Go writes it", () => {
  const neumann = readVerifierKey(NEUMANN);
  const note = readNote(`${TEXT}\n${LINE}`);
  assert.ok(neumann && note);
  assert.equal(verifierKeyText(neumann), NEUMANN);
  assert.equal(note.text, TEXT);
  assert.ok(signedBy(note, neumann));
});

test('the examples of C2SP signed-note and tlog-checkpoint read', () => {
  const note = readNote(
    'Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n' +
      '— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n',
  );
  assert.ok(note);
  assert.ok(note.text.endsWith('\n\ned è subito sera.\n'));
  assert.equal(note.signatures[0]?.name, 'quasimodo.example/salvatore');
  assert.equal(note.signatures[0]?.id.toString('hex'), '367ba04b');
  assert.equal(note.signatures[0]?.signature.length, 64);
});

test('what is signed is the same for all time', () => {
  const text = 'muster/DEMO-3f9a1c22\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n';
  assert.equal(
    verifierKeyText(key),
    'muster/DEMO-3f9a1c22+79861a62+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs',
  );
  assert.equal(
    signNote(text, [{ key, privateKey }]),
    `${text}\n— muster/DEMO-3f9a1c22 eYYaYi4dO1Fes3E8Z/bBAhoWp/11KaiCOpTDJwM+9HzVxN7T12PMJGwVG8lAtvLNdB+JFEdjkNLx2eynsvxVFrrtmwo=\n`,
  );
});

test('what is signed reads back and verifies by its keys alone', () => {
  const other = generateKeyPairSync('ed25519').privateKey;
  const second = verifierKeyOf('other.example/log', other);
  const line = fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed() && !/\p{Cc}/u.test(text));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), (lines) => {
      const text = `${lines.join('\n')}\n`;
      const note = readNote(
        signNote(text, [
          { key, privateKey },
          { key: second, privateKey: other },
        ]),
      );
      assert.equal(note?.text, text);
      assert.ok(note && signedBy(note, key) && signedBy(note, second));
      assert.ok(!signedBy({ ...note, text: `${text}x\n` }, key));
    }),
    { numRuns: 30 },
  );
});

const GOOD = signNote(TEXT, [{ key, privateKey }]);
const signature = GOOD.slice(TEXT.length + 1);

test('a malformed note is refused', () => {
  assert.ok(readNote(GOOD));
  const refused = {
    nothing: '',
    'no signature': `${TEXT}\n`,
    'no blank line': TEXT + signature,
    'no last newline': GOOD.slice(0, -1),
    'a second last newline': `${GOOD}\n`,
    'a control character in the text': GOOD.replace('think', 'th\tnk'),
    'a carriage return': GOOD.replace('problem,', 'problem,\r'),
    'a lone surrogate': GOOD.replace('think', 'th\ud800nk'),
    'a hyphen for the dash': GOOD.replace('—', '-'),
    'two blanks': GOOD.replace('— ', '—  '),
    'a plus in the name': GOOD.replace('DEMO-3', 'DEMO+3'),
    'a blank in the name': GOOD.replace('DEMO-3', 'DEMO\u00a03'),
    'a control character in the name': GOOD.replace('DEMO-3', 'DEMO\u009b3'),
    'a turned direction in the name': GOOD.replace('DEMO-3', 'DEMO\u202e3'),
    'no name': GOOD.replace(/— \S+ /, '—  '),
    'bad base64': GOOD.replace(/.=\n$/, '*=\n'),
    'no padding': GOOD.replace(/=\n$/, '\n'),
    'base64 for URLs': GOOD.replace(/(— \S+ ).*/, `$1${Buffer.alloc(68, 255).toString('base64url')}=`),
    'bits to spare': GOOD.replace(/(— \S+ ).*/, `$1${'A'.repeat(90)}B=`),
    'an id alone': GOOD.replace(/(— \S+ ).*/, '$1AAAAAA=='),
    'an empty line among the signatures': `${TEXT}\n${signature}x\n${signature}`,
    '17 signatures': `${TEXT}\n${signature.repeat(17)}`,
    'a text without end': `${'x'.repeat(300_000)}\n\n${signature}`,
  };
  for (const [what, note] of Object.entries(refused)) assert.equal(readNote(note), undefined, what);
  assert.equal(readNote(`${TEXT}\n${signature.repeat(16)}`)?.signatures.length, 16);
});

test('a bad signature by a known key refuses the note, that of an unknown one does not', () => {
  const bad = signature.replace(/.{8}=\n$/, 'AAAAAAAA=\n');
  const both = readNote(`${TEXT}\n${signature}${bad}`);
  assert.ok(both && !signedBy(both, key));
  const unknown = readNote(`${TEXT}\n${LINE}${signature}`);
  assert.ok(unknown && signedBy(unknown, key));
  const renamed = readNote(`${TEXT}\n${signature.replace('DEMO', 'OMED')}`);
  assert.ok(renamed && !signedBy(renamed, key));
  const short = readNote(
    `${TEXT}\n${signature.replace(/(— \S+ ).*/, `$1${Buffer.concat([key.id, Buffer.alloc(3)]).toString('base64')}`)}`,
  );
  assert.ok(short && !signedBy(short, key));
});

test('a key whose id, name or bytes are not as they should be is none', () => {
  assert.ok(readVerifierKey(verifierKeyText(key)));
  for (const text of [
    '',
    NEUMANN.replace('c74f20a3', 'c74f20a4'),
    NEUMANN.replace('c74f20a3', 'C74F20A3'),
    NEUMANN.replace('Peter', 'Peter '),
    NEUMANN.replace('Neumann', 'Newman'),
    NEUMANN.slice(0, -1),
    `${NEUMANN}\n`,
    NEUMANN.replace('+ARpc', '+AhpC'),
  ]) {
    assert.equal(readVerifierKey(text), undefined, text);
  }
});

test('what cannot be signed or named is a fault', () => {
  assert.throws(() => signNote('no newline', [{ key, privateKey }]), RangeError);
  assert.throws(() => signNote('a\u0000\n', [{ key, privateKey }]), RangeError);
  for (const name of ['', 'a b', 'a+b', 'a\nb', 'a\u009bb', 'a\u202eb', 'a\u200bb', 'a\ue000b'])
    assert.throws(() => verifierKeyOf(name, privateKey), RangeError);
  assert.throws(() => verifierKeyOf('a', generateKeyPairSync('x25519').privateKey), RangeError);
});
