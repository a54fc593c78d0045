import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  isBySystem,
  roles,
  type Actor,
  type Grant,
  type Reach,
  type Role,
  type View,
} from '../src/acts/index.ts';
import type { House } from '../src/doors/house.ts';
import { doAct, readView, takeIn } from '../src/doors/on-behalf.ts';
import { MusterError } from '../src/errors/index.ts';
import type { Store } from '../src/store/index.ts';
import { openTestHouse } from './house.ts';
import { ask, type Question } from './known-at-questions.ts';
import { consultOracle, takesSystem, viewsOf, type Answer, type Of, type Oracle } from './reach-oracle.ts';
import {
  actorOf,
  evidenceOf,
  foundWorld,
  inputsOnPeople,
  INVENTORY_OF_BOTH,
  nameOf,
  SHARED,
  SCOPES,
  soundInputs,
  SYSTEMS,
  type System,
  type World,
} from './reach-world.ts';

/*
 * Who may see and do what, and where. The oracle is whoever reaches everything: someone who reaches a
 * part of the agency is answered what that one is answered of the part alone, or is refused; and nothing
 * that only the other part has shows in it. What is asked follows from the declarations and from what
 * earlier answers said, as in test/known-at.test.ts.
 */

/** Every question by each role, each time, and with more names: some minutes. */
const ALL = process.env['REACH_ALL'] !== undefined;
/** Names that a field is asked with, at most. */
const MOST = ALL ? 24 : 6;

let world: World;
let house: House;
before(async () => {
  const base = await openTestHouse();
  house = base;
  world = await foundWorld(base);
});
after(async () => {
  await house.close();
});

const views = () => viewsOf(world);

test('an auditor reads every view, and does and takes in nothing', () => {
  const { acts, intakes } = house.declarations;
  for (const { view, may } of views()) assert.ok(may.includes('auditor'), view);
  for (const { act, may } of acts.values()) assert.ok(!may.includes('auditor'), act);
  for (const { reader, may } of intakes.values()) assert.ok(!may.includes('auditor'), reader.name);
});

test('each role reads what it works with', () => {
  const readBy = (role: Role) => views().flatMap(({ view, may }) => (may.includes(role) ? [view] : []));
  for (const manager of ['manager', 'territory-manager'] as const)
    assert.deepEqual(readBy(manager), ['rulebooks']);
  assert.deepEqual(readBy('administrator').sort(), [
    'entries',
    'entry',
    'people',
    'person-grants',
    'record',
    'rulebooks',
    'systems',
  ]);
  const desk = ['audit', 'binding', 'duties', 'evidence', 'evidence-line', 'explain', 'rulebooks', 'systems'];
  assert.deepEqual(readBy('data-security-analyst').sort(), desk);
});

test('a view that takes a system says where it is', () => {
  for (const view of views().filter(takesSystem))
    assert.ok(view.where !== undefined && view.where !== 'anywhere', view.view);
});

test('whoever reaches a part of the agency is told of that part, and of nothing else', async (t) => {
  const oracle = await consultOracle(world, MOST);
  const asked = SCOPES.flatMap((scope) =>
    roles.flatMap((role, turn) =>
      questionsFor(oracle, role, turn).flatMap((question, at) =>
        oracle.times
          .filter((_, place) => ALL || place === Math.floor((at + turn) / 2) % oracle.times.length)
          .map((times): Of => ({ scope, role, question, times })),
      ),
    ),
  );
  const faults: string[] = [];
  const told = new Map<string, Set<string>>();
  const each = asked.values();
  async function work(): Promise<void> {
    for (const of of each) {
      const { role, scope, question, times } = of;
      const as = { ...house, operator: actorOf(role, scope) };
      const answer: Answer = await ask(as, world.agency, question, times);
      const { view } = question.view;
      if (answer.code === undefined)
        told.set(nameOf(scope), (told.get(nameOf(scope)) ?? new Set()).add(view));
      const fault = await oracle.faultOf(of, answer);
      const what = `${view} ${JSON.stringify(question.said)} as of ${JSON.stringify(times)}`;
      if (fault !== undefined) faults.push(`${role} over ${nameOf(scope)}: ${what}: ${fault}`);
    }
  }
  const { others } = await countEntries();
  await Promise.all([work(), work(), work()]);
  t.diagnostic(`${asked.length} questions asked: ${oracle.questions.length} by each role over each place`);
  assert.deepEqual(faults.slice(0, 20), [], `${faults.length} answers are not as they should be`);
  for (const system of SYSTEMS) assert.deepEqual([...(told.get(system) ?? [])].sort(), TOLD);
  assert.deepEqual([...(told.get('units') ?? [])], ['rulebooks']);
  assert.equal((await countEntries()).others, others);
});

/** All of them, or of those that the role may ask every other: the next role asks the rest. */
function questionsFor({ questions }: Oracle, role: Role, turn: number): readonly Question[] {
  return questions.filter(({ view }, at) => ALL || (at + turn) % 2 === 0 || !view.may.includes(role));
}

test('whoever reaches some systems is told of all of them where a view answers of each', async () => {
  const ofEach = views().filter(({ where }) => isBySystem(where) && where.ofEach);
  assert.deepEqual(ofEach.map(({ view }) => view).sort(), ['evidence', 'systems']);
  const listed = async (grants: readonly Grant[], view: View, said: object = {}) => {
    const actor = { name: 'operator:some', grants };
    const answer = (await readView(house, actor, world.agency, view, said)) as Record<
      string,
      { system: string }[]
    >;
    return answer[view.view] ?? [];
  };
  const isso = (reach: Reach): Grant => ({ role: 'isso', reach });
  for (const view of ofEach) {
    const all = await listed([isso({ over: 'agency' })], view);
    const reached = [...SYSTEMS, 'NOWHERE'].map((system) => isso({ over: 'system', system }));
    const some = await listed(reached, view);
    assert.deepEqual(
      some,
      all.filter(({ system }) => (SYSTEMS as readonly string[]).includes(system)),
    );
    assert.deepEqual([...new Set(some.map(({ system }) => system))].sort(), [...SYSTEMS].sort());
    for (const system of SYSTEMS)
      assert.deepEqual(
        await listed(reached, view, { system }),
        some.filter((each) => each.system === system),
      );
    await assert.rejects(listed(reached.slice(1), view, { system: SYSTEMS[0] }), {
      code: 'NOT_ALLOWED',
    });
  }
});

test('whoever reaches two systems names one of them, and reaches each in its own role alone', async () => {
  const [first, second] = SYSTEMS;
  const over = (role: Role, system: string) => ({ role, reach: { over: 'system' as const, system } });
  const both = { name: 'operator:both', grants: [over('isso', first), over('isso', second)] };
  const answerTo = async (actor: Actor, view: string, said: object): Promise<string> =>
    outcomeOf(readView(house, actor, world.agency, viewNamed(view), said));
  assert.equal(await answerTo(both, 'findings', {}), `system: is missing: name one of ${SYSTEMS.join(', ')}`);
  for (const system of SYSTEMS) assert.equal(await answerTo(both, 'findings', { system }), 'done');
  assert.match(
    await answerTo(both, 'poam', { poam: SHARED.poam }),
    /systems ECM, ELP have a POA&M of that number/,
  );
  // Findings are not for the desk.
  const mixed = { ...both, grants: [over('isso', first), over('data-security-analyst', second)] };
  assert.equal(await answerTo(mixed, 'duties', { system: second }), 'done');
  assert.equal(await answerTo(mixed, 'findings', { system: second }), 'NOT_ALLOWED');
  assert.equal(await answerTo(mixed, 'poam', { poam: SHARED.poam }), 'done');
});

function viewNamed(name: string): View {
  const view = house.declarations.views.get(name);
  assert.ok(view, name);
  return view;
}

/** The views that answer somebody who reaches one system alone. */
const TOLD = [
  'audit',
  'binding',
  'duties',
  'entry',
  'evidence',
  'evidence-line',
  'explain',
  'finding',
  'findings',
  'poam',
  'poams',
  'rulebooks',
  'systems',
];

/** How many entries there are that are of neither refusals nor auditors' readings. */
async function countEntries(): Promise<{ others: number }> {
  return house.store.read(world.agency.agency, (tx) =>
    tx.row(
      `select count(*)::int as others from entry
       where agency_id = $1 and kind not in ('access.denied', 'view.read')`,
      [tx.agency],
    ),
  );
}

/** A store in which everything is tried and nothing is kept. */
function trialOf(store: Store): Store {
  return {
    ...store,
    as: (person) => trialOf(store.as(person)),
    write: (agency, work) => store.trial(agency, work),
  };
}

/** What comes of it when somebody tries: its code where it is refused, and else that it is done. */
async function outcomeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof MusterError) return error.code === 'NOT_ALLOWED' ? error.code : error.message;
      throw error;
    },
  );
}

interface Tried {
  readonly what: string;
  readonly may: readonly Role[];
  /** The system that it is about; null: none, but the agency. */
  readonly about: System | null;
  readonly as: (house: House, actor: ReturnType<typeof actorOf>) => Promise<unknown>;
}

/** Each is done where a role and its reach let somebody, and else is refused and changes nothing. */
async function tryAll(tried: readonly Tried[]): Promise<{ done: number; refused: number }> {
  const kept = await countEntries();
  const counted = { done: 0, refused: 0 };
  for (const { what, may, about, as } of tried) {
    for (const role of roles) {
      for (const scope of SCOPES) {
        const actor = actorOf(role, scope);
        const isMeant = scope?.over === 'agency' || (scope?.over === 'system' && scope.system === about);
        const isLet = may.includes(role) && isMeant;
        const inTrial = isLet ? { ...house, store: trialOf(house.store) } : house;
        const outcome = await outcomeOf(as(inTrial, actor));
        const who = `${what} about ${about ?? 'the agency'} by ${role} over ${nameOf(scope)}`;
        assert.equal(outcome, isLet ? 'done' : 'NOT_ALLOWED', who);
        counted[isLet ? 'done' : 'refused'] += 1;
      }
    }
  }
  assert.equal((await countEntries()).others, kept.others);
  return counted;
}

test('whoever reaches a part of the agency acts there, and nowhere else', async (t) => {
  const tried: Tried[] = [];
  const add = (inputs: Readonly<Record<string, readonly object[]>>, about: System | null) => {
    for (const [act, each] of Object.entries(inputs))
      for (const said of each)
        tried.push({
          what: act,
          may: house.declarations.acts.get(act)?.may ?? [],
          about,
          as: (at, actor) => doAct(at, actor, world.agency, act, said),
        });
  };
  for (const system of SYSTEMS) add(await soundInputs(world, system), system);
  add(await inputsOnPeople(world), null);
  const declared = [...house.declarations.acts.keys()].sort();
  assert.deepEqual([...new Set(tried.map(({ what }) => what))].sort(), declared);
  const { done, refused } = await tryAll(tried);
  t.diagnostic(`${done + refused} acts tried, of which ${refused} refused`);
});

test('whoever reaches a part of the agency takes in what is about it, and nothing else', async (t) => {
  const requests = [
    ...SYSTEMS.flatMap((system) =>
      evidenceOf(system, 'again').map(([said, text]) => ({ said: { ...said, system }, text, about: system })),
    ),
    { said: { file: 'inventory.csv', reader: 'inventory' }, text: INVENTORY_OF_BOTH, about: null },
  ];
  const tried = requests.map(({ said, text, about }) => ({
    what: said.reader,
    may: house.declarations.intakes.get(said.reader)?.may ?? [],
    about,
    as: (at: House, actor: ReturnType<typeof actorOf>) =>
      takeIn(at, actor, world.agency, { ...said, source: oneChunk(text) }),
  }));
  const declared = [...house.declarations.intakes.keys()].sort();
  assert.deepEqual([...new Set(tried.map(({ what }) => what))].sort(), declared);
  const { done, refused } = await tryAll(tried);
  t.diagnostic(`${done + refused} files offered, of which ${refused} refused`);
});

async function* oneChunk(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}
