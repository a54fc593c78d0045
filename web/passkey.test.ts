import assert from 'node:assert/strict';
import test from 'node:test';
import { WebAuthnError } from '@simplewebauthn/browser';
import { ApiError } from './api.ts';
import { byName, passkeyFault } from './passkey.ts';

test('a page opened by the number of this machine has a name', () => {
  assert.equal(byName(new URL('http://127.0.0.1:1075/x')), 'http://localhost:1075');
  assert.equal(byName(new URL('http://[::1]:1075/x')), 'http://localhost:1075');
  assert.equal(byName(new URL('http://localhost:1075/')), undefined);
  assert.equal(byName(new URL('https://muster.example/')), undefined);
  assert.equal(byName(new URL('https://10.0.0.7/')), undefined);
});

test('what the browser says of passkeys is told so that a person can read it', () => {
  const cause = new Error('x');
  const known = passkeyFault(
    new WebAuthnError({ message: 'm', code: 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED', cause }),
  );
  assert.ok(known instanceof ApiError);
  assert.match(known.message, /holds a passkey of yours already/);
  const cancelled = passkeyFault(new DOMException('The operation timed out', 'NotAllowedError'));
  assert.ok(cancelled instanceof ApiError);
  assert.match(cancelled.message, /no passkey was used/);
});

test('what the server says stays what it is', () => {
  const said = new ApiError(401, { code: 'SIGN_IN_REFUSED', message: 'm', remedy: 'r', refused: [] });
  assert.equal(passkeyFault(said), said);
});
