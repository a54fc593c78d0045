import assert from 'node:assert/strict';
import test from 'node:test';
import * as z from 'zod';
import { daySchema, timesSchema } from '../acts/index.ts';
import { declarations } from './declarations.ts';
import { fieldsInPath, fieldsOf } from './fields.ts';

const plain = {
  description: null,
  required: false,
  kind: 'text',
  choices: [],
  maxLength: null,
  default: null,
};

test('each field of an input is what a person is asked for', () => {
  const input = timesSchema.extend({
    duty: z.string().describe('the duty'),
    observedOn: daySchema.describe('the day'),
    severity: z.enum(['high', 'low']).optional().describe('how bad'),
    limit: z.coerce.number().int().min(1).max(9).default(5),
    note: z.string().trim().max(2000).optional(),
  });
  assert.deepEqual(fieldsOf('trial', input), [
    {
      ...plain,
      name: 'asOf',
      title: 'As of',
      kind: 'day',
      description: 'the world on that day; today unless said',
    },
    {
      ...plain,
      name: 'knownAt',
      title: 'Known at',
      description: 'as known at that entry or instant; now unless said',
    },
    { ...plain, name: 'duty', title: 'Duty', description: 'the duty', required: true },
    {
      ...plain,
      name: 'observedOn',
      title: 'Observed on',
      description: 'the day',
      required: true,
      kind: 'day',
    },
    {
      ...plain,
      name: 'severity',
      title: 'Severity',
      description: 'how bad',
      kind: 'choice',
      choices: ['high', 'low'],
    },
    { ...plain, name: 'limit', title: 'Limit', description: 'at most so many', kind: 'number', default: '5' },
    { ...plain, name: 'note', title: 'Note', maxLength: 2000 },
  ]);
});

test('a field that no one text can say is a fault of the declaration', () => {
  assert.throws(
    () => fieldsOf('trial', z.object({ many: z.array(z.string()) })),
    /^Error: trial: the field many cannot be said/,
  );
});

test('every act and every list that is declared can be asked for, and says what its fields are', () => {
  const lists = [...declarations.views.values()].filter(({ listing }) => listing);
  const inputs = [
    ...lists.map(({ view, input }) => ({ what: view, input })),
    ...[...declarations.acts.values()].map(({ act, input }) => ({ what: act, input })),
  ];
  for (const { what, input } of inputs) {
    for (const { name, description } of fieldsOf(what, input))
      assert.ok(description, `${what} does not describe ${name}`);
  }
  for (const { view, path, input } of lists) {
    for (const name of fieldsInPath(path)) assert.ok(name in input.shape, `${view} ${name}`);
  }
});

test('a path names its fields', () => {
  assert.deepEqual(fieldsInPath('/evidence/:evidence/lines/:line'), ['evidence', 'line']);
  assert.deepEqual(fieldsInPath('/duties'), []);
});
