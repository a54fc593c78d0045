import assert from 'node:assert/strict';
import test from 'node:test';
import { fieldsBeside, filledBeside } from './asked-fields.ts';
import type { DeclaredAct, DeclaredList, InputField, ListColumn } from './declared.ts';

const field = (name: string, more: Partial<InputField> = {}): InputField => ({
  name,
  title: name,
  description: null,
  required: true,
  kind: 'text',
  choices: [],
  maxLength: null,
  default: null,
  ...more,
});

const column = (name: string): ListColumn => ({ field: name, title: name, isDuty: false, leadsTo: null });

const grants: DeclaredList = {
  view: 'person-grants',
  title: 'grants of a person',
  path: '/people/:person/grants',
  command: 'grants',
  rows: 'grants',
  none: 'no role was granted',
  isOfAnyDay: false,
  columns: ['role', 'system', 'from', 'ends', 'grant'].map(column),
  fields: ['asOf', 'knownAt', 'person'].map((name) => field(name)),
  parameters: ['person'],
  may: ['administrator'],
};

const act = (name: string, fields: readonly InputField[]): DeclaredAct => ({
  act: name,
  title: name,
  description: '',
  may: ['administrator'],
  about: [],
  beside: 'person-grants',
  fields,
});

const role = field('role', { kind: 'choice', choices: ['isso', 'system-owner'] });
const give = act('grant.give', [field('person'), role, field('system', { required: false })]);
const end = act('grant.end', [field('grant', { description: 'by key' }), field('reason')]);

const rows = [
  { grant: '7.1', role: 'isso', system: 'ECM', from: '2026-01-01', ends: null },
  { grant: '9.1', role: 'auditor', system: null, from: '2026-02-01', ends: '2026-12-31' },
];

test('what the page is of is filled in and not asked', () => {
  const asked = fieldsBeside(give, grants, rows).map(({ name }) => name);
  assert.deepEqual(asked, ['role', 'system']);
  assert.deepEqual(filledBeside(give, grants, { person: '3.0', system: 'ECM' }), { person: '3.0' });
  assert.deepEqual(filledBeside(give, grants, {}), {});
});

test('a field that names a row is a choice among the rows, by what they say', () => {
  const [grant, reason] = fieldsBeside(end, grants, rows);
  assert.equal(grant?.kind, 'choice');
  assert.equal(grant?.description, null);
  assert.deepEqual(grant?.choices, ['7.1', '9.1']);
  assert.deepEqual(grant?.choiceWords, {
    '7.1': 'ISSO · ECM · 2026-01-01',
    '9.1': 'Auditor · 2026-02-01 · 2026-12-31',
  });
  assert.equal(reason?.kind, 'text');
});

test('rows that would have the same name say more', () => {
  const two = ['1.0', '2.0'].map((grant) => ({
    grant,
    role: 'isso',
    system: 'ECM',
    from: '2026-01-01',
    ends: '2026-12-31',
    unit: grant === '1.0' ? 'A' : 'B',
  }));
  const columns = [...grants.columns, column('unit')];
  const [grant] = fieldsBeside(end, { ...grants, columns }, two);
  assert.equal(grant?.choiceWords?.['2.0'], 'ISSO · ECM · 2026-01-01 · 2026-12-31 · B');
});

test('a field that rows hold as well, but not as a key, stays what it is', () => {
  const [, system] = fieldsBeside(give, grants, rows);
  assert.equal(system?.kind, 'text');
  assert.equal(fieldsBeside(give, grants, [])[1]?.kind, 'text');
});

test('where there is no row, there is nothing to choose', () => {
  const [grant] = fieldsBeside(end, grants, []);
  assert.equal(grant?.kind, 'choice');
  assert.deepEqual(grant?.choices, []);
});

test('roles are told in words', () => {
  const [asked] = fieldsBeside(give, grants, rows);
  assert.deepEqual(asked?.choiceWords, { isso: 'ISSO', 'system-owner': 'System owner' });
});
