import assert from 'node:assert/strict';
import test from 'node:test';
import { wordAgent } from './agent.ts';

const MOZILLA = 'Mozilla/5.0';
const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

test('a browser is told by its name and its system', () => {
  const windows = `${MOZILLA} (Windows NT 10.0; Win64; x64)`;
  assert.equal(wordAgent(`${windows} ${WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0`), 'Edge on Windows');
  assert.equal(wordAgent(`${windows} ${WEBKIT} Chrome/140.0 Safari/537.36`), 'Chrome on Windows');
  assert.equal(wordAgent(`${MOZILLA} (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0`), 'Firefox on Linux');
  assert.equal(
    wordAgent(`${MOZILLA} (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1`),
    'Safari on iOS',
  );
});

test('what is no browser that is known is shown as it is', () => {
  assert.equal(wordAgent('curl/8.0'), 'curl/8.0');
  assert.equal(wordAgent(''), 'not known');
});
