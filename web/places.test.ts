import assert from 'node:assert/strict';
import test from 'node:test';
import type { DeclaredList } from './declared.ts';
import { listsBeside, pageOfView, placeOfList } from './places.ts';

test('a page of its own takes what its address says, and is none where a part is not said', () => {
  assert.deepEqual(pageOfView('entry', { agency: 'DEMO', entry: '7', other: 'x' }), {
    to: '/$agency/entries/$entry',
    params: { agency: 'DEMO', entry: '7' },
  });
  assert.equal(pageOfView('evidence-line', { agency: 'DEMO', evidence: '7' }), undefined);
  assert.equal(pageOfView('entries', { agency: 'DEMO', entry: '7' }), undefined);
});

test('a list that is reached from a page is not reached from every page', () => {
  assert.equal(placeOfList('entries')?.to, '/$agency/record');
  assert.equal(placeOfList('findings'), undefined);
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
  });
  const lists = ['duties', 'findings', 'entries', 'evidence'].map(list);
  assert.deepEqual(
    listsBeside(lists).map(({ view }) => view),
    ['findings'],
  );
});
