import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/*
 * For tests: an authenticator in software (ES256, Web Authentication, section 6) and the browser around
 * it. What it does wrong, it is told to.
 */

/** An authenticator with one passkey. */
export interface TrialDevice {
  readonly id: Buffer;
  readonly key: KeyObject;
  /** The public key as it is registered (COSE). */
  readonly cose: Buffer;
  counter: number;
}

/** What it is asked, and where. */
export interface Asked {
  readonly challenge: string;
  readonly origin: string;
  readonly rpId: string;
  /** The user handle of the options that the passkey was made with. */
  readonly userHandle?: string | undefined;
}

/** What is other than an honest authenticator and browser would have it. */
export interface Wrong extends Partial<Asked> {
  readonly type?: string;
  readonly flags?: number;
  readonly clientData?: object;
  readonly attest?: (about: Buffer, device: TrialDevice) => readonly [format: string, statement: Statement];
  /** Signs instead of the device's own. */
  readonly key?: KeyObject;
}

export type Statement = ReadonlyMap<string, unknown>;

type Cbor = Parameters<typeof isoCBOR.encode>[0];

export const USER_PRESENT = 0x01;
export const USER_VERIFIED = 0x04;
export const BACKED_UP = 0x10;
const WITH_CREDENTIAL = 0x40;

export function newDevice(): TrialDevice {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const cose = new Map<number, number | Uint8Array>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, plain(Buffer.from(x, 'base64url'))],
    [-3, plain(Buffer.from(y, 'base64url'))],
  ]);
  return { id: randomBytes(32), key: privateKey, cose: encode(cose), counter: 0 };
}

/** What the browser answers where a passkey was to be made. */
export function makePasskey(device: TrialDevice, asked: Asked, wrong: Wrong = {}) {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(device.id.length);
  const head = headOf(device, asked, wrong, WITH_CREDENTIAL);
  const authData = Buffer.concat([head, Buffer.alloc(16), length, device.id, device.cose]);
  const clientData = clientDataOf('webauthn.create', asked, wrong);
  const about = Buffer.concat([authData, sha256(clientData)]);
  const [fmt, attStmt] = wrong.attest?.(about, device) ?? ['none', new Map()];
  const attestation = new Map<string, unknown>([
    ['fmt', fmt],
    ['attStmt', attStmt],
    ['authData', plain(authData)],
  ]);
  return {
    ...answerOf(device),
    authenticatorAttachment: 'platform',
    clientExtensionResults: { credProps: { rk: true } },
    response: {
      clientDataJSON: clientData.toString('base64url'),
      attestationObject: encode(attestation).toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      transports: ['internal', 'hybrid', 'telepathy'],
      publicKeyAlgorithm: -7,
    },
  };
}

/** What the browser answers where a passkey was to sign. The device counts on. */
export function signWithPasskey(device: TrialDevice, asked: Asked, wrong: Wrong = {}) {
  device.counter += 1;
  const authData = headOf(device, asked, wrong);
  const clientData = clientDataOf('webauthn.get', asked, wrong);
  const about = Buffer.concat([authData, sha256(clientData)]);
  return {
    ...answerOf(device),
    clientExtensionResults: {},
    response: {
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: sign('sha256', about, wrong.key ?? device.key).toString('base64url'),
      userHandle: { ...asked, ...wrong }.userHandle,
    },
  };
}

function answerOf(device: TrialDevice) {
  const id = device.id.toString('base64url');
  return { id, rawId: id, type: 'public-key' };
}

function clientDataOf(type: string, asked: Asked, wrong: Wrong): Buffer {
  const { challenge, origin } = { ...asked, ...wrong };
  const said = { type: wrong.type ?? type, challenge, origin, crossOrigin: false, ...wrong.clientData };
  return Buffer.from(JSON.stringify(said));
}

function headOf(device: TrialDevice, asked: Asked, wrong: Wrong, more = 0): Buffer {
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(device.counter);
  const flags = (wrong.flags ?? USER_PRESENT | USER_VERIFIED) | more;
  return Buffer.concat([sha256(wrong.rpId ?? asked.rpId), Buffer.of(flags), counter]);
}

function encode(value: Map<string | number, unknown>): Buffer {
  return Buffer.from(isoCBOR.encode(value as Cbor));
}

/** The encoder knows no Buffer. */
function plain(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes);
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest();
}

/** The passkey attests itself. */
export function attestItself(about: Buffer, device: TrialDevice): readonly [string, Statement] {
  return ['packed', statementOf(sign('sha256', about, device.key))];
}

/** A maker attests it, with a certificate that anybody can make. */
export function attestByMaker(about: Buffer): readonly [string, Statement] {
  const maker = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const certificate = plain(certificateOf(maker));
  return [
    'packed',
    new Map([...statementOf(sign('sha256', about, maker.privateKey)), ['x5c', [certificate]]]),
  ];
}

function statementOf(signature: Buffer): Map<string, unknown> {
  return new Map<string, unknown>([
    ['alg', -7],
    ['sig', plain(signature)],
  ]);
}

/** A certificate as section 8.2.1 wants it of a maker, signed by itself (RFC 5280, section 4.1). */
function certificateOf({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }): Buffer {
  const ecdsaWithSha256 = der(0x30, der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const name = der(
    0x30,
    nameOf(6, 'US'),
    nameOf(10, 'Demo'),
    nameOf(11, 'Authenticator Attestation'),
    nameOf(3, 'Demo'),
  );
  const validity = der(
    0x30,
    ...['20200101000000Z', '20990101000000Z'].map((at) => der(0x18, Buffer.from(at))),
  );
  const isNoAuthority = der(0x30, der(0x06, Buffer.from('551d13', 'hex')), der(0x04, der(0x30)));
  const said = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1)),
    ecdsaWithSha256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(0x30, isNoAuthority)),
  );
  return der(0x30, said, ecdsaWithSha256, der(0x03, Buffer.of(0), sign('sha256', said, privateKey)));
}

function nameOf(attribute: number, text: string): Buffer {
  const type = der(0x06, Buffer.of(0x55, 0x04, attribute));
  return der(0x31, der(0x30, type, der(0x13, Buffer.from(text))));
}

/** A tag, the length of what follows in as many bytes as it takes (under 64 KiB), and what follows. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const head = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.of(tag, ...head), content]);
}
