import assert from 'node:assert/strict';
import test from 'node:test';
import * as z from 'zod';
import { day, type Day } from '../time/index.ts';
import { cursorOf, pageSchema } from './paging.ts';
import { daySchema } from '../acts/index.ts';

interface Place {
  readonly due: Day | null;
  readonly name: string;
}

const cursor = cursorOf<Place>(z.strictObject({ due: daySchema.nullable(), name: z.string() }), 'things');

const written = (place: unknown) => Buffer.from(JSON.stringify(place)).toString('base64url');

test('a cursor is a word of an address, and reads back as the place it was written of', () => {
  for (const place of [
    { due: day('2022-07-08'), name: 'é ?&' },
    { due: null, name: '' },
  ]) {
    const text = cursor.write(place);
    assert.match(text, /^[\w-]+$/);
    assert.deepEqual(cursor.read(text), place);
  }
});

test('what no list of the kind gave out is refused', () => {
  for (const text of [
    '',
    'x',
    '{"due":null,"name":"a"}',
    written(null),
    written(['2022-07-08', 'a']),
    written({ due: '2022-07-08' }),
    written({ due: '2022-13-08', name: 'a' }),
    written({ due: null, name: 1 }),
    written({ due: null, name: 'a', more: 1 }),
  ]) {
    assert.throws(
      () => cursor.read(text),
      { code: 'BAD_REQUEST', message: 'after: is not a cursor that a list of things gave' },
      text,
    );
  }
});

test('a page is of 50 unless said, at most 1000', () => {
  assert.deepEqual(pageSchema.parse({}), { limit: 50 });
  assert.deepEqual(pageSchema.parse({ limit: '1000', after: 'x' }), { limit: 1000, after: 'x' });
  for (const limit of [0, 1001, 1.5, 'x']) assert.ok(!pageSchema.safeParse({ limit }).success, String(limit));
});
