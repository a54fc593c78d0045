import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, test } from 'node:test';
import fc from 'fast-check';
import {
  authenticationOptions,
  credentialIdOf,
  readAuthentication,
  readRegistration,
  registrationOptions,
  rpIdOf,
  type NewPasskey,
  type PasskeyOwner,
} from './passkey.ts';
import {
  attestByMaker,
  attestItself,
  BACKED_UP,
  makePasskey,
  newDevice,
  signWithPasskey,
  USER_PRESENT,
  USER_VERIFIED,
  type TrialDevice,
  type Wrong,
} from './trial-passkey.ts';

const rpId = 'muster.agency.example';
const origin = 'https://muster.agency.example';
const owner: PasskeyOwner = { agency: 'DEMO', key: '12.0' };
const person = { key: '12.0', name: 'Demo Analyst', signInName: 'demo.analyst' };

let userHandle = '';
before(async () => {
  userHandle = (await registrationOptions({ rpId, agency: owner.agency, person, known: [] })).user.id;
});

function made(device: TrialDevice, challenge: string, wrong: Wrong = {}) {
  return makePasskey(device, { challenge, origin, rpId }, wrong);
}

function signed(device: TrialDevice, challenge: string, wrong: Wrong = {}) {
  return signWithPasskey(device, { challenge, origin, rpId, userHandle }, wrong);
}

async function registered(): Promise<{ device: TrialDevice; passkey: NewPasskey }> {
  const device = newDevice();
  const { challenge } = await registrationOptions({ rpId, agency: owner.agency, person, known: [] });
  const passkey = await readRegistration({ response: made(device, challenge), challenge, origin, rpId });
  assert.ok(passkey);
  return { device, passkey };
}

async function signIn(passkey: NewPasskey, response: unknown, challenge: string, counter = passkey.counter) {
  const { id, publicKey } = passkey;
  const credential = { id, publicKey, counter, owner };
  return readAuthentication({ response, challenge, origin, rpId, credential });
}

test('a passkey is made and signs in', async () => {
  const { device, passkey } = await registered();
  assert.deepEqual(passkey.id, device.id);
  assert.deepEqual(passkey.publicKey, device.cose);
  assert.equal(passkey.counter, 0);
  assert.deepEqual(passkey.transports, ['hybrid', 'internal']);
  const { challenge } = await authenticationOptions({ rpId });
  const response = signed(device, challenge);
  assert.deepEqual(credentialIdOf(response), device.id);
  assert.deepEqual(await signIn(passkey, response, challenge), { counter: 1 });
});

test('what a browser is asked for: a discoverable passkey, a verified user, no attestation', async () => {
  const known = [randomBytes(16), randomBytes(64)];
  const ids = known.map((id) => ({ id: id.toString('base64url'), type: 'public-key' }));
  const creation = await registrationOptions({ rpId, agency: 'DEMO', person, known });
  assert.equal(creation.rp.id, rpId);
  assert.deepEqual([creation.user.name, creation.user.displayName], ['demo.analyst (DEMO)', 'Demo Analyst']);
  assert.equal(creation.authenticatorSelection?.residentKey, 'required');
  assert.equal(creation.authenticatorSelection?.requireResidentKey, true);
  assert.equal(creation.authenticatorSelection?.userVerification, 'required');
  assert.equal(creation.attestation, 'none');
  assert.deepEqual(
    creation.pubKeyCredParams.map(({ alg }) => alg),
    [-7, -8, -257],
  );
  assert.deepEqual(creation.excludeCredentials, ids);
  const request = await authenticationOptions({ rpId });
  assert.deepEqual([request.rpId, request.userVerification], [rpId, 'required']);
  assert.equal(request.allowCredentials, undefined);
  assert.deepEqual((await authenticationOptions({ rpId, known })).allowCredentials, ids);
  for (const { challenge } of [creation, request])
    assert.ok(Buffer.from(challenge, 'base64url').length >= 16);
  assert.notEqual((await authenticationOptions({ rpId })).challenge, request.challenge);
});

test('an authenticator keeps the passkeys of two agencies and of two persons apart', async () => {
  const handles = fc.tuple(fc.string({ maxLength: 4 }), fc.string({ maxLength: 4 }));
  const handle = async ([agency, key]: readonly [string, string]) =>
    (await registrationOptions({ rpId, agency, person: { ...person, key }, known: [] })).user.id;
  await fc.assert(
    fc.asyncProperty(handles, handles, async (one, other) => {
      const isSame = one[0] === other[0] && one[1] === other[1];
      assert.equal((await handle(one)) === (await handle(other)), isSame);
    }),
  );
  assert.notEqual(await handle(['DEMO', '12.0']), await handle(['OTHER', '12.0']));
  assert.ok(Buffer.from(userHandle, 'base64url').length <= 64);
});

const wrongs: readonly (readonly [what: string, wrong: Wrong])[] = [
  ['another challenge', { challenge: randomBytes(32).toString('base64url') }],
  ['another site', { origin: 'https://muster.agency.example.evil.example' }],
  ['the site without TLS', { origin: 'http://muster.agency.example' }],
  ['another port', { origin: 'https://muster.agency.example:8443' }],
  ['another relying party', { rpId: 'agency.example' }],
  ['another ceremony', { type: 'payment.get' }],
  ['a page within another site', { clientData: { crossOrigin: true } }],
  ['a page within a named site', { clientData: { topOrigin: 'https://evil.example' } }],
  ['no user verification', { flags: USER_PRESENT }],
  ['no user', { flags: USER_VERIFIED }],
  ['backed up, but not to be', { flags: USER_PRESENT | USER_VERIFIED | BACKED_UP }],
];

test('a new passkey with anything wrong is not taken', async () => {
  for (const [what, wrong] of wrongs) {
    const { challenge } = await registrationOptions({ rpId, agency: owner.agency, person, known: [] });
    const response = made(newDevice(), challenge, wrong);
    assert.equal(await readRegistration({ response, challenge, origin, rpId }), undefined, what);
  }
  const { challenge } = await registrationOptions({ rpId, agency: owner.agency, person, known: [] });
  const device = newDevice();
  const get = made(device, challenge, { type: 'webauthn.get' });
  assert.equal(await readRegistration({ response: get, challenge, origin, rpId }), undefined);
  const id = randomBytes(32).toString('base64url');
  const another = { ...made(device, challenge), id, rawId: id };
  assert.equal(await readRegistration({ response: another, challenge, origin, rpId }), undefined);
});

test('a signature with anything wrong is not taken', async () => {
  const { device, passkey } = await registered();
  const { challenge } = await authenticationOptions({ rpId });
  const create: Wrong = { type: 'webauthn.create' };
  const forged: Wrong = { key: newDevice().key };
  for (const [what, wrong] of [...wrongs, ['a new passkey', create], ['another key', forged]] as const)
    assert.equal(await signIn(passkey, signed(device, challenge, wrong), challenge), undefined, what);
  // All of it was wrong alone: the same device is taken at once.
  assert.ok(await signIn(passkey, signed(device, challenge), challenge));
});

test('a signature is of the passkey and the person that it is read for', async () => {
  const { device, passkey } = await registered();
  const { passkey: another } = await registered();
  const { challenge } = await authenticationOptions({ rpId });
  assert.equal(await signIn(another, signed(device, challenge), challenge), undefined);
  const mixed = { ...passkey, id: another.id };
  assert.equal(await signIn(mixed, signed(device, challenge), challenge), undefined);
  const elses = { userHandle: randomBytes(32).toString('base64url') };
  assert.equal(await signIn(passkey, signed(device, challenge, elses), challenge), undefined);
  // Told which passkey to use, an authenticator may say nothing of the person.
  assert.ok(await signIn(passkey, signed(device, challenge, { userHandle: undefined }), challenge));
  const response = signed(device, challenge);
  const credential = { ...passkey, counter: 0, owner: { agency: 'OTHER', key: owner.key } };
  assert.equal(await readAuthentication({ response, challenge, origin, rpId, credential }), undefined);
});

test('an answer that was changed after it was signed is not taken', async () => {
  const { device, passkey } = await registered();
  const { challenge } = await authenticationOptions({ rpId });
  for (const part of ['clientDataJSON', 'authenticatorData', 'signature'] as const) {
    const honest = signed(device, challenge);
    const bytes = Buffer.from(honest.response[part], 'base64url');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    const changed = { ...honest, response: { ...honest.response, [part]: bytes.toString('base64url') } };
    assert.equal(await signIn(passkey, changed, challenge), undefined, part);
    assert.ok(await signIn(passkey, honest, challenge));
  }
});

test('a counter goes on: one that stayed or went back is of a copy', async () => {
  const { device, passkey } = await registered();
  const { challenge } = await authenticationOptions({ rpId });
  for (const [kept, now, isTaken] of [
    [6, 7, true],
    [7, 7, false],
    [8, 7, false],
    [7, 0, false],
    [0, 0, true],
    [0, 4_294_967_295, true],
  ] as const) {
    device.counter = now - 1;
    const answer = await signIn(passkey, signed(device, challenge), challenge, kept);
    assert.deepEqual(answer, isTaken ? { counter: now } : undefined, `${kept} and then ${now}`);
  }
});

test('a passkey that attests itself is taken, one that anybody else attests is not', async () => {
  const read = async (attest: Wrong['attest']) => {
    const { challenge } = await registrationOptions({ rpId, agency: owner.agency, person, known: [] });
    const response = made(newDevice(), challenge, attest ? { attest } : {});
    return readRegistration({ response, challenge, origin, rpId });
  };
  assert.ok(await read(attestItself));
  assert.equal(await read((about) => attestItself(about, newDevice())), undefined);
  assert.equal(await read(attestByMaker), undefined);
  for (const format of ['none', 'fido-u2f', 'tpm', 'android-key', 'android-safetynet', 'apple', 'other', ''])
    assert.equal(await read((about, device) => [format, attestItself(about, device)[1]]), undefined, format);
});

test('garbage is not taken, and is no fault', async () => {
  const { device, passkey } = await registered();
  const { challenge } = await authenticationOptions({ rpId });
  const honestMade = made(newDevice(), challenge);
  const honestSigned = signed(device, challenge);
  const answer = { challenge, origin, rpId };
  const value = fc.oneof(
    fc.anything(),
    fc.string(),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    fc.json().map((text) => Buffer.from(text).toString('base64url')),
  );
  const top = fc.constantFrom('id', 'rawId', 'type', 'response');
  const within = fc.constantFrom(
    'clientDataJSON',
    'attestationObject',
    'authenticatorData',
    'signature',
    'userHandle',
    'transports',
  );
  const refused = async (one: unknown, other: unknown) => {
    await readRegistration({ ...answer, response: one });
    const signedIn = await signIn(passkey, other, challenge);
    assert.ok(signedIn === undefined || JSON.stringify(other).includes(honestSigned.response.signature));
  };
  await fc.assert(fc.asyncProperty(value, async (garbage) => refused(garbage, garbage)));
  await fc.assert(
    fc.asyncProperty(top, value, async (name, garbage) =>
      refused({ ...honestMade, [name]: garbage }, { ...honestSigned, [name]: garbage }),
    ),
  );
  await fc.assert(
    fc.asyncProperty(within, value, async (name, garbage) =>
      refused(
        { ...honestMade, response: { ...honestMade.response, [name]: garbage } },
        { ...honestSigned, response: { ...honestSigned.response, [name]: garbage } },
      ),
    ),
  );
});

test('an attestation changed in any byte is no fault', async () => {
  const { challenge } = await authenticationOptions({ rpId });
  const honest = made(newDevice(), challenge);
  const attestation = Buffer.from(honest.response.attestationObject, 'base64url');
  const edits = fc.array(fc.tuple(fc.nat(attestation.length - 1), fc.nat(255)), {
    minLength: 1,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(edits, fc.nat(attestation.length), async (changes, end) => {
      const changed = Buffer.from(attestation);
      for (const [at, byte] of changes) changed[at] = byte;
      for (const bytes of [changed, changed.subarray(0, end)]) {
        const attestationObject = bytes.toString('base64url');
        const response = { ...honest, response: { ...honest.response, attestationObject } };
        const read = await readRegistration({ response, challenge, origin, rpId });
        assert.ok(read === undefined || read.id.length === 32);
      }
    }),
    { numRuns: 500 },
  );
  // Arrays in arrays, as deep as they may be sent.
  const deep = Buffer.alloc(8000, 0x81).toString('base64url');
  const response = { ...honest, response: { ...honest.response, attestationObject: deep } };
  assert.equal(await readRegistration({ response, challenge, origin, rpId }), undefined);
});

test('what is too large is not read', async () => {
  const { device, passkey } = await registered();
  const { challenge } = await authenticationOptions({ rpId });
  const wide = { clientData: { other: 'x'.repeat(9000) } };
  assert.equal(await signIn(passkey, signed(device, challenge, wide), challenge), undefined);
  const less = { clientData: { other: 'x'.repeat(5000) } };
  assert.ok(await signIn(passkey, signed(device, challenge, less), challenge));
  const ids = { fits: 'A'.repeat(1364), over: 'A'.repeat(1365) };
  assert.equal(credentialIdOf({ id: ids.fits })?.length, 1023);
  assert.equal(credentialIdOf({ id: ids.over }), undefined);
});

test('an id is read from what has one', () => {
  assert.deepEqual(credentialIdOf({ id: 'AQID', more: 1 }), Buffer.of(1, 2, 3));
  for (const wrong of [
    undefined,
    null,
    'AQID',
    7,
    [],
    {},
    { id: '' },
    { id: 7 },
    { id: 'A Q' },
    { id: 'AQ==' },
  ])
    assert.equal(credentialIdOf(wrong), undefined);
});

test('the name of passkeys is the host of the address, where browsers have them', () => {
  for (const [address, name] of [
    ['https://muster.agency.example', 'muster.agency.example'],
    ['https://Muster.Agency.example:8443/', 'muster.agency.example'],
    ['http://localhost:1075', 'localhost'],
    ['http://muster.localhost:1075', 'muster.localhost'],
    ['https://b\u00fccher.example', 'xn--bcher-kva.example'],
    ['http://muster.agency.example', undefined],
    ['http://notlocalhost', undefined],
    ['http://127.0.0.1:1075', undefined],
    ['https://192.0.2.7', undefined],
    ['https://0xc0000207', undefined],
    ['https://[2001:db8::7]:8443', undefined],
    ['ftp://muster.agency.example', undefined],
    ['muster.agency.example', undefined],
    ['', undefined],
  ] as const)
    assert.equal(rpIdOf(address), name, address);
});
