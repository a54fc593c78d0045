import assert from 'node:assert/strict';
import test from 'node:test';
import { whyNotAcceptRisk, whyNotRecordDisabled } from './acts.ts';
import type { Duty } from './contract.ts';

const overdue: Duty = {
  id: 'account.disable:3.1:2022-03-30',
  duty: 'account.disable',
  subject: { kind: 'account', name: 'demo-0001' },
  system: 'ECM',
  component: 'cloud',
  class: 'user',
  rating: null,
  scheduled: null,
  trigger: '2022-03-30',
  due: '2022-06-28',
  done: null,
  means: null,
  status: 'overdue',
  daysLate: 10,
  suspended: false,
  rule: 'irm-10.8.24/disable-inactive',
  force: 'required',
  cites: [],
  setAside: [],
  needs: [],
  acceptance: null,
};

test('both acts can be done on an overdue account', () => {
  assert.equal(whyNotRecordDisabled(overdue), undefined);
  assert.equal(whyNotAcceptRisk(overdue), undefined);
});

test('a spell that ended leaves nothing to do, and says when it ended', () => {
  const done = { ...overdue, done: '2022-07-01', means: 'signed-in' };
  assert.match(whyNotRecordDisabled(done) ?? '', /ended on 2022-07-01 \(signed in\), so there is nothing/);
  assert.match(whyNotAcceptRisk(done) ?? '', /ended on 2022-07-01 .*no risk left/);
});

test('what is no account cannot be disabled; what has no due day cannot be suspended', () => {
  assert.match(whyNotRecordDisabled({ ...overdue, subject: { kind: 'poam', name: '1' } }) ?? '', /not about/);
  assert.match(whyNotAcceptRisk({ ...overdue, due: null }) ?? '', /not determined/);
});
