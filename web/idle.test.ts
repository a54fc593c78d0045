import assert from 'node:assert/strict';
import test from 'node:test';
import { standingOf, wordClock } from './idle.ts';

const ENDS = '2030-01-01T20:00:00.000Z';
const at = (time: string) => Date.parse(`2030-01-01T${time}Z`);
const session = { answered: at('14:00:00'), idleSeconds: 900, ends: ENDS };

test('a session warns two minutes before it ends for want of activity, and then is over', () => {
  const warned = { phase: 'ending', at: at('14:15:00'), why: 'idle' };
  assert.deepEqual(standingOf(session, at('14:12:59.999')), { phase: 'awake' });
  assert.deepEqual(standingOf(session, at('14:13:00')), warned);
  assert.deepEqual(standingOf(session, at('14:14:59.999')), warned);
  assert.deepEqual(standingOf(session, at('14:15:00')), { phase: 'over' });
  assert.deepEqual(standingOf(session, at('23:00:00')), { phase: 'over' });
});

test('any answer puts the end off', () => {
  assert.deepEqual(standingOf({ ...session, answered: at('14:13:30') }, at('14:14:00')), { phase: 'awake' });
});

test('no answer puts off the end of its time', () => {
  const late = { ...session, answered: at('19:57:59') };
  assert.deepEqual(standingOf(late, at('19:57:59.999')), { phase: 'awake' });
  assert.deepEqual(standingOf(late, at('19:58:00')), { phase: 'ending', at: at('20:00:00'), why: 'limit' });
  assert.deepEqual(standingOf(late, at('20:00:00')), { phase: 'over' });
});

test('a short session warns when half of it is left', () => {
  const short = { ...session, idleSeconds: 60 };
  assert.equal(standingOf(short, at('14:00:29.999')).phase, 'awake');
  assert.equal(standingOf(short, at('14:00:30')).phase, 'ending');
});

test('a clock that was set back does not keep it awake', () => {
  const ahead = { ...session, answered: at('18:00:00') };
  assert.deepEqual(standingOf(ahead, at('14:00:00')), { phase: 'awake' });
  assert.equal(standingOf({ ...ahead, ends: '2030-01-01T14:00:00Z' }, at('14:00:00')).phase, 'over');
});

test('the end is told as a clock shows it', () => {
  assert.equal(wordClock(at('14:05:00'), 'UTC'), '14:05');
  assert.equal(wordClock(at('00:00:00'), 'UTC'), '00:00');
});
