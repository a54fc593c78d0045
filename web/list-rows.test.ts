import assert from 'node:assert/strict';
import test from 'node:test';
import type { DeclaredList, InputField, ListColumn } from './declared.ts';
import { filtersOf, inWords, leadOf, readList, sortOf, topLists } from './list-rows.ts';

const field = (name: string): InputField => ({
  name,
  title: name,
  description: null,
  required: false,
  kind: 'text',
  choices: [],
  maxLength: null,
  default: null,
});

const column = (name: string, leadsTo: ListColumn['leadsTo'] = null): ListColumn => ({
  field: name,
  title: name,
  isDuty: false,
  leadsTo,
});

const list: DeclaredList = {
  view: 'thing',
  title: 'one thing through time',
  path: '/things/:thing',
  command: 'thing',
  rows: 'steps',
  none: 'nothing happened to it',
  isOfAnyDay: false,
  columns: [column('day')],
  fields: ['asOf', 'knownAt', 'thing', 'system', 'limit', 'after'].map(field),
  parameters: ['thing'],
  may: ['auditor'],
};

test('an answer is its rows, its page and what it says besides', () => {
  const answer = {
    asOf: '2022-07-08',
    thing: '3.1',
    since: null,
    parts: [1],
    total: 7,
    next: 'x',
    steps: [{ day: 1 }],
  };
  assert.deepEqual(readList(list, answer), {
    rows: [{ day: 1 }],
    total: 7,
    next: 'x',
    facts: [
      { name: 'thing', value: '3.1' },
      { name: 'since', value: null },
    ],
  });
  assert.deepEqual(readList(list, {}), { rows: [], total: undefined, next: undefined, facts: [] });
});

test('a list is narrowed down by what is neither its place, its times nor its paging', () => {
  assert.deepEqual(
    filtersOf(list).map(({ name }) => name),
    ['system'],
  );
  const top = { ...list, view: 'things', parameters: [] };
  assert.deepEqual(topLists([list, top]), [top]);
});

test('a column is set by what stands in it', () => {
  const sorts = (values: readonly (string | number | boolean | null)[]) =>
    sortOf(
      column('x'),
      values.map((value) => ({ x: value })),
    );
  assert.equal(sorts([1, null]), 'number');
  assert.equal(sorts(['2022-07-08', null]), 'day');
  assert.equal(sorts(['2022-07-08', 'soon']), 'short');
  assert.equal(sorts(['x'.repeat(41), 'y']), 'long');
  assert.equal(sorts(['production-1.some.where.example']), 'token');
  assert.equal(sorts([null]), 'short');
});

test('a row leads to another list by its own values, and nowhere where one is missing', () => {
  const leading = column('name', { view: 'thing', with: { thing: 'key', of: 'number' } });
  assert.deepEqual(leadOf(leading, { key: '3.1', number: 7 }), {
    view: 'thing',
    search: { thing: '3.1', of: '7' },
  });
  assert.equal(leadOf(leading, { key: '3.1', number: null }), undefined);
  assert.equal(leadOf(column('name'), { key: '3.1' }), undefined);
});

test('roles are said in words, one and several, and nothing else is', () => {
  assert.equal(inWords('role', 'cass-program-manager'), 'CASS program manager');
  assert.equal(inWords('roles', 'isso, system-owner'), 'ISSO, system owner');
  assert.deepEqual(
    [inWords('roles', ''), inWords('role', null), inWords('name', 'isso')],
    ['', null, 'isso'],
  );
});
