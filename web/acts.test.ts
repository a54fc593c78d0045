import assert from 'node:assert/strict';
import test from 'node:test';
import { actsAbout, actsBeside, whyNot, whyNotWith } from './acts.ts';
import { ApiError } from './api.ts';
import type { Duty } from './contract.ts';
import type { HeldGrant } from './contract-person.ts';
import type { DeclaredAct, InputField } from './declared.ts';
import { missingFields, refusedFields } from './form-errors.ts';

const overdue: Duty = {
  id: 'account.disable:3.1:2022-03-30',
  duty: 'account.disable',
  subject: { kind: 'account', name: 'demo-0001' },
  system: 'ECM',
  component: 'cloud',
  class: 'user',
  rating: null,
  trigger: '2022-03-30',
  scheduled: null,
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

const field: InputField = {
  name: 'note',
  title: 'Note',
  description: null,
  required: true,
  kind: 'text',
  choices: [],
  maxLength: null,
  default: null,
};

const act: DeclaredAct = {
  act: 'account.record-disabled',
  title: 'record that an account was disabled',
  description: '',
  may: ['system-owner', 'isso'],
  about: ['account.disable'],
  beside: null,
  fields: [field],
};

test('an act is offered on the duties that it is about, one about all on every duty', () => {
  const any = { ...act, act: 'duty.accept-risk', about: null };
  const none = { ...act, act: 'agency.rename', about: [] };
  const offered = (duty: string) => actsAbout([act, any, none], duty).map((each) => each.act);
  assert.deepEqual(offered('account.disable'), [act.act, any.act]);
  assert.deepEqual(offered('report.certify'), [any.act]);
});

const grant = (role: string, system: string | null = null): HeldGrant => ({
  role,
  over: system === null ? 'agency' : 'system',
  system,
  unitFrom: null,
  unitTo: null,
});

test('an act is offered on the page of the list that it is beside', () => {
  const beside = { ...act, act: 'person.disable', about: [], beside: 'people' };
  assert.deepEqual(actsBeside([act, beside], 'people'), [beside]);
  assert.deepEqual(actsBeside([act, beside], 'findings'), []);
});

test('an overdue duty can be acted on, by who holds one of the roles', () => {
  assert.equal(whyNot(act, overdue, [grant('isso')]), undefined);
  assert.equal(whyNot(act, overdue, [grant('auditor')]), 'this is for system owner, ISSO');
  assert.equal(whyNotWith(act, [grant('isso', 'ECM')]), undefined);
  assert.equal(whyNotWith(act, []), 'this is for system owner, ISSO');
});

test('a role for one system is none for another, nor for what is of the whole agency', () => {
  assert.equal(whyNot(act, overdue, [grant('isso', 'ECM')]), undefined);
  assert.equal(whyNot(act, overdue, [grant('isso', 'NET')]), 'your roles for this do not reach ECM');
  assert.equal(
    whyNot(act, overdue, [grant('isso', 'NET'), grant('auditor')]),
    'your roles for this do not reach ECM',
  );
  assert.equal(
    whyNot(act, { ...overdue, system: null }, [grant('isso', 'ECM')]),
    'your roles for this do not reach the whole agency',
  );
});

test('a spell that ended leaves nothing to do, and says when it ended', () => {
  const done = { ...overdue, done: '2022-07-01', means: 'signed-in' };
  assert.match(
    whyNot(act, done, [grant('isso')]) ?? '',
    /ended on 2022-07-01 \(signed in\), so there is nothing/,
  );
});

test('what must be said and is not is named before anything is sent', () => {
  const optional = { ...field, name: 'more', required: false };
  assert.deepEqual(missingFields([field, optional], {}), { note: 'is missing' });
  assert.deepEqual(missingFields([field, optional], { note: 'x' }), {});
});

test('what the server refuses stands beside its field, anything else above the form', () => {
  const refusal = (at: string) =>
    new ApiError(400, {
      code: 'BAD_REQUEST',
      message: 'm',
      remedy: 'r',
      refused: [{ at, reason: 'is no day' }],
    });
  assert.deepEqual(refusedFields([field], refusal('note')), { note: 'is no day' });
  assert.deepEqual(refusedFields([field], refusal('duty')), {});
  assert.deepEqual(refusedFields([field], new Error('x')), {});
});
