import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { errorCatalogue } from '../../src/errors/index.ts';
import { page, pages, root } from './markdown.ts';

interface Row {
  readonly code: string;
  readonly status: string;
  readonly exit: string;
  readonly meaning: string;
  readonly remedy: string;
}

/** The rows of docs/errors.md: code, status, exit, meaning, what to do. */
function documented(): Row[] {
  const lines = page('docs/errors.md').text.matchAll(/^\| `([A-Z_0-9]+)` \|(.*)\|$/gm);
  return [...lines].map(([, code = '', rest = '']) => {
    const [status = '', exit = '', meaning = '', remedy = ''] = rest.split('|').map((cell) => cell.trim());
    return { code, status, exit, meaning, remedy };
  });
}

test('docs/errors.md has each code of the catalogue once, and no other', () => {
  const codes = documented().map(({ code }) => code);
  assert.deepEqual(codes.sort(), Object.keys(errorCatalogue).sort());
});

test('docs/errors.md says of each code what the catalogue says', () => {
  const rows = documented().map(({ code, status, exit, remedy }) => [code, { status, exit, remedy }]);
  const catalogue = Object.entries(errorCatalogue).map(([code, { status, exit, remedy }]) => [
    code,
    { status: String(status), exit: String(exit), remedy },
  ]);
  assert.deepEqual(Object.fromEntries(rows), Object.fromEntries(catalogue));
});

test('each code is explained', () => {
  for (const { code, meaning } of documented()) assert.notEqual(meaning, '', code);
});

test('no page names a code that is gone', () => {
  const named = pages().flatMap(({ text }) =>
    [...text.matchAll(/`([A-Z]+_[A-Z_0-9]+)`/g)].map(([, code = '']) => code),
  );
  const ofScanners = ['HOST_START', 'HOST_END', 'HOST_START_TIMESTAMP', 'HOST_END_TIMESTAMP'];
  const settings = readFileSync(join(root, 'src', 'doors', 'settings.ts'), 'utf8').match(
    /(?<=')[A-Z]+_[A-Z_]+(?=')/g,
  );
  const others = [...(settings ?? []), ...ofScanners];
  assert.deepEqual(
    named.filter((code) => !(code in errorCatalogue) && !others.includes(code)),
    [],
  );
});
