import assert from 'node:assert/strict';
import test from 'node:test';
import type { Listing } from '../../acts/index.ts';
import { renderListing } from './listing.ts';

const listing: Listing = {
  command: 'things',
  rows: 'things',
  none: 'no thing fits',
  columns: [
    { field: 'thing', title: 'Thing', leadsTo: { view: 'thing', with: { thing: 'thing' } } },
    { field: 'weight', title: 'Weight' },
    { field: 'isSound', title: 'Sound' },
    { field: 'said', title: 'Said' },
  ],
};

const row = { thing: 'x'.repeat(70), weight: 1000, isSound: true, said: 'y'.repeat(70), more: 'unseen' };

test('a list is what it says besides, its columns, and where the next page is', () => {
  const answer = {
    asOf: '2022-07-08',
    total: 3,
    next: 'abc',
    things: [row, { thing: 'b', weight: 1, isSound: null }],
  };
  assert.equal(
    renderListing(listing, answer),
    [
      'as of: 2022-07-08',
      '',
      `${'thing'.padEnd(70)}  weight  sound  said`,
      `${'-'.repeat(70)}  ------  -----  ${'-'.repeat(60)}`,
      `${'x'.repeat(70)}    1000  yes    ${'y'.repeat(59)}…`,
      `${'b'.padEnd(70)}       1  -      -`,
      '',
      '2 of 3. The next page: --after abc',
    ].join('\n'),
  );
});

test('where there is no row it says so', () => {
  assert.equal(renderListing(listing, { total: 0, next: null, things: [] }), 'no thing fits\n\n0 of 0.');
  assert.equal(renderListing(listing, { things: [] }), 'no thing fits');
});

test('an answer without the rows that were declared is a fault', () => {
  assert.throws(() => renderListing(listing, { others: [] }), /has no things/);
});
