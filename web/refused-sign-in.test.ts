import assert from 'node:assert/strict';
import test from 'node:test';
import { wordRefusedSignIn } from './refused-sign-in.ts';

test('a code that is known has a reason, another is named', () => {
  assert.match(wordRefusedSignIn('SIGN_IN_REFUSED'), /Ask an administrator/);
  assert.match(wordRefusedSignIn('FAULT'), /did not succeed \(FAULT\)/);
});

test('an address cannot put words of its own on the page', () => {
  for (const said of ['Call 555-0100 now', 'constructor', '<b>', 'A'.repeat(41)]) {
    assert.match(wordRefusedSignIn(said), /^The sign-in at the provider did not succeed\. Try/, said);
  }
});
