import assert from 'node:assert/strict';
import { isBySystem, type Role, type View } from '../src/acts/index.ts';
import { readView } from '../src/doors/on-behalf.ts';
import { ask, questionsTo, Sayings, type Question } from './known-at-questions.ts';
import { namesIn, wordsOf } from './reach-names.ts';
import { nameOf, SYSTEMS, type Scope, type System, type World } from './reach-world.ts';

/*
 * What is to be asked, and what whoever reaches a part of the agency has to be answered: what is
 * answered of the part alone to whoever reaches everything.
 */

export type Answer = object & { readonly code?: string };

export interface Times {
  readonly asOf: string;
  readonly knownAt: string;
}

/** A question of somebody with one role over one thing. */
export interface Of {
  readonly role: Role;
  readonly scope: Scope;
  readonly question: Question;
  readonly times: Times;
}

export interface Oracle {
  readonly questions: readonly Question[];
  readonly times: readonly Times[];
  /** What is wrong with an answer, or undefined. */
  faultOf(of: Of, answer: Answer): Promise<string | undefined>;
}

/** Asks all there is to ask on behalf of whoever reaches everything. `most` names for a field at most. */
export async function consultOracle(world: World, most: number): Promise<Oracle> {
  const times = await timesOf(world);
  const [now] = times;
  assert.ok(now);
  const known = new Map<string, Promise<Answer>>();
  function wideAnswer(question: Question, when: Times): Promise<Answer> {
    const key = JSON.stringify([keyOf(question), when]);
    const found = known.get(key) ?? ask(world.house, world.agency, question, when);
    known.set(key, found);
    return found;
  }

  /** What can be asked with what was said; of one system, when all that is asked is about it. */
  async function questionsAbout(when: Times, sayings: Sayings, system?: System): Promise<Question[]> {
    sayings.hear({ ...(system !== undefined && { system }) });
    const asked = viewsOf(world).filter(
      (view) => system === undefined || takesSystem(view) || view.path.includes('/:'),
    );
    const questions = () =>
      asked
        .flatMap((view) => questionsTo(view, sayings, most))
        .map((question) => (system === undefined ? question : narrowedTo(system, question)));
    for (let round = 0; round < 4; round += 1)
      for (const question of questions()) sayings.hear(await wideAnswer(question, when));
    return questions();
  }

  const general = await questionsAbout(now, new Sayings());
  for (const view of viewsOf(world))
    assert.ok(
      general.some((question) => question.view === view),
      `nobody knows what to ask ${view.view}`,
    );
  const questions = new Map(general.map((question) => [keyOf(question), question]));
  const own = new Map<string, ReadonlySet<string>>();
  const sayings = SYSTEMS.map(() => new Sayings());
  for (const [at, system] of SYSTEMS.entries()) {
    const about = await questionsAbout(now, sayings[at] as Sayings, system);
    own.set(system, new Set(about.map(keyOf)));
    for (const question of about) questions.set(keyOf(question), question);
  }
  for (const question of inCommon(world, sayings)) questions.set(keyOf(question), question);
  const markers = await markersFor(world, times);
  return {
    questions: [...questions.values()],
    times,
    faultOf: async (of, answer) => {
      const { scope, question } = of;
      const wide = await wideAnswer(question, of.times);
      const narrow =
        scope?.over === 'system'
          ? await wideAnswer(narrowedTo(scope.system as System, question), of.times)
          : undefined;
      const isOwn = own.get(nameOf(scope))?.has(keyOf(question)) ?? false;
      return (
        differenceFrom(of, { answer, wide, narrow, isOwn, mayRead: readersOf(world, wide) }) ??
        leakIn(answer, question, markers.get(nameOf(scope)))
      );
    },
  };
}

export function viewsOf({ house }: Pick<World, 'house'>): readonly View[] {
  return [...house.declarations.views.values()];
}

/** What can be asked with what was said of each system: of things that are called alike. */
function inCommon(world: World, [first, ...others]: readonly Sayings[]): Question[] {
  const about = (sayings: Sayings) => viewsOf(world).flatMap((view) => questionsTo(view, sayings, 1000));
  const said = others.map((sayings) => new Set(about(sayings).map(keyOf)));
  return first ? about(first).filter((question) => said.every((keys) => keys.has(keyOf(question)))) : [];
}

/** The policies bind all; nothing else is of no place. */
export function isEverybodys({ view }: View): boolean {
  return view === 'rulebooks';
}

function keyOf({ view, said }: Question): string {
  return JSON.stringify([view.view, said]);
}

export function takesSystem(view: View): boolean {
  return 'system' in view.input.shape;
}

function narrowedTo(system: System, question: Question): Question {
  return takesSystem(question.view) ? { ...question, said: { ...question.said, system } } : question;
}

/** The systems that there are as known at an entry, the last one unless said, and that entry. */
async function systemsAt({ house, agency, wide }: World, entry?: number) {
  const view = house.declarations.views.get('systems');
  assert.ok(view);
  const asked = entry === undefined ? {} : { knownAt: String(entry) };
  const { systems, knownAt } = (await readView(house, wide, agency, view, asked)) as {
    systems: { system: string }[];
    knownAt: number;
  };
  return { systems: systems.map(({ system }) => system), knownAt };
}

/** Today, a day of the past, and a knowledge from when one of the systems was there, and the other not yet. */
async function timesOf(world: World): Promise<readonly Times[]> {
  const today = world.house.today(world.agency);
  const knownAt = String((await systemsAt(world)).knownAt);
  for (let early = 1; ; early += 1) {
    const { systems } = await systemsAt(world, early);
    if (SYSTEMS.filter((system) => systems.includes(system)).length !== 1) continue;
    return [
      { asOf: today, knownAt },
      { asOf: '2022-07-08', knownAt },
      { asOf: '2022-07-08', knownAt: String(early + 1) },
    ];
  }
}

/** Everything that lists say of a system. */
async function listed({ house, agency, wide }: World, times: readonly Times[], system: string) {
  const answers: object[] = [];
  for (const view of viewsOf({ house }).filter(takesSystem)) {
    const isPaged = 'limit' in view.input.shape;
    for (const when of times) {
      let next: string | null | undefined;
      while (next !== null) {
        const said = { ...when, system, ...(isPaged && { limit: '1000' }), ...(next && { after: next }) };
        const answer = await readView(house, wide, agency, view, said).catch(() => ({}));
        answers.push(answer);
        next = (answer as { next?: string | null }).next ?? null;
      }
    }
  }
  return answers;
}

/** Fields of which each system has names of its own. */
const MARKING = ['system', 'asset', 'ip', 'fqdn', 'file', 'poam', 'key', 'name', 'id', 'finding', 'title'];

/** By what is reached, the names that may not show: those that lists say of nothing but the other system. */
async function markersFor(
  world: World,
  times: readonly Times[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const everybodys = await everybodysNames(world);
  const { systems } = await systemsAt(world);
  const lists = new Map<string, object[]>();
  for (const system of systems) lists.set(system, await listed(world, times, system));
  const markers = new Map([['units', new Set(namesIn([...lists.values()]).keys())]]);
  for (const system of SYSTEMS) {
    const said = wordsOf(lists.get(system));
    const others = namesIn([...lists].flatMap(([name, list]) => (name === system ? [] : list)));
    const found = [...others].filter(([name]) => !said.has(name) && !everybodys.has(name));
    const fields = new Set(found.flatMap(([, by]) => [...by]));
    for (const field of MARKING) assert.ok(fields.has(field), `no ${field} is of others than ${system}`);
    markers.set(system, new Set(found.map(([name]) => name)));
  }
  return markers;
}

/** What rulebooks are called, and the words in which they ask. */
async function everybodysNames({ house, agency, wide }: World): Promise<ReadonlySet<string>> {
  const view = house.declarations.views.get('rulebooks');
  assert.ok(view);
  const { attributes } = house.declarations.vocabulary;
  return new Set([
    ...namesIn(await readView(house, wide, agency, view, {})).keys(),
    ...Object.values(attributes).flat().map(String),
  ]);
}

interface Told {
  readonly answer: Answer;
  /** What is answered whoever reaches everything. */
  readonly wide: Answer;
  /** The same, of the system alone. */
  readonly narrow: Answer | undefined;
  /** The question is all about the system that is reached. */
  readonly isOwn: boolean;
  /** The roles that what is answered is for, where it is not for all who may ask. */
  readonly mayRead: readonly Role[] | undefined;
}

/** The roles that an entry is for, where it tells of a person. */
function readersOf({ house }: World, wide: Answer): readonly Role[] | undefined {
  const { entry } = wide as { entry?: { kind: string; body?: unknown } };
  if (entry?.body === undefined) return undefined;
  return house.declarations.entryKinds.get(entry.kind)?.mayRead;
}

function differenceFrom(
  { role, scope, question }: Of,
  { answer, wide, narrow, isOwn, mayRead }: Told,
): string | undefined {
  const { view, said } = question;
  const must = (what: string, holds: boolean) => (holds ? undefined : `${what}: ${wordOf(answer)}`);
  const isSame = (other: object) => JSON.stringify(answer) === JSON.stringify(other);
  if (!view.may.includes(role) || scope === null)
    return must('it is for others', answer.code === 'NOT_ALLOWED');
  if (mayRead && !mayRead.includes(role)) return must('it is of a person', answer.code === 'NOT_ALLOWED');
  if (scope.over === 'agency' || isEverybodys(view)) return must('it is within reach', isSame(wide));
  if (scope.over === 'units' || narrow === undefined)
    return must('it is of no unit', isRefusal(answer, wide));
  if (isBySystem(view.where)) {
    if (said['system'] !== undefined && said['system'] !== scope.system)
      return must('it is out of reach', answer.code === 'NOT_ALLOWED');
    // What is not there is refused in the same way, but without naming what else there is.
    const isMissing = answer.code === 'NOT_FOUND' && narrow.code === 'NOT_FOUND';
    return must('it is within reach', isMissing || isSame(narrow));
  }
  const { entry } = answer as { entry?: { subject: string } };
  if (view.view === 'entry' && entry !== undefined && !entry.subject.startsWith('system:'))
    return `it is of the agency: ${wordOf(answer)}`;
  // Of entries and lines of evidence, what names no system is of the agency.
  const isLookedUp = typeof view.where === 'function' && !['entry', 'evidence-line'].includes(view.view);
  if (isOwn && isLookedUp && narrow.code === undefined) return must('it is within reach', isSame(narrow));
  return must('it is out of reach', isSame(narrow) || isRefusal(answer, wide));
}

/** Whether it is refused as what is there has to be, or as what is not there is refused to everybody. */
function isRefusal(answer: Answer, wide: Answer): boolean {
  return answer.code === 'NOT_ALLOWED' || (answer.code === 'NOT_FOUND' && wide.code === 'NOT_FOUND');
}

/** A name in an answer that is none of the asker's business, unless they said it themselves. */
function leakIn(
  answer: object,
  { view, said }: Question,
  markers: ReadonlySet<string> | undefined,
): string | undefined {
  if (isEverybodys(view)) return undefined;
  const own = wordsOf(said);
  const leak = [...wordsOf(answer)].find((word) => markers?.has(word) && !own.has(word));
  return leak === undefined ? undefined : `it says ${leak}: ${wordOf(answer)}`;
}

function wordOf(answer: object): string {
  return JSON.stringify(answer).slice(0, 300);
}
