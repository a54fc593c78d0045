import assert from 'node:assert/strict';
import test from 'node:test';
import { listToReturnTo, rememberList } from './last-list.ts';
import { stringifySearch } from './url-state.ts';

test('the way back keeps the filters and the place in the list', () => {
  rememberList('DEMO', { asOf: '2022-07-08', status: 'overdue', after: 'x' });
  const back = listToReturnTo('DEMO', { asOf: '2022-07-08' });
  assert.equal(stringifySearch(back), '?asOf=2022-07-08&status=overdue&after=x');
});

test('on another day the filters stay, the place does not', () => {
  rememberList('DEMO', { asOf: '2022-07-08', status: 'overdue', after: 'x' });
  assert.equal(
    stringifySearch(listToReturnTo('DEMO', { asOf: '2022-08-01' })),
    '?asOf=2022-08-01&status=overdue',
  );
  assert.equal(stringifySearch(listToReturnTo('DEMO', {})), '?status=overdue');
});

test('another agency has its own way back', () => {
  rememberList('DEMO', { status: 'overdue' });
  assert.equal(stringifySearch(listToReturnTo('NORTH', { asOf: '2022-07-08' })), '?asOf=2022-07-08');
});
