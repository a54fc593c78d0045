import assert from 'node:assert/strict';
import test from 'node:test';
import type { DeclaredList } from './declared.ts';
import {
  firstPlace,
  listsBeside,
  pageOfView,
  placeOfList,
  placesAfter,
  placesBefore,
  readableLists,
  readablePlaces,
} from './places.ts';

test('a page of its own takes what its address says, and is none where a part is not said', () => {
  assert.deepEqual(pageOfView('entry', { agency: 'DEMO', entry: '7', other: 'x' }), {
    to: '/$agency/entries/$entry',
    params: { agency: 'DEMO', entry: '7' },
  });
  assert.equal(pageOfView('evidence-line', { agency: 'DEMO', evidence: '7' }), undefined);
  assert.equal(pageOfView('entries', { agency: 'DEMO', entry: '7' }), undefined);
});

const list = (view: string): DeclaredList => ({
  view,
  title: view,
  path: `/${view}`,
  command: view,
  rows: 'rows',
  none: 'none',
  isOfAnyDay: false,
  columns: [],
  fields: [],
  parameters: [],
  may: [],
});

test('a person finds the ways to what they may read, and no others', () => {
  const texts = (reads: readonly string[]) =>
    [...placesBefore, ...placesAfter]
      .filter((place) => readablePlaces([place], reads).length > 0)
      .map(({ text }) => text);
  assert.deepEqual(texts(['duties', 'explain', 'systems', 'record']), ['Duties', 'Systems', 'Record']);
  assert.deepEqual(texts([]), []);
  assert.deepEqual(readableLists(['people', 'findings'].map(list), ['people']), [list('people')]);
});

test('a person begins at the first place that they may read', () => {
  assert.equal(firstPlace(['systems', 'duties'])?.to, '/$agency/duties');
  assert.equal(firstPlace(['record', 'people'])?.to, '/$agency/record');
  assert.equal(firstPlace(['people']), undefined);
});

test('a list that is reached from a page is not reached from every page', () => {
  assert.equal(placeOfList('entries')?.to, '/$agency/record');
  assert.equal(placeOfList('findings'), undefined);
  const lists = ['duties', 'findings', 'entries', 'evidence'].map(list);
  assert.deepEqual(
    listsBeside(lists).map(({ view }) => view),
    ['findings'],
  );
});
