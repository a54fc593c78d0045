import assert from 'node:assert/strict';
import test from 'node:test';
import type { DeclaredReader } from './declared.ts';
import { standingOf, wordReader } from './readers.ts';

const accounts: DeclaredReader = {
  reader: 'accounts',
  title: 'List of accounts (CSV)',
  takes: ['system', 'component', 'observed'],
  needs: ['system', 'observed'],
  may: ['isso'],
};

test('a file must have what its reader needs, may have what it takes, and has no use for the rest', () => {
  const inventory = { ...accounts, takes: ['observed'], needs: [] } as const;
  assert.equal(standingOf(accounts, 'system'), 'must');
  assert.equal(standingOf(accounts, 'component'), 'may');
  assert.equal(standingOf(inventory, 'system'), 'none');
  assert.equal(standingOf(undefined, 'system'), 'may');
  assert.equal(
    wordReader(accounts),
    'needs the day it was observed and its system; takes the component where it is said',
  );
  assert.equal(
    wordReader(inventory),
    'needs nothing else said; takes the day it was observed where it is said',
  );
});
