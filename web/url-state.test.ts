import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { carryTimes, parseSearch, readAuditSearch, readDutiesSearch, stringifySearch } from './url-state.ts';

test('an address is plain text: days and numbers stay as written', () => {
  assert.equal(stringifySearch({ asOf: '2022-07-08', status: 'overdue' }), '?asOf=2022-07-08&status=overdue');
  assert.deepEqual(parseSearch('?after=12&knownAt=3'), { after: '12', knownAt: '3' });
});

test('what is empty, missing or no text is not written', () => {
  assert.equal(stringifySearch({ asOf: '', status: undefined, after: 3 }), '');
  assert.deepEqual(parseSearch('?asOf=&status=open'), { status: 'open' });
});

test('of a name given twice the last counts', () => {
  assert.deepEqual(parseSearch('?status=open&status=met'), { status: 'met' });
});

test('whatever is written is read again', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 1 })), (search) => {
      assert.deepEqual({ ...parseSearch(stringifySearch(search)) }, { ...search });
    }),
    { numRuns: 200 },
  );
});

test('each page takes its own names only, and keeps a wrong day for the server to refuse', () => {
  const raw = { asOf: 'nope', status: 'overdue', system: 'ECM', without: 'irm-10.8.24', evil: '<b>' };
  assert.deepEqual(readDutiesSearch(raw), { asOf: 'nope', status: 'overdue', system: 'ECM' });
  assert.deepEqual(readAuditSearch(raw), { asOf: 'nope', system: 'ECM', without: 'irm-10.8.24' });
});

test('from page to page only the two times are carried', () => {
  const from = { asOf: '2022-07-08', knownAt: '9', status: 'open', after: 'x' };
  assert.deepEqual(carryTimes(from), { asOf: '2022-07-08', knownAt: '9' });
});
