import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { layOutTimeline, wordTimeline } from './timeline.ts';

const overdue = { trigger: '2022-03-30', due: '2022-06-28', done: null, asOf: '2022-07-08' };

test('an overdue duty: time allowed, then time late, to scale', () => {
  const { marks, stretches } = layOutTimeline(overdue, 120);
  assert.deepEqual(
    marks.map(({ name, x, anchor }) => [name, x, anchor]),
    [
      ['trigger', 10, 'start'],
      ['due', 100, 'end'],
      ['as of', 110, 'end'],
    ],
  );
  assert.deepEqual(stretches, [
    { kind: 'allowed', from: 10, to: 100 },
    { kind: 'late', from: 100, to: 110 },
  ]);
});

function kinds(asOf: string): string[] {
  return layOutTimeline({ ...overdue, asOf }, 640).stretches.map(({ kind }) => kind);
}

test('nothing is late on the due day itself, one day after something is', () => {
  assert.deepEqual(kinds('2022-06-27'), ['allowed']);
  assert.deepEqual(kinds('2022-06-28'), ['allowed']);
  assert.deepEqual(kinds('2022-06-29'), ['allowed', 'late']);
});

test('done in time ends the lateness whatever day is looked at', () => {
  const { stretches } = layOutTimeline({ ...overdue, done: '2022-06-01', asOf: '2023-01-01' }, 640);
  assert.deepEqual(
    stretches.map(({ kind }) => kind),
    ['allowed'],
  );
});

test('every mark stays within the picture, however the days lie', () => {
  const day = fc
    .date({ min: new Date('2000-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const days = fc.record({
    trigger: day,
    due: fc.option(day),
    done: fc.option(day),
    asOf: day,
  });
  fc.assert(
    fc.property(days, fc.integer({ min: 200, max: 2000 }), (some, width) => {
      const { marks, stretches } = layOutTimeline(some, width);
      assert.ok(marks.every(({ x }) => x >= 0 && x <= width));
      assert.ok(stretches.every(({ from, to }) => from >= 0 && to <= width));
      assert.equal(new Set(marks.map(({ level }) => level)).size, marks.length);
    }),
    { numRuns: 200 },
  );
});

test('the picture is told in a sentence as well', () => {
  assert.equal(
    wordTimeline(overdue),
    'Timeline: triggered on March 30, 2022, due on June 28, 2022, not done as of July 8, 2022.',
  );
  assert.match(wordTimeline({ ...overdue, due: null, done: '2022-07-01' }), /not determined, done on July 1/);
});
