import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { daysBetween } from '../time/index.ts';
import { load, vocabulary } from './fixture.ts';
import { govern } from './govern.ts';
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
  assert.deepEqual(
    lintRulebooks(library, vocabulary).filter(({ level }) => level === 'error'),
    [],
  );
});

test('what the shipped rulebooks leave open is what the documents leave open', () => {
  assert.deepEqual(
    lintRulebooks(library, vocabulary).map(({ message }) => message),
    [
      'no rule covers poam.create of class assessment, where agency.kind is irs and system.impact is low or high',
      'no rule covers poam.create of class critical, where agency.kind is irs',
      'no rule covers poam.update of class assessment or vulnerability, where agency.kind is recipient and component.fti is false',
      '`irm-10.8.1/review-privileged` leaves the period of privileges.review open for class privileged, where agency.kind is irs',
      'no rule covers vulnerability.remediate of class critical or low, where agency.kind is irs',
      '`irm-10.8.1/scan-regularly` leaves the period of vulnerability.scan open for class asset, where agency.kind is irs',
      'no rule covers vulnerability.scan of class asset, where agency.kind is recipient and component.fti is false',
    ],
  );
});

test('the tests in the shipped rulebooks pass', () => {
  for (const { name, book } of shipped) {
    assert.ok(book.tests.length > 0, name);
    const failed = runRulebookTests(book, library, vocabulary).filter(({ passed }) => !passed);
    assert.deepEqual(failed, [], name);
  }
});

test('documents that nobody has read are cited only by where the audit tells of them', () => {
  const unread = library.filter(({ id }) => id !== 'safeguards-memo');
  assert.deepEqual(
    unread.map(({ id }) => id),
    ['fisma-poam-sop', 'irm-10.8.1', 'irm-10.8.24', 'nessus-severity'],
  );
  for (const { editions, rules, scales } of unread) {
    const cites: Citation[] = [
      ...editions,
      ...rules,
      ...scales,
      ...rules.flatMap(({ setsAside }) => setsAside),
    ].flatMap((each) => each.cites);
    for (const cite of cites) assert.match(renderCitation(cite), /^TIGTA 2023-20-018, p\. [12346789]$/);
  }
});

test('each rule has an example on the day before its last day, on it and on the day after', () => {
  const adopted = library.map((rulebook, i) => ({ rulebook, entry: i + 1 }));
  const tried = new Set(
    library
      .flatMap(({ tests }) => tests)
      .flatMap(({ given, on, expect: { due } }) => {
        const { duty, class: named, rating, done } = given;
        const [klass = named] = rating ? [rating.rating] : (vocabulary.duties[duty]?.classes ?? []);
        if (due === undefined || done !== undefined || klass === undefined) return [];
        const governance = govern(adopted, { ...given, class: named ?? klass, asOf: on });
        return governance.kind === 'governed'
          ? governance.rules.map(({ rule }) => `${rule} ${daysBetween(due, on)}`)
          : [];
      }),
  );
  for (const { name, deadline } of library.flatMap(({ rules }) => rules)) {
    if (deadline.kind === 'unstated') continue;
    for (const distance of [-1, 0, 1]) assert.ok(tried.has(`${name} ${distance}`), `${name} ${distance}`);
  }
});
