import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { load, vocabulary } from './fixture.ts';
import { lintRulebooks } from './lint.ts';
import { type Citation, renderCitation } from './rulebook.ts';
import { runRulebookTests } from './run-tests.ts';

const folder = new URL('../../rulebooks/', import.meta.url);
const shipped = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({ name, book: load(readFileSync(new URL(name, folder), 'utf8'), name) }));
const library = shipped.map(({ book }) => book);

test('shipped files are named after their rulebooks, which fit together', () => {
  assert.ok(shipped.length > 0);
  for (const { name, book } of shipped) assert.ok(name.startsWith(`${book.id}.`), name);
  assert.deepEqual(lintRulebooks(library, vocabulary), []);
});

test('the tests in the shipped rulebooks pass', () => {
  for (const { name, book } of shipped) {
    assert.ok(book.tests.length > 0, name);
    const failed = runRulebookTests(book, library, vocabulary).filter(({ passed }) => !passed);
    assert.deepEqual(failed, [], name);
  }
});

test('the manuals of the IRS are cited only by where the audit tells of them', () => {
  const manuals = library.filter(({ id }) => id === 'irm-10.8.1' || id === 'irm-10.8.24');
  assert.equal(manuals.length, 2);
  for (const { editions, rules } of manuals) {
    const cites: Citation[] = [...editions, ...rules, ...rules.flatMap(({ setsAside }) => setsAside)].flatMap(
      (each) => each.cites,
    );
    for (const cite of cites) assert.match(renderCitation(cite), /^TIGTA 2023-20-018, p\. [1468]$/);
  }
});
