import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { AnsweredTimes } from '../src/acts/index.ts';
import type { House } from '../src/doors/house.ts';
import { readView } from '../src/doors/on-behalf.ts';
import { dutiesView, type DutiesAnswer, type Duty } from '../src/duties/index.ts';
import type { AgencyFacts } from '../src/programs/inventory/index.ts';
import { openTestHouse, type TestHouse } from './house.ts';
import { ask, questionsTo, Sayings, type Question } from './known-at-questions.ts';
import { foundAgency, houseBy, story, tell, type Clock } from './known-at-story.ts';

/*
 * What was known when. The oracle is the past itself: after each step of a story every view is
 * asked, and when the story is over each is asked again as known at the entry that was the last
 * one then. Whatever differs leaks later knowledge into the past.
 */

const DAYS = ['2022-02-20', '2022-04-16', '2022-12-31'];
/** Every question each time on every day, and with more names: some minutes. */
const ALL = process.env['KNOWN_AT_ALL'] !== undefined;
/** Names that a field is asked with, at most. */
const MOST = ALL ? 40 : 8;

const clock: Clock = { now: new Date('2022-01-01T17:00:00Z') };
let base: TestHouse;
let house: House;
before(async () => {
  base = await openTestHouse();
  house = houseBy(base, clock);
});
after(async () => {
  await base.close();
});

test('every view takes a day and a knowledge', () => {
  const without = [...house.declarations.views.values()].filter(
    ({ input }) => !('asOf' in input.shape && 'knownAt' in input.shape),
  );
  assert.deepEqual(
    without.map(({ view }) => view),
    [],
  );
});

interface Then {
  /** What happened last, and its entry. */
  readonly what: string;
  readonly entry: number;
  /** After the entry and before the next. */
  readonly instant: string;
  readonly asked: readonly Asked[];
  readonly answers: readonly object[];
}

test('asked as known at an entry or an instant, every view answers what it answered then', async () => {
  const questions = await questionsOfStory();
  const agency = await foundAgency(house, clock, 'AGAIN');
  const past: Then[] = [];
  for (const [turn, step] of story.entries()) {
    await tell(step, clock, { house, agency });
    const entry = await lastEntry(agency);
    assert.ok(entry > (past.at(-1)?.entry ?? 0), `${step.what} appends an entry`);
    const instant = new Date(clock.now.getTime() + 3_600_000).toISOString();
    const asked = inTurn(questions, turn);
    past.push({ what: step.what, entry, instant, asked, answers: await answersTo(agency, asked) });
  }
  const faults = new Map<string, string>();
  for (const { entry, what, instant, asked, answers } of past) {
    const known = asked.map((each, at) => ({ ...each, knownAt: at % 2 === 0 ? String(entry) : instant }));
    const again = await answersTo(agency, known);
    for (const [at, { question, asOf, knownAt }] of known.entries()) {
      const isSame = JSON.stringify(again[at]) === JSON.stringify(answers[at]);
      const fault = isSame ? undefined : differenceOf(again[at], answers[at]);
      const { view } = question.view;
      if (fault === undefined || faults.has(`${view} ${what}`)) continue;
      const said = JSON.stringify(question.said);
      faults.set(`${view} ${what}`, `${view} ${said} as of ${asOf}, known at ${knownAt} (${what}): ${fault}`);
    }
  }
  assert.deepEqual([...faults.values()], []);
});

interface Asked {
  readonly question: Question;
  readonly asOf: string;
  readonly knownAt?: string;
}

/** Each question on a day, another one each turn, and every fourth turn none; or all on every day. */
function inTurn(questions: readonly Question[], turn: number): Asked[] {
  return questions.flatMap((question, at) =>
    DAYS.filter((_, place) => ALL || place === (at + turn) % 4).map((asOf) => ({ question, asOf })),
  );
}

/** The story told once for its names: all questions that can be asked with what was ever said. */
async function questionsOfStory(): Promise<Question[]> {
  const agency = await foundAgency(house, clock, 'ONCE');
  const views = [...house.declarations.views.values()];
  const sayings = new Sayings();
  for (const step of story) {
    await tell(step, clock, { house, agency });
    for (const view of views) {
      for (const question of questionsTo(view, sayings, 2))
        sayings.hear(await ask(house, agency, question, { asOf: '2022-12-31' }));
    }
  }
  const questions = views.flatMap((view) => questionsTo(view, sayings, MOST));
  for (const view of views)
    assert.ok(
      questions.some((question) => question.view === view),
      `nobody knows what to ask ${view.view}`,
    );
  return questions;
}

async function lastEntry(agency: AgencyFacts): Promise<number> {
  return house.store.read(agency.agency, async (tx) => {
    const { last } = await tx.row<{ last: number }>(
      'select max(index) as last from entry where agency_id = $1',
      [agency.agency],
    );
    return last;
  });
}

async function answersTo(agency: AgencyFacts, asked: readonly Asked[]): Promise<object[]> {
  const answers: object[] = [];
  const each = asked.entries();
  async function work(): Promise<void> {
    for (const [at, { question, ...times }] of each) answers[at] = await ask(house, agency, question, times);
  }
  await Promise.all([work(), work(), work()]);
  return answers;
}

/** Where two answers differ first, or undefined. */
function differenceOf(now: unknown, then: unknown, at = 'answer'): string | undefined {
  if (Object.is(now, then)) return undefined;
  if (typeof now !== 'object' || typeof then !== 'object' || now === null || then === null)
    return `${at} is ${JSON.stringify(now)}, and was ${JSON.stringify(then)}`;
  const [left, right] = [new Map(Object.entries(now)), new Map(Object.entries(then))];
  for (const name of new Set([...right.keys(), ...left.keys()])) {
    const difference = differenceOf(left.get(name), right.get(name), `${at}.${name}`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const EDITION = 'irm-10.8.1 adopted';
const DISABLED = 'account.record-disabled';

/** An agency with two accounts of interest, and then what is named; the entries before and after that. */
async function agencyBefore(code: string, what: string) {
  const beginning = ['an inventory without a day', 'accounts of 2022-01-10'];
  const agency = await foundAgency(house, clock, code);
  for (const step of [story[0], ...story.filter((each) => beginning.includes(each.what))])
    if (step) await tell(step, clock, { house, agency });
  const earlier = await lastEntry(agency);
  const step = story.find((each) => each.what === what);
  assert.ok(step);
  await tell(step, clock, { house, agency });
  return { agency, earlier, later: await lastEntry(agency) };
}

async function dutyOf(agency: AgencyFacts, account: string, asOf: string, knownAt?: number): Promise<Duty> {
  const asked = { asOf, duty: 'account.disable', ...(knownAt !== undefined && { knownAt: String(knownAt) }) };
  const { duties } = (await readView(house, house.operator, agency, dutiesView, asked)) as DutiesAnswer;
  const found = duties.find(({ subject }) => subject.name === account);
  assert.ok(found);
  return found;
}

test('an act recorded late but effective earlier is seen by its day, and not by an earlier knowledge', async () => {
  const { agency, earlier, later } = await agencyBefore('ACT', DISABLED);
  // The act of 5 April says 12 March.
  assert.equal((await dutyOf(agency, 'a-3', '2022-03-11')).done, null);
  assert.equal((await dutyOf(agency, 'a-3', '2022-03-12')).done, '2022-03-12');
  assert.equal((await dutyOf(agency, 'a-3', '2022-03-12', later)).done, '2022-03-12');
  for (const asOf of ['2022-03-12', '2022-04-05', '2022-12-31'])
    assert.equal((await dutyOf(agency, 'a-3', asOf, earlier)).done, null);
});

test('an edition adopted later does not change what was known earlier', async () => {
  const { agency, earlier, later } = await agencyBefore('EDITION', EDITION);
  // On premises: 120 days, then 45, in force since before the sign-in.
  assert.equal((await dutyOf(agency, 'a-4', '2022-02-20', earlier)).due, '2022-05-03');
  assert.equal((await dutyOf(agency, 'a-4', '2022-02-20', earlier)).status, 'open');
  assert.equal((await dutyOf(agency, 'a-4', '2022-02-20', later)).due, '2022-02-17');
  assert.equal((await dutyOf(agency, 'a-4', '2022-02-20')).status, 'overdue');
});

test('an answer says which entry it is as known at, so that it can be asked for again', async () => {
  const { agency, earlier, later } = await agencyBefore('NAMED', DISABLED);
  const at = async (knownAt?: string): Promise<AnsweredTimes> => {
    const asked = { asOf: '2022-05-01', ...(knownAt !== undefined && { knownAt }) };
    const {
      asOf,
      knownAt: entry,
      recorded,
    } = (await readView(house, house.operator, agency, dutiesView, asked)) as DutiesAnswer & AnsweredTimes;
    return { asOf, knownAt: entry, recorded };
  };
  const last = { asOf: '2022-05-01', knownAt: later, recorded: '2022-04-05T17:00:00.000Z' };
  const before = { asOf: '2022-05-01', knownAt: earlier, recorded: '2022-01-11T17:00:00.000Z' };
  const nothing = { asOf: '2022-05-01', knownAt: 0, recorded: null };
  assert.deepEqual(await at(), last);
  assert.deepEqual(await at(String(later)), last);
  assert.deepEqual(await at('2022-04-05T17:00:00Z'), last);
  assert.deepEqual(await at('2022-04-05T13:00:00.0009-04:00'), last);
  assert.deepEqual(await at('2022-04-05T16:59:59.999999999Z'), before);
  assert.deepEqual(await at(String(earlier)), before);
  assert.deepEqual(await at('2022-01-03T16:59:59.999Z'), nothing);
  assert.deepEqual(await at('0'), nothing);
  // What is yet to be written down cannot be known: it is the last entry that counts.
  assert.deepEqual(await at('999999999999999'), last);
  assert.deepEqual(await at('9999-12-31T23:59:59Z'), last);
  for (const entry of [1, 2, 3, later - 1]) assert.equal((await at(String(entry))).knownAt, entry);
});
